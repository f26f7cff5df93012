"""Who reads and writes which table through SQLAlchemy, and in which transactions?

An access belongs to the function that names the table: that writes the query, makes or changes the
row, follows the relation, or passes the model to a helper that queries it. When a lazy query runs
is another question. Rows that a cascade deletes are not accesses: what relationships say of them is told apart.

Known to miss: rows whose class cannot be inferred, relations named by strings in loader options,
SQL in strings (another reader's), classes mapped in other ways than this package's tables.
"""

from collections.abc import Iterator

from decompose.frameworks.sqlalchemy_access.cascades import cascades
from decompose.frameworks.sqlalchemy_access.chosen import chosen
from decompose.frameworks.sqlalchemy_access.collector import Collector
from decompose.frameworks.sqlalchemy_access.entities import Entities
from decompose.frameworks.sqlalchemy_access.helpers import follow
from decompose.frameworks.sqlalchemy_access.instances import NAMES as INSTANCE_NAMES
from decompose.frameworks.sqlalchemy_access.instances import Instances
from decompose.frameworks.sqlalchemy_access.listeners import listened
from decompose.frameworks.sqlalchemy_access.marshalled import NAMES as MARSHALLED_NAMES
from decompose.frameworks.sqlalchemy_access.marshalled import read_marshalled
from decompose.frameworks.sqlalchemy_access.shown import read_shown
from decompose.frameworks.sqlalchemy_access.statements import NAMES as STATEMENT_NAMES
from decompose.frameworks.sqlalchemy_access.statements import Statements
from decompose.frameworks.sqlalchemy_access.transactions import NAMES as TRANSACTION_NAMES
from decompose.frameworks.sqlalchemy_access.transactions import Transactions
from decompose.model.program import Fact
from decompose.model.view import ProgramView

__all__ = ["EXAMPLES", "INTEREST", "NAME", "PHASE", "settle"]

NAME = "sqlalchemy.access"
PHASE = 2
INTEREST = (
    frozenset({"update"}) | STATEMENT_NAMES | INSTANCE_NAMES | TRANSACTION_NAMES | MARSHALLED_NAMES
)

_MODELS = """
    from sqlalchemy import Column, ForeignKey, Integer, String, Table
    from sqlalchemy.orm import declarative_base, relationship
    Base = declarative_base()
    labelled = Table("labelled", Base.metadata,
        Column("order_id", ForeignKey("orders.id")), Column("label_id", ForeignKey("labels.id")))
    class Person(Base):
        __tablename__ = "people"
        id = Column(Integer, primary_key=True)
        name = Column(String)
        def greet(self): print(self.name)
        def keep(self, session):
            self.store(session)
        def store(self, session): session.add(self)
    class Label(Base):
        __tablename__ = "labels"
        id = Column(Integer, primary_key=True)
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
        status = Column(String)
        buyer_id = Column(ForeignKey("people.id"))
        buyer = relationship("Person", backref="orders")
        labels = relationship("Label", secondary=labelled)
"""

