"""Figures of decompositions, against values worked out by hand and laws that they obey."""

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sketch import shop

from decompose.graph import measures
from decompose.graph.agreement import (
    adjusted_mutual_information,
    adjusted_rand,
    mojo_fm,
    pair_f1,
)
from decompose.graph.figures import bill, bills, figures, ground, node_labels
from decompose.graph.leiden import leiden, undirected
from decompose.graph.measures import Coupling
from decompose.graph.rivals import rivals
from decompose.model.program import AccessMode

LABELS = st.lists(st.integers(0, 4), min_size=2, max_size=30)


def array(*values: float) -> np.ndarray:
    return np.array(values)


TWO_PAIRS = Coupling(
    source=np.array([0, 1, 2, 1]), target=np.array([1, 0, 3, 2]), volume=array(1, 1, math.e, 1)
)
"""0 and 1 use each other, 2 uses 3 (e times), 1 uses 2 once."""
SPLIT = np.array([0, 0, 1, 1])


def test_modularity_is_the_share_inside_less_what_chance_gives() -> None:
    # weights 1, 1, 2, 1; inside 4 of 5; degrees 5 and 5 of 10
    assert measures.modularity(TWO_PAIRS, SPLIT) == pytest.approx(4 / 5 - 0.5)


def test_structural_modularity_is_cohesion_less_coupling() -> None:
    cohesion = (2 / 4 + 1 / 4) / 2
    assert measures.structural_modularity(TWO_PAIRS, SPLIT) == pytest.approx(cohesion - 1 / 8)


def test_inter_call_percentage_counts_logarithms_of_volumes() -> None:
    assert measures.inter_call_percentage(TWO_PAIRS, SPLIT) == pytest.approx(1 / 5)


def test_interface_number_counts_unordered_pairs() -> None:
    both = Coupling(np.array([0, 2]), np.array([2, 0]), array(1, 1))
    assert measures.interface_number(both, SPLIT) == pytest.approx(1 / 2)


def test_extreme_distribution_is_the_share_in_services_of_odd_size() -> None:
    labels = np.array([0] * 5 + [1] * 2)
    assert measures.extreme_distribution(labels) == pytest.approx(2 / 7)


def test_business_context_is_the_mean_logarithm_of_entry_points() -> None:
    reached = np.array([[1, 1, 1], [1, 0, 0]], dtype=bool)
    assert measures.business_context(reached) == pytest.approx(math.log(3) / 2)
    assert measures.blast_radius(reached) == pytest.approx(4 / 6)


def test_gates_count_services_their_largest_and_singletons() -> None:
    found = measures.gates(np.array([0, 0, 0, 1, -1]))
    assert found == {"services": 2, "largest_share": 0.75, "singleton_share": 0.5}


def test_members_of_no_service_cross_nothing() -> None:
    labels = np.array([0, -1, 1, 1])
    assert measures.inter_call_percentage(TWO_PAIRS, labels) == 0


@given(LABELS)
@settings(max_examples=50, deadline=None)
def test_one_service_crosses_nothing_and_singletons_cross_everything(labels: list[int]) -> None:
    size = len(labels)
    ring = Coupling(np.arange(size), (np.arange(size) + 1) % size, np.ones(size))
    assert measures.inter_call_percentage(ring, np.zeros(size, dtype=np.int64)) == 0
    assert measures.inter_call_percentage(ring, np.arange(size)) == 1
    assert -0.5 <= measures.modularity(ring, np.array(labels)) <= 1


@given(LABELS)
@settings(max_examples=50, deadline=None)
def test_a_partition_agrees_with_itself_whatever_its_labels_are_called(labels: list[int]) -> None:
    one = np.array(labels)
    renamed = (one * 7 + 3) % 41
    assert adjusted_rand(one, renamed) == pytest.approx(1)
    assert adjusted_mutual_information(one, renamed) == pytest.approx(1)
    assert mojo_fm(one, renamed) == pytest.approx(100)


@given(LABELS, st.randoms())
@settings(max_examples=50, deadline=None)
def test_agreement_does_not_depend_on_who_is_compared_with_whom(
    labels: list[int], random: Random
) -> None:
    one = np.array(labels)
    other = one.copy()
    random.shuffle(other)
    assert adjusted_rand(one, other) == pytest.approx(adjusted_rand(other, one))
    assert adjusted_mutual_information(one, other) == pytest.approx(
        adjusted_mutual_information(other, one)
    )


