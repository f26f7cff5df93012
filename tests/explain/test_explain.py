"""What is told of one thing, and of what ties two: small programs with the rows that they must give."""

import json

import pytest
from tests.link.programs import linked

from decompose.errors import DecomposeError
from decompose.explain import Explanation, as_json, explain
from decompose.graph import Analysis, Program
from decompose.model.partition import Capability, Finding, Partition, Severity
from decompose.model.proposal import Constraints, Proposal
from decompose.model.source import Site

PROGRAM = """
--- shop/models.py
from django.db import models
class Order(models.Model):
    buyer = models.ForeignKey("Person", models.CASCADE, related_name="orders")
class Person(models.Model):
    mail = models.EmailField()
class Note(models.Model):
    text = models.TextField()
--- shop/tasks.py
from celery import shared_task
from shop.models import Note
@shared_task
def mail(key):
    Note.objects.create()
--- shop/services.py
from django.db import transaction
from shop.models import Order, Person
from shop.tasks import mail
def place(buyer):
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=buyer)
        Order.objects.create(buyer=person)
    mail.delay(1)
def report():
    return Order.objects.filter(buyer__mail="a")
--- shop/views.py
from shop import services
def buy(request):
    services.place(1)
def show(request):
    return list(services.report())
--- shop/urls.py
from django.urls import path
from shop import views
urlpatterns = [path("buy/", views.buy), path("show/", views.show)]
"""


def analysis(program: Program) -> Analysis:
    selling = Capability(
        "selling", "sells", ("shop.services", "shop.services.place"), ("table:shop_order",), ()
    )
    people = Capability("people", "knows", ("shop.models.Person",), ("table:shop_person",), ())
    partition = Partition(
        (selling, people), (), (), table_reasons={"table:shop_order": "writes it most"}
    )
    finding = Finding(
        "cut_joins",
        Severity.MEDIUM,
        "shop_order ⋈ shop_person",
        ("selling", "people"),
        "1 query joins them.",
        (Site("shop/services.py", 11),),
        "",
    )
    return Analysis(
        name="shop",
        files=(),
        problems=(),
        program=program,
        partition=partition,
        alternatives=(),
        proposal=Proposal((), (), (), Constraints()),
        boundaries=(),
        findings=(finding,),
        scores=(),
    )


def told(*words: str, most: int = 20) -> Explanation:
    def excerpt(site: Site) -> str:
        return f"line {site.line}"

    return explain(analysis(linked(PROGRAM)), words, excerpt, most=most)


def rows(found: Explanation, key: str) -> list[tuple[str, str]]:
    return [(row.name, row.how) for each in found.sections if each.key == key for row in each.rows]


def test_a_table_has_its_owner_with_the_reason_and_who_touches_it() -> None:
    found = told("shop_order")
    subject = found.subjects[0]
    assert (subject.kind, subject.service, subject.why) == ("table", "selling", "writes it most")
    assert rows(found, "touched_by") == [
        ("shop.services.place", "creates"),
        ("shop.services.report", "reads"),
    ]
    assert rows(found, "keys") == [("shop_person", "it points to")]
    assert rows(found, "cascades") == [("shop_person", "its deletion deletes")]
    assert rows(found, "joins") == [("shop_person", "in one query")]
    assert rows(found, "transactions") == [
        ("shop.services.place", "atomic, lines 5–7; writes shop_order; reads shop_person")
    ]
    assert rows(found, "findings") == [("1 query joins them.", "medium")]


def test_entry_points_that_touch_a_table_come_with_the_way_and_the_code() -> None:
    found = told("shop_order")
    section = next(each for each in found.sections if each.key == "entry_points")
    assert [(row.name, row.how) for row in section.rows] == [
        ("* /buy/", "route, creates"),
        ("* /show/", "route, reads"),
    ]
    hops = [(hop.name, hop.place and str(hop.place.site)) for hop in section.rows[0].path]
    assert hops == [("shop.views.buy", None), ("shop.services.place", "shop/views.py:3")]
    assert section.rows[0].places[0].text == "line 7"


