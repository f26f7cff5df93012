"""What does SQLAlchemy call of the program when rows are read and written?

Columns of a type of the program's own convert what is stored and what is read; a column's `default` and `onupdate`
may be functions. The caller is the function that has a query carried out, or flushes what is to be stored.
"""

from collections.abc import Iterator
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
INTEREST = _RUNS | _STORES

_READS = ("process_result_value",)
_WRITES = ("process_bind_param",)
_CREATES = ("default", "default_factory", "insert_default")
_UPDATES = ("onupdate",)
_COLUMNS = frozenset({"Column", "mapped_column", "Field"})

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
                class Order(Base):
                    __tablename__ = "orders"
                    id = Column(Integer, primary_key=True)
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
            """,
        },
        {
            "shop.services.find ~> shop.models.Utc.process_result_value",
            "shop.services.add ~> shop.models.Utc.process_bind_param",
            "shop.services.add ~> shop.models.now",
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

    def _of(self, owner: ClassView) -> dict[AccessMode, dict[str, None]]:
        found: dict[AccessMode, dict[str, None]] = {mode: {} for mode in AccessMode}
        for _, value, _ in owner.assigned(inherited=True):
            if value is None or value.op is not Op.CALL or value.attribute not in _COLUMNS:
                continue
            for given in [*value.arguments[:2], *value.keywords.values()]:
                for each in self._types(given):
                    found[AccessMode.READ].update(dict.fromkeys(_methods(each, _READS)))
                    for mode in (AccessMode.CREATE, AccessMode.UPDATE):
                        found[mode].update(dict.fromkeys(_methods(each, _WRITES)))
            found[AccessMode.CREATE].update(self._given(value, _CREATES))
            found[AccessMode.UPDATE].update(self._given(value, _UPDATES))
        return found

    def _given(self, column: Expression, words: tuple[str, ...]) -> dict[str, None]:
        """Functions that a column is given to call."""
        given = [column.keywords[word] for word in words if word in column.keywords]
        names = (name for each in given for name in each.symbols())
        return {name: None for name in names if self.view.function_named(name) is not None}

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
    reading = {call.owner for call in view.calls(*sorted(_RUNS))}
    storing = {call.owner for call in view.calls(*sorted(_STORES))}
    for access in view.facts(TableAccess):
        if not isinstance(access, TableAccess) or access.table not in model_of:
            continue
        if access.source not in (storing if access.mode.writes else reading):
            continue
        for target in models.calls(model_of[access.table], access.mode):
            if target != access.source:
                yield Mediated(access.source, target, access.site, NAME)


def _methods(found: ClassView, names: tuple[str, ...]) -> list[str]:
    return [method for name in names if (method := found.method(name))]
