"""Which tables do SQLAlchemy's mapped classes and `Table(…)` objects declare?

Declarative classes of every style (`declarative_base()`, `DeclarativeBase`, Flask-SQLAlchemy's
`db.Model` with implied names, SQLModel with `table=True`, Flask-AppBuilder), their mixins and
abstract bases with `declared_attr`, joined and single-table inheritance; association tables and
other `Table(…)` objects. Tables in a schema are named `schema.table`.
"""

from collections.abc import Iterator
from dataclasses import replace

from decompose.frameworks.sqlalchemy.columns import Declared, Reference, from_call
from decompose.frameworks.sqlalchemy.library import KNOWLEDGE
from decompose.frameworks.sqlalchemy.names import own_value
from decompose.frameworks.sqlalchemy.schema import Mapping, Schema, is_history
from decompose.model.facts import Op
from decompose.model.program import Column, Confidence, Table
from decompose.model.view import ClassView, Expression, ProgramView

__all__ = ["EXAMPLES", "INTEREST", "KNOWLEDGE", "NAME", "PHASE", "settle"]

NAME = "sqlalchemy"
PHASE = 0
INTEREST = frozenset({"MetaData", "Table", "map_imperatively", "mapper", "relationship"})

EXAMPLES = (
    # Columns of mixins and abstract bases; keys by text and by attribute; an association table.
    (
        {
            "shop/base.py": """
                from sqlalchemy import Column, DateTime, ForeignKey, Integer
                from sqlalchemy.orm import declarative_base, declared_attr
                Base = declarative_base()
                class Stamped:
                    created = Column(DateTime)
                    @declared_attr
                    def author_id(cls):
                        return Column(ForeignKey("people.id", ondelete="SET NULL"))
            """,
            "shop/models.py": """
                from sqlalchemy import Column, ForeignKey, Integer, String, Table
                from sqlalchemy.orm import relationship
                from shop.base import Base, Stamped
                class Person(Base):
                    __tablename__ = "people"
                    id = Column(Integer, primary_key=True)
                    mail = Column("e_mail", String(80))
                labelled = Table("labelled", Base.metadata,
                    Column("order_id", ForeignKey("orders.id"), primary_key=True),
                    Column("label", String(9), primary_key=True))
                class Order(Stamped, Base):
                    __tablename__ = "orders"
                    id = Column(Integer, primary_key=True)
                    buyer_mail = Column(ForeignKey(Person.mail))
                    buyer = relationship(Person)
            """,
        },
        {
            "table people shop.models.Person: id* e_mail",
            "table labelled: order_id* label*",
            "key labelled.order_id -> orders.id",
            "table orders shop.models.Order: created author_id id* buyer_mail",
            "key orders.author_id -> people.id SET NULL",
            "key orders.buyer_mail -> people.e_mail",
        },
    ),
    # Typed declarations; a child with a table of its own, one without; a schema.
    (
        {
            "school.py": """
                from typing import Annotated, List, Optional
                from school_tools import arguments_of
                from sqlalchemy import CheckConstraint, ForeignKey
                from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship
                key = Annotated[int, mapped_column(primary_key=True)]
                class Base(DeclarativeBase): ...
                class Lesson(Base):
                    __tablename__ = "lessons"
                    id: Mapped[key]
                    title: Mapped[str]
                    notes: Mapped[List["Note"]] = relationship()
                class Video(Lesson):
                    __tablename__ = "videos"
                    id: Mapped[int] = mapped_column(ForeignKey("lessons.id"), primary_key=True)
                class Quiz(Lesson):
                    points: Mapped[Optional[int]]
                class Note(Base):
                    __tablename__ = "notes"
                    __table_args__ = {"schema": "extra"}
                    id: Mapped[key]
                class Mark(Base):
                    __tablename__ = "marks"
                    @declared_attr
                    def __table_args__(cls):
                        return (CheckConstraint("id > 0"),) + arguments_of(cls, schema="extra")
                    id: Mapped[key]
            """,
        },
        {
            "table extra.marks school.Mark: id*",
            "table lessons school.Lesson: id* title points",
            "table videos school.Video: id*",
            "key videos.id -> lessons.id",
            "table extra.notes school.Note: id*",
        },
    ),
    # What a mixin of a library brings; a table that is also read from the database is one table.
    (
        {
            "stock.py": """
                from oslo_db.sqlalchemy import models
                from sqlalchemy import Column, Integer, MetaData, Table
                from sqlalchemy.orm import declarative_base
                class Counted(models.TimestampMixin):
                    count = Column(Integer)
                Base = declarative_base(cls=Counted)
                class Item(Base):
                    __tablename__ = "items"
                    id = Column(Integer, primary_key=True)
                def count(engine):
                    return Table("items", MetaData(), autoload_with=engine)
            """,
        },
        {"table items stock.Item: created_at updated_at count id*"},
    ),
    # Names that Flask-SQLAlchemy and SQLModel imply, and one that a base class computes.
    (
        {
            "app/models.py": """
                from flask_sqlalchemy import SQLAlchemy
                db = SQLAlchemy()
                class OrderLine(db.Model):
                    id = db.Column(db.Integer, primary_key=True)
                    drug_id = db.Column(db.Integer, db.ForeignKey("drug.id"))
                dated = [db.Column("day", db.Date)]
                marks = db.Table("marks", db.Column("line_id", db.ForeignKey("order_line.id")), *dated)
            """,
            "app/drugs.py": """
                from typing import Optional
                from sqlmodel import Field, Relationship, SQLModel
                class DrugBase(SQLModel):
                    name: str
                class Drug(DrugBase, table=True):
                    id: Optional[int] = Field(default=None, primary_key=True)
                    maker_id: int = Field(foreign_key="maker.id")
                    maker: "Maker" = Relationship()
            """,
            "app/other.py": """
                from sqlalchemy import Column, Integer, String
                from sqlalchemy.ext.declarative import declared_attr
                from sqlalchemy.orm import as_declarative
                @as_declarative()
                class Base:
                    @declared_attr
                    def __tablename__(cls):
                        return "t_" + cls.__name__.lower()
                    id = Column(Integer, primary_key=True)
                class Mailed:
                    has_mail = True
                    @declared_attr
                    def mail(cls):
                        if not cls.has_mail:
                            return None
                        return Column(String)
                class Room(Base, Mailed):
                    floor = Column(Integer)
                class Shed(Base, Mailed):
                    has_mail = False
            """,
        },
        {
            "table order_line app.models.OrderLine: id* drug_id",
            "key order_line.drug_id -> drug.id",
            "table marks: line_id day",
            "key marks.line_id -> order_line.id",
            "table drug app.drugs.Drug: name id* maker_id",
            "key drug.maker_id -> maker.id",
            "table t_room app.other.Room: mail id* floor",
            "table t_shed app.other.Shed: id*",
        },
    ),
)


