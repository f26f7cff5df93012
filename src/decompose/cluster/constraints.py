"""What a person asked for holds, whatever the evidence says.

Pins and must-links are joined into units beforehand; here clusters are parted that hold units which
must not meet: units pinned to different services, and groups that a person wants apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.core import Core, affinity
from decompose.graph.leiden import renumbered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from decompose.graph.columns import Ints


def enforce(core: Core, label: Ints, apart: Sequence[Sequence[Sequence[int]]]) -> Ints:
    """Part what must not meet. `apart`: groups of sets of rows, at most one set to a cluster."""
    for group in apart:
        label = _parted(core, label, group)
    return _pins_parted(core, label)


def _pins_parted(core: Core, label: Ints) -> Ints:
    """Each pinned row keeps a cluster of its own; the rest goes where it is tied most."""
    label = label.copy()
    for cluster in range(int(label.max(initial=-1)) + 1):
        seeds = [row for row in core.pins if label[row] == cluster]
        if len(seeds) < 2:  # noqa: PLR2004 -- one pin alone is no conflict
            continue
        inside = np.flatnonzero(label == cluster)
        label[inside] = int(label.max()) + 1 + _nearest_seed(core, inside, seeds)
    return renumbered(label)


def _nearest_seed(core: Core, inside: Ints, seeds: Sequence[int]) -> Ints:
    """For each row the number of the seed it hangs on, through others of the cluster if need be."""
    ties = core.direct[inside][:, inside].tocsr()
    votes = np.zeros((len(inside), len(seeds)))
    at = {int(row): place for place, row in enumerate(inside)}
    fixed = np.array([at[row] for row in seeds])
    for _ in range(5):
        votes[fixed] = np.eye(len(seeds))
        votes = ties @ votes
        votes = votes / np.maximum(votes.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    votes[fixed] = np.eye(len(seeds))
    found: Ints = votes.argmax(axis=1)
    return found


def _parted(core: Core, label: Ints, group: Sequence[Sequence[int]]) -> Ints:
    """Sets of rows that share a cluster move on to their next best one, the smallest first."""
    label = label.copy()
    order = sorted(group, key=lambda rows: (-float(core.lines[list(rows)].sum()), list(rows)))
    taken: set[int] = set()
    for rows in order:
        members = list(rows)
        for cluster in sorted({int(each) for each in label[members]}):
            if cluster in taken:
                moving = [row for row in members if label[row] == cluster]
                label[moving] = _next_best(core, label, moving, taken)
        taken |= {int(each) for each in label[members]}
    return renumbered(label)


def _next_best(core: Core, label: Ints, rows: Sequence[int], taken: set[int]) -> int:
    pull = affinity(core, label)[list(rows)].sum(axis=0)
    pull[sorted(taken)] = 0
    return int(pull.argmax()) if pull.max(initial=0) > 0 else int(label.max()) + 1


def names_by_pin(core: Core, label: Ints) -> Mapping[int, str]:
    """Cluster -> the name of the service that a person pinned something in it to."""
    return {int(label[row]): name for row, name in core.pins.items()}
