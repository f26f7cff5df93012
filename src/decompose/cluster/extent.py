"""Which packages is a service the same as? Those that it holds most of, and that hold most of it.

Where a service and a package are one, its authors have named and described it already.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from decompose.cluster.placement import UNUSED_LABEL, lines_of_modules

if TYPE_CHECKING:
    from decompose.cluster.scene import Scene
    from decompose.graph.columns import Ints

SAME = 0.65
"""A service is a package if each has this share of the other's lines."""


def same_packages(scene: Scene, label: Ints, share: float) -> dict[int, list[str]]:
    """Service -> packages and modules that are the same but for `1 - share` of either's lines, outermost first.

    What is unused counts for nothing. `label`: of atoms.
    """
    lines: dict[str, Counter[int]] = defaultdict(Counter)
    total: Counter[int] = Counter()
    for module, service, amount in lines_of_modules(scene, label):
        if service == UNUSED_LABEL:
            continue
        total[service] += amount
        head = scene.atoms.names[module]
        while head:
            lines[head][service] += amount
            head = head.rpartition(".")[0]
    found: dict[int, list[str]] = defaultdict(list)
    for head in sorted(lines, key=lambda each: (each.count("."), each)):
        service, amount = max(lines[head].items(), key=lambda each: (each[1], -each[0]))
        if service >= 0 and amount >= share * max(total[service], sum(lines[head].values())):
            found[service].append(head)
    return dict(found)
