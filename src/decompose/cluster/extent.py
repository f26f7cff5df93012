"""Which packages is a service the same as? Those that it holds most of, and that hold most of it.

Where a service and a package are one, its authors have named and described it already.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.placement import UNUSED_LABEL, lines_of_modules

if TYPE_CHECKING:
    from decompose.cluster.scene import Scene
    from decompose.graph.columns import Floats, Ints

SAME = 0.65
"""A service is a package if each has this share of the other's lines."""


def same_packages(scene: Scene, label: Ints, share: float) -> dict[int, list[str]]:
    """Service -> packages and modules that are the same but for `1 - share` of either's lines, outermost first.

    What is unused counts for nothing. `label`: of atoms.
    """
    atoms = scene.atoms
    module, service, lines = lines_of_modules(atoms, label)
    used = service != UNUSED_LABEL
    module, service, lines = module[used], service[used], lines[used]
    if not len(module):
        return {}
    low = int(service.min())
    total = np.bincount(service - low, lines)
    place, head = atoms.packages.around(module)
    head, most, amount, whole = _largest(head, service[place] - low, lines[place])
    same = (most + low >= 0) & (amount >= share * np.maximum(total[most], whole))
    found: dict[int, list[str]] = defaultdict(list)
    for number, label_of in zip(head[same].tolist(), (most[same] + low).tolist(), strict=True):
        found[label_of].append(atoms.packages.names[number])
    return dict(found)


def _largest(group: Ints, kind: Ints, amount: Floats) -> tuple[Ints, Ints, Floats, Floats]:
    """(group, its largest kind, the amount of that, of all) of each group, in order; of equal ones the first."""
    size = int(kind.max()) + 1
    keys, where = np.unique(group * size + kind, return_inverse=True)
    groups, kinds = np.divmod(keys, size)
    amounts = np.bincount(where, amount)
    order = np.lexsort((kinds, -amounts, groups))
    chosen = order[np.diff(groups[order], prepend=-1) > 0]
    whole = np.bincount(groups, amounts)[groups[chosen]]
    return groups[chosen], kinds[chosen], amounts[chosen], whole
