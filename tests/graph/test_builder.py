"""The graph does not depend on the order in which its parts were noted."""

from itertools import permutations

import pytest

from decompose.graph import DependencyGraph, GraphBuilder
from decompose.model.program import Confidence, EdgeKind, NodeKind
from decompose.model.source import FileRole

_NAMES = ("shop.pay", "shop", "shop.cart")
_CALLS = (
    ("shop.cart", "shop.pay", Confidence.INFERRED, 9, 1, ""),
    ("shop.cart", "shop.pay", Confidence.EXACT, 4, 99, ""),
    ("shop.cart", "shop.pay", Confidence.EXACT, 4, 99, ""),
    ("shop.cart", "shop.pay", Confidence.EXACT, 0, 3, "override"),
    ("shop", "shop.cart", Confidence.NAME_ONLY, 7, 0, "django"),
)


def _built(
    names: tuple[str, ...], calls: tuple[tuple[str, str, Confidence, int, int, str], ...]
) -> DependencyGraph:
    builder = GraphBuilder(["shop.py"], [FileRole.PROGRAM], [10])
    number = {name: builder.node(name, NodeKind.FUNCTION, file=0, line=1) for name in names}
    for source, target, confidence, line, loops, mediator in calls:
        builder.edge(
            number[source],
            number[target],
            EdgeKind.CALLS,
            confidence,
            line=line,
            loop_depth=loops,
            mediated_by=mediator,
        )
    return builder.build()


def _told(graph: DependencyGraph) -> list[tuple[str, str, Confidence, str, list[tuple[int, int]]]]:
    names = graph.nodes.names
    return [
        (
            names[edge.source],
            names[edge.target],
            edge.confidence,
            edge.mediated_by,
            [(site.line, loops) for site, loops in graph.sites(edge.index)],
        )
        for edge in graph
    ]


def test_edges_are_sorted_and_merged_with_their_best_confidence_and_each_site_once() -> None:
    assert _told(_built(_NAMES, _CALLS)) == [
        ("shop", "shop.cart", Confidence.NAME_ONLY, "django", [(7, 0)]),
        ("shop.cart", "shop.pay", Confidence.EXACT, "", [(4, 15), (9, 1)]),
        ("shop.cart", "shop.pay", Confidence.EXACT, "override", []),
    ]


@pytest.mark.parametrize("names", list(permutations(_NAMES)))
def test_the_order_of_nodes_and_edges_is_of_no_matter(names: tuple[str, ...]) -> None:
    graphs = [_built(names, calls) for calls in permutations(_CALLS)]
    assert all(graph == _built(_NAMES, _CALLS) for graph in graphs)


def test_a_graph_without_edges_has_none() -> None:
    graph = _built(_NAMES, ())
    assert (graph.edge_count, list(graph.edges.site_start), len(graph)) == (0, [0], 3)
