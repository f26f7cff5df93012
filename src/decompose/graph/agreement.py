"""How far two partitions of the same items agree: corrected for chance, or in moves and joins.

A partition is an array of labels, one an item; label values mean nothing. All figures are 1 for
equal partitions (MoJoFM: 100).

Sources: ARI, Hubert & Arabie 1985; AMI with the arithmetic mean, Vinh, Epps & Bailey 2010;
MoJoFM, Wen & Tzerpos 2004.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

if TYPE_CHECKING:
    from decompose.graph.columns import Floats, Ints


def contingency(found: Ints, truth: Ints) -> csr_array:
    """How many items have label i in the one and j in the other, labels renumbered from 0."""
    _, rows = np.unique(found, return_inverse=True)
    _, columns = np.unique(truth, return_inverse=True)
    return csr_array(
        (np.ones(len(rows), dtype=np.int64), (rows, columns)),
        shape=(int(rows.max(initial=-1)) + 1, int(columns.max(initial=-1)) + 1),
    )


def _margins(table: csr_array) -> tuple[Ints, Ints, Ints]:
    """Cells, row sums and column sums of a contingency table."""
    return table.data, np.asarray(table.sum(axis=1)).ravel(), np.asarray(table.sum(axis=0)).ravel()


def _pairs(counts: Ints) -> float:
    return float((counts * (counts - 1) / 2).sum())


def adjusted_rand(found: Ints, truth: Ints) -> float:
    """Share of item pairs treated alike, 0 for what chance gives."""
    cells, rows, columns = _margins(contingency(found, truth))
    total = _pairs(np.array([len(found)]))
    if total == 0:
        return 1.0
    together, left, right = _pairs(cells), _pairs(rows), _pairs(columns)
    expected, most = left * right / total, (left + right) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)


def pair_f1(found: Ints, truth: Ints) -> float:
    """Harmonic mean of precision and recall over pairs that are put together."""
    cells, rows, columns = _margins(contingency(found, truth))
    left, right = _pairs(rows), _pairs(columns)
    return 2 * _pairs(cells) / (left + right) if left + right else 1.0


def adjusted_mutual_information(found: Ints, truth: Ints) -> float:
    """Shared information, 0 for what chance gives; normalised by the mean of both entropies."""
    table = contingency(found, truth).tocoo()
    cells, rows, columns = _margins(table.tocsr())
    if _is_trivial(rows, columns, len(found)):
        return 1.0
    shared = float(
        (
            table.data
            / len(found)
            * np.log(len(found) * table.data / (rows[table.row] * columns[table.col]))
        ).sum()
    )
    expected = _expected_information(rows, columns, int(cells.sum()))
    most = (_entropy(rows) + _entropy(columns)) / 2
    return (
        0.0
        if abs(most - expected) < np.finfo(float).eps
        else (shared - expected) / (most - expected)
    )


def _is_trivial(rows: Ints, columns: Ints, size: int) -> bool:
    return len(rows) == len(columns) and len(rows) in (0, 1, size)


def _entropy(counts: Ints) -> float:
    shares = counts / counts.sum()
    return float(-(shares * np.log(shares)).sum())


def _expected_information(rows: Ints, columns: Ints, size: int) -> float:
    """The mutual information of random partitions with these sizes (hypergeometric model)."""
    total = 0.0
    left, left_times = np.unique(rows, return_counts=True)
    right, right_times = np.unique(columns, return_counts=True)
    for a, times in zip(left, left_times, strict=True):
        for b, again in zip(right, right_times, strict=True):
            total += float(times * again) * _expected_cell(int(a), int(b), size)
    return total


def _expected_cell(a: int, b: int, size: int) -> float:
    from scipy.special import gammaln  # noqa: PLC0415  (an analysis never asks; loading it takes a while)

    n: Floats = np.arange(max(1, a + b - size), min(a, b) + 1, dtype=np.float64)
    fixed = gammaln(a + 1) + gammaln(b + 1) + gammaln(size - a + 1) + gammaln(size - b + 1)
    varying = gammaln(n + 1) + gammaln(a - n + 1) + gammaln(b - n + 1)
    varying = varying + gammaln(size - a - b + n + 1) + gammaln(size + 1)
    return float((n / size * np.log(size * n / (a * b)) * np.exp(fixed - varying)).sum())


def mojo_fm(found: Ints, truth: Ints) -> float:
    """100 · (1 - moves and joins from `found` to `truth` / the most that any partition needs)."""
    worst = _most_moves(np.bincount(np.unique(truth, return_inverse=True)[1]))
    return 100.0 if worst == 0 else (1 - _moves(contingency(found, truth)) / worst) * 100


def _moves(table: csr_array) -> int:
    """Items outside their cluster's best unit, and clusters left without a unit of their own."""
    best = table.max(axis=1).toarray().ravel()
    cells = table.tocoo()
    is_best = cells.data == best[cells.row]
    choices = csr_array(
        (cells.data[is_best], (cells.row[is_best], cells.col[is_best])), table.shape
    )
    matched = int((maximum_bipartite_matching(choices, perm_type="column") >= 0).sum())
    return int(table.sum() - best.sum()) + int(table.shape[0]) - matched


def _most_moves(sizes: Ints) -> int:
    kept = 0
    for size in np.sort(sizes):
        kept += bool(kept < size)
    return int(sizes.sum()) - kept
