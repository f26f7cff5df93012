"""Which columns do accesses name? One function a case: (table, mode) -> columns."""

import pytest
from tests.frameworks.programs import settled

from decompose.model.program import TableAccess

DJANGO = """
from django.db import models
class Person(models.Model):
    email = models.TextField()
class Order(models.Model):
    buyer = models.ForeignKey(Person, models.CASCADE)
    status = models.TextField()
    total = models.IntegerField()
"""
ALCHEMY = """
from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class Person(Base):
    __tablename__ = "people"
    id = Column(Integer, primary_key=True)
    email = Column(String)
class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    buyer_id = Column(ForeignKey("people.id"))
    status = Column(String)
"""
Named = dict[str, tuple[str, ...]]


def named(reader: str, models: str, body: str) -> Named:
    work = f"""
from sqlalchemy import insert, select, update
from shop.models import Order, Person
def work(session, order: Order, key):
    {body}
"""
    facts = settled(reader, {"shop/models.py": models, "shop/work.py": work})
    return {
        f"{each.mode} {each.table}": each.columns
        for each in facts
        if isinstance(each, TableAccess) and each.source == "shop.work.work"
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Order.objects.get(pk=key)", {"read shop_order": ("id",)}),
        (
            "list(Order.objects.filter(buyer__email=key).order_by('-total').values('status'))",
            {"read shop_order": ("buyer_id", "status", "total"), "read shop_person": ("email",)},
        ),
        ("Order.objects.filter(pk=1).update(status='')", {"update shop_order": ("status",)}),
        ("Order.objects.create(buyer=key, total=1)", {"create shop_order": ("buyer_id", "total")}),
        ("order.status = ''; order.save()", {"update shop_order": ("status",)}),
        ("order.status = ''; order.save(update_fields=['total'])", {"update shop_order": ("total",)}),
        ("made = Order(total=1); made.status = ''; made.save()", {"create shop_order": ("status", "total")}),
        ("Order.objects.bulk_update(key, ['total'])", {"update shop_order": ("total",)}),
        ("Order.objects.all().first()", {"read shop_order": ()}),
    ],
)  # fmt: skip
def test_django_names_columns_of_lookups_values_and_stored_rows(body: str, expected: Named) -> None:
    assert named("django.orm", DJANGO, body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("session.execute(select(Order.status).where(Order.id == key))", {"read orders": ("id", "status")}),
        ("session.query(Order).filter_by(status='').all()", {"read orders": ("status",)}),
        ("session.execute(update(Order).values(status=''))", {"update orders": ("status",)}),
        ("session.execute(insert(Order).values(status='', buyer_id=1))", {"create orders": ("buyer_id", "status")}),
        ("session.query(Order).update({'status': ''})", {"update orders": ("status",)}),
        ("session.add(Order(status=''))", {"create orders": ("status",)}),
        ("order.status = ''", {"update orders": ("status",)}),
        ("session.get(Order, key)", {"read orders": ()}),
    ],
)  # fmt: skip
def test_sqlalchemy_names_columns_of_statements_and_rows(body: str, expected: Named) -> None:
    assert named("sqlalchemy.access", ALCHEMY, body) == expected
