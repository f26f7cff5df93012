"""What does SQLAlchemy call of the program when rows are read and written?

Columns of a type of the program's own convert what is stored and what is read; a column's `default` and `onupdate`
may be functions. The caller is the function that has a query carried out, follows a relationship, or flushes what is
to be stored. Which rows a function of a general kind reads or stores (`self.session.execute(query)`) is not known: it
is taken to call what many models have in common.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from decompose.model.facts import Op
from decompose.model.program import AccessMode, Mediated, Table, TableAccess
from decompose.model.view import ClassView, Expression, ProgramView

NAME = "sqlalchemy.rows"
PHASE = 3
_RUNS = frozenset(
    {"all", "first", "one", "one_or_none", "scalar", "scalars", "scalar_one", "scalar_one_or_none"}
    | {"execute", "get", "get_or_404", "first_or_404", "one_or_404", "paginate", "refresh", "merge"}
    | {"get_one", "yield_per", "fetchall", "fetchone", "list"}
)
_STORES = frozenset(
    {"commit", "flush", "execute", "save", "bulk_save_objects", "begin", "bulk_insert_mappings"}
)
_SESSION_RUNS = frozenset({"execute", "scalar", "scalars", "get", "get_one", "refresh", "merge"})
_SESSION_STORES = frozenset({"commit", "flush"})
_ADDS = frozenset({"add", "add_all", "merge"})
INTEREST = _RUNS | _STORES | _ADDS

_READS = ("process_result_value",)
_WRITES = ("process_bind_param",)
_CREATES = ("default", "default_factory", "insert_default")
_UPDATES = ("onupdate",)
_COLUMNS = frozenset({"Column", "mapped_column", "Field"})
_RELATIONS = frozenset({"relationship", "relation", "dynamic_loader", "Relationship"})
_LIKE_A_SESSION = re.compile(r"(?:^|\.|_)session$", re.IGNORECASE)
_MANY = 4  # what every fourth model calls, code of a general kind calls

EXAMPLES = (
    (
        {
            "shop/models.py": """
                from sqlalchemy import Column, Integer, TypeDecorator, DateTime
                from sqlalchemy.orm import declarative_base
                Base = declarative_base()
                def now(): ...
                class Utc(TypeDecorator):
                    impl = DateTime
                    def process_bind_param(self, value, dialect): ...
                    def process_result_value(self, value, dialect): ...
                class Key(TypeDecorator):
                    impl = Integer
                    def process_bind_param(self, value, dialect): ...
                class Order(Base):
                    __tablename__ = "orders"
                    id = Column(Key, primary_key=True)
                    made = Column(Utc(timezone=True), default=now)
            """,
            "shop/services.py": """
                from sqlalchemy.orm import Session
                from shop.models import Order
                def find(session: Session, key):
                    return session.query(Order).filter(Order.id == key).one()
                def narrow(session: Session):
                    return session.query(Order).filter(Order.id > 1)
                def add(session: Session):
                    session.add(Order())
                    session.commit()
                class Repository:
                    def __init__(self, session: Session, model):
                        self.session = session
                        self.model = model
                    def all(self, query):
                        return self.session.execute(query).scalars()
                    def keep(self, row):
                        self.session.add(row)
                        self.session.commit()
                    def get_one(self, key):
                        return self.session.get(self.model, key)
                orders = Repository(Session(), Order)
                def one(key):
                    return orders.get_one(key)
            """,
        },
        {
            "shop.services.find ~> shop.models.Key.process_bind_param",
            "shop.services.find ~> shop.models.Utc.process_result_value",
            "shop.services.add ~> shop.models.Key.process_bind_param",
            "shop.services.add ~> shop.models.Utc.process_bind_param",
            "shop.services.add ~> shop.models.now",
            "shop.services.Repository.all ~> shop.models.Key.process_bind_param",
            "shop.services.Repository.all ~> shop.models.Utc.process_result_value",
            "shop.services.Repository.get_one ~> shop.models.Key.process_bind_param",
            "shop.services.Repository.get_one ~> shop.models.Utc.process_result_value",
            "shop.services.Repository.keep ~> shop.models.Key.process_bind_param",
            "shop.services.Repository.keep ~> shop.models.Utc.process_bind_param",
            "shop.services.Repository.keep ~> shop.models.now",
        },
    ),
)


@dataclass(slots=True)
class _Models:
    """By model: what reading, creating and updating its rows calls."""

    view: ProgramView
    known: dict[str, dict[AccessMode, dict[str, None]]] = field(default_factory=dict)

    def calls(self, model: str, mode: AccessMode) -> dict[str, None]:
        """What an access to the table of a model calls."""
        if model not in self.known:
            owner = self.view.class_named(model)
            self.known[model] = self._of(owner) if owner is not None else {}
        return self.known[model].get(mode, {})

    def usual(self, models: Iterable[str], mode: AccessMode) -> list[str]:
        """What accesses of a kind call with many of the models."""
        own = sorted(set(models))
        counted = Counter(target for model in own for target in self.calls(model, mode))
        return [target for target, count in counted.items() if count * _MANY >= len(own)]

    def with_bases(self, models: Iterable[str]) -> frozenset[str]:
        """Some models, and the classes that they inherit from."""
        owners = (self.view.class_named(model) for model in set(models))
        return frozenset(base for owner in owners if owner is not None for base in owner.mro)

    def relations(self, models: Iterable[str]) -> set[str]:
        """Names of the relationships of some models."""
        owners = (self.view.class_named(model) for model in set(models))
        return {
            name
            for owner in owners
            if owner is not None
            for name, value, _ in owner.assigned(inherited=True)
            if value is not None and value.op is Op.CALL and value.attribute in _RELATIONS
        }

    def _of(self, owner: ClassView) -> dict[AccessMode, dict[str, None]]:
        found: dict[AccessMode, dict[str, None]] = {mode: {} for mode in AccessMode}
        for _, value, _ in owner.assigned(inherited=True):
            if value is None or value.op is not Op.CALL or value.attribute not in _COLUMNS:
                continue
            for each in self._types_of(value):
                found[AccessMode.READ].update(dict.fromkeys(_methods(each, _READS)))
                bound = dict.fromkeys(_methods(each, _WRITES))
                found[AccessMode.CREATE].update(bound)
                if "primary_key" in value.keywords:  # what most queries and all updates ask for
                    found[AccessMode.READ].update(bound)
                    found[AccessMode.UPDATE].update(bound)
            found[AccessMode.CREATE].update(self._given(value, _CREATES))
            found[AccessMode.UPDATE].update(self._given(value, _UPDATES))
        return found

    def _given(self, column: Expression, words: tuple[str, ...]) -> dict[str, None]:
        """Functions that a column is given to call."""
        given = [column.keywords[word] for word in words if word in column.keywords]
        names = (name for each in given for name in each.symbols())
        return {name: None for name in names if self.view.function_named(name) is not None}

    def assigned(self, model: str, columns: Iterable[str]) -> dict[str, None]:
        """What converts the values of some columns that are stored."""
        owner, wanted = self.view.class_named(model), frozenset(columns)
        found: dict[str, None] = {}
        for name, value, _ in (
            owner.assigned(inherited=True) if owner is not None and wanted else ()
        ):
            if name in wanted and value is not None and value.op is Op.CALL:
                for each in self._types_of(value):
                    found.update(dict.fromkeys(_methods(each, _WRITES)))
        return found

    def _types_of(self, column: Expression) -> Iterator[ClassView]:
        for given in [*column.arguments[:2], *column.keywords.values()]:
            yield from self._types(given)

    def _types(self, given: Expression) -> Iterator[ClassView]:
        target = given.callee if given.op is Op.CALL else given
        for name in target.symbols() if target is not None else ():
            found = self.view.class_named(name)
            if found is not None and any(base.startswith("sqlalchemy") for base in found.mro):
                yield found


def settle(view: ProgramView) -> Iterator[Mediated]:
    """Calls from functions that access tables to the types and defaults of their columns."""
    model_of = {
        fact.name: fact.model
        for fact in view.facts(Table)
        if isinstance(fact, Table) and fact.model and fact.framework.startswith("sqlalchemy")
    }
    if not model_of:
        return
    models = _Models(view)
    accesses = [
        access
        for access in view.facts(TableAccess)
        if isinstance(access, TableAccess) and access.table in model_of
    ]
    yield from _of_known(view, models, model_of, accesses)
    yield from _of_general(view, models, model_of, accesses)


def _of_known(
    view: ProgramView, models: _Models, model_of: dict[str, str], accesses: list[TableAccess]
) -> Iterator[Mediated]:
    """Calls of functions whose tables are known, where they carry out what they say."""
    sources = {access.source for access in accesses}
    reading = set(_carrying_out(view, _RUNS, sources))
    rows = models.with_bases(model_of.values())
    for use in view.loads(*sorted(models.relations(model_of.values()))):
        types = use.base.types()
        if not use.base.symbols() and (not types or not rows.isdisjoint(types)):
            reading.add(
                use.base.owner
            )  # of a class, it is part of a query; of another object, no relationship
    storing = set(_carrying_out(view, _STORES, sources))
    for access in accesses:
        if access.source in (storing if access.mode.writes else reading):
            model = model_of[access.table]
            called = models.calls(model, access.mode)
            if access.mode is AccessMode.UPDATE:
                called = called | models.assigned(model, access.columns)
            for target in called:
                if target != access.source:
                    yield Mediated(access.source, target, access.site, NAME)


def _carrying_out(view: ProgramView, names: frozenset[str], owners: set[str]) -> Iterator[str]:
    """Those of some functions that call a library's method of one of the names: the program's own does it itself."""
    for call in view.calls(*sorted(names)):
        if call.owner in owners:
            callee = call.callee.symbols() if call.callee is not None else ()
            if all(view.function_named(name) is None for name in callee):
                yield call.owner


def _of_general(
    view: ProgramView, models: _Models, model_of: dict[str, str], accesses: list[TableAccess]
) -> Iterator[Mediated]:
    """Calls of functions that have a session carry out what they do not say."""
    sources: dict[bool, set[str]] = {True: set(), False: set()}
    for access in accesses:
        sources[access.mode.writes].add(access.source)
    adding = {call.owner for call in view.calls(*sorted(_ADDS))}
    usual = {mode: models.usual(model_of.values(), mode) for mode in AccessMode}
    for call in view.calls(*sorted(_SESSION_RUNS | _SESSION_STORES)) if any(usual.values()) else ():
        writes = call.attribute in _SESSION_STORES
        if call.owner in sources[writes] or not _is_of_session(call):
            continue
        writing = AccessMode.CREATE if call.owner in adding else AccessMode.UPDATE
        for target in usual[writing if writes else AccessMode.READ]:
            if target != call.owner:
                yield Mediated(call.owner, target, call.site, NAME)


def _is_of_session(call: Expression) -> bool:
    """Does a session carry it out, and of entities, as far as one can tell?"""
    if call.base is None or any(each.attribute == "text" for each in call.arguments[:1]):
        return False
    types = call.base.types()
    if any(name.startswith("sqlalchemy") and "ession" in name for name in types):
        return True
    return not types and _LIKE_A_SESSION.search(call.base.text()) is not None


def _methods(found: ClassView, names: tuple[str, ...]) -> list[str]:
    return [method for name in names if (method := found.method(name))]
