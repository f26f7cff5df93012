"""The part of the evidence that forms services, and clusters of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array, triu

from decompose.graph.columns import Flags, Floats, Ints
from decompose.graph.dependency import NOBODY
from decompose.graph.leiden import leiden, undirected

if TYPE_CHECKING:
    from decompose.cluster.evidence.ties import Matrix

ITERATIONS = 3
"""Of the search: runs on evidence that differs a little agree clearly better than after one, more add nothing."""


@dataclass(frozen=True)
class Core:
    """Rows are units that form services; `ties` has further rows for hidden nodes.

    These are packages, and after them as many `pulls` that only draw their members together.
    """

    ties: Matrix
    units: Ints  # row -> unit
    lines: Floats  # of rows
    home: Ints | None = None  # row -> its territory, NOBODY where it stands in none
    schemas: int = 0  # modules that declare tables
    pulls: int = 0
    loose: Flags | None = None  # rows in territories that are concepts of layers, and no package
    worth: float = 0.0  # a cluster that is no package needs so many lines to be a service

    def __len__(self) -> int:
        return len(self.units)

    @cached_property
    def direct(self) -> Matrix:
        """The ties between rows, hidden nodes left out."""
        return self.ties[: len(self), : len(self)].tocsr()

    @cached_property
    def packages(self) -> Matrix:
        """(row, package) -> the weight of their tie."""
        return self.ties[: len(self), len(self) : self.ties.shape[0] - self.pulls].tocsr()

    @cached_property
    def _clusters(self) -> dict[tuple[float, int], Ints]:
        return {}

    @cached_property
    def _perturbed(self) -> dict[tuple[float, int], Core]:
        return {}

    def clusters(self, resolution: float, seed: int) -> Ints:
        """A label for each row; kept, as several partitions rest on the same runs."""
        key = resolution, seed
        if key not in self._clusters:
            found = leiden(self.ties, resolution=resolution, seed=seed, iterations=ITERATIONS)
            self._clusters[key] = found[: len(self)]
            self._clusters[key].setflags(write=False)
        return self._clusters[key]

    def perturbed(self, share: float, seed: int) -> Core:
        """The same with a share of the ties left out, drawn by the seed; kept, as are its clusters."""
        key = share, seed
        if key not in self._perturbed:
            self._perturbed[key] = replace(self, ties=without_some(self.ties, share, seed))
        return self._perturbed[key]

    def part(self, rows: Ints) -> Core:
        """Some rows only, with their hidden nodes."""
        hidden = np.arange(len(self), self.ties.shape[0])
        chosen = np.concatenate([rows, hidden])
        ties = self.ties[chosen][:, chosen].tocsr()
        return Core(ties, self.units[rows], self.lines[rows], pulls=self.pulls)


def form_core(ties: Matrix, is_member: Flags, lines: Floats) -> Core:
    """The units that are members, with all hidden nodes."""
    units = np.flatnonzero(is_member)
    chosen = np.concatenate([units, np.arange(len(is_member), ties.shape[0])])
    return Core(ties=ties[chosen][:, chosen].tocsr(), units=units, lines=lines[units])


def without_some(ties: Matrix, share: float, seed: int) -> Matrix:
    """The same ties, a share of them left out at random."""
    upper = triu(ties, 1).tocoo()
    kept = np.random.default_rng(seed).random(upper.nnz) >= share
    return undirected(upper.row[kept], upper.col[kept], upper.data[kept], ties.shape[0])


def contracted(ties: Matrix, label: Ints) -> Matrix:
    """Ties between clusters; `label` runs from 0, rows labelled NOBODY are left out."""
    found = ties.tocoo()
    a, b = label[found.row], label[found.col]
    between = (a >= 0) & (b >= 0) & (a != b)
    size = int(label.max(initial=NOBODY)) + 1
    return coo_array((found.data[between], (a[between], b[between])), shape=(size, size)).tocsr()


def sizes(label: Ints, lines: Floats) -> Floats:
    """Lines of each cluster."""
    return np.bincount(label, lines, minlength=int(label.max(initial=-1)) + 1).astype(np.float64)


def membership(label: Ints) -> csr_array:
    """(row, cluster) -> 1."""
    size = int(label.max(initial=-1)) + 1
    return csr_array((np.ones(len(label)), (np.arange(len(label)), label)), (len(label), size))


def affinity(core: Core, label: Ints) -> Floats:
    """(row, cluster) -> weight of the row's ties into the cluster."""
    return np.asarray((core.direct @ membership(label)).toarray(), dtype=np.float64)
