"""Merging nodes keeps edges; views and module labels follow."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sketch import shop

from decompose.graph import DependencyGraph, GraphBuilder
from decompose.graph.cycles import cyclic_groups, followers, shortest_cycle
from decompose.graph.quotient import merged, module_labels, quotient
from decompose.model.program import Confidence, EdgeKind, NodeKind
from decompose.model.source import FileRole

KINDS = (EdgeKind.CALLS, EdgeKind.USES, EdgeKind.INHERITS)


def linked(edges: list[tuple[int, int, int, int]], size: int = 8) -> DependencyGraph:
    """Functions of one module with (source, target, kind, loops) between them."""
    builder = GraphBuilder(["m.py"], [FileRole.PROGRAM], [99])
    module = builder.node("m", NodeKind.MODULE, file=0, line=1, end_line=99)
    nodes = [
        builder.node(f"m.f{n}", NodeKind.FUNCTION, parent=module, file=0, line=n + 1)
        for n in range(size)
    ]
    for line, (source, target, kind, loops) in enumerate(edges, start=1):
        builder.edge(
            nodes[source],
            nodes[target],
            KINDS[kind],
            Confidence.EXACT,
            line=line,
            loop_depth=loops,
        )
    return builder.build()


EDGES = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(0, 2), st.integers(0, 3)),
    max_size=30,
)


@given(EDGES, st.lists(st.integers(-1, 3), min_size=9, max_size=9))
@settings(max_examples=60, deadline=None)
def test_a_quotient_keeps_every_edge_between_labelled_nodes_once(
    edges: list[tuple[int, int, int, int]], labels: list[int]
) -> None:
    graph = linked(edges)
    found = quotient(graph, labels)
    kept = [edge for edge in graph if labels[edge.source] >= 0 and labels[edge.target] >= 0]
    assert sorted(found.members.tolist()) == [edge.index for edge in kept]
    counts = Counter((labels[e.source], labels[e.target], int(e.kind)) for e in kept)
    rows = zip(found.source, found.target, found.kind, found.edges, strict=True)
    assert {(int(a), int(b), int(k)): int(n) for a, b, k, n in rows} == dict(counts)


@given(EDGES)
@settings(max_examples=30, deadline=None)
def test_weights_count_places_and_loops_ten_fold(edges: list[tuple[int, int, int, int]]) -> None:
    graph = linked(edges)
    found = quotient(graph, [0] * len(graph))
    expected = sum(10.0**loops for *_, loops in edges)
    assert found.weight.sum() == expected
    assert found.sites.sum() == len(edges)


def test_the_heaviest_edge_of_a_row_comes_first() -> None:
    graph = linked([(0, 4, 0, 0), (1, 5, 0, 2), (2, 6, 0, 1)])
    labels = [-1] + [0] * 4 + [1] * 4
    found = quotient(graph, labels)
    names = [graph.nodes.names[graph.edge(edge).source] for edge in found.examples(0, 2)]
    assert names == ["m.f1", "m.f2"]


def test_pairs_merge_kinds_and_leave_out_what_stays_inside() -> None:
    graph = linked([(0, 4, 0, 0), (0, 4, 1, 0), (0, 1, 0, 0), (4, 0, 2, 0)])
    labels = [-1] + [0] * 4 + [1] * 4
    source, target, weight = quotient(graph, labels).pairs()
    assert list(zip(source.tolist(), target.tolist(), weight.tolist(), strict=True)) == [
        (0, 1, 2.0),
        (1, 0, 1.0),
    ]
    only = quotient(graph, labels).pairs([EdgeKind.CALLS])
    assert only[2].tolist() == [1.0]


def test_a_quotient_of_nothing_is_empty() -> None:
    found = quotient(linked([]), [-1] * 9)
    assert (len(found), found.size, found.pairs()[0].tolist()) == (0, 0, [])


def test_merged_adds_the_weights_of_equal_pairs() -> None:
    found = merged(np.array([1, 0, 1]), np.array([0, 1, 0]), np.array([1.0, 2.0, 3.0]), 2)
    assert [column.tolist() for column in found] == [[0, 1], [1, 0], [2.0, 4.0]]


def test_module_labels_put_code_into_its_module_and_leave_out_tables() -> None:
    graph = shop("orders", "payments").program().graph
    labels, names = module_labels(graph)
    assert names[labels[graph.index["shop.orders.services.orders_step0"]]] == "shop.orders.services"
    assert labels[graph.index["table:orders_row"]] == -1


def test_circles_are_found_and_the_shortest_one_told() -> None:
    graph = linked([(0, 1, 0, 0), (1, 2, 0, 0), (2, 0, 0, 0), (1, 0, 0, 0), (3, 4, 0, 0)], 5)
    names = ["m", *(f"f{n}" for n in range(5))]
    source, target, _ = quotient(graph, list(range(6))).pairs()
    groups = cyclic_groups(source, target, names)
    assert groups == [("f0", "f1", "f2")]
    assert shortest_cycle(followers(source, target, names), groups[0]) == ("f0", "f1")
