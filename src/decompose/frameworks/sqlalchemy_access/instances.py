"""Rows as objects: made, changed, deleted, and loaded by following a relation.

Making an instance of a mapped class is a create: hardly anybody makes one without adding it, unless for functions
that only read it.
Assigning to a column of an instance that the function did not make is an update.
Following a relation loads rows, unless they came along: by the relation's own strategy, or because
an asynchronous session, which never loads on its own, was asked for them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from decompose.frameworks.sqlalchemy_access.collector import Collector, Place, place_of
from decompose.frameworks.sqlalchemy_access.entities import Entities
from decompose.model.facts import Op
from decompose.model.program import AccessMode, Confidence
from decompose.model.view import AttributeUse, Expression

_FLUSHES = frozenset({"flush", "commit", "refresh"})
_COLLECTIONS = frozenset({"add", "append", "discard", "extend", "insert", "remove"})
_MAPPERS = frozenset({"__mapper__", "polymorphic_map"})
_CLASS_OF_MAPPER = "class_"
NAMES = (
    {_CLASS_OF_MAPPER}
    | _FLUSHES
    | _COLLECTIONS
    | {"add_all", "delete", "merge", "populate_obj", "setattr", "bulk_save_objects"}
)
_ASYNC = frozenset({"async_sessionmaker", "create_async_engine", "AsyncSession"})
_REMOVES = frozenset({"discard", "remove"})
_UNBOUND = frozenset({"__init__", "__new__", "__repr__", "__str__", "__eq__", "__hash__"})


@dataclass
class Instances:
    """Reads what happens to instances into a collector."""

    entities: Entities
    found: Collector
    unknown: list[tuple[Expression, AccessMode]] = field(default_factory=list)
    _flushed: dict[str, list[int]] = field(default_factory=dict)

    def read(self) -> None:
        """Read constructors, then changes, then loads."""
        view = self.entities.view
        for call in view.calls(*sorted(_FLUSHES)):
            self._flushed.setdefault(call.owner, []).append(call.site.line)
        for call in view.calls_of(*self._classes()):
            self._make(call)
        for call in view.calls(_CLASS_OF_MAPPER):
            self._make_mapped(call)
        for call in view.calls("delete", "merge", "populate_obj", "setattr"):
            self._change(call)
        for call in view.calls(*sorted(_COLLECTIONS)):
            self._collect(call)
        for use in view.stores(*self._attributes()):
            self._store(use)
        for use in view.loads(*sorted({name for _, name in self.entities.relations})):
            self._load(use)

    def _classes(self) -> list[str]:
        names = [*self.entities.tables]
        names += [found.name for found in self.entities.view.subclasses(*names)] if names else []
        return sorted(set(names))

    def _attributes(self) -> list[str]:
        columns = {name for names in self.entities.columns.values() for name in names}
        columns |= {name for _, name in self.entities.relations}
        for name in self._classes():
            found = self.entities.view.class_named(name)
            columns |= {each for each, value, _ in found.assigned() if value} if found else set()
        return sorted(columns)

    def _make(self, call: Expression) -> None:
        if call.callee is None:
            return
        if self.entities.is_open(call.callee):
            self.unknown.append((call.callee, AccessMode.CREATE))
            return
        if call.is_only_read:
            return
        is_open = call.callee.op is not Op.NAME and call.callee.op is not Op.ATTRIBUTE
        for symbol in call.callee.symbols():
            below = self.entities.below(symbol) if is_open else ()  # `type(order)(…)`
            for table in (*below, *self.entities.chain(symbol)):
                given = self.entities.columns[table].intersection(call.keywords)
                self.found.add(place_of(call), [table], AccessMode.CREATE, columns=given)
            for word, value in call.keywords.items():
                is_empty = value.op is Op.DISPLAY and not value.elements
                relation = None if is_empty else self.entities.relation(symbol, word)
                if relation is not None and relation.secondary:
                    self.found.add(place_of(call), [relation.secondary], AccessMode.CREATE)

    def _make_mapped(self, call: Expression) -> None:
        """`Document.__mapper__.polymorphic_map[kind].class_(…)`: an instance of any class below."""
        at = call.base
        while at is not None:
            mapped = at.base if at.attribute in _MAPPERS else None
            for symbol in mapped.symbols() if mapped is not None else ():
                tables = (*self.entities.below(symbol), *self.entities.chain(symbol))
                self.found.add(place_of(call), tables, AccessMode.CREATE, Confidence.INFERRED)
            bound = [each for each in at.bound() if each != at]
            at = bound[0] if bound else at.base

    def _change(self, call: Expression) -> None:
        if call.attribute == "setattr":
            is_made = call.owner.rpartition(".")[2] in _UNBOUND
            if (
                call.arguments
                and not is_made
                and not self._is_new(call.arguments[0], call.site.line)
            ):
                self._instances(call, call.arguments[0], AccessMode.UPDATE)
        elif call.attribute == "populate_obj" and call.callee is not None and call.arguments:
            is_of_library = not call.callee.symbols()  # a form of WTForms' stores what was typed
            if is_of_library and not self._is_new(call.arguments[0], call.site.line):
                self._instances(call, call.arguments[0], AccessMode.UPDATE)
        elif call.attribute == "delete" and len(call.arguments) == 1 and call.base is not None:
            self._instances(call, call.arguments[0], AccessMode.DELETE)
        elif call.attribute == "merge" and call.arguments:
            self._instances(call, call.arguments[0], AccessMode.UPDATE)
            self._instances(call, call.arguments[0], AccessMode.READ)  # is the row there?

    def _instances(self, call: Expression, given: Expression, mode: AccessMode) -> None:
        names = list(dict.fromkeys(self.entities.of_instance(given)))
        if len(names) != 1 and mode is AccessMode.DELETE and self.entities.is_open(given):
            self.unknown.append((given, mode))
            return
        for name in names:
            chain = self.entities.chain(name)
            changed = chain if mode is AccessMode.DELETE else chain[:1]
            if mode is AccessMode.DELETE:
                changed = (*self.entities.below(name), *chain)
            is_sure = mode is AccessMode.DELETE and len(changed) == len(chain) and len(names) == 1
            sure = Confidence.EXACT if is_sure else Confidence.INFERRED
            self.found.add(place_of(call), changed, mode, sure)

    def _collect(self, call: Expression) -> None:
        """`order.labels.append(label)`: a row of the association table; `order.lines.append(line)`: another order."""
        holder = call.base
        if holder is None or holder.op is not Op.ATTRIBUTE or holder.base is None:
            return
        mode = AccessMode.DELETE if call.attribute in _REMOVES else AccessMode.CREATE
        for secondary in self._secondaries(holder.base, holder.attribute):
            self.found.add(place_of(call), [secondary], mode)
        if not self._is_new(holder.base, call.site.line):
            for name in self._related(holder.base, holder.attribute):
                for table in self.entities.chain(name):
                    self.found.refilled[call.owner, table, call.site] = None

    def _related(self, base: Expression, attribute: str) -> Iterator[str]:
        """Classes of a row that have a relation of a name."""
        if any(name == attribute for _, name in self.entities.relations):
            for name in self.entities.of_instance(base):
                if self.entities.relation(name, attribute) is not None:
                    yield name

    def _secondaries(self, base: Expression, attribute: str) -> Iterator[str]:
        for name in self._related(base, attribute):
            relation = self.entities.relation(name, attribute)
            if relation is not None and relation.secondary:
                yield relation.secondary

    def _store(self, use: AttributeUse) -> None:
        if use.base.owner.rpartition(".")[2] in _UNBOUND:
            return
        place = Place(use.base.owner, use.site, use.loop_depth)
        for secondary in self._secondaries(use.base, use.name):
            self.found.add(place, [secondary], AccessMode.CREATE)
        if self._is_new(use.base, use.site.line):
            return
        for name in dict.fromkeys(self.entities.of_instance(use.base)):
            table = self.entities.written(name, use.name)
            if table:
                named = self.entities.columns[table].intersection([use.name])
                self.found.add(place, [table], AccessMode.UPDATE, columns=named)

    def _is_new(self, base: Expression, line: int) -> bool:
        """Did this function make the instance, and has it not been flushed since?"""
        made = [value for value in base.bound() if value.op is Op.CALL and self._makes(value)]
        others = [value for value in base.bound() if value not in made and value != base]
        if not made or others or any(value.owner != base.owner for value in made):
            return False
        first = min(value.site.line for value in made)
        return not any(first < at < line for at in self._flushed.get(base.owner, ()))

    def _makes(self, call: Expression) -> bool:
        symbols = call.callee.symbols() if call.callee is not None else ()
        return any(self.entities.chain(symbol) for symbol in symbols)

    def _load(self, use: AttributeUse) -> None:
        place = Place(use.base.owner, use.site, use.loop_depth)
        owner = self.entities.view.function_named(use.base.owner)
        if owner is None or any("hybrid" in each.text() for each in owner.decorators):
            return
        named = set(use.base.symbols())
        for name in dict.fromkeys([*self.entities.of_instance(use.base), *use.base.symbols()]):
            relation = self.entities.relation(name, use.name)
            if relation is None or self._is_new(use.base, use.site.line):
                continue
            if name in named or not (relation.eager or (owner.is_async and self._is_async)):
                led_to = self.entities.loaded(relation)
                self.found.add(place, led_to, AccessMode.READ, Confidence.INFERRED)

    @cached_property
    def _is_async(self) -> bool:
        """Has the program asynchronous sessions? Those load nothing that was not asked for."""
        return any(True for _ in self.entities.view.calls(*sorted(_ASYNC)))
