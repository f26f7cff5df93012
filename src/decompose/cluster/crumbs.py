"""A few lines that own no table and open no door are no service, whatever ties they lack.

They go with the service that they have most to do with. What several services use and what itself needs hardly
any of them is shared, and so is what has to do with none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.helpers import holding, uses_between
from decompose.cluster.placement import SHARED_LABEL, Placement
from decompose.graph.dependency import NOBODY

if TYPE_CHECKING:
    from collections.abc import Collection

    from decompose.cluster.scene import Scene
    from decompose.graph.columns import Floats

CRUMB = 60
"""Lines below which code without tables and doors is no service."""
SHARED_USERS, NEEDS = 3, 0.3
"""What so many services use, and of whose ties no more than this share lead to what it needs, is shared."""


def join_crumbs(scene: Scene, placed: Placement, fixed: Collection[int]) -> None:
    """Give crumbs to whom they lean on, the smallest first; services of `fixed` atoms, placed by a person, stay."""
    label, lines = placed.label, scene.atoms.lines
    size = int(label.max(initial=-1)) + 1
    whole = np.bincount(label[label >= 0], lines[label >= 0], minlength=size).astype(np.float64)
    stays = holding(scene, label, size) | (whole >= CRUMB)
    pinned = label[list(fixed)]
    stays[pinned[pinned >= 0]] = True
    present = np.bincount(label[label >= 0], minlength=size) > 0
    crumbs = np.flatnonzero(~stays & present)
    uses = uses_between(scene, label, size) if len(crumbs) else np.zeros((0, 0))
    for service in crumbs[np.argsort(whole[crumbs], kind="stable")].tolist():
        home = _leaning(uses, whole, service)
        inside = np.flatnonzero(label == service)
        label[inside] = SHARED_LABEL if home == NOBODY else home
        why = "too little to be a service of its own"
        why += ", goes with what it has most to do with" if home != NOBODY else ""
        placed.reasons.update(dict.fromkeys(inside.tolist(), why))
        if home != NOBODY:
            uses[home] += uses[service]
            uses[:, home] += uses[:, service]
            whole[home] += whole[service]
        uses[service], uses[:, service] = 0.0, 0.0


def _leaning(uses: Floats, lines: Floats, service: int) -> int:
    """The service with the densest ties to one, either way; NOBODY where there is none, or they are a library's."""
    inward, outward = uses[:, service].copy(), uses[service].copy()
    inward[service] = outward[service] = 0.0
    both = inward + outward
    is_library = (inward > 0).sum() >= SHARED_USERS and outward.sum() <= NEEDS * both.sum()
    if is_library or not both.any():
        return NOBODY
    return int((both / np.sqrt(lines + 1)).argmax())
