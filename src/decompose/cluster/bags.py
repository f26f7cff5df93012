"""Which packages are only together what anybody would call a service? Bags of small plug-ins.

Thirty ways to send a message, each a package of a hundred lines without data of its own, are one thing to those
who keep them: `integrations`. A bag in which much is large, or keeps data, holds things in their own right.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.places import CONTAINERS
from decompose.cluster.settlement import Settlement
from decompose.cluster.words import stem
from decompose.graph.dependency import NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.cluster.scene import Scene
    from decompose.graph.columns import Flags

FEWEST = 3
"""So many packages make a bag,"""
WITHOUT_DATA = 2 / 3
"""if so many of them keep no tables,"""
LARGEST, MOST = 500, 0.4
"""and none of these has more lines than the one, nor all together more than the other of the program's."""


def gathered(scene: Scene, found: Settlement) -> Settlement:
    """The same territories, but the small ones of a bag are one, called as the bag is."""
    lines = scene.units.lines
    inside = found.of >= 0
    size = np.bincount(found.of[inside], lines[inside], minlength=len(found.names))
    keeps = _keeps_data(scene, found)
    into: dict[int, str] = {}
    for bag, members in _bags(found.names):
        small = [each for each in members if not keeps[each]]
        is_full = len(members) >= FEWEST and len(small) >= WITHOUT_DATA * len(members)
        if is_full and size[small].max() <= LARGEST and size[small].sum() <= MOST * lines.sum():
            into.update(dict.fromkeys(small, bag))
    if not into:
        return found
    title = [into.get(each, name) for each, name in enumerate(found.names)]
    names = sorted(set(title))
    number = {name: position for position, name in enumerate(names)}
    moved = np.array([*(number[name] for name in title), NOBODY], dtype=np.int64)
    loose = frozenset(number[title[each]] for each in found.loose - into.keys())
    return Settlement(moved[found.of], names, loose)


def _bags(names: list[str]) -> Iterator[tuple[str, list[int]]]:
    """Containers, and the territories directly in them."""
    members: dict[str, list[int]] = defaultdict(list)
    for position, name in enumerate(names):
        members[name.rpartition(".")[0]].append(position)
    for bag in sorted(members):
        if stem(bag.rpartition(".")[2]) in CONTAINERS:
            yield bag, members[bag]


def _keeps_data(scene: Scene, found: Settlement) -> Flags:
    """Which territories keep tables."""
    holders = found.of[scene.units.of[scene.atoms.is_table]]
    keeps = np.zeros(len(found.names), dtype=np.bool_)
    keeps[holders[holders >= 0]] = True
    return keeps
