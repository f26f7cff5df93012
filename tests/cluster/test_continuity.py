"""A second analysis keeps what the first one said, as far as the evidence does."""

from dataclasses import replace

from sketch import Sketch, capability, shop

from decompose.cluster import ClusterOptions, cluster
from decompose.graph import Program
from decompose.graph.succession import OWN_CODE, OWN_TIES, succession
from decompose.model.changes import rows
from decompose.model.program import AccessMode
from decompose.model.proposal import Constraints
from decompose.proposal import changes


def two_parts(package: str = "app.refunds", *, words: str = "refund money back") -> Sketch:
    """Orders, and a module of another package that uses one of its functions."""
    sketch = Sketch()
    sketch.function("app.orders.place", words="order place")
    sketch.function(f"{package}.give_back", words=words)
    sketch.function(f"{package}.reckon", words="reckon sum")
    sketch.calls(f"{package}.give_back", "app.orders.place", f"{package}.reckon")
    return sketch


def test_a_module_under_a_new_name_is_known_by_what_it_defines() -> None:
    found = succession(two_parts().program(), two_parts("app.returns").program())
    assert found.names["app.refunds.give_back"] == "app.returns.give_back"
    assert found.names["app.refunds"] == "app.returns"
    assert not found.added
    assert not found.gone
    assert not found.altered


def test_a_definition_that_went_elsewhere_is_known_by_its_words() -> None:
    before, now = two_parts(), Sketch()
    now.function("app.orders.place", words="order place")
    now.function("app.orders.give_back", words="refund money back")
    found = succession(before.program(), now.program())
    assert found.names["app.refunds.give_back"] == "app.orders.give_back"
    assert found.gone == ("app.refunds", "app.refunds.reckon")


def test_what_changed_of_a_member_is_told() -> None:
    now = two_parts(words="refund voucher")
    now.function("app.orders.cancel")
    for name in ("a", "b", "c"):
        now.calls(now.function(f"app.{name}.use"), "app.orders.place")
    found = succession(two_parts().program(), now.program())
    assert found.altered["app.refunds.give_back"] == OWN_CODE
    assert found.altered["app.orders.place"] == OWN_TIES
    assert "app.refunds.reckon" not in found.altered
    assert {"app.orders.cancel", "app.a.use"} <= set(found.added)


def again(program: Program, labels: dict[str, str], steady: frozenset[str]) -> dict[str, str]:
    options = ClusterOptions(previous=labels, steady=steady)
    return cluster(program, options).partition.labels()


def test_steady_members_stay_even_where_the_evidence_would_have_them_elsewhere() -> None:
    program = shop("orders", "payments", "shipping").program()
    first = cluster(program, ClusterOptions()).partition.labels()
    stray = next(name for name, label in first.items() if label == "orders" and "." in name)
    labels = {**first, stray: "payments"}
    assert again(program, labels, frozenset(labels)) == labels
    assert again(program, labels, frozenset(labels) - {stray})[stray] == "orders"


def test_new_code_joins_the_service_of_its_cluster_and_a_new_cluster_is_a_new_service() -> None:
    sketch = shop("orders", "payments", "shipping")
    before = cluster(sketch.program(), ClusterOptions()).partition.labels()
    extra = sketch.function("shop.payments.extra.refund", words="payments payments_total")
    sketch.calls(extra, "shop.payments.services.payments_step0")
    sketch.access(extra, "payments_row", AccessMode.UPDATE)
    sketch.route("POST", "/payments/refund/", extra)
    capability(sketch, "loyalty")
    found = again(sketch.program(), before, frozenset(before))
    assert {name: found[name] for name in before} == before
    assert found[extra] == "payments"
    assert "loyalty" in found.values()


def test_what_a_person_asks_goes_before_what_was() -> None:
    program = shop("orders", "payments", "shipping").program()
    first = cluster(program, ClusterOptions()).partition.labels()
    stray = next(name for name, label in first.items() if label == "orders" and "." in name)
    options = ClusterOptions(previous=first, steady=frozenset(first))
    pinned = replace(options, constraints=Constraints(pins={stray: "shipping"}))
    assert cluster(program, pinned).partition.labels()[stray] == "shipping"


def test_moves_are_told_by_place_and_reason() -> None:
    since = succession(two_parts().program(), two_parts(words="other").program())
    before = dict.fromkeys(since.names, "orders")
    now = dict.fromkeys(before, "orders") | {
        "app.refunds.give_back": "returns",
        "app.refunds.reckon": "returns",
    }
    decided = {"app.refunds.reckon": "returns", "app.refunds": "elsewhere"}
    found = changes(before, now, since, decided)
    assert found.services_added == ("returns",)
    assert {(row.before, row.after, row.why) for row in rows(found.moved)} == {
        ("orders", "returns", OWN_CODE),
        ("orders", "returns", "you placed it there"),
    }


def test_a_service_under_a_new_name_is_no_move() -> None:
    since = succession(two_parts().program(), two_parts().program())
    before, now = dict.fromkeys(since.names, "orders"), dict.fromkeys(since.names, "sales")
    found = changes(before, now, since, {})
    assert found.services_renamed == (("orders", "sales"),)
    assert not found.moved
    assert found.kept == len(before)
