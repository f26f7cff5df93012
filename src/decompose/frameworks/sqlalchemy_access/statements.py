"""Queries and statements: what is selected, inserted, updated or deleted, by the function that names it.

A chain (`session.query(Order).filter(…).delete()`) is one statement: what ends it decides what it
does to the entity that it begins with.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from decompose.frameworks.sqlalchemy_access.collector import Collector, Place, place_of
from decompose.frameworks.sqlalchemy_access.entities import Entities, makes_table
from decompose.model.facts import Op
from decompose.model.program import AccessMode, Confidence
from decompose.model.source import Site
from decompose.model.view import Expression, FunctionView

_QUERY_METHODS = """
    add_columns all count delete distinct exists filter filter_by first first_or_404 get
    get_or_404 group_by having join limit offset one one_or_none options order_by outerjoin
    paginate scalar select_from update values where with_entities with_for_update yield_per
"""
_READS = frozenset({"query", "select", "Select", "aliased", "with_polymorphic", "exists"})
_JOINS = frozenset(
    {
        "add_columns",
        "add_entity",
        "join",
        "join_from",
        "outerjoin",
        "outerjoin_from",
        "select_from",
        "with_entities",
    }
)
_LOADERS = frozenset(
    {"contains_eager", "joinedload", "selectinload", "subqueryload", "immediateload"}
)
_NOT_NARROWING = frozenset({"options", "order_by", "outerjoin", "distinct", "populate_existing"})
_RUNS = frozenset({"execute", "scalars", "stream", "stream_scalars", "exec"})
_RESULTS = frozenset({"scalars", "unique", "mappings"})
_ROWS = _RUNS | _RESULTS | _NOT_NARROWING | {"query"}
_BULK = {
    "bulk_insert_mappings": AccessMode.CREATE,
    "bulk_update_mappings": AccessMode.UPDATE,
    "insert": AccessMode.CREATE,
    "update": AccessMode.UPDATE,
    "delete": AccessMode.DELETE,
}
_WRITES = frozenset({"update", "delete", "insert"})
_UPSERTS = frozenset({"on_conflict_do_update", "on_duplicate_key_update"})
NAMES = (
    frozenset(_QUERY_METHODS.split())
    | _UPSERTS
    | _READS
    | _JOINS
    | _LOADERS
    | frozenset(_BULK)
    | {"get_one"}
)
Unknown = tuple[Expression, AccessMode]
"""An entity that its function does not know itself: a parameter, or an attribute of one."""


@dataclass(slots=True)
class Statements:
    """Reads statements into a collector."""

    entities: Entities
    found: Collector
    unknown: list[Unknown] = field(default_factory=list)
    _written: set[Expression] = field(default_factory=set)
    _written_at: set[tuple[Expression | None, Site]] = field(default_factory=set)
    _asking: set[str] = field(default_factory=set)  # functions with a query of their own

    def read(self) -> None:
        """Read all statements; those that write first, so that their roots are not taken for reads."""
        view = self.entities.view
        for call in view.calls(*_WRITES):
            self._write(call)
        for call in view.calls(*sorted(NAMES - _WRITES)):
            self._read(call)
        for use in view.loads("query"):
            place = Place(use.base.owner, use.site, use.loop_depth)
            is_told = (use.base, use.site) in self._written_at
            for symbol in () if is_told or self.entities.is_open(use.base) else use.base.symbols():
                self.found.add(place, self.entities.chain(symbol), AccessMode.READ)
                self._bring(place, symbol)

    def read_locks(self) -> None:
        """`with_for_update()` in a chain, or as a keyword of `get` and `refresh`."""
        for call in self.entities.view.calls("with_for_update"):
            root = _root(call.base) if call.base is not None else None
            if root is None:
                root = _root(call.base, "select") if call.base is not None else None
            if root is not None:
                self.found.lock(call.owner, self._begun(root), _lines(root, call))
        for call in self.entities.view.calls("get", "get_one"):
            if "with_for_update" in call.keywords and call.arguments:
                self.found.lock(call.owner, self.entities.of(call.arguments[0]), _lines(call, call))

    def read_wholes(self) -> None:
        """`session.query(Order).all()`, or a loop over as much, with nothing between that narrows it."""
        view = self.entities.view
        asked = [call.base for call in view.calls("all")]
        looped = [each for each in view.iterated() if each.attribute in _ROWS]
        for last in [*filter(None, asked), *looped]:
            at = last
            while at.op is Op.CALL and at.attribute in _NOT_NARROWING and at.base is not None:
                at = at.base
            if at.attribute == "query" and at.op in (Op.CALL, Op.ATTRIBUTE):
                self.found.whole(at.owner, self._begun(at), _lines(at, last))
            else:
                self._whole_selection(at)

    def _whole_selection(self, at: Expression) -> None:
        """`session.scalars(select(Order)).all()`, the statement in a variable or not."""
        while at.attribute in _RESULTS and at.base is not None and not at.arguments:
            at = at.base.base if at.base.op is Op.AWAIT and at.base.base is not None else at.base
        given = at.arguments[0] if at.attribute in _RUNS and at.arguments else None
        for statement in given.bound() if given is not None else ():
            start: Expression | None = statement
            while start is not None and start.op is Op.CALL and start.attribute in _NOT_NARROWING:
                start = start.base
            if start is not None and start.op is Op.CALL and start.attribute == "select":
                self.found.whole(start.owner, self._begun(start), _lines(start, statement))

    def read_columns(self) -> None:
        """`where(Line.order_id == Order.id)` names columns; a class that only a condition names is read as well.

        The latter in functions with a query of their own, where the table is not known to be touched.
        """
        view = self.entities.view
        columns = {name for names in self.entities.columns.values() for name in names}
        for use in view.loads(*sorted(columns)):
            owner = view.function_named(use.base.owner)
            if owner is None or _is_expression(owner) or self.entities.is_open(use.base):
                continue
            for symbol in use.base.symbols():
                self._named(Place(owner.name, use.site, use.loop_depth), symbol, use.name)
        for call in view.calls("filter_by"):
            root = _root(call.base) if call.base is not None else None
            root = root or (_root(call.base, "select") if call.base is not None else None)
            for table in self._begun(root) if root is not None else ():
                self._name(call.owner, table, AccessMode.READ, call)
        for call in view.calls("values"):
            self._values(call)

    def _named(self, place: Place, symbol: str, column: str) -> None:
        """A column of a mapped class where it is named."""
        for table in self.entities.chain(symbol)[:1]:
            if place.source in self._asking and not self.found.touches(place.source, table):
                self.found.add(place, [table], AccessMode.READ, Confidence.INFERRED)
        for table in self.entities.chain(symbol):
            if column in self.entities.columns[table]:
                line = place.site.line
                self.found.name(place.source, table, AccessMode.READ, line, column)
                return

    def _values(self, call: Expression) -> None:
        """`update(Order).values(status="paid")`, `insert(Order).values(…)`."""
        for name, mode in (("update", AccessMode.UPDATE), ("insert", AccessMode.CREATE)):
            root = _root(call.base, name) if call.base is not None else None
            if root is not None and root.op is Op.CALL:
                tables = [table for each in root.arguments for table in self.entities.of(each)]
                for table in tables or (self._of_table(root.base) if root.base else ()):
                    self._name(call.owner, table, mode, call)

    def _name(self, source: str, table: str, mode: AccessMode, call: Expression) -> None:
        """Columns that a call names by its keywords."""
        given = self.entities.columns.get(table, frozenset()).intersection(call.keywords)
        if given:
            self.found.name(source, table, mode, call.site.line, *given)

    def _write(self, call: Expression) -> None:
        mode = _BULK[call.attribute]
        root = _root(call.base) if call.base is not None else None
        if root is not None:
            self._write_root(call, root, mode)
            return
        if call.base is not None and self._of_table(call.base):
            self.found.add_bulk(place_of(call), self._of_table(call.base), mode)
        elif call.arguments and _is_statement(call):
            self._target(call, call.arguments[0], mode)

    def _write_root(self, call: Expression, root: Expression, mode: AccessMode) -> None:
        """`query.delete()` and `query.update(…)` on what the chain begins with."""
        self._written.add(root)
        self._written_at.add((root.base, root.site))
        if root.op is Op.CALL and root.arguments:
            self._target(call, root.arguments[0], mode)
        elif root.base is not None:
            self._target(call, root.base, mode)

    def _target(self, call: Expression, entity: Expression, mode: AccessMode) -> None:
        """What an INSERT, UPDATE or DELETE names changes; of an inherited one, its own table."""
        tables = list(dict.fromkeys(self.entities.of(entity)))
        if tables:
            is_class = any(self.entities.chain(symbol) for symbol in entity.symbols())
            changed = tables[:1] if is_class and mode is not AccessMode.DELETE else tables
            known = frozenset().union(*(self.entities.columns[each] for each in changed))
            named = known.intersection(_keys_given(call))
            self.found.add_bulk(place_of(call), changed, mode, named)
        else:
            self.unknown.append((entity, mode))

    def _of_table(self, base: Expression) -> list[str]:
        """Tables of `table.insert()` and `Model.__table__.insert()`."""
        if base.attribute == "__table__" and base.base is not None:
            return list(self.entities.of(base.base))[:1]
        values = base.bound() if base.op in (Op.NAME, Op.ATTRIBUTE) else ()
        made = [value for value in values if makes_table(value)]
        return [name for value in made if (name := self.entities.table_made(value))]

    def _read(self, call: Expression) -> None:
        name = call.attribute
        if name in _READS:
            self._select(call)
        elif name in _BULK:
            self._target(call, call.arguments[0], _BULK[name]) if call.arguments else None
        elif name in ("get", "get_one") and len(call.arguments) + len(call.keywords) > 1:
            self._entity(call, call.arguments[0]) if call.arguments else None
        elif name in _UPSERTS:
            self._upsert(call)
        elif name in _LOADERS or name in _JOINS:
            self._join(call)
        self._from_class(call)

    def _upsert(self, call: Expression) -> None:
        """`insert(Order)….on_conflict_do_update(…)` may update what it cannot insert."""
        root = _root(call.base, "insert") if call.base is not None else None
        if root is not None and root.arguments:
            self._target(call, root.arguments[0], AccessMode.UPDATE)

    def _select(self, call: Expression) -> None:
        self._asking.add(call.owner)
        if call in self._written:
            return
        arguments = [*call.arguments, *self._listed(call)]
        tables = [table for each in arguments for table in self.entities.of(each)]
        if tables:
            self.found.add(place_of(call), tables, AccessMode.READ)
            self.found.join(place_of(call), tables)
            self._eager(call, arguments)
        elif call.attribute in ("query", "select") and call.arguments:
            self._entity(call, call.arguments[0])
        elif call.attribute == "select" and call.base is not None:
            self.found.add(place_of(call), self._of_table(call.base), AccessMode.READ)

    def _eager(self, call: Expression, entities: list[Expression]) -> None:
        """Relations that are loaded along with each row of a class."""
        for each in entities:
            for symbol in each.symbols():
                self._bring(place_of(call), symbol)

    def _bring(self, place: Place, symbol: str) -> None:
        """What rows of a class bring along."""
        self.found.add(place, self.entities.eager(symbol), AccessMode.READ, Confidence.INFERRED)

    def _eager_relations(self, call: Expression) -> None:
        for each in call.arguments:
            for symbol in each.base.symbols() if each.base is not None else ():
                relation = self.entities.relation(symbol, each.attribute)
                led_to = self.entities.eager(relation.target) if relation is not None else ()
                self.found.add(place_of(call), led_to, AccessMode.READ, Confidence.INFERRED)

    def _listed(self, call: Expression) -> Iterator[Expression]:
        """`select(columns=[…])`, and entities in a variable: `query(*columns)`."""
        for each in call.arguments:
            if each.op in (Op.NAME, Op.STAR):
                inner = each.base if each.op is Op.STAR and each.base is not None else each
                yield from (value for value in inner.bound() if value.op is Op.DISPLAY)

    def _entity(self, call: Expression, entity: Expression) -> None:
        tables = list(self.entities.of(entity, 1))
        if tables:
            self.found.add(place_of(call), tables, AccessMode.READ)
            self._eager(call, [entity])
        elif entity.op in (Op.NAME, Op.ATTRIBUTE, Op.CALL):
            self.unknown.append((entity, AccessMode.READ))

    def _join(self, call: Expression) -> None:
        tables = [table for each in call.arguments for table in self.entities.of(each)]
        if not tables:
            if call.attribute == "select_from":
                self.unknown += [(each, AccessMode.READ) for each in call.arguments[:1]]
            return
        self.found.add(place_of(call), tables, AccessMode.READ)
        self._eager_relations(call)
        root = _root(call.base) if call.base is not None else None
        first = list(self._begun(root)) if root is not None else []
        if first:
            self.found.join(place_of(call), [*first[:1], *tables])

    def _begun(self, root: Expression) -> Iterator[str]:
        if root.op is Op.CALL:
            for each in root.arguments:
                yield from self.entities.of(each)
        elif root.base is not None:
            yield from self.entities.of(root.base)

    def _from_class(self, call: Expression) -> None:
        """`Order.query.filter_by(…)`: the first call after `query`."""
        base = call.base
        if base is None or base.op is not Op.ATTRIBUTE or base.attribute != "query":
            return
        if base in self._written or base.base is None:
            return
        is_open = self.entities.is_open(base.base)
        symbols = () if is_open else base.base.symbols()
        tables = [table for symbol in symbols for table in self.entities.chain(symbol)]
        if tables:
            self.found.add(place_of(call), tables, AccessMode.READ)
            self._eager(call, [base.base])
        elif is_open or base.base.op is Op.NAME:
            self.unknown.append((base.base, AccessMode.READ))


def _keys_given(call: Expression) -> Iterator[str]:
    """`query.update({"status": …, Order.total: …})`."""
    for given in call.arguments[:1]:
        for value in given.bound():
            for key in value.keys if value.op is Op.DISPLAY else ():
                yield key.string() or key.attribute


def _lines(first: Expression, last: Expression) -> range:
    """The lines of a chain, from its first call to its last."""
    return range(min(first.site.line, last.site.line), max(first.last_line, last.last_line) + 1)


def _is_expression(function: FunctionView) -> bool:
    """Does a function only give an expression to the mapper (hybrids, declared attributes)?"""
    marks = ("hybrid", "expression", "declared_attr", "comparator", "classproperty")
    return any(mark in each.text() for each in function.decorators for mark in marks)


def _is_statement(call: Expression) -> bool:
    """`insert(Order)` stands alone or in SQLAlchemy's namespace; `mapping.update(other)` does not."""
    if call.base is None:
        return True
    name = call.callee.name() if call.callee is not None else None
    return (name or "").startswith("sqlalchemy")


def _root(expression: Expression, name: str = "query") -> Expression | None:
    """What a chain of calls begins with: `session.query(…)` or `Order.query`; variables followed once."""
    at: Expression | None = expression
    followed = False
    while at is not None:
        if at.op in (Op.CALL, Op.ATTRIBUTE) and at.attribute == name:
            return at
        if at.op is Op.NAME and not followed:
            followed = True
            ends = [value for value in at.bound() if value.op is Op.CALL]
            at = ends[0] if ends else None
            continue
        at = at.base if at.op in (Op.CALL, Op.ATTRIBUTE, Op.AWAIT) else None
    return None
