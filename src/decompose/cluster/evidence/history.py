"""What changed together: modules that one commit touches, and that hardly change apart.

A commit of n files says 1 / (n - 1) of each pair; what a pair was told is divided by how often its two
modules change at all. A pair that met once says nothing.

Source: evolutionary coupling, Zimmermann et al., TSE 2005; the share by commit size as in METRICS.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.evidence.ties import Matrix, symmetric
from decompose.cluster.evidence.weights import CO_CHANGE

if TYPE_CHECKING:
    from decompose.cluster.scene import Scene

LEAST = 2
"""Commits that two modules must share."""


def ties(scene: Scene) -> Matrix:
    """Ties by common commits; none where no history was asked for."""
    unit_of = _units(scene)
    changes: Counter[int] = Counter()
    shared: dict[tuple[int, int], float] = defaultdict(float)
    met: Counter[tuple[int, int]] = Counter()
    for _, paths in scene.history.commits:
        touched = sorted({unit_of[path] for path in paths if path in unit_of})
        changes.update(touched)
        for pair in combinations(touched, 2):
            shared[pair] += 1 / (len(touched) - 1)
            met[pair] += 1
    rows = [
        (a, b, CO_CHANGE * weight / np.sqrt(changes[a] * changes[b]))
        for (a, b), weight in sorted(shared.items())
        if met[a, b] >= LEAST
    ]
    found = np.array(rows, dtype=np.float64).reshape(-1, 3)
    a, b = found[:, 0].astype(np.int64), found[:, 1].astype(np.int64)
    return symmetric(a, b, found[:, 2], scene.units.count)


def _units(scene: Scene) -> dict[str, int]:
    """Path -> the unit of its module's own code."""
    graph, atoms = scene.program.graph, scene.atoms
    found = {}
    for atom in np.flatnonzero(atoms.is_module).tolist():
        file = graph.nodes.file[int(atoms.node[atom])]
        if file >= 0:
            found[graph.files[file]] = int(scene.units.of[atom])
    return found
