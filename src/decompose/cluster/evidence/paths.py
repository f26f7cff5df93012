"""Where things stand: a definition belongs to its module first, a module to its package.

Both are priors: they decide where nothing else does. Packages are trusted as far as they fit the
dependencies: where packages cut as well as the best clustering does, their authors meant them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array

from decompose.cluster.evidence.ties import Matrix, strength, symmetric, without_self
from decompose.cluster.evidence.weights import MODULE, MODULE_SHARE, PACKAGE
from decompose.cluster.words import is_technical, stem
from decompose.graph.columns import Floats, Ints

if TYPE_CHECKING:
    from decompose.cluster.evidence.scene import Scene


def module_ties(scene: Scene, others: Matrix) -> Matrix:
    """From each part of a divided module to the module's own code."""
    units = scene.units
    parts = np.flatnonzero(units.center >= 0)
    part, center = units.of[parts], units.center[parts]
    pairs = np.unique(part * units.count + center)
    part, center = pairs // units.count, pairs % units.count
    weight = np.maximum(MODULE, MODULE_SHARE * strength(others)[part])
    return symmetric(part, center, np.where(part == center, 0.0, weight), units.count)


def with_packages(scene: Scene, ties: Matrix) -> Matrix:
    """The same ties, and a hidden node for each package, tied to its units."""
    unit, package, names = _packages(scene)
    weight = _trust(ties, unit, package) * PACKAGE * np.maximum(strength(ties)[unit], 1.0)
    weight = weight * np.array([_meaning(name) for name in names])[package]
    size = scene.units.count + len(names)
    grown = coo_array(ties)
    grown.resize((size, size))
    hidden = coo_array((weight, (unit, scene.units.count + package)), shape=(size, size)).tocsr()
    return without_self(grown.tocsr() + hidden + hidden.T)


def _packages(scene: Scene) -> tuple[Ints, Ints, list[str]]:
    """(unit, number of its innermost package, names of packages) for units that stand in one."""
    atoms, units = scene.atoms, scene.units
    first = {int(unit): atom for atom, unit in reversed(list(enumerate(units.of)))}
    of_unit: dict[int, str] = {}
    for unit, atom in first.items():
        module = atoms.module[atom]
        if module >= 0:
            of_unit[unit] = package_of(atoms.names[module], scene)
    names = sorted(set(of_unit.values()))
    number = {name: index for index, name in enumerate(names)}
    chosen = sorted(of_unit)
    return (
        np.array(chosen, dtype=np.int64),
        np.array([number[of_unit[unit]] for unit in chosen], dtype=np.int64),
        names,
    )


def package_of(module: str, scene: Scene) -> str:
    """The innermost package about something: layers such as `orders.api.views` are passed over."""
    is_package = scene.program.graph.index
    head = module
    del is_package
    while "." in head:
        head = head.rpartition(".")[0]
        if not is_technical(stem(head.rpartition(".")[2])):
            return head
    return head


def _meaning(name: str) -> float:
    return 0.0 if is_technical(stem(name.rpartition(".")[2])) else 1.0


def _trust(ties: Matrix, unit: Ints, package: Ints) -> float:
    """0 … 1: how much more of the ties run within packages than chance would have it."""
    label: Ints = np.full(ties.shape[0], -1, dtype=np.int64)
    label[unit] = package
    found = ties.tocoo()
    both = (label[found.row] >= 0) & (label[found.col] >= 0)
    same = both & (label[found.row] == label[found.col])
    weight: Floats = found.data
    whole = float(weight[both].sum())
    if not whole:
        return 1.0
    degree = np.bincount(package, strength(ties)[unit])
    chance = float(((degree / degree.sum()) ** 2).sum()) if degree.sum() else 0.0
    inside = float(weight[same].sum()) / whole
    return max(0.0, (inside - chance) / max(1 - chance, np.finfo(float).eps))
