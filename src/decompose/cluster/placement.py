"""From clusters of units to a place for every atom.

What the clustering could not place follows its package; a divided module that falls almost whole to
one service is made whole again; a module's own code goes where most of the module goes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from decompose.graph.dependency import NOBODY

if TYPE_CHECKING:
    from decompose.cluster.atoms import Atoms
    from decompose.cluster.core import Core
    from decompose.cluster.evidence import Scene
    from decompose.graph.columns import Flags, Floats, Ints

SHARED_LABEL = -2
UNUSED_LABEL = -3
UNPLACED = NOBODY

WHOLE = 0.75
"""A divided module with this share of its lines in one service belongs there, small rest and all."""


@dataclass
class Placement:
    """Label of each atom: a cluster, SHARED_LABEL or UNUSED_LABEL; and why, where that is odd."""

    label: Ints
    reasons: dict[int, str] = field(default_factory=dict)


def place(scene: Scene, core: Core, label: Ints, shared: dict[int, str]) -> Placement:
    """Every atom in its place. `shared`: unit -> why it is."""
    of_unit = np.full(scene.units.count, UNPLACED, dtype=np.int64)
    of_unit[core.units] = label
    of_unit[list(shared)] = SHARED_LABEL
    found = Placement(of_unit[scene.units.of])
    for atom, unit in enumerate(scene.units.of.tolist()):
        if unit in shared:
            found.reasons[atom] = shared[unit]
    _heal_modules(scene, found)
    _follow_packages(scene, found)
    return found


def _heal_modules(scene: Scene, found: Placement) -> None:
    """Small rests join their module; a module's own code goes with most of its lines."""
    atoms, divided = scene.atoms, np.flatnonzero(scene.units.is_divided)
    has_data = _has_data(scene)
    members: dict[int, list[int]] = defaultdict(list)
    for atom in divided:
        members[int(atoms.module[atom])].append(int(atom))
    for module, inside in sorted(members.items()):
        label, share = _majority(scene, found, inside)
        if label == UNPLACED:
            continue
        found.label[module] = label
        if share >= WHOLE:
            rest = [each for each in inside if not has_data[each]]
            found.label[rest] = label
            for each in rest:
                found.reasons.pop(each, None)


def _has_data(scene: Scene) -> Flags:
    """Tables, the classes that declare them, and what answers the outside world."""
    atoms = scene.atoms
    found: Flags = atoms.is_table.copy()
    models = [atoms.named(table.model) for table in scene.program.tables]
    found[[model for model in models if model >= 0]] = True
    found[list(atoms.answering.values())] = True
    return found


def _majority(scene: Scene, found: Placement, inside: list[int]) -> tuple[int, float]:
    """(label with most lines, its share); services first, the shared library if there are none."""
    lines: dict[int, float] = defaultdict(float)
    for atom in inside:
        lines[int(found.label[atom])] += float(scene.atoms.lines[atom]) + 1
    lines.pop(UNPLACED, None)
    if not lines:
        return UNPLACED, 0.0
    best = max(lines, key=lambda label: (label >= 0, lines[label], -label))
    return best, lines[best] / sum(lines.values())


def _follow_packages(scene: Scene, found: Placement) -> None:
    """What has no ties goes with most of the innermost package that has a place; else it is shared."""
    atoms = scene.atoms
    lost = np.flatnonzero(found.label == UNPLACED)
    if not len(lost):
        return
    by_package: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    columns = (column.tolist() for column in lines_of_modules(atoms, found.label))
    for module, label, lines in zip(*columns, strict=True):
        head = atoms.names[module] if label != UNPLACED else ""
        while head:
            by_package[head][label] += lines
            head = head.rpartition(".")[0]
    for atom in lost:
        module = atoms.module[atom]
        head = atoms.names[module] if module >= 0 else ""
        while head and head not in by_package:
            head = head.rpartition(".")[0]
        found.label[atom], why = _of_package(by_package.get(head, {}), head)
        found.reasons[int(atom)] = why


def lines_of_modules(atoms: Atoms, label: Ints) -> tuple[Ints, Ints, Floats]:
    """(module, label, lines) of each module and each label of its atoms, as columns."""
    code = np.flatnonzero((atoms.module >= 0) & ~atoms.is_table)
    low = int(label.min(initial=0))
    size = int(label.max(initial=0)) - low + 1
    keys, where = np.unique(atoms.module[code] * size + label[code] - low, return_inverse=True)
    lines = np.bincount(where, atoms.lines[code] + 1).astype(np.float64)
    return keys // size, keys % size + low, lines


def _of_package(lines: dict[int, float], package: str) -> tuple[int, str]:
    if not lines:
        return SHARED_LABEL, "nothing in the program ties it to any service"
    best = max(lines, key=lambda label: (lines[label], -label))
    if lines[best] < 0.5 * sum(lines.values()):
        return SHARED_LABEL, f"belongs to {package}, which falls to several services"
    return best, f"has no ties of its own; follows {package}"
