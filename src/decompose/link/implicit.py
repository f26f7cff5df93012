"""Calls that are written as something else: attributes that are properties, `with` blocks, operators, loops."""

from collections.abc import Iterator

from decompose.graph.packing import site
from decompose.link.accessors import Accessors
from decompose.link.callbacks import Callbacks
from decompose.link.classes import PROPERTIES
from decompose.link.edges import CALLBACK, IMPLICIT, Edges, Place
from decompose.link.evaluate import Evaluator
from decompose.link.holding import Holding
from decompose.link.hooks import ASKED, CALLED_BACK, CALLED_BACK_BY_METHODS
from decompose.link.operations import Operations
from decompose.link.parsers import PARSING, Parsers
from decompose.link.standard import ENTERING, SPECIAL
from decompose.link.values import CLASS, EXTERNAL, INSTANCE, OBJECT, TAG_MASK, Values, value
from decompose.link.world import World, arguments
from decompose.model import ops
from decompose.model.facts import NOTHING, ModuleFacts, RegionKind, Role
from decompose.model.program import Confidence, EdgeKind

_ACCESSORS = PROPERTIES | {"getter", "setter", "deleter"}
_BLOCKS = ("__enter__", "__exit__", "__aenter__", "__aexit__")
_DYNAMIC = {
    "builtins.getattr": "__getattr__",
    "builtins.hasattr": "__getattr__",
    "builtins.setattr": "__setattr__",
    "builtins.delattr": "__delattr__",
}
_BY_ROLE = {
    Role.WRITE: ("__setattr__", "__set__"),
    Role.DELETE: ("__delattr__", "__delete__"),
}
_CHAINED = frozenset([ops.ATTRIBUTE, *ops.NARROWING])
_READING = ("__getattr__", "__get__")
_ALWAYS_ASKED = "__getattribute__"


