"""How many services? The resolution at which the clustering is stable and cuts well, without a giant.

Every resolution is run on the whole evidence and, where it may win, on copies with a tenth of the ties
left out. What comes back alike each time is in the program, not in the algorithm. Of the resolutions
that give a readable number of services the one with the highest score wins:

    stability + QUALITY * cut quality - giant - unusual - unlike - EACH * services

stability    mean adjusted Rand index between the runs
cut quality  Q / Qmax: ties inside clusters beyond chance, as a share of what is possible
giant        what the largest cluster's share of the lines exceeds GIANT by, times GIANT_COST
unusual      by how many factors e the resolution is from USUAL, times FAR_COST
unlike       instead of that, where authors sort their tables into several modules: they have sorted
             them by matter, and a few matters have no tables. By how many factors e the number of
             services differs from PER_SCHEMA for each of these modules, times UNLIKE

One resolution does not fit all parts of a program: a cluster that still holds more than OPEN of the
lines is looked into again, by the same rule, and opened where its parts are stable.

The constants were chosen by sweeps over the development cases of the ground truth, blind, each case
also with five times a twentieth of its edges left out: what is right for one set of links only is no
choice. The right number of services there runs from 2 to 80; what tells it apart best is whether
tables are sorted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.core import Core, affinity, sizes
from decompose.cluster.fragments import absorb, merge_down, split_up
from decompose.graph.agreement import adjusted_rand
from decompose.graph.columns import Ints
from decompose.graph.leiden import renumbered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from decompose.cluster.options import ClusterOptions

RESOLUTIONS = (0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 3.0, 4.5, 6.5)
LEAST_COPIES, MOST_COPIES = 1, 8
ROWS = 5000
"""Perturbed copies of each resolution: the more, the smaller the program, about ROWS rows in all."""
DROPPED = 0.1
"""The share of ties left out in a perturbed copy."""
QUALITY = 1.5
USUAL = 0.7
FAR_COST = 0.14
"""Where the evidence does not decide, a usual resolution is best: so much by factor e from it."""
GIANT = 0.4
GIANT_COST = 1.0
UNLIKE = 0.8
SORTED = 5
"""Tables in fewer modules than this are not sorted by matter."""
PER_SCHEMA = 1.3
EACH = 0.004
"""Every further service has to be worth being read, deployed and watched."""
MOST_KNOWN = 100
"""Parts that their authors know by name, or by their tables, may be more than clusters never seen before."""
TEAM_LINES = 20_000
"""What one team can own: a program of a million lines has more of them than one person reads at once."""
ATTACHED = 0.6
"""What stands in no territory joins the one that has more than this share of its ties."""
STAYS = 0.25
"""A member is doubtful where others pull it by so much of its ties more than its own territory."""
NEARLY = 4 / 3
"""So many times more clusters than are readable will do: the smallest are merged."""
OPEN = 0.5
"""A cluster with more than this share of the lines is a giant, and looked into again."""
OPEN_LINES = 30_000.0
"""But not if it has fewer lines than this: small enough for one team."""
OPEN_STABILITY = 0.75
"""It is opened if its parts are found again so well."""
OPEN_ROUNDS = 2
"""Parts of an opened giant may be giants themselves."""
MOST_PARTS = 15
WHOLE = 0.85
"""A giant is not opened only to peel off crumbs: its largest part has less than this of it."""


@dataclass(frozen=True)
class Step:
    """One resolution: its clusters (fragments absorbed) and how good they are.

    `stability`: perfect, 1, where it was not tried.
    """

    resolution: float
    label: Ints
    count: int
    largest: float  # share of the lines
    stability: float
    quality: float
    schemas: int = 0  # of the program

    @property
    def score(self) -> float:
        """See the module."""
        giant = GIANT_COST * max(0.0, self.largest - GIANT)
        return self.stability + QUALITY * self.quality - giant - self._odd

    @property
    def _odd(self) -> float:
        if self.schemas >= SORTED:
            return UNLIKE * abs(math.log(self.count / min(PER_SCHEMA * self.schemas, MOST_KNOWN)))
        return FAR_COST * abs(math.log(self.resolution / USUAL)) + EACH * self.count


@dataclass(frozen=True)
class Opening:
    """Rows of a giant, and the resolution at which it is opened."""

    rows: Ints
    resolution: float


@dataclass(frozen=True)
class Plan:
    """How a partition is made, so that it can be made again on perturbed evidence."""

    resolution: float
    openings: tuple[Opening, ...] = ()
    by_home: bool = False  # territories as they are, instead of a resolution


@dataclass(frozen=True)
class Choice:
    """The clusters chosen, how they were made, and all steps, coarse to fine."""

    label: Ints
    plan: Plan
    steps: tuple[Step, ...]


def choose(core: Core, options: ClusterOptions) -> Choice:
    """The granularity that the options ask for, or else the evidence."""
    asked = options.services is not None or options.resolution is not None
    has_homes = core.home is not None and not asked
    steps = tuple(step_at(core, each, options.seed) for each in RESOLUTIONS)
    if options.services is not None:
        return _exactly(core, steps, options)
    if options.resolution is not None:
        plan = Plan(options.resolution)
        return Choice(realise(core, plan, options.seed, len(core)), plan, steps)
    if has_homes:
        plan = Plan(RESOLUTIONS[0], by_home=True)
        label = realise(core, plan, options.seed, options.max_services)
        if options.start:
            label = renumbered(reconsidered(core, plan, label))
        return Choice(label, plan, steps)
    most = readable(core, options)
    best = _best(core, steps, most, options.seed)
    plan = Plan(best.resolution, tuple(_openings(core, best.label, options.seed)))
    return Choice(realise(core, plan, options.seed, most), plan, steps)


def readable(core: Core, options: ClusterOptions) -> int:
    """How many services may be proposed: more where tables are sorted so, or where there are many teams."""
    known = PER_SCHEMA * core.schemas
    teams = float(core.lines.sum()) / TEAM_LINES
    return max(options.max_services, min(round(max(known, teams)), MOST_KNOWN))


def _copies(core: Core) -> int:
    return min(max(ROWS // max(len(core), 1), LEAST_COPIES), MOST_COPIES)


def _best(core: Core, steps: Iterable[Step], most: int, seed: int, least: float = -1.0) -> Step:
    """The step with the highest score of those that are readable and at least so stable, if there are any.

    How stable a step is, is tried only while it would win if it were perfectly stable.
    """

    def rank(step: Step) -> tuple[bool, float, float]:
        clear = 1 < step.count <= NEARLY * most and step.stability >= least
        return clear, step.score, -step.resolution

    hopeful, *rest = sorted(steps, key=rank, reverse=True)
    best = _tried(core, hopeful, seed)
    for step in rest:
        if rank(step) <= rank(best):
            break
        best = max(best, _tried(core, step, seed), key=rank)
    return best


def realise(core: Core, plan: Plan, seed: int, most: int) -> Ints:
    """Make a partition by its plan, with at most so many clusters."""
    if plan.by_home and core.home is not None:
        label = by_home(core, core.home)
        label = label if core.loose is None else absorb(core, label, ~core.loose)
        return merge_down(core, label, MOST_KNOWN)
    label = absorb(core, core.clusters(plan.resolution, seed))
    for opening in plan.openings:
        label = _opened(core, label, opening, seed)
    return merge_down(core, label, max(most, 1))


def by_home(core: Core, home: Ints) -> Ints:
    """Territories; what stands in none goes where its ties go for the most part, else to the rest."""
    rest = int(home.max(initial=-1)) + 1
    label = np.where(home >= 0, home, rest)
    pull = affinity(core, label)
    whole = np.asarray(core.direct.sum(axis=1)).ravel()
    best = pull[:, :rest].argmax(axis=1) if rest else label
    leaves = (home < 0) & (pull[np.arange(len(core)), best] > ATTACHED * whole) & (whole > 0)
    return renumbered(np.where(leaves, best, label))


def reconsidered(core: Core, plan: Plan, label: Ints) -> Ints:
    """Where each row would go by its ties, if its territory counted for no more than STAYS of them."""
    if not plan.by_home or not len(label):
        return label
    pull = affinity(core, label)
    rows = np.arange(len(core))
    pull[rows, label] += STAYS * np.asarray(core.direct.sum(axis=1)).ravel() + np.finfo(float).tiny
    found: Ints = pull.argmax(axis=1)
    return found


def within(core: Core, label: Ints, most: int, seed: int) -> Ints:
    """Every cluster with more lines is cut at the coarsest resolution whose parts fit, else at the finest."""
    for cluster in np.flatnonzero(sizes(label, core.lines) > most).tolist():
        rows = np.flatnonzero(label == cluster)
        part = core.part(rows)
        parts = np.zeros(len(rows), dtype=np.int64)
        for resolution in RESOLUTIONS:
            parts = absorb(part, part.clusters(resolution, seed))
            if sizes(parts, part.lines).max(initial=0) <= most:
                break
        label = label.copy()
        label[rows] = int(label.max()) + 1 + parts
    return renumbered(label)


def _opened(core: Core, label: Ints, opening: Opening, seed: int) -> Ints:
    """Open every cluster most of whose lines are the giant's."""
    inside = np.zeros(len(core))
    inside[opening.rows] = 1
    lines = core.lines + 1
    share = np.bincount(label, lines * inside) / np.bincount(label, lines)
    found = label.copy()
    for cluster in np.flatnonzero(share > 0.5).tolist():  # noqa: PLR2004 -- most of it
        rows = np.flatnonzero(label == cluster)
        part = core.part(rows)
        parts = merge_down(part, absorb(part, part.clusters(opening.resolution, seed)), MOST_PARTS)
        found[rows] = int(found.max()) + 1 + parts
    return renumbered(found)


