"""The figures that judge a decomposition, as pure functions of arrays.

Published metrics are easy to game: one giant service scores best on coupling, singletons on
cohesion. So the result is a vector, and trivial rivals stand beside it, always.

Terms
-----
labels    for each member its service, 0 … K-1, or NOBODY for members of no service (the shared
          library, unused code): they cross nothing and count nowhere.
coupling  pairs of members with their volume: how many places of the source use the target.
reached   (service, entry point) -> does the entry point reach code or data of the service?

Sources: Q, Newman 2006; SM, Jin et al. 2018; ICP, BCP, IFN, NED, Kalia et al., FSE 2021.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from decompose.graph.columns import Flags, Floats, Ints
    from decompose.graph.reach import Levels, Reach

SMALL, LARGE = 5, 20
"""Sizes between which a service is not extreme, for NED: as published, in members."""


UNREACHED = np.iinfo(np.int64).min // 2


@dataclass(frozen=True, slots=True)
class Figure:
    """What a figure of `Scores` means, and which way is better: -1 lower, 1 higher, 0 neither."""

    title: str
    better: int
    meaning: str


FIGURES: dict[str, Figure] = {
    "coverage": Figure("Coverage", 1, "share of members in a service or in the shared library"),
    "services": Figure("Services", 0, "how many services there are"),
    "largest_share": Figure("Largest share", -1, "share of the members in the largest service"),
    "singleton_share": Figure("Singletons", -1, "share of services with one member only"),
    "modularity": Figure("Modularity Q", 1, "edges within services beyond chance, logarithmic"),
    "sm": Figure("Structural modularity SM", 1, "cohesion less coupling, by size"),
    "icp": Figure("Inter-service calls ICP", -1, "share of the call volume that crosses"),
    "bcp": Figure("Business context BCP", -1, "mean ln of entry points that reach a service"),
    "ifn": Figure("Interfaces IFN", -1, "pairs of services that depend on each other, by service"),
    "ned": Figure("Extreme sizes NED", -1, "share of members in services of odd size"),
    "focus": Figure("Focus", 1, "how far an entry point stays in one service, beyond chance"),
    "remote_calls_typical": Figure("Remote calls, typical", -1, "median over entry points"),
    "remote_calls": Figure("Remote calls, mean", -1, "crossing calls of a request, loops times 10"),
    "remote_calls_worst": Figure("Remote calls, worst", -1, "of the entry point with the most"),
    "distributed_writes": Figure("Distributed writes", -1, "entry points that write two owners"),
    "sagas": Figure("Split transactions", -1, "transactions that write tables of two services"),
    "shared_writes": Figure("Tables with two writers", -1, "tables written by two services"),
    "foreign_reads": Figure("Tables read from outside", -1, "tables read by a service not owner"),
    "cut_foreign_keys": Figure("Cut foreign keys", -1, "foreign keys between services"),
    "cut_joins": Figure("Cut joins", -1, "queries that join tables of two services"),
    "call_depth": Figure("Call depth", -1, "longest chain of calls that wait, over services"),
    "blast_radius": Figure("Blast radius", -1, "share of entry points that fail with a service"),
}


@dataclass(frozen=True, slots=True)
class Coupling:
    """Directed pairs of different members; `volume` at least 1."""

    source: Ints
    target: Ints
    volume: Floats


def gates(labels: Ints) -> dict[str, float]:
    """Is it a decomposition at all: number of services, share of the largest, of singletons."""
    sizes = np.bincount(labels[labels >= 0])
    sizes = sizes[sizes > 0]
    return {
        "services": float(len(sizes)),
        "largest_share": float(sizes.max(initial=0) / max(sizes.sum(), 1)),
        "singleton_share": float((sizes == 1).sum() / max(len(sizes), 1)),
    }


def _inside(coupling: Coupling, labels: Ints) -> tuple[Ints, Ints, Floats]:
    """(service of the source, service of the target, volume) where both have one."""
    source, target = labels[coupling.source], labels[coupling.target]
    known = (source >= 0) & (target >= 0)
    return source[known], target[known], coupling.volume[known]


def modularity(coupling: Coupling, labels: Ints) -> float:
    """Q on ln(volume) + 1: Σ_c [W_cc / W - (d_c / 2W)²]."""
    source, target, volume = _inside(coupling, labels)
    weight = np.log(volume) + 1
    total = float(weight.sum())
    if total == 0:
        return 0.0
    size = int(labels.max(initial=-1)) + 1
    degree = np.bincount(source, weight, size) + np.bincount(target, weight, size)
    within = float(weight[source == target].sum())
    return within / total - float(((degree / (2 * total)) ** 2).sum())


def structural_modularity(coupling: Coupling, labels: Ints) -> float:
    """SM: mean of E_ii / N_i², less the mean over pairs of E_ij / 2 N_i N_j."""
    source, target, _ = _inside(coupling, labels)
    sizes = np.bincount(labels[labels >= 0], minlength=1).astype(np.float64)
    count = int((sizes > 0).sum())
    if not count:
        return 0.0
    within = source == target
    cohesion = float((1 / sizes[source[within]] ** 2).sum()) / count
    if count == 1:
        return cohesion
    between = float((1 / (2 * sizes[source[~within]] * sizes[target[~within]])).sum())
    return cohesion - 2 * between / (count * (count - 1))


def inter_call_percentage(coupling: Coupling, labels: Ints) -> float:
    """ICP: Σ_crossing (ln v + 1) / Σ_all (ln v + 1)."""
    source, target, volume = _inside(coupling, labels)
    weight = np.log(volume) + 1
    total = float(weight.sum())
    return float(weight[source != target].sum()) / total if total else 0.0


def interface_number(coupling: Coupling, labels: Ints) -> float:
    """IFN: unordered pairs of services with a crossing, over the number of services."""
    source, target, _ = _inside(coupling, labels)
    crossing = source != target
    low = np.minimum(source, target)[crossing]
    high = np.maximum(source, target)[crossing]
    pairs = len(np.unique(low * (int(labels.max(initial=0)) + 1) + high))
    return pairs / max(len(np.unique(labels[labels >= 0])), 1)


def extreme_distribution(labels: Ints) -> float:
    """NED: share of members in services with fewer than 5 or more than 20 members."""
    sizes = np.bincount(labels[labels >= 0])
    fitting = sizes[(sizes >= SMALL) & (sizes <= LARGE)].sum()
    return 1 - float(fitting) / sizes.sum() if sizes.sum() else 0.0


def business_context(reached: Flags) -> float:
    """BCP: mean over services of ln(entry points that reach it); 0 for one that none reaches."""
    counts = reached.sum(axis=1)
    return float(np.log(np.maximum(counts, 1)).mean()) if len(counts) else 0.0


def blast_radius(reached: Flags) -> float:
    """Mean over services of the share of entry points that need it."""
    return float(reached.mean()) if reached.size else 0.0


def concentration(reach: Reach, nodes: Ints, labels: Ints) -> float:
    """Mean over roots of the largest share of the nodes it reaches that have one label.

    `labels`: those of the nodes. Roots that reach none of the nodes are left out.
    """
    sizes = np.bincount(labels)
    alone = nodes[sizes[labels] == 1]
    total = reach.totals(alone)
    largest = np.minimum(total, 1)
    rest = np.flatnonzero(sizes[labels] > 1)
    order = rest[np.argsort(labels[rest], kind="stable")]
    starts = np.flatnonzero(np.append(True, np.diff(labels[order]) != 0)).tolist()
    for first, last in pairwise([*starts, len(order)] if len(order) else []):
        counts = reach.totals(nodes[order[first:last]])
        np.maximum(largest, counts, out=largest)
        total += counts
    found = total > 0
    return float((largest[found] / total[found]).mean()) if found.any() else 0.0


def call_depth(levels: Levels, labels: Ints, roots: Ints) -> int:
    """The longest chain of crossings from a root: each hop waits for the next.

    `labels`: service of each node. Recursion over m services counts as m - 1 hops.
    """
    return int(call_depths(levels, [labels], roots)[0])


def call_depths(levels: Levels, labelings: Sequence[Ints], roots: Ints) -> Ints:
    """The same for several labelings, in one pass over the levels."""
    homes = [_homes(levels, labels) for labels in labelings]
    home = np.stack([each for each, _ in homes], axis=1)
    inner = np.stack([each for _, each in homes], axis=1)
    depth = np.full(home.shape, UNREACHED)
    depth[levels.component[roots]] = 0
    for first, last in pairwise(levels.level_start):
        source, target = levels.source[first:last], levels.target[first:last]
        if not len(target):
            continue
        before, after = home[source], home[target]
        hops = (before != after) & (before >= 0) & (after >= 0)
        reached = depth[source] + inner[source] + hops
        heads = np.flatnonzero(np.append(True, np.diff(target) != 0))
        longest = np.maximum.reduceat(reached, heads, axis=0)
        depth[target[heads]] = np.maximum(depth[target[heads]], longest)
    found: Ints = (depth + inner).max(axis=0, initial=0)
    return found


def longest_chain(levels: Levels, labels: Ints, roots: Ints) -> list[int]:
    """A node of each component along the longest chain, from its root on; [] without roots."""
    depth, inner, before = _depths(levels, labels, roots)
    if not len(depth) or (depth + inner).max() < 0:
        return []
    component = int(np.argmax(depth + inner))
    chain = [component]
    while before[component] >= 0:
        component = int(before[component])
        chain.append(component)
    first = np.full(len(depth), -1, dtype=np.int64)
    first[levels.component[::-1]] = np.arange(len(labels))[::-1]
    return [int(first[each]) for each in reversed(chain)]


def _depths(levels: Levels, labels: Ints, roots: Ints) -> tuple[Ints, Ints, Ints]:
    """(hops before, hops inside, the component before on the longest chain) of each component."""
    home, inner = _homes(levels, labels)
    depth = np.full(len(home), UNREACHED)
    before = np.full(len(home), -1, dtype=np.int64)
    depth[levels.component[roots]] = 0
    for first, last in pairwise(levels.level_start):
        source, target = levels.source[first:last], levels.target[first:last]
        hops = (home[source] != home[target]) & (home[source] >= 0) & (home[target] >= 0)
        reached = depth[source] + inner[source] + hops
        better = reached > depth[target]
        order = np.flatnonzero(better)[np.argsort(reached[better], kind="stable")]
        depth[target[order]] = reached[order]
        before[target[order]] = source[order]
    return depth, inner, before


def _homes(levels: Levels, labels: Ints) -> tuple[Ints, Ints]:
    """(its service, the number of different services in it, less one) of each component."""
    component = levels.component
    home = np.full(int(component.max(initial=-1)) + 1, -1, dtype=np.int64)
    known = np.flatnonzero(labels >= 0)
    home[component[known]] = labels[known]
    several = known[np.bincount(component, minlength=len(home))[component[known]] > 1]
    size = int(labels.max(initial=0)) + 1
    different = np.unique(component[several] * size + labels[several]) // size
    return home, np.maximum(np.bincount(different, minlength=len(home)) - 1, 0)


def distributed(writes: Flags) -> Flags:
    """Which roots write tables of two services or more. `writes`: (service, root)."""
    found: Flags = writes.sum(axis=0) > 1
    return found


def chance_of_crossing(labels: Ints) -> float:
    """The share of pairs that cross in random partitions with the same sizes."""
    sizes = np.bincount(labels[labels >= 0]).astype(np.float64)
    total = sizes.sum()
    return float(1 - (sizes * (sizes - 1)).sum() / (total * (total - 1))) if total > 1 else 0.0
