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
    rows = rows.astype(np.float32)  # half the memory to look through, and more than exact enough
    rows = rows.astype(np.float32)  # half the memory to walk through; cosines need no more
    columns = rows.T.tocsr()
    found: list[tuple[Ints, Ints, Floats]] = []
    height = max(_CELLS // max(rows.shape[0], 1), 1)
    for first in range(0, rows.shape[0], height):
        similar = (rows[first : first + height] @ columns).toarray()
        inside = np.arange(similar.shape[0])
        similar[inside, inside + first] = 0
        found.append(_best_of_rows(similar, count, first))
    a, b, cosine = zip(*found, strict=True) if found else ((), (), ())
    return (
        np.concatenate([np.zeros(0, dtype=np.int64), *a]),
        np.concatenate([np.zeros(0, dtype=np.int64), *b]),
        np.concatenate([np.zeros(0), *cosine]),
    )


_CELLS = 4_000_000
"""Similarities held at a time: 16 MB."""


def _best_of_rows(similar: Floats, count: int, first: int) -> tuple[Ints, Ints, Floats]:
    """The `count` largest entries above 0 of each row of a dense block; equal ones by column."""
    last = min(count, similar.shape[1])
    least = np.partition(similar, -last, axis=1)[
        :, -last
    ]  # few rows have more than `count` as large
    row, column = np.nonzero((similar >= least[:, None]) & (similar > 0))
    value = similar[row, column]
    order = np.lexsort((column, -value, row))
    starts = np.searchsorted(row[order], np.arange(similar.shape[0]))
    kept = order[np.arange(len(order)) - starts[row[order]] < count]
    return (
        row[kept].astype(np.int64) + first,
        column[kept].astype(np.int64),
        value[kept].astype(np.float64),
    )
