"""Words of a program become names that a business person would use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sketch import Sketch, capability, shop

from decompose.cluster import ClusterOptions, cluster
from decompose.cluster.naming import MAX_LENGTH, kept_names, meaning, slug
from decompose.cluster.purpose import Parts, describe, first_sentence
from decompose.cluster.words import is_technical, spoken, stem, stems
from decompose.model.program import EdgeKind


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("OrderLine", ("order", "line")),
        ("get_open_invoices", ("open", "invoice")),
        ("HTTPServerError", ("http", "server", "error")),
        ("/api/v1/gift-cards/", ("api", "gift", "card")),
        ("x1", ()),
    ],
)
def test_identifiers_are_split_into_stems(identifier: str, expected: tuple[str, ...]) -> None:
    assert tuple(word for word in stems(identifier) if word != "get") == expected


@pytest.mark.parametrize(
    ("word", "relative"),
    [
        ("order", "orders"),
        ("category", "categories"),
        ("address", "addresses"),
        ("box", "boxes"),
        ("ship", "ships"),
    ],
)
def test_relatives_have_one_stem(word: str, relative: str) -> None:
    assert stem(word) == stem(relative)


@pytest.mark.parametrize("word", ["status", "address", "analysis"])
def test_singulars_that_end_like_plurals_stay(word: str) -> None:
    assert stem(word).startswith(word[:-1])


@pytest.mark.parametrize("word", ["utils", "views", "serializers", "helper", "get", "models"])
def test_words_of_technique_name_nothing(word: str) -> None:
    assert is_technical(stem(word))


def test_surfaces_keep_how_a_word_was_written() -> None:
    assert spoken("OpenInvoices")[1] == (stem("invoices"), "invoices")


@given(st.text(max_size=200))
def test_slugs_are_dns_labels_or_nothing(text: str) -> None:
    found = slug(text)
    assert len(found) <= MAX_LENGTH
    assert not found or (found[0].isalpha() and found.strip("-") == found)
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@given(st.text(max_size=400))
def test_purposes_are_one_line_whatever_a_docstring_holds(text: str) -> None:
    assert "\n" not in first_sentence(text)
    assert len(first_sentence(text)) < 200


def test_two_services_about_the_same_word_are_told_apart() -> None:
    sketch = Sketch()
    for number, package in enumerate(("east.orders", "west.orders", "north.orders")):
        capability(sketch, f"order{'abc'[number]}", package=package)
    found = cluster(sketch.program(), ClusterOptions(services=3)).partition.capabilities
    assert len({each.name for each in found}) == 3
    assert all("capability" not in each.name for each in found)


def test_a_name_never_is_a_technical_word_alone() -> None:
    sketch = Sketch()
    for name in ("orders", "payments"):
        capability(sketch, name, package=f"app.{name}_utils.helpers")
    found = cluster(sketch.program(), ClusterOptions()).partition.capabilities
    assert {each.name for each in found} <= {"orders", "payments"}


def test_a_service_that_is_a_package_is_called_like_it() -> None:
    sketch = Sketch()
    for name in ("order_events", "gift_cards2", "payments"):
        capability(sketch, "".join(name.strip("2").split("_")), package=f"app.{name}")
    found = cluster(sketch.program(), ClusterOptions(services=3)).partition.capabilities
    assert {each.name for each in found} == {"order-events", "gift-cards", "payments"}


@pytest.mark.parametrize(
    ("package", "model", "name"),
    [
        ("shop.pd", "Incident", "pd"),
        ("shop.pd", "Pagerduty", "pagerduty"),
        ("shop.ml_models", "Incident", "ml-models"),
    ],
)
def test_an_abbreviation_stays_unless_a_word_of_its_service_begins_like_it(
    package: str, model: str, name: str
) -> None:
    sketch = shop("orders", "payments", "shipping")
    model = f"{package}.models.{model}"
    sketch.route("GET", "/incoming/", sketch.function(f"{package}.views.show", lines=90))
    sketch.edge(f"{package}.views.show", model, EdgeKind.USES)
    sketch.table(model.rpartition(".")[2].lower(), model)
    names = {
        each.name for each in cluster(sketch.program(), ClusterOptions()).partition.capabilities
    }
    assert name in names


def test_names_that_differ_by_a_plural_only_are_one_name() -> None:
    assert meaning("gift-cards") == meaning("gift-card")
    assert meaning("news") != meaning("new")


def test_vocabulary_is_what_a_service_says_and_others_do_not() -> None:
    found = cluster(shop("orders", "payments", "shipping").program(), ClusterOptions()).partition
    for each in found.capabilities:
        assert each.name in each.vocabulary
        others = {"orders", "payments", "shipping"} - {each.name}
        assert not others & set(each.vocabulary[:3])


def test_an_earlier_name_goes_to_the_service_that_kept_most_of_its_lines() -> None:
    members = {0: [("a", 10.0), ("b", 10.0)], 1: [("c", 30.0)], 2: [("new", 5.0)]}
    previous = {"a": "left", "b": "right", "c": "right"}
    assert kept_names(members, previous) == {0: "left", 1: "right"}


def test_names_that_are_reserved_are_not_kept() -> None:
    assert kept_names({0: [("a", 1.0)]}, {"a": "shared"}) == {}


def test_a_purpose_counts_what_it_does_not_name() -> None:
    parts = Parts(
        tables=["OrderLine", "Order", "Return", "Refund", "Coupon"],
        doors=["route:GET /orders/", "route:POST /orders/", "task:settle", "command:export"],
    )
    assert describe(parts) == (
        "Keeps order line, order, return and 2 more. "
        "Answers 2 routes under /orders, runs 1 task, offers 1 command."
    )


def test_a_purpose_without_tables_or_words_is_still_a_sentence() -> None:
    assert describe(Parts()).endswith(".")


def test_a_purpose_without_tables_says_whose_it_works_on() -> None:
    parts = Parts(written=["Order", "Basket"], read=["Basket", "Country"], doc="Takes the money.")
    assert describe(parts) == (
        "Takes the money. Keeps no tables of its own; writes order and basket, reads country."
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            ":mod:`nova.console` -- Wrappers around proxies ====",
            "nova.console -- Wrappers around proxies.",
        ),
        ("The ``papers`` module handles reviews. More.", "The papers module handles reviews."),
        ("See `the guide`_ about it", "See the guide about it."),
        ("Models", ""),
    ],
)
def test_purposes_carry_no_markup(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence
