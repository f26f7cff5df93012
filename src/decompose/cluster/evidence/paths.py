"""Where things stand: a definition belongs to its module first, a module to its package.

Both are priors: they decide where nothing else does. Packages are trusted as far as they fit the
dependencies: where packages cut as well as the best clustering does, their authors meant them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array

from decompose.cluster.evidence.ties import Matrix, strength, symmetric, without_self
from decompose.cluster.evidence.weights import (
    MODULE,
    MODULE_SHARE,
    PACKAGE,
    PARENT,
    TRIAL,
    TRIAL_SHARE,
)
from decompose.cluster.homes import WHOLE_PROGRAM, parents
from decompose.graph.columns import Floats, Ints
from decompose.graph.dependency import NOBODY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from decompose.cluster.scene import Scene


def module_ties(scene: Scene, others: Matrix) -> Matrix:
    """From each part of a divided module to the module's own code; loose while that is on trial."""
    floor, share = (TRIAL, TRIAL_SHARE) if scene.on_trial else (MODULE, MODULE_SHARE)
    units = scene.units
    parts = np.flatnonzero(units.center >= 0)
    part, center = units.of[parts], units.center[parts]
    pairs = np.unique(part * units.count + center)
    part, center = pairs // units.count, pairs % units.count
    weight = np.maximum(floor, share * strength(others)[part])
    return symmetric(part, center, np.where(part == center, 0.0, weight), units.count)


def with_packages(ties: Matrix, found: Mapping[int, str]) -> Matrix:
    """The same ties, and a hidden node for each package: tied to its units and its parent.

    `found`: unit -> the package that it is at home in.
    """
    unit, home = np.array(list(found), dtype=np.int64), list(found.values())
    number = {name: place for place, name in enumerate(_with_parents(home))}
    package = np.array([number[name] for name in home], dtype=np.int64)
    first = ties.shape[0]
    size = first + len(number)
    weight = PACKAGE * _trust(ties, unit, package) * np.maximum(strength(ties)[unit], 1.0)
    child, parent, upward = _upward(home, weight, number)
    hidden = symmetric(
        np.concatenate([unit, first + child]),
        first + np.concatenate([package, parent]),
        np.concatenate([weight, upward]),
        size,
    )
    grown = coo_array(ties)
    grown.resize((size, size))
    return without_self(grown.tocsr() + hidden)


def _with_parents(names: list[str]) -> list[str]:
    return sorted({each for name in set(names) for each in (name, *parents(name))})


def _upward(home: list[str], weight: Floats, number: dict[str, int]) -> tuple[Ints, Ints, Floats]:
    """(package, parent, weight): a share of what ties the package's own units to it."""
    units: Counter[str] = Counter()
    mass: dict[str, float] = defaultdict(float)
    for name, each in zip(home, weight.tolist(), strict=True):
        mass[name] += each
        units.update(_with_parents([name]))
    rows: list[tuple[int, int, float]] = []
    for name in sorted(number, key=lambda each: (-each.count("."), each)):
        parent = name.rpartition(".")[0]
        if parent and units[parent] <= WHOLE_PROGRAM * len(home):
            rows.append((number[name], number[parent], PARENT * mass[name]))
            mass[parent] += PARENT * mass[name]
    found = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return found[:, 0].astype(np.int64), found[:, 1].astype(np.int64), found[:, 2]


def _trust(ties: Matrix, unit: Ints, package: Ints) -> float:
    """0 … 1: how much more of the ties run within packages than chance would have it."""
    label: Ints = np.full(ties.shape[0], NOBODY, dtype=np.int64)
    label[unit] = package
    found = ties.tocoo()
    both = (label[found.row] >= 0) & (label[found.col] >= 0)
    same = both & (label[found.row] == label[found.col])
    whole = float(found.data[both].sum())
    if not whole:
        return 1.0
    degree = np.bincount(package, strength(ties)[unit])
    chance = float(((degree / degree.sum()) ** 2).sum())
    inside = float(found.data[same].sum()) / whole
    return max(0.0, (inside - chance) / max(1 - chance, np.finfo(float).eps))
