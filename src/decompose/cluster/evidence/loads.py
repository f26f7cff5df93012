"""Who loads what by its path in a string: `get_class("orders.forms", "OrderForm")`, dotted paths in settings.

No edge says so, but the path stands there. It counts if its end fits one module alone; the tie is
divided by how many units name the module.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.evidence.ties import Matrix, symmetric
from decompose.cluster.evidence.weights import LOAD

if TYPE_CHECKING:
    from decompose.cluster.scene import Scene


def ties(scene: Scene) -> Matrix:
    """From each unit to the modules whose paths it names."""
    modules = _modules(scene)
    users: dict[int, set[int]] = defaultdict(set)
    found: dict[str, int] = {}
    for node, words in scene.program.words.items():
        atom = int(scene.atoms.position[node])
        if atom < 0:
            continue
        for word in words:
            if "." in word and " " not in word:
                if word not in found:
                    found[word] = _named(word, modules)
                if found[word] >= 0:
                    users[found[word]].add(int(scene.units.of[atom]))
    rows = [
        (unit, module, LOAD / len(units))
        for module, units in sorted(users.items())
        for unit in sorted(units)
    ]
    columns = np.array(rows, dtype=np.float64).reshape(-1, 3)
    a, b = columns[:, 0].astype(np.int64), columns[:, 1].astype(np.int64)
    return symmetric(a, b, columns[:, 2], scene.units.count)


def _modules(scene: Scene) -> dict[str, int]:
    """The ends of modules' paths, of two names at least -> the module's unit, -1 for several."""
    atoms = scene.atoms
    found: dict[str, int] = {}
    for atom in np.flatnonzero(atoms.is_module).tolist():
        parts = atoms.names[atom].split(".")
        for first in range(len(parts) - 1):
            end = ".".join(parts[first:])
            found[end] = -1 if end in found else int(scene.units.of[atom])
    return found


def _named(word: str, modules: dict[str, int]) -> int:
    """The module that a dotted path leads to or into, -1 if it is none or not clear."""
    head = word
    while "." in head:
        if head in modules:
            return modules[head]
        head = head.rpartition(".")[0]
    return -1
