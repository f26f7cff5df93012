"""What a cut of a given graph costs, in the published figures, as one number to lower.

    ICP - 4 SM + IFN / 10 + 0.4 BCP + NED + gates

ICP share of the call volume that crosses; SM cohesion less coupling; IFN pairs of nodes that cross,
by service; BCP mean ln of the entry points that reach a service; NED share of nodes in services of
odd size. Each alone is best for something absurd (one giant, or singletons), so their sum is
lowered within gates: no service above LARGEST of the nodes, hardly any of one node. A figure that
is worse than that of plain Leiden on the same edges counts twice: who gets that for free wants more.

Definitions: Kalia et al. (FSE 2021), SM by Jin et al. (2018). The weights bring the figures, which
have different spreads, to about the same say.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.given.ties import edge_ties, visited
from decompose.graph.leiden import leiden

if TYPE_CHECKING:
    from decompose.graph.columns import Floats, Ints
    from decompose.model.given import GivenGraph

WEIGHTS = {"icp": 1.0, "sm": -4.0, "ifn": 0.1, "bcp": 0.4, "ned": 1.0}
"""What each figure weighs; below 0 where higher is better."""
MARGIN = 0.02
"""As good as plain clustering is not yet better."""
LARGEST, SINGLETONS = 0.5, 0.1
GATE = 10.0
"""What each share beyond a gate costs."""
SMALL, LARGE = 5, 20
"""Sizes that NED takes for usual."""


@dataclass(frozen=True)
class Ground:
    """A given graph as dense arrays: small enough graphs only."""

    volume: Floats  # (node, node) ln(weight) + 1, symmetric
    linked: Floats  # (node, node) directed edges between them: 0, 1 or 2
    visits: Floats  # (node, entry point) -> 1
    plain: dict[str, float] = field(default_factory=dict)  # figures of plain Leiden

    def __len__(self) -> int:
        return len(self.volume)


def ground(given: GivenGraph, seed: int) -> Ground:
    """The ground on which cuts of a graph are compared."""
    edges = edge_ties(given)
    volume = edges.toarray()
    linked = np.zeros_like(volume)
    number = {node.id: index for index, node in enumerate(given.nodes)}
    for edge in given.edges:
        source, target = number[edge.source], number[edge.target]
        if source != target:
            linked[source, target] = linked[target, source] = 1
    found = Ground(volume, linked, visited(given).toarray())
    return replace(found, plain=figures(found, leiden(edges, seed=seed)))


def better_than_plain(ground: Ground, label: Ints) -> list[str]:
    """The figures in which a cut is better than plain Leiden."""
    own = figures(ground, label)
    return [
        name for name, weight in WEIGHTS.items() if weight * (own[name] - ground.plain[name]) < 0
    ]


def figures(ground: Ground, label: Ints) -> dict[str, float]:
    """All figures of a cut, and the gates: `largest` and `singletons`, as shares."""
    size = np.bincount(label).astype(np.float64)
    inside = np.zeros((len(label), len(size)))
    inside[np.arange(len(label)), label] = 1
    inside, size = inside[:, size > 0], size[size > 0]
    count = len(size)
    links = inside.T @ ground.linked @ inside
    volume = inside.T @ ground.volume @ inside
    density = links / np.outer(size, size)
    pairs = count * (count - 1)
    apart = float(density.sum() - np.trace(density)) / pairs if pairs else 0.0
    reached = (inside.T @ ground.visits > 0).sum(axis=1)
    whole = float(volume.sum())
    return {
        "icp": float(whole - np.trace(volume)) / whole if whole else 0.0,
        "sm": float(np.diag(density).mean()) / 2 - apart / 2,
        "ifn": float(links.sum() - np.trace(links)) / 2 / count,
        "bcp": float(np.log(np.maximum(reached, 1)).mean()),
        "ned": 1 - float(size[(size >= SMALL) & (size <= LARGE)].sum()) / len(label),
        "largest": float(size.max()) / len(label),
        "singletons": float((size == 1).sum()) / len(label),
    }


def cost(ground: Ground, label: Ints) -> float:
    """The bill of a cut; see the module."""
    found = figures(ground, label)
    over = max(0.0, found["largest"] - LARGEST) + max(0.0, found["singletons"] - SINGLETONS)
    bill = GATE * over
    for name, weight in WEIGHTS.items():
        bill += weight * found[name]
        bill += max(0.0, weight * (found[name] - ground.plain[name]) + MARGIN)
    return bill
