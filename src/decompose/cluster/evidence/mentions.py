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
from decompose.model.program import NodeKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from decompose.cluster.scene import Scene

SHORTEST = 5
MOST_HOLDERS = 2
"""A name that more classes share tells nothing."""


def ties(scene: Scene) -> Matrix:
    """From each unit to the classes that it mentions."""
    holders = _holders(scene)
    mentions: dict[str, set[int]] = defaultdict(set)
    named = _naming(scene, holders)
    units, position = scene.units.of.tolist(), scene.atoms.position.tolist()
    for node, words in scene.program.words.items():
        if position[node] >= 0:
            for word in words.keys() & named.keys():
                mentions[named[word]].add(units[position[node]])
    rows = [
        (unit, holder, MENTION / (len(units) * len(holders[name])))
        for name, units in sorted(mentions.items())
        for unit in sorted(units)
        for holder in sorted(holders[name])
    ]
    found = np.array(rows, dtype=np.float64).reshape(-1, 3)
    a, b = found[:, 0].astype(np.int64), found[:, 1].astype(np.int64)
    return symmetric(a, b, found[:, 2], scene.units.count)


def _naming(scene: Scene, holders: Mapping[str, set[int]]) -> dict[str, str]:
    """Word that the program says -> the name of a class that it ends with."""
    said = set().union(*scene.program.words.values())
    plain = {word: word for word in said & holders.keys()}
    dotted = ((word, word.rpartition(".")[2]) for word in said if "." in word)
    return plain | {word: name for word, name in dotted if name in holders}


def _holders(scene: Scene) -> dict[str, set[int]]:
    """Telling name -> units that define a class so named."""
    atoms = scene.atoms
    found: dict[str, set[int]] = defaultdict(set)
    for atom in np.flatnonzero(atoms.kind == NodeKind.CLASS).tolist():
        name = atoms.names[atom].rpartition(".")[2]
        if len(name) >= SHORTEST and not name.islower():
            found[name].add(int(scene.units.of[atom]))
    return {name: units for name, units in found.items() if len(units) <= MOST_HOLDERS}
