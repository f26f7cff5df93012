"""Everything before the search: atoms, units, evidence, roles, and what a person has decided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.atoms import gather
from decompose.cluster.bags import gathered
from decompose.cluster.continuity import keep_roles, keep_silence, steady_atoms
from decompose.cluster.core import ITERATIONS, Core, form_core
from decompose.cluster.evidence import Evidence, Scene, combine
from decompose.cluster.evidence.paths import with_packages
from decompose.cluster.kernel import UNLIKELY, faint, likelihood, with_kernel
from decompose.cluster.lexicon import lexicon
from decompose.cluster.namebook import NameBook, name_book
from decompose.cluster.options import ClusterOptions
from decompose.cluster.roles import MOSTLY, loose_kernel, recognise
from decompose.cluster.settlement import Settlement, all_or_none, layered, settlement
from decompose.cluster.trials import trials
from decompose.cluster.units import covered, divisible, form, scattered
from decompose.cluster.unused import unused
from decompose.graph.analysis import Program
from decompose.graph.columns import columns
from decompose.graph.dependency import NOBODY
from decompose.graph.leiden import leiden
from decompose.model.partition import RESERVED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from decompose.cluster.evidence.ties import Matrix
    from decompose.graph.columns import Ints

WORTH_SHARE = 0.025
WORTH_LINES = 300.0, 600.0
"""Where layers sort a program, an entity is no service before it has so much of the lines, but at least and at most
so many."""


@dataclass(frozen=True)
class Work:
    """What all partitions of one program have in common."""

    program: Program
    options: ClusterOptions
    scene: Scene
    core: Core
    shared: dict[int, str]  # unit -> why it is in the shared library
    silent: dict[int, str]  # atom -> why it is unused
    fixed: dict[int, str]  # atom -> what a person pinned it to
    steady: dict[int, str]  # atom -> where it was, and stays
    book: NameBook


def prepare(program: Program, options: ClusterOptions) -> Work:
    """Gather the evidence about a program and set aside what forms no service."""
    scene = form_scene(program, options)
    evidence = combine(scene)
    settled = settlement(scene, evidence.direct) if options.use_paths else None
    settled = None if settled is None else gathered(scene, settled)
    layers = layered(scene) if settled is None and options.use_paths else None
    if layers is not None:
        evidence = replace(evidence, ties=_of_layers(evidence, layers))
    has_concepts = any(each.loose for each in (settled, layers) if each is not None)
    has_kernel = settled is None and "kernel" not in options.left_out
    likely = likelihood(scene, evidence.direct) if has_kernel else None
    if likely is not None:
        evidence = replace(evidence, ties=faint(evidence.ties, likely))
    shared = _shared(scene, _provisional(evidence, options), settled)
    if likely is not None:
        evidence = replace(evidence, ties=with_kernel(evidence.ties, likely))
        shared = {unit: why for unit, why in shared.items() if likely[unit] >= UNLIKELY}
    if options.start:
        settled = _begun(scene, options.start, settled)
    steady = steady_atoms(scene, options)
    keep_roles(scene, steady, shared)
    is_member = np.diff(evidence.ties.indptr)[: scene.units.count] > 0
    if settled is not None:
        is_member |= settled.of >= 0
    is_member[list(shared)] = False
    fixed = covered(scene.atoms, options.constraints.pins)
    aside = {atom: why for atom, why in trials(scene).items() if atom not in fixed}
    is_member[scene.units.of[list(aside)]] = False
    silent = unused(scene) | aside
    keep_silence(steady, silent)
    return Work(
        program=program,
        options=options,
        scene=scene,
        core=replace(
            form_core(evidence.ties, is_member, scene.units.lines),
            home=None if settled is None else settled.of[is_member],
            loose=None if settled is None else settled.is_loose[is_member],
            worth=_worth(scene) if has_concepts else 0.0,
            schemas=_schemas(scene),
            pulls=int(has_kernel),
        ),
        shared=shared,
        silent={atom: why for atom, why in silent.items() if atom not in fixed},
        fixed=fixed,
        steady=steady,
        book=name_book(scene),
    )


def _of_layers(evidence: Evidence, found: Settlement) -> Matrix:
    """The ties without packages that are about technique, but with the concepts that layers have parts of."""
    home = {unit: found.names[of] for unit, of in enumerate(found.of.tolist()) if of >= 0}
    return with_packages(evidence.direct, home) if found.loose else evidence.direct


def _worth(scene: Scene) -> float:
    """How many lines a cluster needs to be a service, where layers hold a module for each entity."""
    share = WORTH_SHARE * float(scene.units.lines.sum())
    return min(max(share, WORTH_LINES[0]), WORTH_LINES[1])


def _schemas(scene: Scene) -> int:
    """How many modules declare tables."""
    atoms = scene.atoms
    models = (atoms.named(table.model) for table in scene.program.tables if table.model)
    return len({int(atoms.module[model]) for model in models if model >= 0})


def _shared(scene: Scene, label: Ints, settled: Settlement | None) -> dict[int, str]:
    """Unit -> why it is shared."""
    if settled is None:
        return recognise(scene, label).reasons
    settled_label = np.where(settled.of >= 0, settled.of, label + len(settled.names))
    shared = recognise(scene, settled_label).reasons
    all_or_none(settled, scene, shared, MOSTLY)
    for unit, why in loose_kernel(scene, settled.of).items():
        shared.setdefault(unit, why)
    return dict(sorted(shared.items()))


def _begun(scene: Scene, start: Mapping[str, str], settled: Settlement | None) -> Settlement | None:
    """A person's own partition as territories: each unit where most of its lines are put.

    What it does not mention stays in the program's own territories, as far as there are any.
    """
    given = covered(scene.atoms, start)
    names = sorted({service for service in given.values() if service not in RESERVED})
    number = {name: index for index, name in enumerate(names)}
    votes = np.zeros((scene.units.count, len(names)))
    for atom, service in given.items():
        if service in number:
            votes[scene.units.of[atom], number[service]] += scene.atoms.lines[atom] + 1
    if not names:
        return settled
    of = np.where(votes.max(axis=1) > 0, votes.argmax(axis=1), NOBODY)
    if settled is None:
        return Settlement(of, names)
    own = np.where(settled.of >= 0, settled.of + len(names), NOBODY)
    loose = frozenset(each + len(names) for each in settled.loose)
    return Settlement(np.where(of >= 0, of, own), [*names, *settled.names], loose)


def form_scene(program: Program, options: ClusterOptions) -> Scene:
    """Take large modules apart, look where their definitions go, and keep whole what stays whole."""
    known = columns(program.graph)
    atoms = gather(program, known)
    asked = options.constraints
    apart = divisible(atoms, asked)
    units = form(program, known, atoms, asked, apart)
    words = lexicon(program, known, atoms, use_paths=options.use_paths)
    scene = Scene(
        program,
        known,
        atoms,
        units,
        words,
        use_paths=False,
        history=options.history,
        on_trial=True,
        left_out=options.left_out,
    )
    if not apart.any():
        return replace(scene, use_paths=options.use_paths, on_trial=False)
    label = _provisional(combine(scene), options)
    apart = scattered(atoms, units, label, asked)
    units = form(program, known, atoms, asked, apart)
    return replace(scene, units=units, use_paths=options.use_paths, on_trial=False)


def _provisional(evidence: Evidence, options: ClusterOptions) -> Ints:
    """A first clustering of all units."""
    return leiden(evidence.ties, seed=options.seed, iterations=ITERATIONS)[: evidence.units]
