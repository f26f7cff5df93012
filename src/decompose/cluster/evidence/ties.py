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
_BITS = 30
_MOST_BITS = (1 << _BITS) - 1
"""A cosine as a 32-bit number has no more, rounding included: those of 2 are the first above."""


def _best_of_rows(similar: Matrix, count: int, first: int) -> tuple[Ints, Ints, Floats]:
    """The `count` largest similarities of each row to others; equal ones by column.

    Row, similarity (the bits of a positive number grow with it) and column make one integer: such sort fastest.
    """
    row = np.repeat(np.arange(similar.shape[0]), np.diff(similar.indptr))
    kept = (similar.data > ALIKE) & (row + first != similar.indices)
    unlike = _MOST_BITS - similar.data[kept].view(np.int32).astype(np.int64)
    width = similar.shape[1]
    key = np.sort((row[kept] << _BITS | unlike) * width + similar.indices[kept])
    rest, column = np.divmod(key, max(width, 1))
    row, unlike = rest >> _BITS, rest & _MOST_BITS
    starts = np.searchsorted(row, np.arange(similar.shape[0]))
    best = np.arange(len(key)) - starts[row] < count
    value = (_MOST_BITS - unlike[best]).astype(np.int32).view(np.float32)
    return row[best] + first, column[best], value.astype(np.float64)
