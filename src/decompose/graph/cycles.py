"""Which parts of a quotient graph need each other in a circle?

The graphs are small, a node for each service; a graph library would take longer to load than to answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from decompose.graph.columns import Ints

Followers = dict[str, list[str]]
"""Name -> names that it depends on, sorted."""


def followers(source: Ints, target: Ints, names: Sequence[str]) -> Followers:
    """The pairs of a graph by name; also of nodes that depend on none."""
    found: Followers = {name: [] for name in names}
    for one, other in zip(source.tolist(), target.tolist(), strict=True):
        found[names[one]].append(names[other])
    return {name: sorted(others) for name, others in found.items()}


def cyclic_groups(source: Ints, target: Ints, names: Sequence[str]) -> list[tuple[str, ...]]:
    """Names that reach each other in a circle, largest group first; each group sorted."""
    matrix = coo_array((np.ones(len(source)), (source, target)), shape=(len(names), len(names)))
    count, component = connected_components(matrix, directed=True, connection="strong")
    groups: list[list[str]] = [[] for _ in range(count)]
    for name, number in sorted(zip(names, component.tolist(), strict=True)):
        groups[number].append(name)
    circles = (tuple(group) for group in groups if len(group) > 1)
    return sorted(circles, key=lambda group: (-len(group), group))


def shortest_cycle(follow: Mapping[str, Sequence[str]], group: Sequence[str]) -> tuple[str, ...]:
    """The shortest circle through a cyclic group's first name, that name first and only once.

    Of several that are equally short, the first by the names along it: nearest names are asked in their order.
    """
    inside, first = frozenset(group), min(group)
    ways: dict[str, tuple[str, ...]] = {first: (first,)}
    waiting = [first]
    for name in waiting:
        if first in follow[name]:
            return ways[name]
        for after in follow[name]:
            if after in inside and after not in ways:
                ways[after] = (*ways[name], after)
                waiting.append(after)
    return (first,)
