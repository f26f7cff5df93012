"""A second look at a program keeps what the first one said, wherever the evidence is what it was.

Steady members (see `graph.succession`) stay in their services, in the shared library, or apart. What is
new or has changed goes where it goes by today's evidence: to the service to which most steady members
of its cluster belong. Only a cluster without any steady member is a new service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.placement import SHARED_LABEL, UNUSED_LABEL, Placement
from decompose.cluster.units import covered
from decompose.graph.dependency import NOBODY
from decompose.graph.leiden import renumbered
from decompose.model.partition import RESERVED, SHARED, UNUSED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from decompose.cluster.core import Core
    from decompose.cluster.options import ClusterOptions
    from decompose.cluster.scene import Scene
    from decompose.graph.columns import Ints

AS_BEFORE = "was here before, and nothing about it has changed"
_ASIDE = {SHARED: SHARED_LABEL, UNUSED: UNUSED_LABEL}


def steady_atoms(scene: Scene, options: ClusterOptions) -> dict[int, str]:
    """Atom -> its earlier label, for those that are steady and of which a person asks nothing else."""
    if not options.previous or not options.steady:
        return {}
    asked = options.constraints
    groups = {name: name for group in (*asked.together, *asked.apart) for name in group}
    told = covered(scene.atoms, {**groups, **asked.pins})
    found = {}
    for atom, name in enumerate(scene.atoms.names):
        label = options.previous.get(name)
        if label is not None and name in options.steady and atom not in told:
            found[atom] = label
    return found


def keep_roles(scene: Scene, steady: Mapping[int, str], shared: dict[int, str]) -> None:
    """Units that were shared stay so, and units of services form services. `shared`: unit -> why."""
    lines = scene.atoms.lines + 1
    votes = np.zeros((scene.units.count, 2))
    for atom, label in steady.items():
        if label != UNUSED and not scene.atoms.is_table[atom]:
            votes[scene.units.of[atom], int(label == SHARED)] += lines[atom]
    for unit in np.flatnonzero(votes.sum(axis=1)).tolist():
        if votes[unit, 1] > votes[unit, 0]:
            shared.setdefault(unit, AS_BEFORE)
        else:
            shared.pop(unit, None)


def keep_silence(steady: Mapping[int, str], silent: dict[int, str]) -> None:
    """What was unused stays so, and only that. `silent`: atom -> why."""
    for atom, label in steady.items():
        if label == UNUSED:
            silent.setdefault(atom, AS_BEFORE)
        else:
            silent.pop(atom, None)


def continued(scene: Scene, core: Core, steady: Mapping[int, str], label: Ints) -> Ints:
    """Labels of the core's rows: steady ones together as they were, the others with their cluster."""
    before = _services_before(scene, core, steady)
    size = int(before.max(initial=NOBODY)) + 1
    if not size:
        return label
    is_steady = before >= 0
    clusters = int(label.max(initial=NOBODY)) + 1
    votes = np.zeros((clusters, size))
    np.add.at(votes, (label[is_steady], before[is_steady]), core.lines[is_steady] + 1)
    heir = np.where(votes.max(axis=1) > 0, votes.argmax(axis=1), size + np.arange(clusters))
    return renumbered(np.where(is_steady, before, heir[label]))


def _services_before(scene: Scene, core: Core, steady: Mapping[int, str]) -> Ints:
    """Row -> number of the service that most of its steady lines were in, NOBODY for none."""
    names = sorted({*steady.values()} - {*RESERVED})
    number = {name: index for index, name in enumerate(names)}
    votes = np.zeros((scene.units.count, max(len(names), 1)))
    for atom, name in steady.items():
        if name in number:
            votes[scene.units.of[atom], number[name]] += scene.atoms.lines[atom] + 1
    of_unit = np.where(votes.max(axis=1) > 0, votes.argmax(axis=1), NOBODY)
    found: Ints = of_unit[core.units]
    return found


def put_back(
    placed: Placement, steady: Mapping[int, str], names: Mapping[int, str]
) -> frozenset[int]:
    """Steady atoms that placing moved go where they were; which they are. `names`: service -> name that stays."""
    back = []
    label_of = {name: service for service, name in names.items()} | _ASIDE
    for atom, name in steady.items():
        label = label_of.get(name)
        if label is not None and placed.label[atom] != label:
            placed.label[atom] = label
            placed.reasons[atom] = AS_BEFORE
            back.append(atom)
    return frozenset(back)
