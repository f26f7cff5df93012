"""A draft says exactly the partition, and everything that is asked of it has an answer."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from proposal_programs import atoms, partition, program

from decompose.errors import DecomposeError
from decompose.model.partition import Doubt
from decompose.model.proposal import Proposal, Service
from decompose.proposal import check, draft, from_toml, labels, to_partition, to_toml

SHOP = [
    "shop",
    "shop.orders",
    "shop.orders:Order",
    "shop.orders:Line",
    "shop.orders.api:View",
    "shop.billing",
    "shop.billing:Invoice",
    "shop.util",
    "table:orders=shop.orders:Order",
    "table:invoices=shop.billing:Invoice",
    "table:audit",
    "route:GET /orders=shop.orders.api:View",
    "command:bill=shop.billing",
    "schedule:nightly=task:bill",
]
LABELS = {
    "shop": "shared",
    "shop.util": "unused",
    "shop.orders": "orders",
    "shop.orders.Order": "orders",
    "shop.orders.Line": "billing",
    "shop.orders.api": "orders",
    "shop.orders.api.View": "orders",
    "shop.billing": "billing",
    "shop.billing.Invoice": "billing",
    "table:orders": "orders",
    "table:invoices": "billing",
    "table:audit": "shared",
}
PARTS = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=3).map(".".join)
CODE = st.tuples(PARTS, st.sampled_from(["", ":F", ":G", ':Hé"\n'])).map("".join)
TABLES = st.sampled_from(["table:t", "table:u", 'table:"v"'])


@given(
    st.lists(st.one_of(CODE, TABLES), min_size=1, max_size=25), st.randoms(use_true_random=False)
)
def test_a_draft_resolves_to_the_partition(names: list[str], rng: random.Random) -> None:
    built = program(names)
    found = {name: rng.choice(["one", "two", "shared", "unused"]) for name in atoms(built.graph)}
    parts = partition(found)
    drafted = draft(built, parts)
    text = to_toml(drafted, parts)
    assert from_toml(text, "x") == drafted
    assert labels(drafted, built.graph) == found
    check(text, drafted, built.graph, "x")
    assert to_partition(drafted, built.graph, parts) == parts


def test_members_are_the_fewest_prefixes() -> None:
    built = program(SHOP)
    (orders,) = (each for each in draft(built, partition(LABELS)).services if each.name == "orders")
    assert orders.members == ("shop.orders",)
    assert orders.tables == ("orders",)
    assert orders.entry_points == ("route:GET /orders",)


def test_libraries_may_hold_tables() -> None:
    drafted = draft(program(SHOP), partition(LABELS))
    assert drafted.shared == ("shop", "table:audit")
    assert drafted.unused == ("shop.util",)


def test_what_nobody_claims_is_shared_and_a_table_follows_its_model() -> None:
    graph = program(SHOP, tests=["tests.test_orders"]).graph
    proposal = Proposal((Service("orders", "", ("shop.orders", "tests"), ("audit",), ()),))
    found = labels(proposal, graph)
    assert found["shop.billing"] == "shared"
    assert found["table:orders"] == "orders"
    assert found["table:invoices"] == "shared"
    assert found["table:audit"] == "orders"
    assert found["tests.test_orders"] == "orders"
    assert len(found) == len({node for node in graph.atoms if node >= 0})


UNKNOWN = {
    "a member misspelt": ('members = ["shop.ordesr"]', "member 'shop.ordesr'", "'shop.orders'"),
    "a member moved": ('members = ["shop.sales.Invoice"]', "member", "'shop.billing.Invoice'"),
    "a table misspelt": ('tables = ["order"]', "table 'order'", "'orders'"),
    "a route misspelt": (
        'entry_points = ["route:GET /order"]',
        "entry point",
        "'route:GET /orders'",
    ),
    "nothing like it": ('members = ["qqqq"]', "member 'qqqq'", "if the code is gone"),
}


@pytest.mark.parametrize(("line", "what", "remedy"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_the_analysis_does_not_know_is_told(line: str, what: str, remedy: str) -> None:
    text = f'[[service]]\nname = "orders"\n{line}\n'
    with pytest.raises(DecomposeError) as caught:
        check(text, from_toml(text, "p.toml"), program(SHOP).graph, "p.toml")
    assert caught.value.where == "p.toml:3"
    assert what in caught.value.what
    assert remedy in caught.value.remedy


def test_all_unknown_names_are_told_at_once() -> None:
    text = (
        '[[service]]\nname = "orders"\nmembers = ["a",\n"b"]\n[constraints.pins]\n"c" = "orders"\n'
    )
    with pytest.raises(DecomposeError, match="'b' on line 4, 'c' on line 6"):
        check(text, from_toml(text, "p"), program(SHOP).graph, "p")


def test_an_edited_proposal_keeps_what_is_still_true() -> None:
    built = program(SHOP)
    base = partition(
        LABELS,
        [Doubt("shop.orders.Order", 0.6, "billing"), Doubt("shop.orders.Line", 0.7, "orders")],
    )
    text = to_toml(draft(built, base), base)
    edited = text.replace('name = "orders"', 'name = "sales"').replace(
        '  "shop.orders.Line",  #', "  #"
    )
    found = to_partition(from_toml(edited, "x"), built.graph, base)
    assert found.labels()["shop.orders.Line"] == "sales"
    assert [doubt.member for doubt in found.doubts] == ["shop.orders.Order"], (
        "the other was decided"
    )
    assert to_partition(from_toml(edited, "x"), built.graph, found) == found
