"""Objects that stand for what a function gives: `current_order = LocalProxy(find_order)`.

Whoever does something with the name (reads an attribute, tests it, takes an item) has the library call the function.
To hand it on or to import it calls nothing.
"""

from collections.abc import Iterator

from decompose.graph.packing import site
from decompose.link.callbacks import Callbacks
from decompose.link.edges import CALLBACK, Edges, Place
from decompose.link.evaluate import Evaluator
from decompose.link.hooks import PROXIES
from decompose.link.values import EXTERNAL, TAG_MASK
from decompose.link.world import absolute, arguments
from decompose.model import ops
from decompose.model.facts import (
    LOOP_SHIFT,
    NOTHING,
    ROLE_MASK,
    ModuleFacts,
    Role,
)
from decompose.model.program import Confidence, EdgeKind

_THROUGH = frozenset([ops.ATTRIBUTE, ops.CALL, ops.SUBSCRIPT])
_LAST_NAMES = frozenset(name.rpartition(".")[2] for name in PROXIES)
Known = dict[str, tuple[int, ...]]
"""Name in a module -> the functions that it stands for."""


class Proxies:
    """Adds the calls that using proxies makes."""

    def __init__(self, evaluator: Evaluator, edges: Edges) -> None:
        self._evaluator = evaluator
        self._world = evaluator.world
        self._edges = edges
        self._callbacks = Callbacks(evaluator)

    def add(self) -> None:
        """For all modules that bind or import a proxy."""
        known = {
            module: found
            for module in self._world.spelling(_LAST_NAMES)
            if (found := dict(self._bound(module, self._world.facts[module])))
        }
        if not known:
            return
        for module, facts in enumerate(self._world.facts):
            names = known.get(module, {}) | self._imported(facts, known)
            if names:
                self._used(module, facts, names)

    def _bound(self, module: int, facts: ModuleFacts) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Proxies that a module binds: by a call, or as the decorator of a function."""
        for scope, definition in enumerate(facts.definitions):
            symbol = self._world.symbol(module, scope)
            if definition.parent == 0 and self._evaluator.is_proxy(symbol):
                yield definition.name, (symbol,)
        bindings = facts.bindings
        for scope, name, row in zip(bindings.scope, bindings.name, bindings.value, strict=True):
            if scope == 0 and row != NOTHING and facts.expressions.op[row] == ops.CALL:
                symbols = tuple(self._stood_for(module, facts, row))
                if symbols:
                    yield facts.strings[name], symbols

    def _stood_for(self, module: int, facts: ModuleFacts, row: int) -> Iterator[int]:
        callee = self._evaluator.evaluate(module, 0, facts.expressions.a[row])
        given = arguments(facts, row)[0][:1]
        if any(
            each & TAG_MASK == EXTERNAL and self._evaluator.interner.external_name(each) in PROXIES
            for each in callee
        ):
            values = [v for each in given for v in self._evaluator.evaluate(module, 0, each)]
            for symbol, _ in self._callbacks.entered(tuple(values)):
                yield symbol

    def _imported(self, facts: ModuleFacts, known: dict[int, Known]) -> Known:
        found: Known = {}
        for each in facts.imports:
            home = self._world.module_number.get(absolute(facts, each), NOTHING)
            symbols = known.get(home, {}).get(each.name)
            if symbols is not None:
                found[each.alias or each.name] = symbols
        return found

    def _used(self, module: int, facts: ModuleFacts, names: Known) -> None:
        numbers = {
            number: names[text] for number, text in enumerate(facts.strings) if text in names
        }
        uses, first = facts.uses, self._world.first[module]
        for scope, row, line, flags in zip(
            uses.scope, uses.expression, uses.line, uses.flags, strict=True
        ):
            if flags & ROLE_MASK != Role.ANNOTATE and facts.expressions.op[row] in _THROUGH:
                where = site(line, flags >> LOOP_SHIFT)
                place = Place(module, scope, self._edges.node_of[first + scope], line, where)
                self._touched(facts, row, place, numbers)
        tested = facts.operated
        for scope, row, line, loop in zip(
            tested.scope, tested.expression, tested.line, tested.loop, strict=True
        ):
            source = self._edges.node_of[first + scope]
            place = Place(module, scope, source, line, site(line, loop))
            self._touched(facts, row, place, numbers)

    def _touched(
        self, facts: ModuleFacts, row: int, place: Place, numbers: dict[int, tuple[int, ...]]
    ) -> None:
        """Calls of what an expression begins with, where that is a proxy and no variable of the function's own."""
        expressions = facts.expressions
        while expressions.op[row] in _THROUGH:
            row = expressions.a[row]
        name = expressions.a[row]
        if expressions.op[row] != ops.NAME or name not in numbers:
            return
        if not self._is_hidden(facts, place, name):
            for symbol in numbers[name]:
                if self._edges.node_of[symbol] != place.source:
                    self._edges.to(place, symbol, EdgeKind.CALLS, Confidence.INFERRED, CALLBACK)

    def _is_hidden(self, facts: ModuleFacts, place: Place, name: int) -> bool:
        """Does a function around bind the name itself, other than by importing it?"""
        scope = place.scope
        while scope > 0:
            definition = facts.definitions[scope]
            entries = self._world.local(place.module, scope, name) or ()
            if any(each.name == facts.strings[name] for each in definition.parameters):
                return True
            if any(entry >= 0 for entry in entries):
                return True
            scope = definition.parent
        return False
