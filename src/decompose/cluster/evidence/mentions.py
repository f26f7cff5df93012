"""Who speaks of whom by name: a class's name in a string or as an identifier that led nowhere.

Where classes are loaded dynamically (`get_model("catalogue", "Product")`, registries, dotted paths
in settings) no edge says who depends on whom, but the name stands there. A name counts if it is
telling (not short, not shared by many classes); the tie is divided by how many units mention it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.evidence.ties import Matrix, symmetric
from decompose.cluster.evidence.weights import MENTION
from decompose.graph.dependency import NOBODY
from decompose.model.program import NodeKind

if TYPE_CHECKING:
    from decompose.cluster.scene import Scene
    from decompose.graph.columns import Ints

SHORTEST = 5
MOST_HOLDERS = 2
"""A name that more classes share tells nothing."""


def ties(scene: Scene) -> Matrix:
    """From each unit to the classes that it mentions."""
    holders = _holders(scene)
    names = sorted(holders)
    unit, name = _mentions(scene, names)
    speakers = np.bincount(name, minlength=len(names))
    held = [sorted(holders[each]) for each in names]
    holding = np.array([len(each) for each in held], dtype=np.int64)
    a = np.repeat(unit, holding[name])
    b = np.array([each for one in name.tolist() for each in held[one]], dtype=np.int64)
    weight = np.repeat(MENTION / (speakers * holding)[name], holding[name])
    return symmetric(a, b, weight, scene.units.count)


def _mentions(scene: Scene, names: list[str]) -> tuple[Ints, Ints]:
    """(unit, position in `names`) of units that say a name or what ends in it, by name; each pair once."""
    said, number = scene.lexicon.said, {name: position for position, name in enumerate(names)}
    ends = (number.get(each.rpartition(".")[2], NOBODY) for each in said.identifiers)
    meant = np.fromiter(ends, np.int64, len(said.identifiers))[said.identifier]
    found = meant >= 0
    pairs = np.unique(meant[found] * scene.units.count + scene.units.of[said.atom[found]])
    name, unit = np.divmod(pairs, max(scene.units.count, 1))
    return unit, name


def _holders(scene: Scene) -> dict[str, set[int]]:
    """Telling name -> units that define a class so named."""
    atoms = scene.atoms
    found: dict[str, set[int]] = defaultdict(set)
    for atom in np.flatnonzero(atoms.kind == NodeKind.CLASS).tolist():
        name = atoms.names[atom].rpartition(".")[2]
        if len(name) >= SHORTEST and not name.islower():
            found[name].add(int(scene.units.of[atom]))
    return {name: units for name, units in found.items() if len(units) <= MOST_HOLDERS}