def settle(view: ProgramView) -> Iterator[Table]:
    """Yield the tables of mapped classes, then those of `Table(…)` objects that no class claims."""
    schema = Schema(view).read()
    mapped: set[str] = set()
    for name, mapping in sorted(schema.mappings.items()):
        if mapping.own and own_value(mapping.view, "__table__") is None:
            mapped.add(mapping.table)
            yield _table(schema, name, mapping)
    classes = _classes_of_tables(schema, view)
    made: dict[str, Table] = {}
    for call in _table_calls(view):
        found = _core_table(schema, call)
        if found is not None and found.name not in mapped:
            known = made.get(found.name)
            # Where a table is written twice, or only read from the database, the fullest says most.
            if known is None or len(found.columns) > len(known.columns):
                made[found.name] = replace(found, model=classes.get(found.name, ""))
    yield from made.values()


def _table_calls(view: ProgramView) -> list[Expression]:
    """Calls of `Table`, and those under another name that stand between two classes."""
    found = dict.fromkeys(view.calls("Table"))
    for call in view.calls("relationship"):
        given = call.keywords.get("secondary")
        values = given.bound() if given is not None else ()
        found.update((value, None) for value in values if _name_of(value))
    return list(found)


def _table(schema: Schema, name: str, mapping: Mapping) -> Table:
    found = dict(mapping.columns)
    for each in schema.mappings.values():
        if not each.own and _owner(each) is mapping:
            found.update({key: one for key, one in each.columns.items() if key not in found})
    keys, references = _table_constraints(mapping.view)
    columns = [_column(schema, one, keys, references) for one in found.values()]
    confidence = Confidence.EXACT if mapping.certain else Confidence.INFERRED
    return Table(mapping.table, name, mapping.view.site, NAME, tuple(columns), confidence)


def _owner(mapping: Mapping) -> Mapping | None:
    while mapping.parent is not None and not mapping.own:
        mapping = mapping.parent
    return mapping


def _column(
    schema: Schema, found: Declared, keys: frozenset[str], references: dict[str, Reference]
) -> Column:
    column = found.column
    if column.name in keys or found.attribute in keys:
        column = replace(column, primary_key=True, nullable=False)
    reference = found.reference or references.get(column.name)
    if reference is None:
        return column
    target = _target(schema, reference, column.name)
    return replace(column, references=target, on_delete=reference.on_delete)


