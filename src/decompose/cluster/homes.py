"""Which package is a part at home in? The innermost one that is about something.

Layers are passed over (`orders.api.views` is at home in `orders`), so is the package that holds most
of the program.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from decompose.cluster.words import is_technical, stem

if TYPE_CHECKING:
    from decompose.cluster.scene import Scene

WHOLE_PROGRAM = 0.6
"""A package with more than this share of the units is the program: nothing is at home there."""


def homes(scene: Scene) -> dict[int, str]:
    """Unit -> its package, for whole modules that stand in one."""
    atoms, units = scene.atoms, scene.units
    first = {int(unit): atom for atom, unit in reversed(list(enumerate(units.of)))}
    modules = {
        unit: atoms.names[atoms.module[atom]]
        for unit, atom in sorted(first.items())
        if atoms.module[atom] >= 0 and not units.is_divided[atom]
    }
    inside = Counter(outer for name in modules.values() for outer in parents(name))
    small = {name for name, count in inside.items() if count <= WHOLE_PROGRAM * len(modules)}
    found = {unit: _home(name, small) for unit, name in modules.items()}
    return {unit: name for unit, name in found.items() if name}


def _home(module: str, small: set[str]) -> str:
    """The innermost telling one of the `small` packages around a module, else the outermost."""
    outer = [name for name in parents(module) if name in small]
    telling = [name for name in outer if is_telling(name)]
    return telling[-1] if telling else outer[0] if outer else ""


def is_telling(package: str) -> bool:
    """Is it named after something, rather than after a layer or technique?"""
    return not is_technical(stem(package.rpartition(".")[2]))


def parents(name: str) -> list[str]:
    """The packages around a module or package, outermost first."""
    parts = name.split(".")
    return [".".join(parts[:depth]) for depth in range(1, len(parts))]
