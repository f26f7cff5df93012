"""Clusters that come back when the evidence is shaken.

Leiden runs at neighbouring resolutions on copies of the ties, each with a fifth left out. How often
two nodes meet, beyond a share of the runs, is the weight of a last run. Large graphs (more than DENSE
nodes) take the medoid of the runs instead: the matrix of all pairs would not fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, triu

from decompose.graph.agreement import adjusted_rand
from decompose.graph.leiden import leiden, undirected

if TYPE_CHECKING:
    from decompose.graph.columns import Floats, Ints

RESOLUTIONS = (0.7, 0.85, 1.0)
RUNS = 30
"""Runs at each resolution: with a third of them the result still hangs on the seed."""
MET = 0.6
"""Nodes that meet in no more than this share of the runs are not tied."""
DROPPED = 0.2
DENSE = 2000


@dataclass(frozen=True)
class Consensus:
    """The labels agreed on, and those of all runs."""

    label: Ints
    runs: tuple[Ints, ...]


def consensus(ties: csr_array, seed: int) -> Consensus:
    """Clusters of the ties; equal ties and seeds give equal clusters."""
    runs = tuple(
        leiden(_shaken(ties, seed + number), resolution=resolution, seed=seed + number)
        for resolution in RESOLUTIONS
        for number in range(RUNS)
    )
    if ties.shape[0] > DENSE:
        scores = [sum(adjusted_rand(one, other) for other in runs) for one in runs]
        return Consensus(runs[int(np.argmax(scores))], runs)
    return Consensus(_agreed(runs, seed), runs)


def _agreed(runs: tuple[Ints, ...], seed: int) -> Ints:
    together = sum((_same(run) for run in runs), np.zeros(1)) / len(runs)
    beyond = np.triu(np.clip(together - MET, 0, None), 1)
    rows, columns = np.nonzero(beyond)
    agreed = undirected(rows, columns, beyond[rows, columns], len(runs[0]))
    return leiden(agreed, seed=seed)


def _same(label: Ints) -> Floats:
    found: Floats = (label[:, None] == label[None, :]).astype(np.float64)
    return found


def _shaken(ties: csr_array, seed: int) -> csr_array:
    upper = triu(ties, 1).tocoo()
    kept = np.random.default_rng(seed).random(upper.nnz) >= DROPPED
    return undirected(upper.row[kept], upper.col[kept], upper.data[kept], ties.shape[0])
