"""What an analysis says of its tables: who touches them, whose they are; safe whatever names they hold."""

import csv
import io
import json
import re

import pytest
from export_programs import SPLIT, analysis, shop
from test_pictures import HOSTILE
from tests.link.programs import linked

from decompose.errors import DecomposeError
from decompose.export import ExportOptions, Form, render
from decompose.graph import Analysis, Program
from decompose.model.partition import Capability, Partition
from decompose.model.program import Column, Confidence, Table
from decompose.model.source import Site

PROGRAM = """
--- shop/models.py
from django.db import models
class Order(models.Model):
    buyer = models.ForeignKey("Person", models.CASCADE)
class Person(models.Model):
    mail = models.EmailField(unique=True)
--- shop/tasks.py
from celery import shared_task
from shop.models import Person
@shared_task(name="=cmd|' /C calc'!A0")
def forget(key):
    Person.objects.filter(pk=key).delete()
--- shop/views.py
from shop.models import Order, Person
from shop.tasks import forget
def buy(request):
    buyer = Person.objects.get(pk=1)
    Order.objects.create(buyer=buyer)
    forget.delay(1)
--- shop/urls.py
from django.urls import path
from shop import views
urlpatterns = [path("buy/", views.buy)]
"""
TABLES = (("table:shop_order", "table:shop_person"), "writes it most")


def of(program: Program) -> Analysis:
    whole = Capability("shop", "sells", ("shop.views", "shop.views.buy"), TABLES[0], ())
    reasons = {"table:shop_order": TABLES[1]}
    return analysis(program, Partition((whole,), (), (), table_reasons=reasons))


def crud(form: Form | None = None) -> str:
    return render("crud", of(linked(PROGRAM)), ExportOptions(form=form))


def test_each_entry_point_has_a_letter_for_what_it_does_and_a_small_one_for_later() -> None:
    head, *rows = csv.reader(io.StringIO(crud()))
    assert head == ["kind", "name", "service", "handler", "source", "shop_order", "shop_person"]
    assert [row[:2] + row[5:] for row in rows] == [
        ["route", "* /buy/", "C", "Rd"],
        ["task", "'=cmd|' /C calc'!A0", "", "D"],
    ]


def test_the_matrix_as_json_says_whose_a_table_is_and_why() -> None:
    found = json.loads(crud(Form.JSON))
    assert found["tables"] == [
        {"name": "shop_order", "owner": "shop", "reason": "writes it most"},
        {"name": "shop_person", "owner": "shop", "reason": "a person put it here"},
    ]
    assert [(row["name"], row["tables"]) for row in found["rows"]] == [
        ("* /buy/", {"shop_order": "C", "shop_person": "Rd"}),
        ("=cmd|' /C calc'!A0", {"shop_person": "D"}),
    ]


def test_the_matrix_as_markdown_has_a_table_for_each_owner() -> None:
    text = crud(Form.MARKDOWN)
    assert "## shop\n" in text
    assert r"| route \* /buy/ | shop | C | Rd |" in text


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\uff1d1"]
)
def test_no_cell_is_a_formula(name: str) -> None:
    text = PROGRAM.replace("=cmd|' /C calc'!A0", name.encode("unicode_escape").decode())
    rows = list(csv.reader(io.StringIO(render("crud", of(linked(text))), newline="")))
    assert rows[2][1] == f"'{name}"


def test_accesses_say_where_and_how_sure() -> None:
    found = json.loads(render("accesses", of(linked(PROGRAM))))
    assert [(row["function"], row["line"], row["table"], row["mode"]) for row in found] == [
        ("shop.tasks.forget", 5, "shop_person", "delete"),
        ("shop.views.buy", 4, "shop_person", "read"),
        ("shop.views.buy", 5, "shop_order", "create"),
    ]
    assert {row["confidence"] for row in found} == {"exact"}
    assert found[0]["file"] == "shop/tasks.py"


def test_accesses_that_are_not_sure_enough_are_left_out() -> None:
    program = shop().program(
        accesses=(),
    )
    assert render("accesses", analysis(program, SPLIT)) == "[]\n"
    options = ExportOptions(min_confidence=Confidence.EXACT)
    assert len(json.loads(render("accesses", of(linked(PROGRAM)), options))) == 3


