"""The search on one page: choose a granularity, steady it, give every atom a place and a name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from decompose.cluster.constraints import enforce
from decompose.cluster.continuity import continued
from decompose.cluster.description import Draft, described, without_services
from decompose.cluster.granularity import (
    Choice,
    Plan,
    choose,
    neighbours,
    readable,
    realise,
    within,
)
from decompose.cluster.options import Clustering, ClusterOptions
from decompose.cluster.preparation import Work, prepare
from decompose.cluster.stability import agreement, medoid, perturbed_runs
from decompose.cluster.units import covered
from decompose.graph.figures import ground

if TYPE_CHECKING:
    from decompose.graph.analysis import Program
    from decompose.graph.columns import Ints

SEEDS = 3
"""Full runs among which the one that agrees most with all perturbed runs is proposed."""
ALTERNATIVE_RUNS = 2
"""Perturbed runs for the confidence of coarser and finer partitions."""


def cluster(program: Program, options: ClusterOptions) -> Clustering:
    """Propose services for a program, with coarser and finer proposals beside it."""
    work = prepare(program, options)
    if not len(work.core):
        return Clustering(without_services(work), ())
    choice = choose(work.core, options)
    runs = [
        _small_enough(work, run) for run in perturbed_runs(work.core, choice.plan, options.seed)
    ]
    label = _small_enough(work, _steadied(work, choice, runs))
    label = _constrained(work, continued(work.scene, work.core, work.steady, label))
    beside = [
        _draft(work, _constrained(work, other), plan)
        for plan, other in neighbours(work.core, replace(choice, label=label))
    ]
    found = ground(program, work.scene.known)
    others = [described(work, draft, None) for draft in beside]
    return Clustering(
        described(work, Draft(label, agreement(label, runs)), found),
        tuple(sorted(others, key=lambda each: len(each.capabilities))),
    )


def _draft(work: Work, label: Ints, plan: Plan) -> Draft:
    runs = perturbed_runs(work.core, plan, work.options.seed, ALTERNATIVE_RUNS)
    return Draft(label, agreement(label, runs))


def _steadied(work: Work, choice: Choice, runs: list[Ints]) -> Ints:
    """Of several full runs the one that agrees most with the perturbed ones."""
    options = work.options
    if options.services is not None or choice.plan.by_home:
        return choice.label
    most = readable(work.core, options)
    others = [
        realise(work.core, choice.plan, options.seed + seed, most) for seed in range(1, SEEDS)
    ]
    return medoid([choice.label, *others], runs)


def _small_enough(work: Work, label: Ints) -> Ints:
    most, seed = work.options.max_lines, work.options.seed
    return label if most is None else within(work.core, label, most, seed)


def _constrained(work: Work, label: Ints) -> Ints:
    row_of = {int(unit): row for row, unit in enumerate(work.core.units)}
    apart = []
    for group in work.options.constraints.apart:
        atoms = covered(work.scene.atoms, {prefix: prefix for prefix in group})
        sets: dict[str, set[int]] = {prefix: set() for prefix in group}
        for atom, prefix in atoms.items():
            row = row_of.get(int(work.scene.units.of[atom]))
            if row is not None:
                sets[prefix].add(row)
        apart.append([sorted(rows) for rows in sets.values() if rows])
    return enforce(work.core, label, apart)
