"""No dust and no giant: small clusters join the neighbour they lean on, until the rest is readable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, diags_array
from scipy.sparse.csgraph import connected_components

from decompose.cluster.core import Core, contracted, membership, sizes
from decompose.cluster.evidence.ties import without_self
from decompose.graph.columns import Flags, Floats, Ints
from decompose.graph.leiden import renumbered

if TYPE_CHECKING:
    from decompose.cluster.evidence.ties import Matrix

SMALLEST_SHARE = 0.002
SMALLEST_LINES = 40.0
"""A cluster with less than this share of the lines, or so few lines, is no service."""
MAX_ROUNDS = 20
COMMON_PACKAGE = 0.05
"""What a common package counts beside direct ties: it decides where there are none."""


def absorb(core: Core, label: Ints, stays: Flags | None = None) -> Ints:
    """Let every fragment join the cluster that it leans on most, as long as there is one.

    `stays`: rows whose clusters are none, however small.
    """
    smallest = max(SMALLEST_SHARE * float(core.lines.sum()), SMALLEST_LINES, core.worth)
    label = renumbered(label)
    size = sizes(label, core.lines)
    chosen = label[:0] if stays is None else label[stays]
    keeps = np.bincount(chosen, minlength=len(size)) > 0
    if not ((size < smallest) & ~keeps).any():
        return label
    between = between_clusters(core, label)
    group = np.arange(len(size))
    for _ in range(MAX_ROUNDS):
        target = _leaning(between, size)
        moving = (size < smallest) & (target >= 0) & ~keeps
        if not moving.any() or len(size) <= 1:
            break
        joined = _follow(moving, target)
        group = joined[group]
        between = contracted(between, joined)
        size = sizes(joined, size)
        keeps = np.bincount(joined, keeps) > 0
    return renumbered(group[label])


def between_clusters(core: Core, label: Ints) -> Matrix:
    """Ties between clusters: direct ones, and a little for each package that two have parts in."""
    found = contracted(core.direct, label)
    if not core.packages.shape[1]:
        return found
    parts = membership(label).T @ core.packages
    whole = np.maximum(np.asarray(parts.sum(axis=0)).ravel(), np.finfo(float).tiny)
    common = (parts @ diags_array(COMMON_PACKAGE / whole) @ parts.T).tocsr()
    return without_self(found + common)


def _leaning(between: Matrix, size: Floats) -> Ints:
    """The neighbour of each cluster with the densest ties; -1 where it has none.

    Ties count against the square root of the neighbour's lines: a giant is not everybody's home.
    """
    found = between.tocoo()
    density = found.data / np.sqrt(np.maximum(size[found.col], 1.0))
    order = np.lexsort((found.col, -density, found.row))
    row, first = np.unique(found.row[order], return_index=True)
    target = np.full(between.shape[0], -1, dtype=np.int64)
    target[row] = found.col[order][first]
    return target


def _follow(moving: Flags, target: Ints) -> Ints:
    """Clusters that end up together: each group of pointers leads to one cluster that stays."""
    source = np.flatnonzero(moving)
    pointers = coo_array(
        (np.ones(len(source)), (source, target[source])), shape=(len(moving), len(moving))
    )
    _, group = connected_components(pointers, directed=False)
    found: Ints = group.astype(np.int64)
    return found


def merge_down(core: Core, label: Ints, count: int) -> Ints:
    """Merge the smallest cluster into its neighbour until `count` are left.

    What has no ties at all joins the smallest other one.
    """
    label = renumbered(label)
    size = sizes(label, core.lines)
    if len(size) <= count:
        return label
    between = between_clusters(core, label).toarray()
    group = np.arange(len(size))
    alive = np.ones(len(size), dtype=np.bool_)
    while alive.sum() > count:
        goes = int(np.argmin(np.where(alive, size, np.inf)))
        density = np.where(alive, between[goes] / np.sqrt(np.maximum(size, 1.0)), -1.0)
        density[goes] = -1.0
        others = np.where(alive & (np.arange(len(size)) != goes), size, np.inf)
        stays = int(np.argmax(density)) if density.max() > 0 else int(np.argmin(others))
        group[group == goes] = stays
        between[stays] += between[goes]
        between[:, stays] += between[:, goes]
        between[stays, stays] = 0.0
        size[stays] += size[goes]
        alive[goes] = False
    return renumbered(group[label])


def split_up(core: Core, label: Ints, count: int, seed: int) -> Ints:
    """Split the largest cluster that can be split until there are `count`, if units allow it."""
    label = renumbered(label)
    while int(label.max(initial=-1)) + 1 < min(count, len(core)):
        size = sizes(label, core.lines)
        members = np.bincount(label, minlength=len(size))
        largest = max(np.flatnonzero(members > 1), key=lambda each: (size[each], -each))
        inside = np.flatnonzero(label == largest)
        part = _halves(core, inside, seed)
        label = label.copy()
        label[inside[part == 1]] = int(label.max()) + 1
    return label


def _halves(core: Core, inside: Ints, seed: int) -> Ints:
    """Two parts of some rows: by Leiden at rising resolution, else the largest row alone."""
    part = core.part(inside)
    for power in range(10):
        found = part.clusters(0.3 * 2.0**power, seed)
        if found.max(initial=0) > 0:
            return merge_down(part, found, 2)
    alone = np.zeros(len(inside), dtype=np.int64)
    alone[int(np.argmax(part.lines))] = 1
    return alone
