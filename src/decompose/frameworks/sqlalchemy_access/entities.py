"""Which tables does an expression of a statement stand for?

Terms
-----
entity    a mapped class, a column of one, an alias of one, or a `Table(…)`: what statements name.
chain     the tables of a class: its own and those of the classes it joins to by inheritance.
relation  an attribute of a mapped class that leads to another, also one made by a `backref`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from decompose.model.facts import Op
from decompose.model.program import Table
from decompose.model.source import Site
from decompose.model.unfold import strings
from decompose.model.view import ClassView, Expression, FunctionView, ProgramView

_RELATIONS = frozenset({"relationship", "relation", "dynamic_loader", "Relationship"})
_ALIASES = frozenset({"aliased", "with_polymorphic", "alias", "lateral"})
_ITEM = re.compile(r"[\w.]+(?=\]*$)")
_EAGER = (False, "joined", "selectin", "subquery", "immediate")
_MAX_DEPTH = 6
_MAX_EAGER = 3


@dataclass(frozen=True, slots=True)
class Relation:
    """Where an attribute leads; `secondary`: the association table between, or "".

    `eager`: loaded along with the row. `cascade`: what of a row's fate its related rows share, as written.
    """

    target: str
    secondary: str = ""
    eager: bool = False
    cascade: str = ""
    site: Site | None = None


@dataclass(slots=True)
class Entities:
    """What a program's names mean in statements."""

    view: ProgramView
    tables: dict[str, str] = field(default_factory=dict)  # mapped class -> its own table
    columns: dict[str, frozenset[str]] = field(default_factory=dict)  # table -> column names
    relations: dict[tuple[str, str], Relation] = field(default_factory=dict)
    _chains: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _eager: dict[tuple[str, int], tuple[str, ...]] = field(default_factory=dict)
    _short: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for fact in self.view.facts(Table):
            if isinstance(fact, Table) and fact.framework == "sqlalchemy":
                self.columns[fact.name] = frozenset(column.name for column in fact.columns)
                if fact.model:
                    self.tables[fact.model] = fact.name
        for found in self.view.subclasses(*self.tables) if self.tables else ():
            self.chain(found.name)
        for name in [*self.tables, *self._chains]:
            short = self._short.setdefault(name.rpartition(".")[2], [])
            if name not in short:
                short.append(name)
        self._relate()

    def chain(self, name: str) -> tuple[str, ...]:
        """The tables of a mapped class, nearest first; () for any other class."""
        known = self._chains.get(name)
        if known is None:
            found = self.view.class_named(name)
            rows = [self.tables[base] for base in found.mro if base in self.tables] if found else []
            known = self._chains[name] = tuple(dict.fromkeys(rows))
        return known

    def below(self, name: str) -> tuple[str, ...]:
        """The tables of classes that join to a class's own: a row of it may be one of theirs."""
        own = set(self.chain(name))
        children = self.view.subclasses(name) if own else ()
        return tuple(
            dict.fromkeys(
                table for child in children for table in self.chain(child.name) if table not in own
            )
        )

    def below_of(self, name: str) -> list[str]:
        """Mapped classes that inherit from a class without a table."""
        return [found.name for found in self.view.subclasses(name) if found.name in self.tables]

    def of(self, expression: Expression, depth: int = _MAX_DEPTH) -> Iterator[str]:
        """Tables that an argument of a statement names, with repeats."""
        if depth == 0 or self.is_open(expression):
            return
        if (
            expression.op is Op.CALL and expression.attribute == "type"
        ):  # `type(order)` may be a child's
            rows = [name for each in expression.arguments for name in self.of_instance(each)]
            yield from (table for name in rows for table in (*self.chain(name), *self.below(name)))
            return
        own = list(self._named(expression, depth))
        if own:
            yield from own
            return
        for part in _parts(expression):
            yield from self.of(part, depth - 1)

    def is_open(self, expression: Expression) -> bool:
        """Do callers choose the entity: is it a parameter without annotation, or an attribute of the receiver?"""
        function = self.view.function_named(expression.owner)
        if function is None:
            return False
        if expression.op is Op.ATTRIBUTE:
            return self._is_of_receiver(expression, function)
        if expression.op is not Op.NAME:
            return False
        name = expression.text()
        return any(each == name and given is None for each, given, _ in function.parameters)

    def _is_of_receiver(self, expression: Expression, function: FunctionView) -> bool:
        """`self.model` in a repository, where it may be one of several classes; a column of that."""
        base = expression.base
        if base is not None and base.op is Op.ATTRIBUTE:
            return self._is_of_receiver(base, function)
        first = next(iter(function.parameters), None)
        if base is None or first is None or base.op is not Op.NAME or base.text() != first[0]:
            return False
        classes = {name for name in expression.symbols() if self.chain(name)}
        return len(classes) > 1 and self.view.class_named(function.owner) is not None

    def of_instance(self, expression: Expression) -> Iterator[str]:
        """The mapped classes whose instances an expression's value may be, or hold."""
        for name in expression.types():
            inner = _ITEM.search(name)
            if inner is not None and self.chain(inner[0]):
                yield inner[0]

    def relation(self, name: str, attribute: str) -> Relation | None:
        """Where an attribute of a mapped class leads."""
        found = self.view.class_named(name)
        for base in found.mro if found is not None else ():
            known = self.relations.get((base, attribute))
            if known is not None:
                return known
        return None

    def eager(self, name: str, depth: int = _MAX_EAGER) -> tuple[str, ...]:
        """The tables that are read along with rows of a class."""
        key = (name, depth)
        if key not in self._eager:
            found = self.view.class_named(name)
            bases = set(found.mro) if found is not None and self.chain(name) else set()
            tables: list[str] = []
            for (owner, _), relation in self.relations.items() if bases and depth else ():
                if owner in bases and relation.eager:
                    tables += [*self.led_to(relation), *self.eager(relation.target, depth - 1)]
            self._eager[key] = tuple(dict.fromkeys(tables))
        return self._eager[key]

    def loaded(self, relation: Relation) -> tuple[str, ...]:
        """The tables that are read when a relation is followed, with what its rows bring along."""
        return (*self.led_to(relation), *self.eager(relation.target))

    def led_to(self, relation: Relation) -> tuple[str, ...]:
        """The tables that are read when a relation is loaded."""
        own = self.chain(relation.target)
        return (*own, relation.secondary) if relation.secondary else own

    def written(self, name: str, attribute: str) -> str:
        """The table that assigning to an attribute of an instance changes, "" for none."""
        chain = self.chain(name)
        for table in chain:
            if attribute in self.columns.get(table, ()):
                return table
        relation = self.relation(name, attribute)
        if relation is not None:
            return "" if relation.secondary else chain[0]
        found = self.view.class_named(name)
        value = found.attribute(attribute) if found is not None else None
        is_column = value is not None and value.op is Op.CALL and "olumn" in value.attribute
        return chain[0] if is_column and chain else ""

    def _named(self, expression: Expression, depth: int) -> Iterator[str]:
        """Tables of an expression that is an entity itself."""
        for symbol in expression.symbols():
            yield from self.chain(symbol)
        if expression.op is Op.ATTRIBUTE and expression.base is not None:
            yield from self._of_attribute(expression, expression.base)
        if expression.op in (Op.NAME, Op.ATTRIBUTE):
            yield from self._of_bound(expression, depth)

    def _of_attribute(self, expression: Expression, base: Expression) -> Iterator[str]:
        for symbol in base.symbols():
            yield from self.chain(symbol)
            relation = self.relation(symbol, expression.attribute)
            if relation is not None:
                yield from self.led_to(relation)

    def _of_bound(self, expression: Expression, depth: int) -> Iterator[str]:
        """A `Table(…)`, an alias, or one of all tables."""
        for value in expression.bound():
            if value.op is Op.ELEMENT and _is_metadata(value.base):
                yield from self._of_metadata(expression)
            if value.op is not Op.CALL:
                continue
            if makes_table(value):
                yield from filter(None, [self.table_made(value)])
            elif value.attribute == "getattr" and len(value.arguments) > 1:
                yield from self._gotten(value)
            elif value.attribute in _ALIASES:
                yield from self.of(value, depth - 1)

    def _gotten(self, call: Expression) -> Iterator[str]:
        """`getattr(models, name)`, for all names that the text shows."""
        module = call.arguments[0].name()
        for name in strings(call.arguments[1], self.view) if module else ():
            found = self.view.lookup(f"{module}.{name}") if name else None
            yield from self.chain(found or "")

    def _of_metadata(self, expression: Expression) -> Iterator[str]:
        """`for table in metadata.sorted_tables`: those that have all columns that are asked of `table`."""
        asked = {
            use.name
            for use in self.view.loads(*sorted(self._all_columns))
            if use.base.attribute in ("c", "columns")
            and use.base.owner == expression.owner
            and use.base.base is not None
            and use.base.base.text() == expression.text()
        }
        yield from (name for name, own in sorted(self.columns.items()) if asked and asked <= own)

    @property
    def _all_columns(self) -> set[str]:
        return {name for own in self.columns.values() for name in own}

    def table_made(self, call: Expression) -> str:
        """The name of the known table that a call of `Table` makes, else ""."""
        name = call.arguments[0].string() if call.arguments else None
        if name is None:
            return ""
        given = call.keywords.get("schema")
        schema = given.string() if given is not None else None
        qualified = f"{schema}.{name}" if schema else name
        if qualified in self.columns:
            return qualified
        return next((each for each in self.columns if each.endswith(f".{name}")), "")

    def _relate(self) -> None:
        seen: set[str] = set()
        for name in dict.fromkeys([*self.tables, *self._chains]):
            found = self.view.class_named(name)
            for base in found.mro if found is not None else ():
                source = self.view.class_named(base)
                if source is not None and base not in seen:
                    seen.add(base)
                    self._relate_class(source, owner=name)

    def _relate_class(self, source: ClassView, owner: str) -> None:
        for attribute, value, annotation in source.assigned():
            if value is not None and value.op is Op.CALL and value.attribute in _RELATIONS:
                self._add(source, owner, attribute, value, annotation)
        for attribute, method in source.methods().items():
            for value in method.returned if method.decorators else ():
                if value.op is Op.CALL and value.attribute in _RELATIONS:
                    self._add(source, owner, attribute, value, None)

    def _add(
        self,
        source: ClassView,
        owner: str,
        attribute: str,
        call: Expression,
        annotation: Expression | None,
    ) -> None:
        target = self._target(call, annotation, owner)
        if not target:
            return
        secondary = next(self._secondary(call), "")
        lazy = call.keywords.get("lazy")
        eager = lazy is not None and lazy.literal() in _EAGER
        cascade = _text(call.keywords.get("cascade"))
        site = call.site
        self.relations[source.name, attribute] = Relation(target, secondary, eager, cascade, site)
        given = call.keywords.get("backref")
        if given is not None:
            inner = given.arguments[0] if given.op is Op.CALL and given.arguments else given
            back = inner.string()
            told = _text(given.keywords.get("cascade")) if given.op is Op.CALL else ""
            if back:
                behind = Relation(owner, secondary, cascade=told, site=site)
                self.relations.setdefault((target, back), behind)

    def _target(self, call: Expression, annotation: Expression | None, owner: str) -> str:
        given = call.arguments[0] if call.arguments else call.keywords.get("argument")
        if given is not None:
            text = given.string()
            if text is not None:
                return self._by_short_name(text, owner)
            found = [name for name in given.symbols() if self.chain(name)]
            if found:
                return found[0]
        for inner in _annotated(annotation):
            found = [name for name in inner.symbols() if self.chain(name)]
            if found:
                return found[0]
        return ""

    def _by_short_name(self, text: str, owner: str) -> str:
        short = text.rpartition(".")[2]
        found = self._short.get(short, [])
        near = [name for name in found if name.rpartition(".")[0] == owner.rpartition(".")[0]]
        return next(iter(near or found), "")

    def _secondary(self, call: Expression) -> Iterator[str]:
        given = call.keywords.get("secondary")
        if given is None:
            return
        text = given.string()
        if text is not None:
            name = text if text in self.columns else self._table_of_name(text)
            yield from filter(None, [name])
        yield from self.of(given)

    def _table_of_name(self, text: str) -> str:
        return next((name for name in self.columns if name.endswith(f".{text}")), "")


