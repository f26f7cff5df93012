"""What can be reached from where, against the obvious way to find out."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sketch import Sketch, shop

from decompose.graph import GraphBuilder
from decompose.graph.columns import columns
from decompose.graph.measures import call_depth, longest_chain
from decompose.graph.reach import MAX_ROOTS, entry_points, levels, reach
from decompose.model.program import AccessMode, Confidence, EdgeKind, NodeKind
from decompose.model.source import FileRole

SIZE = 12
EDGES = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=40)


def calling(edges: list[tuple[int, int]]) -> GraphBuilder:
    builder = GraphBuilder(["m.py"], [FileRole.PROGRAM], [99])
    nodes = [
        builder.node(f"f{number:02}", NodeKind.FUNCTION, file=0, line=1) for number in range(SIZE)
    ]
    for source, target in edges:
        builder.edge(nodes[source], nodes[target], EdgeKind.CALLS, Confidence.EXACT, line=1)
    return builder


def reachable(edges: list[tuple[int, int]], start: int) -> set[int]:
    found, front = {start}, [start]
    while front:
        here = front.pop()
        for source, target in edges:
            if source == here and target not in found:
                found.add(target)
                front.append(target)
    return found


@given(EDGES)
@settings(max_examples=80, deadline=None)
def test_bits_say_what_a_search_from_each_root_finds(edges: list[tuple[int, int]]) -> None:
    order = levels(columns(calling(edges).build()))
    found = reach(order, [[root] for root in range(SIZE)]).of(np.arange(SIZE))
    for root in range(SIZE):
        assert set(np.flatnonzero(found[:, root]).tolist()) == reachable(edges, root)


@given(EDGES, st.lists(st.integers(-1, 2), min_size=SIZE, max_size=SIZE))
@settings(max_examples=40, deadline=None)
def test_labels_are_reached_if_any_of_their_nodes_is(
    edges: list[tuple[int, int]], labels: list[int]
) -> None:
    order = levels(columns(calling(edges).build()))
    labelled = [node for node in range(SIZE) if labels[node] >= 0]
    of = np.array([labels[node] for node in labelled], dtype=np.int64)
    found = reach(order, [[0], [1, 2]]).any_of(np.array(labelled, dtype=np.int64), of, 3)
    both = reachable(edges, 1) | reachable(edges, 2)
    for label in range(3):
        own = {node for node in range(SIZE) if labels[node] == label}
        assert found[label, 0] == bool(own & reachable(edges, 0))
        assert found[label, 1] == bool(own & both)


def test_tables_are_reached_but_tasks_are_not_waited_for() -> None:
    sketch = shop("orders")
    sketch.function("shop.orders.tasks.later")
    sketch.task("later", "shop.orders.tasks.later", "shop.orders.services.orders_step0")
    program = sketch.program()
    index = program.graph.index
    known = columns(program.graph)
    found = reach(levels(known), [[index["route:GET /orders/0/"]]])
    names = ("table:orders_row", "task:later", "shop.orders.tasks.later")
    nodes = np.array([index[name] for name in names], dtype=np.int64)
    assert found.of(nodes)[:, 0].tolist() == [1, 0, 0]


def test_a_signal_s_receivers_are_waited_for() -> None:
    sketch = shop("orders")
    sketch.function("shop.mail.receivers.on_paid")
    sketch.signal("paid", "shop.mail.receivers.on_paid", "shop.orders.services.orders_step0")
    program = sketch.program()
    index = program.graph.index
    found = reach(levels(columns(program.graph)), [[index["route:GET /orders/0/"]]])
    receiver = np.array([index["shop.mail.receivers.on_paid"]], dtype=np.int64)
    assert found.of(receiver)[0, 0] == 1


def test_a_class_that_answers_reaches_what_its_methods_do() -> None:
    sketch = Sketch()
    view = sketch.class_("shop.views.OrderView")
    sketch.function(f"{view}.get", lines=5)
    sketch.table("orders_row")
    sketch.access(f"{view}.get", "orders_row", AccessMode.READ)
    sketch.route("GET", "/orders/", view)
    program = sketch.program()
    index = program.graph.index
    found = reach(levels(columns(program.graph)), [[index["route:GET /orders/"]]])
    assert found.of(np.array([index["table:orders_row"]], dtype=np.int64))[0, 0] == 1


def test_entry_points_are_thinned_out_evenly() -> None:
    sketch = Sketch()
    view = sketch.function("shop.views.show")
    for number in range(MAX_ROOTS + 500):
        sketch.route("GET", f"/{number}/", view)
    assert len(entry_points(columns(sketch.program().graph))) == MAX_ROOTS


def test_the_longest_chain_counts_changes_of_service_and_names_its_way() -> None:
    edges = [(0, 1), (1, 2), (2, 3), (0, 3), (4, 5)]
    order = levels(columns(calling(edges).build()))
    labels = np.array([0, 1, 1, 2, 0, 2, *[-1] * 6], dtype=np.int64)
    roots = np.array([0, 4], dtype=np.int64)
    assert call_depth(order, labels, roots) == 2
    assert longest_chain(order, labels, roots) == [0, 1, 2, 3]


def test_recursion_over_services_counts_as_hops() -> None:
    order = levels(columns(calling([(0, 1), (1, 2), (2, 1)]).build()))
    labels = np.array([0, 1, 2, *[-1] * 9], dtype=np.int64)
    assert call_depth(order, labels, np.array([0], dtype=np.int64)) == 2


def test_without_roots_there_is_no_chain() -> None:
    order = levels(columns(calling([(0, 1)]).build()))
    nothing = np.zeros(0, dtype=np.int64)
    assert longest_chain(order, np.arange(SIZE), nothing) == []
    assert call_depth(order, np.arange(SIZE), nothing) == 0
