"""Do the program's own packages stand for its capabilities? Where they do, they are kept.

Authors who sort their code by matter have already done what clustering can only guess at. So where
territories cover most of the program and dependencies mostly stay inside them, nearly as well as
in the best clustering of the same evidence, each territory is a capability. Evidence then decides
the rest: what belongs to no territory, what is shared, and what has to be opened or merged.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.places import loose
from decompose.cluster.territory import territories
from decompose.graph.columns import Flags, Ints
from decompose.graph.dependency import NOBODY
from decompose.graph.leiden import leiden

if TYPE_CHECKING:
    from decompose.cluster.evidence.ties import Matrix
    from decompose.cluster.scene import Scene

COVERED = 0.5
"""Territories hold at least this share of the lines."""
FIT = 0.5
"""They keep dependencies inside at least so much as well as the best clustering does."""
FEWEST, MOST = 3, 600
"""With fewer there is nothing to go by; more are plugins, which only clusters of make readable."""


@dataclass(frozen=True)
class Settlement:
    """`of`: unit -> territory, NOBODY where it stands in none. `names` of territories."""

    of: Ints
    names: list[str]
    loose: frozenset[int] = frozenset()  # those that are no packages, but concepts of layers

    @property
    def is_loose(self) -> Flags:
        """Which units stand in such a one."""
        found: Flags = np.isin(self.of, list(self.loose))
        return found


def settlement(scene: Scene, ties: Matrix) -> Settlement | None:
    """The territories of a program, if they can be trusted. `ties`: between units."""
    found = _of_units(scene)
    inside = found.of >= 0
    if not FEWEST <= len(found.names) <= MOST or _covered(scene, found) < COVERED:
        return None
    best = quality(ties, leiden(ties), inside)
    return found if quality(ties, found.of, inside) >= FIT * best else None


def layered(scene: Scene) -> Settlement | None:
    """The territories of a program whose packages are for the most part about technique.

    Then only the concepts that its layers have parts of say what belongs together.
    """
    found = _of_units(scene)
    is_layered = len(found.names) >= FEWEST and _covered(scene, found) < COVERED
    return found if is_layered or len(found.loose) >= FEWEST else None


def _covered(scene: Scene, found: Settlement) -> float:
    lines = scene.units.lines
    return float(lines[found.of >= 0].sum() / max(lines.sum(), 1.0))


def _of_units(scene: Scene) -> Settlement:
    """Units by the territory of their modules; parts of a divided module by the module's."""
    atoms = scene.atoms
    modules = [name for name, is_one in zip(atoms.names, atoms.is_module, strict=True) if is_one]
    frameworks = frozenset(name.partition(".")[0] for name in scene.program.frameworks)
    place = territories(modules, frameworks)
    names = sorted({name for name in place.values() if name})
    number = {name: index for index, name in enumerate(names)} | {"": NOBODY}
    of = np.full(scene.units.count, NOBODY, dtype=np.int64)
    for atom in range(len(atoms) - 1, -1, -1):
        module = int(atoms.module[atom])
        if module >= 0:
            of[scene.units.of[atom]] = number[place.get(atoms.names[module], "")]
    return Settlement(of, names, frozenset(number[name] for name in loose(place)))


def quality(ties: Matrix, label: Ints, chosen: Flags) -> float:
    """Ties of the chosen rows inside clusters, beyond chance, as a share of what is possible."""
    found = ties.tocoo()
    both = chosen[found.row] & chosen[found.col]
    row, col, weight = label[found.row[both]], label[found.col[both]], found.data[both]
    whole = float(weight.sum())
    if not whole:
        return 0.0
    degree = np.bincount(row, weight) / whole
    chance = float((degree**2).sum())
    inside = float(weight[row == col].sum()) / whole
    return (inside - chance) / (1 - chance) if chance < 1 else 0.0


def all_or_none(found: Settlement, scene: Scene, reasons: dict[int, str], share: float) -> None:
    """A territory that is shared for the most part is shared as a whole, any other one not at all."""
    lines = scene.units.lines + 1
    members: dict[int, list[int]] = defaultdict(list)
    for unit in np.flatnonzero(found.of >= 0).tolist():
        members[int(found.of[unit])].append(unit)
    for territory, inside in members.items():
        aside = [unit for unit in inside if unit in reasons]
        if not aside:
            continue
        if lines[aside].sum() >= share * lines[inside].sum():
            why = f"belongs to {found.names[territory]}, a library of the program"
            reasons.update((unit, why) for unit in inside if unit not in reasons)
        else:
            for unit in aside:
                del reasons[unit]