def _openings(core: Core, label: Ints, seed: int) -> list[Opening]:
    """Giants to open, and giants in them."""
    found: list[Opening] = []
    for _ in range(OPEN_ROUNDS):
        size = sizes(label, core.lines)
        giants = np.flatnonzero((size > OPEN * core.lines.sum()) & (size > OPEN_LINES))
        fresh = [_opening(core, np.flatnonzero(label == giant), seed) for giant in giants]
        opened = [each for each in fresh if each is not None]
        for each in opened:
            label = _opened(core, label, each, seed)
        found += opened
    return found


def _opening(core: Core, rows: Ints, seed: int) -> Opening | None:
    part = core.part(rows)
    steps = (step_at(part, each, seed) for each in RESOLUTIONS)
    fit = [each for each in steps if 1 < each.count <= NEARLY * MOST_PARTS and each.largest < WHOLE]
    best = _best(part, fit, MOST_PARTS, seed, OPEN_STABILITY) if fit else None
    is_clear = best is not None and best.stability >= OPEN_STABILITY
    return Opening(rows, best.resolution) if best and is_clear else None


def step_at(core: Core, resolution: float, seed: int) -> Step:
    """What a resolution gives, as if it were perfectly stable."""
    label = absorb(core, core.clusters(resolution, seed))
    size = sizes(label, core.lines)
    return Step(
        resolution=resolution,
        label=label,
        count=len(size),
        largest=float(size.max(initial=0.0) / max(size.sum(), 1.0)),
        stability=1.0,
        quality=_quality(core, label),
        schemas=core.schemas,
    )


