"""networkx views of quotient graphs, for questions that networkx answers well.

Nothing else imports networkx: on the code graph itself it takes seven times the memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx

if TYPE_CHECKING:
    from collections.abc import Sequence

    from decompose.graph.quotient import Quotient
    from decompose.model.program import EdgeKind


def digraph(
    quotient: Quotient, names: Sequence[str], kinds: Sequence[EdgeKind] | None = None
) -> nx.DiGraph[Any]:
    """Nodes by name, an edge with `weight` for each crossing; `kinds` narrows what counts."""
    view: nx.DiGraph[Any] = nx.DiGraph()
    view.add_nodes_from(names)
    source, target, weight = quotient.pairs(kinds)
    view.add_weighted_edges_from(
        (names[a], names[b], float(w)) for a, b, w in zip(source, target, weight, strict=True)
    )
    return view


def cyclic_groups(view: nx.DiGraph[Any]) -> list[tuple[str, ...]]:
    """Names that reach each other in a circle, largest group first; each group sorted."""
    groups = (tuple(sorted(group)) for group in nx.strongly_connected_components(view))
    return sorted((group for group in groups if len(group) > 1), key=lambda g: (-len(g), g))


def shortest_cycle(view: nx.DiGraph[Any], group: Sequence[str]) -> tuple[str, ...]:
    """The shortest circle through a cyclic group's first name, that name first and only once."""
    inside, first = view.subgraph(group), min(group)
    returns = (nx.shortest_path(inside, after, first) for after in sorted(inside.successors(first)))
    best = min(returns, key=lambda path: (len(path), path))
    return (first, *best[:-1])
