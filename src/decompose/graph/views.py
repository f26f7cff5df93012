"""networkx views of quotient graphs, for the questions that networkx answers well. Nothing else imports networkx.

Only quotients are turned into networkx graphs: on the code graph itself it takes seven times the memory.
"""

from collections.abc import Sequence
from typing import Any

import networkx

from decompose.graph.quotient import Quotient
from decompose.model.program import EdgeKind


def digraph(
    quotient: Quotient, names: Sequence[str], kinds: Sequence[EdgeKind] | None = None
) -> "networkx.DiGraph[Any]":
    """Nodes by name, an edge with `weight` for each crossing; `kinds` narrows what counts as a dependency."""
    view: networkx.DiGraph[Any] = networkx.DiGraph()
    view.add_nodes_from(names)
    source, target, weight = quotient.pairs(kinds)
    view.add_weighted_edges_from(
        (names[a], names[b], float(w)) for a, b, w in zip(source, target, weight, strict=True)
    )
    return view


def cyclic_groups(
    quotient: Quotient, names: Sequence[str], kinds: Sequence[EdgeKind]
) -> list[tuple[str, ...]]:
    """Names that reach each other in a circle, largest group first; each group sorted."""
    view = digraph(quotient, names, kinds)
    groups = (tuple(sorted(group)) for group in networkx.strongly_connected_components(view))
    return sorted(
        (group for group in groups if len(group) > 1), key=lambda group: (-len(group), group)
    )


def shortest_cycle(
    quotient: Quotient, names: Sequence[str], group: Sequence[str], kinds: Sequence[EdgeKind]
) -> tuple[str, ...]:
    """The shortest circle through a cyclic group's first member, without repeating it; the members in order."""
    view = digraph(quotient, names, kinds).subgraph(group)
    first = min(group)
    backs = (
        networkx.shortest_path(view, follower, first) for follower in sorted(view.successors(first))
    )
    best = min(backs, key=lambda path: (len(path), path))
    return (first, *best[:-1])