def test_a_function_has_what_it_touches_itself_and_through_calls() -> None:
    found = told("place")
    assert rows(found, "touches") == [
        ("shop_order", "creates"),
        ("shop_person", "reads, locks"),
    ]
    assert rows(found, "reaches") == [("shop_note", "creates, later")]
    assert rows(found, "used_by") == [("shop.views.buy", "calls")]
    assert rows(found, "entry_points") == [("* /buy/", "route")]
    assert rows(told("shop.tasks.mail"), "entry_points")[0] == ("shop.tasks.mail", "task")


def test_a_route_has_its_steps_in_order() -> None:
    assert rows(told("/buy/"), "sequence") == [
        ("shop_person", "reads, locks, in the transaction of shop/services.py:5"),
        ("shop_order", "creates, in the transaction of shop/services.py:5"),
        ("task:shop.tasks.mail", "sends"),
        ("shop_note", "creates, later"),
    ]


def test_two_tables_are_tied_by_keys_queries_functions_and_transactions() -> None:
    found = told("shop_order", "shop_person")
    keys = {each.key: [row.name for row in each.rows] for each in found.sections}
    assert keys["forth"] == ["shop_order → shop_person"]
    assert keys["queries"] == ["shop.services.report"]
    assert keys["functions"] == ["shop.services.place", "shop.services.report"]
    assert keys["transactions"] == ["shop.services.place"]
    assert keys["entry_points"] == ["* /buy/", "* /show/"]
    assert keys["findings"] == ["1 query joins them."]
    assert "back" not in keys


def test_code_and_table_are_tied_by_the_shortest_way() -> None:
    found = told("shop.views.buy", "shop_order")
    way = next(each for each in found.sections if each.key == "paths").rows[0]
    assert [hop.name for hop in way.path] == ["shop.views.buy", "shop.services.place", "shop_order"]
    assert way.how == "runs"


def test_services_are_tied_by_what_their_members_need() -> None:
    found = told("selling", "people")
    forth = rows(found, "forth")
    assert ("shop.services.place → shop_person", "reads") in forth
    assert rows(found, "keys") == [
        ("shop_order → shop_person", "joins"),
        ("shop_order → shop_person", "points to by django.models"),
    ]


def test_rows_are_counted_where_they_are_cut() -> None:
    section = next(each for each in told("shop_order", most=1).sections if each.key == "touched_by")
    assert (len(section.rows), section.total) == (1, 2)


@pytest.mark.parametrize(
    ("word", "kind", "name"),
    [
        ("table:shop_order", "table", "shop_order"),
        ("Order", "class", "shop.models.Order"),
        ("shop.models", "module", "shop.models"),
        ("GET /buy/", "", ""),
        ("* /buy/", "route", "route:* /buy/"),
        ("selling", "service", "selling"),
        ("service:people", "service", "people"),
        ("PLACE", "function", "shop.services.place"),
    ],
)
def test_a_name_means_the_nearest_thing(word: str, kind: str, name: str) -> None:
    if not kind:
        with pytest.raises(DecomposeError, match="nothing here is called"):
            told(word)
        return
    subject = told(word).subjects[0]
    assert (subject.kind, subject.name) == (kind, name)


def test_a_name_of_several_things_lists_them() -> None:
    with pytest.raises(DecomposeError, match="may mean 2 things") as caught:
        told("mail")
    assert "shop.tasks.mail" in caught.value.remedy


def test_an_unknown_name_comes_with_the_nearest() -> None:
    with pytest.raises(DecomposeError) as caught:
        told("shop_oder")
    assert "did you mean shop_order" in caught.value.remedy


def test_json_has_the_same_rows_and_names_that_no_encoding_holds_are_escaped() -> None:
    found = told("shop_order")
    document = json.loads(as_json(found))
    assert document["schema"] == 1
    assert [each["key"] for each in document["sections"]] == [each.key for each in found.sections]
    row = document["sections"][0]["rows"][0]
    assert row["places"] == [{"site": "shop/services.py:7", "code": "line 7"}]
    assert row["confidence"] == "exact"
