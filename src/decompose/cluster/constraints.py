"""What a person asked for holds, whatever the evidence says.

Must-links are joined into units beforehand. Groups that must be apart are parted here. Pins come
last: a pinned atom is where a person put it, and pulls nothing else along.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.core import Core, affinity
from decompose.cluster.placement import SHARED_LABEL, UNUSED_LABEL, Placement
from decompose.graph.leiden import renumbered
from decompose.model.partition import SHARED, UNUSED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from decompose.cluster.scene import Scene
    from decompose.graph.columns import Ints

TAKES_OVER = 1 / 3
"""A pinned name takes over the service of which its atoms are this share; else it is a new one."""
SET_ASIDE = {SHARED: SHARED_LABEL, UNUSED: UNUSED_LABEL}
BY_HAND = "a person put it here"


def enforce(core: Core, label: Ints, apart: Sequence[Sequence[Sequence[int]]]) -> Ints:
    """Part what must not meet. `apart`: groups of sets of rows, at most one set to a cluster."""
    for group in apart:
        label = _parted(core, label, group)
    return label


def _parted(core: Core, label: Ints, group: Sequence[Sequence[int]]) -> Ints:
    """Sets of rows that share a cluster move on to their next best one, the smallest first."""
    label = label.copy()
    order = sorted(group, key=lambda rows: (-float(core.lines[list(rows)].sum()), list(rows)))
    taken: set[int] = set()
    for rows in order:
        members = list(rows)
        for cluster in sorted({int(each) for each in label[members]}):
            if cluster in taken:
                moving = [row for row in members if label[row] == cluster]
                label[moving] = _next_best(core, label, moving, taken)
        taken |= {int(each) for each in label[members]}
    return renumbered(label)


def _next_best(core: Core, label: Ints, rows: Sequence[int], taken: set[int]) -> int:
    pull = affinity(core, label)[list(rows)].sum(axis=0)
    pull[sorted(taken)] = 0
    return int(pull.argmax()) if pull.max(initial=0) > 0 else int(label.max()) + 1


def pin(
    scene: Scene,
    placed: Placement,
    fixed: Mapping[int, str],
    kept: Mapping[int, str],
    natural: Mapping[int, str],
) -> dict[int, str]:
    """Put pinned atoms in their place; the names of all services that have one for sure.

    `fixed`: atom -> service that a person pinned it to; `kept`: service -> its earlier name; `natural`: service ->
    the name that it would get: who pins something to `orders` means what would be called so.
    """
    names = dict(kept)
    for service, name in natural.items():
        if name in fixed.values() and service not in names and name not in names.values():
            names[service] = name
    groups: dict[str, list[int]] = defaultdict(list)
    for atom, name in fixed.items():
        groups[name].append(atom)
    wanted = {name: _service(scene, placed, name, groups[name], names) for name in sorted(groups)}
    for name, atoms in sorted(groups.items()):
        service = wanted[name]
        placed.label[atoms] = service
        placed.reasons.update(dict.fromkeys(atoms, BY_HAND))
    return names


def _service(
    scene: Scene, placed: Placement, name: str, atoms: list[int], names: dict[int, str]
) -> int:
    """The service of a pinned name: the one so called, the one that its atoms mostly are, or new."""
    if name in SET_ASIDE:
        return SET_ASIDE[name]
    by_name = {known: service for service, known in names.items()}
    if name not in by_name:
        service = _mostly(scene, placed, atoms)
        if service < 0 or service in names:
            service = max(int(placed.label.max(initial=-1)), max(names, default=-1)) + 1
        names[service] = name
        return service
    return by_name[name]


def _mostly(scene: Scene, placed: Placement, atoms: list[int]) -> int:
    """The service of which some atoms are a good share, by lines; -1 if there is none."""
    lines = scene.atoms.lines + 1
    inside = [atom for atom in atoms if placed.label[atom] >= 0]
    if not inside:
        return -1
    own = np.bincount(placed.label[inside], lines[inside])
    services = placed.label >= 0
    whole = np.bincount(placed.label[services], lines[services], minlength=len(own))
    best = int(np.argmax(own))
    return best if own[best] >= TAKES_OVER * whole[best] else -1
