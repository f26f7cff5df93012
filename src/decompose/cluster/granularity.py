"""How many services? The resolution at which the clustering is stable and cuts well, without a giant.

Every resolution is run on the whole evidence and on copies with a tenth of the ties left out. What
comes back alike each time is in the program, not in the algorithm. Of the resolutions that give a
readable number of services the one with the highest score wins:

    stability + cut quality - giant

stability    mean adjusted Rand index between the runs
cut quality  Q / Qmax: ties inside clusters beyond chance, as a share of what is possible
giant        GIANT_COST times what the largest cluster's share of the lines exceeds GIANT by

On the development cases this beats every fixed resolution, and either of the terms alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.core import Core, sizes
from decompose.cluster.fragments import absorb, merge_down, split_up
from decompose.graph.agreement import adjusted_rand

if TYPE_CHECKING:
    from decompose.cluster.options import ClusterOptions
    from decompose.graph.columns import Ints

RESOLUTIONS = (0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 3.0)
COPIES = 3
DROPPED = 0.1
"""The share of ties left out in a perturbed copy."""
GIANT = 0.45
GIANT_COST = 3.0


@dataclass(frozen=True)
class Step:
    """One resolution: its clusters (fragments absorbed) and how good they are."""

    resolution: float
    label: Ints
    count: int
    largest: float  # share of the lines
    stability: float
    quality: float

    @property
    def score(self) -> float:
        """See the module."""
        return self.stability + self.quality - GIANT_COST * max(0.0, self.largest - GIANT)


@dataclass(frozen=True)
class Choice:
    """The clusters chosen, and all steps, coarse to fine."""

    label: Ints
    resolution: float
    steps: tuple[Step, ...]


def choose(core: Core, options: ClusterOptions) -> Choice:
    """The granularity that the options ask for, or else the evidence."""
    steps = tuple(_step(core, resolution, options.seed) for resolution in RESOLUTIONS)
    if options.services is not None:
        return _exactly(core, steps, options)
    best = max(steps, key=lambda step: (_readable(step, options), step.score, -step.resolution))
    label = merge_down(core, best.label, max(options.max_services, 1))
    return Choice(label, best.resolution, steps)


def _readable(step: Step, options: ClusterOptions) -> bool:
    return 1 < step.count <= options.max_services


def _step(core: Core, resolution: float, seed: int) -> Step:
    label = absorb(core, core.clusters(resolution, seed))
    copies = [
        absorb(core, core.clusters(resolution, seed + copy, dropped=DROPPED))
        for copy in range(1, COPIES)
    ]
    pairs = [adjusted_rand(a, b) for a, b in combinations([label, *copies], 2)]
    size = sizes(label, core.lines)
    return Step(
        resolution=resolution,
        label=label,
        count=len(size),
        largest=float(size.max(initial=0.0) / max(size.sum(), 1.0)),
        stability=float(np.mean(pairs)),
        quality=_quality(core, label),
    )


def _quality(core: Core, label: Ints) -> float:
    """Q / Qmax of the ties between rows."""
    ties = core.direct.tocoo()
    whole = float(ties.data.sum())
    if not whole:
        return 0.0
    degree = np.bincount(label, np.asarray(core.direct.sum(axis=1)).ravel())
    chance = float(((degree / whole) ** 2).sum())
    inside = float(ties.data[label[ties.row] == label[ties.col]].sum()) / whole
    return (inside - chance) / (1 - chance) if chance < 1 else 0.0


def _exactly(core: Core, steps: tuple[Step, ...], options: ClusterOptions) -> Choice:
    """Exactly as many as asked for: from the coarsest step that has enough, merged down."""
    count = max(options.services or 1, 1)
    enough = [step for step in steps if step.count >= count]
    step = enough[0] if enough else max(steps, key=lambda each: each.count)
    label = merge_down(core, step.label, count)
    return Choice(split_up(core, label, count, options.seed), step.resolution, steps)


def neighbours(core: Core, choice: Choice) -> list[tuple[float, Ints]]:
    """(resolution, label) of coarser and finer partitions beside the choice, coarser first."""
    count = int(choice.label.max(initial=-1)) + 1
    found: dict[int, tuple[float, Ints]] = {}
    for wanted in (count // 2, 2 * count, 4 * count):
        steps = [step for step in choice.steps if 1 < step.count != count]
        if wanted <= 1 or not steps:
            continue
        step = min(steps, key=lambda each: (abs(each.count - wanted), each.resolution))
        label = merge_down(core, choice.label, wanted) if wanted < count else step.label
        resolution = choice.resolution if wanted < count else step.resolution
        found.setdefault(int(label.max(initial=-1)) + 1, (resolution, label))
    found.pop(count, None)
    return [found[each] for each in sorted(found)]
