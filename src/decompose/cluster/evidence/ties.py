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
    """(row, neighbour, cosine) of the nearest rows of each row, as far as they are alike at all."""
    rows = rows.astype(np.float32)  # half the memory to look through, and more than exact enough
    columns = rows.T.tocsr()
    found = [
        _best_of_rows(rows[first : first + _HEIGHT] @ columns, count, first)
        for first in range(0, max(rows.shape[0], 1), _HEIGHT)
    ]
    a, b, cosine = zip(*found, strict=True)
    return np.concatenate(a), np.concatenate(b), np.concatenate(cosine)


ALIKE = 0.1
"""A smaller cosine is chance; looking through those would take most of the time."""
_HEIGHT = 1024
"""Rows compared at a time, for the sake of memory."""


def _best_of_rows(similar: Matrix, count: int, first: int) -> tuple[Ints, Ints, Floats]:
    """The `count` largest similarities of each row to others; equal ones by column."""
    row = np.repeat(np.arange(similar.shape[0]), np.diff(similar.indptr))
    kept = (similar.data > ALIKE) & (row + first != similar.indices)
    row, column, value = row[kept], similar.indices[kept], similar.data[kept]
    order = np.lexsort((column, -value, row))
    starts = np.searchsorted(row[order], np.arange(similar.shape[0]))
    best = order[np.arange(len(order)) - starts[row[order]] < count]
    return (
        row[best].astype(np.int64) + first,
        column[best].astype(np.int64),
        value[best].astype(np.float64),
    )