def _target(schema: Schema, reference: Reference, name: str) -> str:
    """What a foreign key refers to, as "table.column"; "" where it cannot be told."""
    if reference.text:
        return reference.text if "." in reference.text else f"{reference.text}.{name}"
    target = reference.target
    if target is None:
        return ""
    for symbol in target.symbols():
        mapping = schema.mapping(symbol)
        while mapping is not None and reference.attribute not in mapping.columns and mapping.parent:
            mapping = mapping.parent
        if mapping is not None:
            known = mapping.columns.get(reference.attribute)
            return f"{mapping.table}.{known.column.name if known else reference.attribute}"
    for value in target.bound():
        table = _name_of(value)
        if table:
            return f"{table}.{reference.attribute}"
    return ""


def _table_constraints(found: ClassView) -> tuple[frozenset[str], dict[str, Reference]]:
    value = own_value(found, "__table_args__")
    parts = list(value.elements) if value is not None else []
    method = found.methods().get("__table_args__")
    for each in method.returned if method is not None else ():
        parts.extend(each.elements)
    return _constraints(parts)


def _constraints(parts: list[Expression]) -> tuple[frozenset[str], dict[str, Reference]]:
    """Names of primary key columns, and references of columns, that constraints add."""
    keys: set[str] = set()
    references: dict[str, Reference] = {}
    for part in parts:
        if part.op is not Op.CALL:
            continue
        if part.attribute == "PrimaryKeyConstraint":
            keys.update(filter(None, (each.string() or each.attribute for each in part.arguments)))
        elif part.attribute == "ForeignKeyConstraint" and len(part.arguments) > 1:
            given = part.keywords.get("ondelete")
            on_delete = (given.string() or "") if given is not None else ""
            names, targets = part.arguments[0].elements, part.arguments[1].elements
            for name, target in zip(names, targets, strict=False):
                references[name.string() or ""] = Reference(
                    target.string() or "", target.base, target.attribute, on_delete
                )
    return frozenset(keys), references


def _classes_of_tables(schema: Schema, view: ProgramView) -> dict[str, str]:
    """Table name -> the class that is mapped to it by `__table__` or by a mapper."""
    found = {
        mapping.table: name
        for name, mapping in sorted(schema.mappings.items())
        if mapping.own and own_value(mapping.view, "__table__") is not None
    }
    for call in view.calls("map_imperatively", "mapper"):
        if len(call.arguments) > 1:
            names = [_name_of(each) for each in call.arguments[1].bound()]
            found.update(
                (table, symbol)
                for table in filter(None, names)
                for symbol in call.arguments[0].symbols()
            )
    return found


def _name_of(table: Expression) -> str:
    """The name of the table that a call of `Table` makes, with its schema; "" for other calls."""
    if table.op is not Op.CALL or len(table.arguments) < 2:  # noqa: PLR2004 -- name, metadata
        return ""
    callee = table.callee.name() if table.callee is not None else None
    if table.attribute != "Table" and callee != "sqlalchemy.Table":
        return ""
    name = table.arguments[0].string() or ""
    given = table.keywords.get("schema")
    schema = given.string() if given is not None else None
    return f"{schema}.{name}" if schema else name


def _core_table(schema: Schema, call: Expression) -> Table | None:
    name = _name_of(call)
    if not name or not _is_sqlalchemy(call) or is_history(call.module):
        return None
    if schema.default_schema and "." not in name:
        name = f"{schema.default_schema}.{name}"
    parts = list(_parts(call))
    keys, references = _constraints(parts)
    found = [from_call(each, schema.view) for each in parts]
    columns = [_column(schema, each, keys, references) for each in found if each is not None]
    return Table(name, "", call.site, NAME, tuple(columns))


def _parts(call: Expression) -> Iterator[Expression]:
    """What is said of a table: all but its name. Its metadata, which Flask-SQLAlchemy adds itself, says nothing."""
    for each in call.arguments[1:]:
        if each.op is not Op.STAR or each.base is None:
            yield each
        for value in each.base.bound() if each.op is Op.STAR and each.base is not None else ():
            yield from value.elements


def _is_sqlalchemy(call: Expression) -> bool:
    name = call.callee.name() if call.callee is not None else None
    if name is not None and name.startswith("sqlalchemy."):
        return True
    return name is None and any(each.attribute == "Column" for each in call.arguments[1:])