EXAMPLES = (
    # Queries and statements, old and new.
    (
        {
            "models.py": _MODELS,
            "work.py": """
                from sqlalchemy import delete, func, insert, select, update
                from models import Label, Order, Person, labelled
                def count(session):
                    return session.query(func.count(Order.id)).join(Order.buyer).scalar()
                def close(session):
                    session.query(Order).filter_by(status="open").update({"status": "closed"})
                    session.execute(delete(Label).where(Label.id == 1))
                def listing(session):
                    for key in (1, 2):
                        session.execute(select(Person).where(Person.id == key)).scalars().all()
                def tie(session):
                    session.execute(labelled.insert().values(order_id=1, label_id=2))
                    session.execute(update(Person).values(name=""))
            """,
        },
        {
            "deleting orders deletes labelled",
            "deleting people updates orders",
            "work.count reads orders",
            "work.count reads people",
            "work.count joins orders people",
            "work.close updates orders",
            "work.close deletes labels",
            "work.listing reads people in loop",
            "work.tie creates labelled",
            "work.tie updates people",
        },
    ),
    # Rows as objects; a model that a helper is given; a scope that commits.
    (
        {
            "models.py": _MODELS,
            "scope.py": """
                from contextlib import contextmanager
                from sqlalchemy.orm import sessionmaker
                Session = sessionmaker()
                @contextmanager
                def scope():
                    session = Session()
                    yield session
                    session.commit()
                def fetch(session, model, key):
                    return session.get(model, key)
            """,
            "work.py": """
                from models import Label, Order, Person
                from scope import fetch, scope
                def place(session, name):
                    order = Order(status="new")
                    order.buyer = Person(name=name)
                    session.add(order)
                    session.commit()
                def ship(session):
                    with scope() as session:
                        order = session.get(Order, 1)
                        order.status = "shipped"
                        order.labels.append(Label())
                def mail(order: Order):
                    return order.buyer.name
                def drop(session):
                    label = fetch(session, Label, 1)
                    with session.begin():
                        session.delete(session.query(Order).first())
            """,
        },
        {
            "deleting orders deletes labelled",
            "deleting people updates orders",
            "work.place creates orders",
            "work.place creates people",
            "work.place opens session 4-8",
            "work.ship reads orders",
            "work.ship updates orders",
            "work.ship creates labels",
            "work.ship creates labelled",
            "work.ship reads labels ?",
            "work.ship reads labelled ?",
            "work.ship opens session 10-13",
            "work.mail reads people ?",
            "work.drop reads labels ?",
            "work.drop reads orders",
            "work.drop deletes orders",
            "work.drop opens begin 18-19",
        },
    ),
    # All tables that have a column; a class by its name; a row that may be a child's.
    (
        {
            "models.py": """
                from sqlalchemy import Column, ForeignKey, Integer
                from sqlalchemy.orm import declarative_base
                Base = declarative_base()
                class Person(Base):
                    __tablename__ = "people"
                    id = Column(Integer, primary_key=True)
                class Clerk(Person):
                    __tablename__ = "clerks"
                    id = Column(ForeignKey("people.id"), primary_key=True)
                class Visit(Base):
                    __tablename__ = "visits"
                    person_id = Column(ForeignKey("people.id"), primary_key=True)
                class Note(Base):
                    __tablename__ = "notes"
                    person_id = Column(ForeignKey("people.id"), primary_key=True)
            """,
            "work.py": """
                import models
                from models import Base, Person
                from sqlalchemy import func, select, update
                COUNTED = ("Visit", "Note")
                def move(session, old, new):
                    for table in Base.metadata.sorted_tables:
                        if "person_id" in table.c:
                            session.execute(update(table).where(table.c.person_id == old))
                def count(session):
                    for name in COUNTED:
                        model = getattr(models, name)
                        session.execute(select(func.count()).select_from(model))
                def drop(session, person: Person):
                    session.delete(person)
            """,
        },
        {
            "work.move updates visits in loop",
            "work.move updates notes in loop",
            "work.count reads visits in loop",
            "work.count reads notes in loop",
            "work.drop deletes people ?",
            "work.drop deletes clerks ?",
        },
    ),
    # Relations that are loaded with each row, also with a row that another relation leads to.
    (
        {
            "models.py": """
                from flask_sqlalchemy import SQLAlchemy
                db = SQLAlchemy()
                class Team(db.Model):
                    id = db.Column(db.Integer, primary_key=True)
                class Person(db.Model):
                    id = db.Column(db.Integer, primary_key=True)
                    team_id = db.Column(db.Integer, db.ForeignKey("team.id"))
                    team = db.relationship("Team", lazy="joined")
                class Award(db.Model):
                    id = db.Column(db.Integer, primary_key=True)
                    person_id = db.Column(db.Integer, db.ForeignKey("person.id"))
                    person = db.relationship("Person")
            """,
            "work.py": """
                from models import Award, Person
                def find(key):
                    return Person.query.filter_by(id=key).first()
                def owner(award: Award):
                    return award.person
            """,
        },
        {
            "work.find reads person",
            "work.find reads team ?",
            "work.owner reads person ?",
            "work.owner reads team ?",
        },
    ),
    # Repositories of one base, each with a model of its own; asynchronous sessions load nothing on their own.
    (
        {
            "models.py": _MODELS,
            "work.py": """
                from sqlalchemy import select
                from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
                from models import Order, Person
                class Repository:
                    model = None
                    def __init__(self, session: AsyncSession):
                        self.session = session
                    async def find(self):
                        return await self.session.execute(select(self.model))
                    async def one(self):
                        return (await self.find())[0]
                class Orders(Repository):
                    model = Order
                class People(Repository):
                    model = Person
                async def first():
                    await Orders(async_sessionmaker()()).one()
                async def buyer(order: Order):
                    return order.buyer.name
            """,
        },
        {
            "deleting orders deletes labelled",
            "deleting people updates orders",
            "work.first reads orders ?",
            "work.Repository.find reads what model is",
        },
    ),
    # What a generic repository does with whichever model it is given.
    (
        {
            "models.py": _MODELS,
            "work.py": """
                from sqlalchemy import func, select
                from models import Label, Order
                class Repository:
                    def __init__(self, session, model):
                        self.session = session
                        self.model = model
                    def count(self):
                        return self.session.scalar(select(func.count(self.model.id)))
                    def create(self, data):
                        self.session.add(self.model(**data))
                    def rename(self, row, name):
                        setattr(row, "name", name)
                        self.session.refresh(row)
                    def drop(self, row):
                        self.session.delete(row)
                def work(session):
                    return Repository(session, Order), Repository(session, Label)
            """,
        },
        {
            "deleting orders deletes labelled",
            "deleting people updates orders",
            "work.Repository.count reads what model is",
            "work.Repository.create creates what model is",
            "work.Repository.rename updates what model is",
            "work.Repository.rename reads what model is",
            "work.Repository.drop deletes what model is",
        },
    ),
    # A row that is only lent is none; a mapper's class; a collection that grows updates whose it is.
    (
        {
            "models.py": _MODELS,
            "work.py": """
                from models import Label, Order, Person
                from sqlalchemy import event
                def changed(mapper, connection, target): ...
                event.listen(Order, "after_update", changed)
                def mail(label):
                    print(label.name)
                    log(label)
                def log(label): print(str(label))
                def keep(session, label):
                    session.add(label)
                def work(session, order: Order, kind):
                    mail(Label(name=""))
                    keep(session, Label())
                    order.labels.append(Label())
                    Person.__mapper__.polymorphic_map[kind].class_(name="")
                def greet(): Person(name="").greet()
                def enter(session): Person(name="").keep(session)
                def edit(form, person: Person): form.populate_obj(person)
            """,
        },
        {
            "deleting orders deletes labelled",
            "deleting people updates orders",
            "work.work creates labels",
            "work.work creates labelled",
            "work.work reads labels ?",
            "work.work reads labelled ?",
            "work.work creates people ?",
            "work.enter creates people",
            "work.edit updates people ?",
            "work.work ~> work.changed",
        },
    ),
    # Rows that a schema makes of data, or fills.
    (
        {
            "models.py": _MODELS,
            "work.py": """
                from marshmallow_sqlalchemy import SQLAlchemyAutoSchema
                from models import Label, Person
                class PersonSchema(SQLAlchemyAutoSchema):
                    class Meta:
                        model = Person
                        load_instance = True
                class LabelSchema(SQLAlchemyAutoSchema):
                    class Meta:
                        model = Label
                def add(data):
                    return PersonSchema().load(data)
                def change(data, person):
                    return PersonSchema().load(data, instance=person)
                def check(data):
                    return LabelSchema().load(data)
            """,
        },
        {
            "deleting orders deletes labelled",
            "deleting people updates orders",
            "work.add creates people ?",
            "work.change updates people ?",
        },
    ),
    # A decorator that commits; a session that is committed for the caller.
    (
        {
            "models.py": _MODELS,
            "work.py": """
                import functools
                from models import Label
                def transaction(function):
                    @functools.wraps(function)
                    def wrapped(session):
                        function(session)
                        session.commit()
                    return wrapped
                @transaction
                def label(session):
                    session.add(Label())
                def save(session, row):
                    session.add(row)
                    session.commit()
                def work(make_session):
                    session = make_session()
                    save(session, Label())
            """,
        },
        {
            "deleting orders deletes labelled",
            "deleting people updates orders",
            "work.label creates labels",
            "work.label opens session 11-12",
            "work.work creates labels",
            "work.work opens session 16-18",
        },
    ),
)


def settle(view: ProgramView) -> Iterator[Fact]:
    """Yield accesses and joins, then transactions."""
    entities = Entities(view)
    if not entities.columns:
        return
    found = Collector()
    statements = Statements(entities, found)
    statements.read()
    instances = Instances(entities, found)
    instances.read()
    statements.read_columns()
    statements.read_locks()
    statements.read_wholes()
    read_shown(entities, found)
    read_marshalled(entities, found)
    unknown = [*statements.unknown, *instances.unknown]
    follow(entities, found, unknown)
    yield from found.facts()
    yield from chosen(entities, unknown)
    yield from listened(entities, found)
    yield from cascades(entities)
    yield from Transactions(view).read()