def _text(given: Expression | None) -> str:
    return (given.string() or "") if given is not None else ""


def _is_metadata(iterable: Expression | None) -> bool:
    """`metadata.sorted_tables`, `metadata.tables.values()`."""
    if iterable is None:
        return False
    if iterable.op is Op.CALL and iterable.attribute in ("values", "reversed", "list"):
        inner = iterable.base or next(iter(iterable.arguments), None)
        return _is_metadata(inner)
    return (
        iterable.attribute in ("sorted_tables", "tables")
        and iterable.base is not None
        and (iterable.base.attribute.lower().endswith(("metadata", "meta")))
    )


def makes_table(call: Expression) -> bool:
    """Is it a call of SQLAlchemy's `Table`, under whatever name?"""
    if call.op is not Op.CALL or call.callee is None:
        return False
    return call.attribute == "Table" or call.callee.name() == "sqlalchemy.Table"


def _parts(expression: Expression) -> Iterator[Expression]:
    """The parts of an expression in which entities may stand."""
    if expression.op is Op.CALL:
        yield from expression.arguments
        yield from expression.keywords.values()
    if expression.op in (Op.CALL, Op.ATTRIBUTE, Op.STAR, Op.AWAIT, Op.SUBSCRIPT):
        yield from filter(None, [expression.base])
    yield from expression.elements


def _annotated(annotation: Expression | None, depth: int = 5) -> Iterator[Expression]:
    """Names inside `Mapped[List["Role"]]`."""
    if annotation is None or depth == 0:
        return
    if annotation.op in (Op.NAME, Op.ATTRIBUTE):
        yield annotation
    for inner in (
        *annotation.elements,
        *(annotation.keys if annotation.op is Op.SUBSCRIPT else ()),
    ):
        yield from _annotated(inner, depth - 1)
