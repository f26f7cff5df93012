"""Sparse symmetric matrices of ties between units."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from scipy.sparse import coo_array, csr_array, diags_array

from decompose.graph.columns import Floats, Ints

Matrix: TypeAlias = csr_array


def symmetric(a: Ints, b: Ints, weight: Floats | Any, size: int) -> Matrix:
    """Ties between pairs, whatever their direction; a unit has none with itself."""
    directed = coo_array((weight, (a, b)), shape=(size, size)).tocsr()
    return without_self(directed + directed.T)


def without_self(matrix: Matrix) -> Matrix:
    """The same without a diagonal and without zeros."""
    found = matrix.tocsr()
    found.setdiag(0)
    found.eliminate_zeros()
    found.sort_indices()
    return found


def total(matrix: Matrix) -> float:
    """The weight of all ties, each counted once."""
    return float(matrix.sum()) / 2


def strength(matrix: Matrix) -> Floats:
    """The weight of each unit's ties."""
    return np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel()


def unit_rows(matrix: Matrix) -> Matrix:
    """Rows scaled to length 1."""
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return (diags_array(1 / np.maximum(lengths, np.finfo(float).tiny)) @ matrix).tocsr()


def nearest(rows: Matrix, count: int) -> tuple[Ints, Ints, Floats]:
    """(row, neighbour, cosine) of the nearest rows of each row that share something with it."""
    columns = rows.T.tocsr()
    found: list[tuple[Ints, Ints, Floats]] = []
    for first in range(0, rows.shape[0], _CHUNK):
        similar = without_own(rows[first : first + _CHUNK] @ columns, first)
        found.append(_best_of_rows(similar, count, first))
    a, b, cosine = zip(*found, strict=True) if found else ((), (), ())
    return (
        np.concatenate([np.zeros(0, dtype=np.int64), *a]),
        np.concatenate([np.zeros(0, dtype=np.int64), *b]),
        np.concatenate([np.zeros(0), *cosine]),
    )


_CHUNK = 512


def without_own(similar: Matrix, first: int) -> Matrix:
    """Similarities of rows `first` … to others only."""
    found = similar.tocoo()
    other = found.row + first != found.col
    return csr_array((found.data[other], (found.row[other], found.col[other])), shape=similar.shape)


def _best_of_rows(similar: Matrix, count: int, first: int) -> tuple[Ints, Ints, Floats]:
    """The `count` largest entries of each row; equal ones by column."""
    found = similar.tocoo()
    order = np.lexsort((found.col, -found.data, found.row))
    row = found.row[order]
    starts = np.searchsorted(row, np.arange(similar.shape[0]))
    kept = order[np.arange(len(order)) - starts[row] < count]
    a = found.row[kept].astype(np.int64) + first
    return a, found.col[kept].astype(np.int64), found.data[kept]
