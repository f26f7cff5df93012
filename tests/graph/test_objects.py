"""What a door touches by way of objects that are told what to work with: each step of a small program on a line."""

from tests.graph.test_sequences import door_named, shown
from tests.link.programs import linked

from decompose.graph.sequences import Sequences

STORE = """
--- app/models.py
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
class Person(Base):
    __tablename__ = "people"
    id = Column(Integer, primary_key=True)
class Label(Base):
    __tablename__ = "labels"
    id = Column(Integer, primary_key=True)
--- app/store.py
from sqlalchemy import select
from sqlalchemy.orm import Session
from app.models import Base, Label, Order, Person
class Repository:
    def __init__(self, session: Session, model: type[Base]):
        self.session = session
        self.model = model
    def first(self, key):
        return self.session.scalars(select(self.model)).first()
    def create(self, data):
        row = self.model(**data)
        self.session.add(row)
        return row
    def drop(self, key):
        row = self.first(key)
        self.session.delete(row)
class People(Repository):
    def __init__(self, session):
        super().__init__(session, Person)
    def create(self, data):
        self.session.add(Label())
        return super().create(data)
class Store:
    def __init__(self, session):
        self.session = session
    @property
    def orders(self):
        return Repository(self.session, Order)
    @property
    def people(self):
        return People(self.session)
class Screen:
    def __init__(self, rows: Repository):
        self.rows = rows
    def add(self, data):
        return self.rows.create(data)
labels = Repository(None, Label)
--- app/main.py
from fastapi import Depends, FastAPI
from app.store import Screen, Store, labels
app = FastAPI()
"""


def of(route: str) -> list[str]:
    found = linked(STORE + '@app.get("/go")\n' + route)
    return shown(found, Sequences(found, 500).of(door_named(found, "GET /go")))


def test_an_object_touches_the_table_that_it_was_made_for() -> None:
    assert of("def go(store: Store = Depends()):\n    store.orders.drop(1)\n") == [
        "read orders store.py:9",
        "delete orders store.py:16",
    ]


def test_a_class_tells_its_base_what_to_work_with_and_adds_its_own() -> None:
    assert of("def go():\n    Store(None).people.create({})\n") == [
        "create labels store.py:21",
        "create people store.py:11",
    ]


def test_an_object_in_a_variable_of_a_module_is_known_by_where_it_is_made() -> None:
    assert of("def go():\n    labels.create({})\n") == [
        "create labels store.py:11",
        "create labels main.py:6",  # of whom passes it a model, which it has at hand
    ]


def test_an_object_that_holds_another_asks_that_one() -> None:
    text = """
class Orders:
    store = Store(None)
    @property
    def screen(self):
        return Screen(self.store.orders)
    def add(self):
        return self.screen.add({})
@app.post("/orders")
def go():
    Orders().add()
"""
    found = linked(STORE + text)
    door = door_named(found, "POST /orders")
    assert shown(found, Sequences(found, 500).of(door)) == ["create orders store.py:11"]


def test_what_an_unknown_object_touches_is_not_guessed() -> None:
    assert of("def go(repository):\n    repository.first(1)\n") == []


def test_a_decorator_asks_what_it_was_given_for_the_function_below_it() -> None:
    text = """
class needs:
    def __init__(self, check):
        self.check = check
    def __call__(self, function):
        def wrapper(session):
            self.check(session)
            return function(session)
        return wrapper
def of_orders(session):
    return session.get(Order, 1)
def of_people(session):
    return session.get(Person, 1)
@app.get("/go")
@needs(of_people)
def go(session: Session):
    return session.get(Label, 1)
@app.get("/orders")
@needs(of_orders)
def orders(session: Session):
    return 1
"""
    header = "from sqlalchemy.orm import Session\nfrom app.models import Label, Order, Person\n"
    found = linked(STORE + header + text)
    sequences = Sequences(found, 500)
    assert shown(found, sequences.of(door_named(found, "GET /go"))) == [
        "read people main.py:18",
        "read labels main.py:22",
    ]
    assert shown(found, sequences.of(door_named(found, "GET /orders"))) == [
        "read orders main.py:16"
    ]