def test_agreement_by_hand() -> None:
    found, truth = np.array([0, 0, 1, 1]), np.array([0, 0, 0, 1])
    assert adjusted_rand(found, truth) == pytest.approx(0)
    assert pair_f1(found, truth) == pytest.approx(2 * 1 / (2 + 3))
    # one item to move, and nothing to join: 1 of at most 4 - 2
    assert mojo_fm(found, truth) == pytest.approx(50)


def test_leiden_finds_two_triangles_and_leaves_the_lonely_alone() -> None:
    source, target = np.array([0, 1, 0, 3, 4, 3, 2]), np.array([1, 2, 2, 4, 5, 5, 3])
    label = leiden(undirected(source, target, np.ones(7), 7))
    assert label.tolist() == [0, 0, 0, 1, 1, 1, 2]


def test_leiden_of_nothing_is_singletons() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert leiden(undirected(nothing, nothing, np.zeros(0), 3)).tolist() == [0, 1, 2]


def measured(*apart: str) -> dict[str, float]:
    """Figures of a shop where orders, payments and shipping are services, some of them apart."""
    sketch = shop("orders", "payments", "shipping")
    sketch.table("line", order_id="orders_row", payment_id="payments_row")
    sketch.access("shop.orders.services.orders_step0", "payments_row", AccessMode.UPDATE, line=8)
    sketch.calls(
        "shop.orders.services.orders_step2", "shop.payments.services.payments_step2", loops=2
    )
    sketch.join("shop.orders.services.orders_step1", "orders_row", "shipping_row")
    sketch.transaction("shop.orders.services.orders_step0")
    program = sketch.program()
    found = ground(program)
    names = program.graph.nodes.names
    labels = {
        names[member]: next((n + 1 for n, part in enumerate(apart) if part in names[member]), 0)
        for member in found.members
    }
    return figures(found, node_labels(found, labels, names))


def test_cuts_cost_together_what_each_costs_alone() -> None:
    sketch = shop("orders", "payments", "shipping")
    sketch.calls(
        "shop.orders.services.orders_step2", "shop.payments.services.payments_step2", loops=2
    )
    program = sketch.program()
    found = ground(program)
    size = len(program.graph.nodes.names)
    cuts = [np.arange(size) % services for services in (1, 2, 3, size)]
    assert bills(found, cuts) == [bill(found, cut) for cut in cuts]
    assert {each["call_depth"] for each in bills(found, cuts)} > {0}


def test_one_service_pays_nothing() -> None:
    found = measured()
    bill = ("remote_calls", "distributed_writes", "sagas", "shared_writes", "cut_foreign_keys")
    assert [found[name] for name in (*bill, "cut_joins", "call_depth")] == [0] * 7
    assert found["services"] == 1


def test_a_cut_is_paid_for_what_it_cuts() -> None:
    found = measured("payments")
    assert found["cut_foreign_keys"] == 1  # line -> payments_row
    assert found["shared_writes"] == 1  # payments_row, written by orders
    assert found["sagas"] == 1
    assert found["distributed_writes"] == 3  # GET /orders/0/, /orders/2/ and /payments/0/
    assert found["remote_calls_worst"] == 100 + 1 + 1  # two loops deep; there and on to shipping
    assert found["cut_joins"] == 0
    assert measured("shipping")["cut_joins"] == 1


def test_rivals_place_the_same_members_and_have_names() -> None:
    program = shop("orders", "payments", "shipping").program()
    found = ground(program)
    names = program.graph.nodes.names
    some = [name for name in (names[member] for member in found.members) if "views" not in name]
    labels = node_labels(found, {name: n % 3 for n, name in enumerate(some)}, names)
    others = rivals(program, found, labels)
    assert list(others) == ["one service", "singletons", "random", "packages", "leiden"]
    for them in others.values():
        for each in them:
            placed = {names[m] for m in found.members if each[m] >= 0}
            assert placed == set(some)
    by_package = others["packages"][0]
    of = {name: by_package[program.graph.index[name]] for name in some}
    assert len({label for name, label in of.items() if ".orders." in name}) == 1
    assert len(set(of.values())) == 3
