"""Moves that lower the bill: one node at a time, a merge, or a node that leaves with its neighbours.

Simulated annealing (Kirkpatrick, Gelatt & Vecchi 1983) from a consensus, cooled linearly, the best cut
seen is kept; equal graphs and seeds give equal cuts.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.given.bill import cost
from decompose.graph.leiden import renumbered

if TYPE_CHECKING:
    from decompose.cluster.given.bill import Ground
    from decompose.graph.columns import Flags, Ints

TRIES = 4
STEPS, STEPS_A_NODE = 1000, 120
MOST_NODES = 600
"""Beyond this a step costs too much: the consensus stands."""
HEAT = 0.05
FEWEST = 3
"""Fewer services than this are hardly a cut."""
MOVE, MERGE = 0.75, 0.85
"""Chances: of the first kind of step below MOVE, of a merge below MERGE, else of a split."""
NEARBY = 0.7
"""How often a node moves to where a neighbour is, rather than anywhere."""


def refined(ground: Ground, label: Ints, movable: Flags, seed: int, count: int | None) -> Ints:
    """A cut that costs no more than the given one; `count`: keep exactly so many services."""
    if len(ground) > MOST_NODES or not ground.linked.any():
        return label
    tries = [_annealed(ground, label, movable, seed * TRIES + each, count) for each in range(TRIES)]
    return renumbered(min(tries, key=lambda each: cost(ground, each)))


def _annealed(ground: Ground, label: Ints, movable: Flags, seed: int, count: int | None) -> Ints:
    draw = np.random.default_rng(seed)
    current, best = renumbered(label), renumbered(label)
    now = lowest = cost(ground, current)
    steps = STEPS + STEPS_A_NODE * len(ground)
    for step in range(steps):
        heat = HEAT * (1 - step / steps) + 1e-5
        changed = _step(ground, current, movable, draw, count)
        if changed is None:
            continue
        then = cost(ground, changed)
        if then < now or draw.random() < math.exp((now - then) / heat):
            current, now = changed, then
            if now < lowest - 1e-12:
                best, lowest = current, now
    return best


def _step(
    ground: Ground, label: Ints, movable: Flags, draw: np.random.Generator, count: int | None
) -> Ints | None:
    """A neighbouring cut, or None where there is none of the kind drawn."""
    kind, node = draw.random(), int(draw.integers(len(label)))
    changed = label.copy()
    services = int(label.max()) + 1
    if kind < MOVE or count is not None:
        changed[node] = _elsewhere(ground, label, node, draw)
    elif kind < MERGE:
        changed[label == label[node]] = draw.integers(services)
    else:
        own = label == label[node]
        changed[own & (ground.linked[node] > 0)] = services
        changed[node] = services
    changed = np.where(movable, changed, label)
    found = len(np.unique(changed))
    fits = found == count if count is not None else found >= min(FEWEST, len(label))
    return np.unique(changed, return_inverse=True)[1] if fits else None


def _elsewhere(ground: Ground, label: Ints, node: int, draw: np.random.Generator) -> int:
    near = np.flatnonzero(ground.linked[node])
    if len(near) and draw.random() < NEARBY:
        return int(label[draw.choice(near)])
    return int(draw.integers(int(label.max()) + 2))