def test_sequences_tell_each_step_with_the_calls_that_lead_to_it() -> None:
    (buy, forget) = json.loads(render("sequences", of(linked(PROGRAM))))
    assert [call["function"] for call in buy["calls"]] == [
        "shop.views.buy",
        "task:=cmd|' /C calc'!A0",
        "shop.tasks.forget",
    ]
    steps = [(step.get("mode"), step.get("table"), step["later"]) for step in buy["steps"]]
    assert steps == [
        ("read", "shop_person", False),
        ("create", "shop_order", False),
        (None, None, False),
        ("delete", "shop_person", True),
    ]
    assert (forget["kind"], forget["cut"], forget["left_out"]) == ("task", False, [])


def hostile() -> Analysis:
    tables = tuple(
        Table(
            name,
            "",
            Site("m.py", 1),
            "",
            (
                Column("id", "Int", 1, primary_key=True),
                Column(name, name, 2, references=f"{HOSTILE[number - 1]}.id", on_delete="CASCADE"),
            ),
        )
        for number, name in enumerate(HOSTILE)
    )
    return analysis(shop().program(tables=tables), SPLIT)


# Checked once by hand with Mermaid's and pydbml's own parsers; here their grammars' lines.
ENTITY = r'"[^"%\r\n\v\\]+"'
WORD = r"[A-Za-z][A-Za-z0-9_\-]*"
ER = re.compile(
    rf"""erDiagram|  %%[^{{}}\n]*|  {ENTITY}(\ \{{)?|  \}}
    |\ {{4}}{WORD}\ {WORD}(\ (PK|FK|UK)(,\ (PK|FK|UK))*)?(\ "[^"\n]*")?
    |\ \ {ENTITY}\ (\|\||\|o)--o[{{|]\ {ENTITY}\ :\ "[^"\n]*"
    """.replace("|  ", r"|\ \ "),
    re.VERBOSE,
)
NAME = r'"[^"\\\n]+"'
DBML = re.compile(
    rf"""|Table\ {NAME}(\.{NAME})?\ \{{|\ \ {NAME}\ {NAME}(\ \[[a-z ,]+\])?|\ \ Note:\ '([^'\\\n]|\\.)*'
    |\}}|Ref:\ {NAME}(\.{NAME}){{1,2}}\ [->]\ {NAME}(\.{NAME}){{1,2}}(\ \[delete:\ [a-z ]+\])?
    |TableGroup\ {NAME}\ \{{|\ \ {NAME}(\.{NAME})?""",
    re.VERBOSE,
)


def test_an_er_diagram_stays_one_whatever_names_it_holds() -> None:
    lines = render("schema", hostile()).splitlines()
    assert [line for line in lines if not ER.fullmatch(line)] == []
    assert len([line for line in lines if " : " in line]) == len(HOSTILE)


def test_dbml_stays_dbml_whatever_names_it_holds() -> None:
    lines = render("schema", hostile(), ExportOptions(form=Form.DBML)).split("\n")
    assert [line for line in lines if not DBML.fullmatch(line)] == []
    tables = [line for line in lines if line.startswith("Table ")]
    assert len(set(tables)) == len(HOSTILE)


def test_keys_and_their_ends_are_drawn() -> None:
    text = render("schema", of(linked(PROGRAM)))
    assert '  "shop_person" ||--o{ "shop_order" : "buyer_id"\n' in text
    assert "    EmailField mail UK\n" in text
    text = render("schema", of(linked(PROGRAM)), ExportOptions(form=Form.DBML))
    assert 'Ref: "shop_order"."buyer_id" > "shop_person"."id" [delete: cascade]\n' in text
    assert "  Note: 'shop: writes it most'\n" in text


def test_a_form_that_a_format_does_not_have_is_refused() -> None:
    with pytest.raises(DecomposeError, match="crud cannot be written as dbml"):
        render("crud", of(linked(PROGRAM)), ExportOptions(form=Form.DBML))