class Implicit:
    """Finds implicit calls and adds their edges."""

    def __init__(
        self, world: World, evaluator: Evaluator, edges: Edges, operations: Operations
    ) -> None:
        self._world = world
        self._evaluator = evaluator
        self._edges = edges
        self._operations = operations
        self._holding = Holding(evaluator, self._operations)
        self._callbacks = Callbacks(evaluator)
        self._parsers = Parsers(evaluator)
        self._accessors = Accessors(evaluator)
        self._properties = _property_names(world, evaluator) | self._accessors.names
        self._hooked = any(map(self._operations.is_defined, (*_READING, _ALWAYS_ASKED)))
        self._asks_always = self._operations.is_defined(_ALWAYS_ASKED)
        self._running: dict[str, bool] = {}
        self._asking: dict[Values, bool] = {}
        self._hooks: dict[tuple[int, str, str], list[tuple[int, int]]] = {}

    def attribute(self, facts: ModuleFacts, row: int, place: Place, role: Role) -> None:
        """Reading, writing or deleting an attribute of an instance may run a property or a hook of its class."""
        expressions = facts.expressions
        name = facts.strings[expressions.b[row]]
        for receiver in self._evaluator.evaluate(place.module, place.scope, expressions.a[row]):
            if receiver & TAG_MASK not in (INSTANCE, OBJECT):
                continue
            if self._asks_always and role not in _BY_ROLE:
                self._ask_always(receiver, place)
            symbol = self._evaluator.answering(receiver, name)
            if symbol == NOTHING:
                self._hook(receiver, name, place, role)
            elif self._evaluator.marks(symbol).isdisjoint(_ACCESSORS):
                self._undecorated(symbol, place)
            else:
                self._edges.implicit(place, symbol, receiver)

    def _ask_always(self, receiver: int, place: Place) -> None:
        """A class's own `__getattribute__` is asked for every attribute that is read."""
        if not self._evaluator.is_super(receiver):
            symbol = self._evaluator.answering(receiver, _ALWAYS_ASKED)
            if symbol != NOTHING:
                self._edges.implicit(place, symbol, receiver)

    def _undecorated(self, symbol: int, place: Place) -> None:
        """A method that is mentioned is used; one made a descriptor by a class of the program calls its `__get__`."""
        getter = self._descriptor_getter(symbol)
        if getter != NOTHING:
            self._edges.to(place, getter, EdgeKind.CALLS, Confidence.INFERRED, IMPLICIT)
        else:
            self._edges.to(place, symbol, EdgeKind.USES, Confidence.INFERRED)

    def _descriptor_getter(self, symbol: int) -> int:
        """`__get__` of the class that decorates a method; NOTHING where none does."""
        if not self._operations.is_defined("__get__"):
            return NOTHING
        module, scope = self._world.place(symbol)
        definition = self._world.facts[module].definitions[scope]
        for row in definition.decorators:
            for found in self._evaluator.evaluate(module, definition.parent, row):
                if found & TAG_MASK == CLASS:
                    return self._evaluator.method_symbol(found, "__get__")
        return NOTHING

    def _hook(self, receiver: int, name: str, place: Place, role: Role) -> None:
        """`__getattr__` answers for what a class lacks, `__setattr__` is asked always; descriptors answer first."""
        general, descriptor = _BY_ROLE.get(role, _READING)
        if name in self._accessors.names:
            kind = self._evaluator.interner.class_of(receiver)
            for symbol in self._accessors.called(kind, name, role):
                self._edges.to(place, symbol, EdgeKind.CALLS, Confidence.INFERRED, IMPLICIT)
        if name not in self._evaluator.binders:
            kind = self._evaluator.interner.class_of(receiver)
            if self._evaluator.method_symbol(kind, general) == NOTHING:
                return
        key = (receiver, name, general)
        known = self._hooks.get(key)
        if known is None:
            known = self._hooks[key] = [*self._hooks_of(receiver, name, general, descriptor)]
        for symbol, described in known:
            self._edges.implicit(place, symbol, described)

    def _hooks_of(
        self, receiver: int, name: str, general: str, descriptor: str
    ) -> Iterator[tuple[int, int]]:
        """(symbol, receiver) of the hooks that an attribute runs."""
        kind = self._evaluator.interner.class_of(receiver)
        if self._operations.is_defined(descriptor):
            for held in self._evaluator.class_attribute(kind, name):
                yield from self._operations.called((held,), descriptor)
        if self._operations.is_defined(general):
            if general == "__getattr__" and self._evaluator.has_attribute(kind, name):
                return
            for symbol, _ in self._operations.called((receiver,), general):
                yield symbol, receiver

    def missing(self, facts: ModuleFacts, callee: int, place: Place) -> bool:
        """`value.name()` where the class of value has no such name: does its `__getattr__` answer?"""
        if facts.expressions.op[callee] != ops.ATTRIBUTE:
            return False
        if not self._operations.is_defined("__getattr__"):
            return False
        receivers = self._evaluator.evaluate(place.module, place.scope, facts.expressions.a[callee])
        instances = [each for each in receivers if each & TAG_MASK in (INSTANCE, OBJECT)]
        found = [*self._operations.called(tuple(instances), "__getattr__")]
        if found:
            self.attribute(facts, callee, place, Role.READ)
        return bool(found)

    def chain(self, facts: ModuleFacts, row: int, place: Place) -> None:
        """Properties and hooks among the attributes before the last dot of `a.b.c.d`."""
        expressions = facts.expressions
        while row != NOTHING and expressions.op[row] in _CHAINED:
            if expressions.op[row] == ops.ATTRIBUTE:
                name = facts.strings[expressions.b[row]]
                if self._hooked or name in self._properties:
                    self._read(facts, row, name, place)
            row = expressions.a[row]

    def _read(self, facts: ModuleFacts, row: int, name: str, place: Place) -> None:
        base = facts.expressions.a[row]
        for receiver in self._evaluator.evaluate(place.module, place.scope, base):
            if receiver & TAG_MASK not in (INSTANCE, OBJECT):
                continue
            if self._asks_always:
                self._ask_always(receiver, place)
            symbol = self._evaluator.answering(receiver, name)
            if symbol == NOTHING:
                self._hook(receiver, name, place, Role.READ)
            elif not self._evaluator.marks(symbol).isdisjoint(_ACCESSORS):
                self._edges.implicit(place, symbol, receiver)

    def asks_arguments(self, values: Values) -> bool:
        """May a call of one of some values run what it is given?"""
        known = self._asking.get(values)
        if known is None:
            known = self._asking[values] = self._asks_arguments(values)
        return known

    def _asks_arguments(self, values: Values) -> bool:
        interner = self._evaluator.interner
        return any(
            each & TAG_MASK == EXTERNAL and self._runs_something(interner.external_name(each))
            for found in values
            for each in ((found,) if found & TAG_MASK == EXTERNAL else interner.called(found))
        )

    def _runs_something(self, name: str) -> bool:
        """Does a library's function run something of the program?"""
        known = self._running.get(name)
        if known is None:
            known = self._running[name] = (
                name in PARSING
                or name in ENTERING
                or name in CALLED_BACK
                or name in ASKED
                or self._holding.asks(name)
                or name.rpartition(".")[2] in CALLED_BACK_BY_METHODS
                or any(
                    name in table and self._operations.is_defined(table[name])
                    for table in (SPECIAL, _DYNAMIC)
                )
            )
        return known

    def library_call(self, name: str, row: int, place: Place) -> None:
        """Functions of the standard library call what they are given, and special methods of it."""
        if not self._runs_something(name):
            return
        self._asked(name, place)
        given = self._callbacks.given(name, place.module, place.scope, row)
        for symbol, receiver in self._callbacks.entered(given):
            self._called_back(place, symbol, receiver)
        for symbol in self._parsers.run(place.module) if name in PARSING else ():
            self._called_back(place, symbol, NOTHING)
        facts = self._world.facts[place.module]
        if name in ENTERING:
            for each in arguments(facts, row)[0][:1]:
                self._enter(self._evaluator.evaluate(place.module, place.scope, each), place)
        for symbol, receiver in self._holding.called(name, place, row):
            self._edges.implicit(place, symbol, receiver)
        self._special(name, facts, row, place)

    def _special(self, name: str, facts: ModuleFacts, row: int, place: Place) -> None:
        """`len(value)` calls `__len__`, `getattr(value, name)` calls `__getattr__`."""
        if name in SPECIAL:
            method, rows = SPECIAL[name], self._operations.given(name, facts, row)
        elif name in _DYNAMIC and self._operations.is_defined(_DYNAMIC[name]):
            method, rows = _DYNAMIC[name], arguments(facts, row)[0][:1]
        else:
            return
        for each in rows:
            values = self._evaluator.evaluate(place.module, place.scope, each)
            self._operate(place, values, method)

    def library_method(self, function: int, receiver: int, row: int, place: Place) -> None:
        """A method that a class of the program inherits from a library runs the hooks that the class defines."""
        for symbol, owner in self._callbacks.hooks(function, receiver):
            self._called_back(place, symbol, owner)
        name = self._evaluator.interner.external_name(function)
        self._asked(name, place)
        if self._holding.asks(name):
            facts = self._world.facts[place.module]
            for symbol, owner in self._holding.searched(name, receiver, facts, row):
                self._edges.implicit(place, symbol, owner)

    def made(self, symbol: int, place: Place) -> None:
        """A constructor that a class of the program inherits from a library runs the hooks that the class defines."""
        for hook in self._callbacks.construction(symbol):
            self._called_back(place, hook, NOTHING)

    def instantiated(self, symbol: int, place: Place) -> None:
        """Calling a class calls its metaclass's `__call__`."""
        if self._operations.is_defined("__call__"):
            self._operate(place, (value(CLASS, symbol),), "__call__")

    def _asked(self, name: str, place: Place) -> None:
        """What a library asks of the program's own classes, whoever made their objects."""
        for symbol in self._callbacks.asked(name) if name in ASKED else ():
            self._called_back(place, symbol, NOTHING)

    def unknown_call(self, facts: ModuleFacts, row: int, place: Place) -> None:
        """`pool.submit(work)` calls `work`, whatever `pool` is."""
        callee = facts.expressions.a[row]
        if facts.expressions.op[callee] == ops.ATTRIBUTE:
            name = facts.strings[facts.expressions.b[callee]]
            if name in CALLED_BACK_BY_METHODS:
                self.library_call(f".{name}", row, place)

    def _called_back(self, place: Place, symbol: int, receiver: int) -> None:
        if self._edges.node_of[symbol] == place.source:
            return  # a lambda counts as its owner
        self._edges.to(place, symbol, EdgeKind.CALLS, Confidence.INFERRED, CALLBACK)
        self._edges.overrides(place, symbol, receiver)

    def _operate(self, place: Place, values: Values, method: str) -> None:
        for symbol, receiver in self._operations.called(values, method):
            self._edges.implicit(place, symbol, receiver)
        if method == "__contains__":
            for symbol, receiver in self._holding.contained(values):
                self._edges.implicit(place, symbol, receiver)

    def operations(self, module: int, facts: ModuleFacts) -> None:
        """Operators, subscripts, tests, loops, f-strings of a module."""
        first = self._world.first[module]
        for scope, row, method, line, loop in self._operations.rows(facts):
            values = self._evaluator.evaluate(module, scope, row)
            if values:
                source = self._edges.node_of[first + scope]
                place = Place(module, scope, source, line, site(line, loop))
                self._operate(place, values, method)

    def blocks(self, module: int, facts: ModuleFacts) -> None:
        """`with value:` calls `__enter__` and `__exit__`."""
        regions, first = facts.regions, self._world.first[module]
        for scope, kind, row in zip(regions.scope, regions.kind, regions.expression, strict=True):
            if kind != RegionKind.WITH:
                continue
            line = facts.expressions.line[row]
            source = self._edges.node_of[first + scope]
            place = Place(module, scope, source, line, site(line, 0))
            self._enter(self._evaluator.evaluate(module, scope, row), place)

    def _enter(self, values: Values, place: Place) -> None:
        for name in _BLOCKS:
            self._operate(place, values, name)


def _property_names(world: World, evaluator: Evaluator) -> frozenset[str]:
    return frozenset(
        definition.name
        for module, facts in enumerate(world.facts)
        for scope, definition in enumerate(facts.definitions)
        if definition.decorators
        and not evaluator.marks(world.symbol(module, scope)).isdisjoint(_ACCESSORS)
    )