def _tried(core: Core, step: Step, seed: int) -> Step:
    """The step with its stability: how alike the clusters of perturbed copies are."""
    labels = [step.label]
    for each in range(seed + 1, seed + 1 + _copies(core)):
        copy = core.perturbed(DROPPED, each)
        labels.append(absorb(copy, copy.clusters(step.resolution, each)))
    alike = [adjusted_rand(a, b) for a, b in combinations(labels, 2)]
    return replace(step, stability=float(np.mean(alike)))


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
    return Choice(split_up(core, label, count, options.seed), Plan(step.resolution), steps)


def neighbours(core: Core, choice: Choice) -> list[tuple[Plan, Ints]]:
    """(plan, label) of coarser and finer partitions beside the choice, coarser first."""
    count = int(choice.label.max(initial=-1)) + 1
    found: dict[int, tuple[Plan, Ints]] = {}
    for wanted in (count // 2, 2 * count, 4 * count):
        steps = [step for step in choice.steps if step.count not in (1, count)]
        if wanted <= 1 or not steps:
            continue
        step = min(steps, key=lambda each: (abs(each.count - wanted), each.resolution))
        label = merge_down(core, choice.label, wanted) if wanted < count else step.label
        plan = choice.plan if wanted < count else Plan(step.resolution)
        found.setdefault(int(label.max(initial=-1)) + 1, (plan, label))
    found.pop(count, None)
    return [found[each] for each in sorted(found)]
