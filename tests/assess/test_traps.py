"""Traps that are in the code whatever the cut: small programs, and what is said of each."""

import pytest
from tests.link.programs import linked

from decompose.assess import assess
from decompose.assess.assessment import MOST_OF_A_TRAP
from decompose.model.partition import Finding
from decompose.model.program import Confidence

MODELS = """
--- shop/models.py
from django.db import models
class Order(models.Model):
    buyer = models.ForeignKey("Person", models.CASCADE, related_name="orders")
    total = models.IntegerField()
class Person(models.Model):
    mail = models.EmailField()
class Log(models.Model):
    text = models.TextField()
"""


def asked(text: str, question: str) -> list[Finding]:
    found = linked(MODELS + text)
    labels = {"table:shop_order": "a", "table:shop_person": "b", "table:shop_log": "b"}
    return [each for each in assess(found, labels).findings if each.question == question]


def lines(finding: Finding) -> list[int]:
    return [site.line for site in finding.sites]


def test_a_query_in_a_loop_is_told_with_its_line() -> None:
    (found,) = asked(
        """
--- shop/work.py
from shop.models import Order, Person
def count():
    for person in Person.objects.all():
        print(Order.objects.filter(buyer=person).count())
""",
        "repeated_queries",
    )
    assert (found.subject, lines(found), found.confidence) == (
        "shop.work.count",
        [4],
        Confidence.EXACT,
    )
    assert "reads shop_order" in found.message


def test_a_query_in_what_a_loop_calls_is_told_with_both_lines() -> None:
    (found,) = asked(
        """
--- shop/work.py
from shop.models import Order, Person
def count():
    for person in Person.objects.all():
        each(person)
def each(person):
    return Order.objects.filter(buyer=person).count()
""",
        "repeated_queries",
    )
    assert (found.subject, lines(found), found.confidence) == (
        "shop.work.count",
        [4, 6],
        Confidence.INFERRED,
    )
    assert "through shop.work.each" in found.message


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("Order.objects.all()", 1),
        ('Order.objects.select_related("buyer")', 0),
        ('Order.objects.prefetch_related("buyer")', 0),
    ],
)
def test_a_relation_that_was_brought_along_is_no_query(query: str, count: int) -> None:
    text = f"""
--- shop/work.py
from shop.models import Order
def mails():
    for order in {query}:
        print(order.buyer.mail)
"""
    assert len(asked(text, "repeated_queries")) == count


def test_the_iterable_of_a_loop_is_asked_once() -> None:
    text = """
--- shop/work.py
from shop.models import Order
def totals():
    return [order.total for order in Order.objects.all()]
"""
    assert asked(text, "repeated_queries") == []


RACE = """
--- shop/work.py
from django.db import transaction
from shop.models import Order
def pay(key):
    with transaction.atomic():
        order = Order.objects{lock}.get(pk=key)
        order.total = 0
        order.save()
"""


def test_what_is_read_and_then_changed_without_a_lock_may_be_lost() -> None:
    (found,) = asked(RACE.format(lock=""), "unlocked_updates")
    assert (found.subject, lines(found)) == ("shop_order", [5, 7])
    assert "may lose updates: 1 transaction reads it without a lock" in found.message


def test_a_lock_protects() -> None:
    assert asked(RACE.format(lock=".select_for_update()"), "unlocked_updates") == []


def test_outside_of_a_transaction_there_is_nothing_to_lock() -> None:
    text = RACE.format(lock="").replace("with transaction.atomic():", "if key:")
    assert asked(text, "unlocked_updates") == []


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("Order.objects.all()", 1),
        ('Order.objects.order_by("total").select_related("buyer")', 1),
        ("Order.objects.filter(total=1)", 0),
        ("Order.objects.all()[:10]", 0),
        ("buyer.orders.all()", 0),
    ],
)
@pytest.mark.parametrize(
    "loop",
    [
        "for order in {}:\n        print(order.total)",
        "return [order.total for order in {}]",
        "return sum(order.total for order in {})",
        "return sorted({})",
        "return list({})",
    ],
)
def test_a_loop_over_a_whole_table_has_no_bound(loop: str, query: str, count: int) -> None:
    text = f"""
--- shop/work.py
from shop.models import Order, Person
def work(buyer: Person):
    {loop.format(query)}
"""
    assert len(asked(text, "unbounded_queries")) == count


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("return session.query(Page).order_by(Page.id).all()", 1),
        ("return session.query(Page).filter(Page.id > 3).all()", 0),
        ("return [page.id for page in session.query(Page)]", 1),
        ("return session.scalars(select(Page).order_by(Page.id)).all()", 1),
        ("return session.execute(select(Page)).scalars().unique().all()", 1),
        ("return session.scalars(select(Page).where(Page.id > 3)).all()", 0),
        ("found = select(Page)\n    for page in session.scalars(found): print(page)", 1),
        ("return session.scalars(select(Page).limit(3)).all()", 0),
    ],
)
def test_what_sqlalchemy_reads_whole_has_no_bound(body: str, count: int) -> None:
    text = f"""
--- work.py
from sqlalchemy import Column, Integer, select
from sqlalchemy.orm import Session, declarative_base
Base = declarative_base()
class Page(Base):
    __tablename__ = "pages"
    id = Column(Integer, primary_key=True)
def pages(session: Session):
    {body}
"""
    assert len(asked(text, "unbounded_queries")) == count


def test_a_table_that_many_modules_write_has_no_home() -> None:
    modules = "".join(
        f"""
--- shop/part{number}.py
from shop.models import Order
def first(): Order.objects.update(total=1)
def second(): Order.objects.all().delete()
"""
        for number in range(3)
    )
    (found,) = asked(modules, "scattered_writes")
    assert found.message.startswith(
        "shop_order is written by 6 functions in 3 modules (6 for sure)"
    )


def test_a_table_that_is_only_written_is_a_question() -> None:
    text = """
--- shop/work.py
from shop.models import Log, Order
def log():
    Log.objects.create(text="")
    return Order.objects.get(pk=1).buyer.mail
"""
    (found,) = asked(text, "unread_tables")
    assert (found.subject, found.confidence) == ("shop_log", Confidence.INFERRED)
    assert "is written but nothing reads it" in found.message


def test_many_findings_of_a_trap_are_cut_and_counted() -> None:
    functions = "\n".join(
        f"def work{number}():\n    for person in []:\n        Order.objects.get(pk=person)"
        for number in range(MOST_OF_A_TRAP + 7)
    )
    found = assess(
        linked(f"{MODELS}\n--- shop/work.py\nfrom shop.models import Order\n{functions}\n"), {}
    )
    kept = [each for each in found.findings if each.question == "repeated_queries"]
    assert (len(kept), found.left_out) == (MOST_OF_A_TRAP, {"repeated_queries": 7})
