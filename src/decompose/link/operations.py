"""Calls that Python makes by itself: special methods behind operators, tests, loops, f-strings and built-in functions.

Rows say which method is looked for first; where a class lacks it, Python falls back (`__bool__` to `__len__`).
"""

from collections.abc import Iterator

from decompose.link.evaluate import Evaluator
from decompose.link.standard import ALSO_ASKED, FALLBACKS, SPECIAL
from decompose.link.values import CLASS, INSTANCE, OBJECT, TAG_BITS, TAG_MASK, Values
from decompose.link.world import World, arguments
from decompose.model.facts import NOTHING, DefinitionKind, ModuleFacts


class Operations:
    """Which of the program's special methods an operation on a value calls."""

    def __init__(self, world: World, evaluator: Evaluator) -> None:
        self._world = world
        self._evaluator = evaluator
        self._defined = _special_methods(world)
        self._answered: dict[str, bool] = {}
        self._metaclasses: dict[int, int] = {}

    def rows(self, facts: ModuleFacts) -> Iterator[tuple[int, int, str, int, int]]:
        """(scope, expression, method, line, loop depth) of operations that some class of the program may answer."""
        rows = facts.operated
        asked = ((number, facts.strings[number]) for number in set(rows.method))
        wanted = {number: text for number, text in asked if self.is_defined(text)}
        for position, method in enumerate(rows.method) if wanted else ():
            if method in wanted:
                yield (
                    rows.scope[position],
                    rows.expression[position],
                    wanted[method],
                    rows.line[position],
                    rows.loop[position],
                )

    def is_defined(self, method: str) -> bool:
        """Does any class of the program define the method, or what Python falls back to?"""
        known = self._answered.get(method)
        if known is None:
            tried = (*FALLBACKS.get(method, (method,)), *ALSO_ASKED.get(method, ()))
            known = self._answered[method] = not self._defined.isdisjoint(tried)
        return known

    def called(self, values: Values, method: str) -> Iterator[tuple[int, int]]:
        """(method's symbol, receiver) for each value of which the program's own method is called."""
        for receiver in values:
            symbol = self._answer(receiver, method)
            if symbol != NOTHING:
                yield symbol, receiver
                if method in ("__iter__", "__aiter__"):
                    yield from self._advanced(receiver, method)

    def _answer(self, receiver: int, method: str) -> int:
        if method == "__getitem__" and receiver & TAG_MASK == CLASS:
            own = self._evaluator.method_symbol(receiver, "__class_getitem__")
            if own != NOTHING:
                return own
        kind = self._kind(receiver)
        if kind == NOTHING:
            return NOTHING
        for name in FALLBACKS.get(method, (method,)):
            symbol = self._evaluator.method_symbol(kind, name)
            if symbol != NOTHING:
                return symbol
        return NOTHING

    def _kind(self, receiver: int) -> int:
        """The class that is asked for the method: of an instance its class, of a class its metaclass."""
        tag = receiver & TAG_MASK
        if tag in (INSTANCE, OBJECT):
            return self._evaluator.interner.class_of(receiver)
        return self.metaclass(receiver >> TAG_BITS) if tag == CLASS else NOTHING

    def metaclass(self, symbol: int) -> int:
        """The program's class that a class is an instance of, its bases asked too; NOTHING for a library's."""
        known = self._metaclasses.get(symbol)
        if known is None:
            found = [
                each
                for base in self._evaluator.order(symbol)
                if base & TAG_MASK == CLASS
                for each in self._declared_metaclass(base >> TAG_BITS)
            ]
            known = self._metaclasses[symbol] = found[0] if found else NOTHING
        return known

    def _declared_metaclass(self, symbol: int) -> list[int]:
        module, scope = self._world.place(symbol)
        definition = self._world.facts[module].definitions[scope]
        return [
            found
            for word, row in definition.keywords
            if word == "metaclass"
            for found in self._evaluator.evaluate(module, definition.parent, row)
            if found & TAG_MASK == CLASS
        ]

    def _advanced(self, receiver: int, method: str) -> Iterator[tuple[int, int]]:
        """A loop asks the iterator for the next item."""
        following = "__next__" if method == "__iter__" else "__anext__"
        for each in self._evaluator.method_result(receiver, method):
            symbol = self._answer(each, following)
            if symbol != NOTHING:
                yield symbol, each

    def given(self, name: str, facts: ModuleFacts, row: int) -> list[int]:
        """Rows of the arguments on which a library's function calls `SPECIAL[name]`."""
        if not self.is_defined(SPECIAL[name]):
            return []
        positional = arguments(facts, row)[0]
        return positional if name in _EVERY_ARGUMENT else positional[:1]


_EVERY_ARGUMENT = frozenset(["builtins.print", "builtins.zip", "itertools.chain"])


def _special_methods(world: World) -> frozenset[str]:
    """Names of the special methods that classes of the program define."""
    functions = (DefinitionKind.FUNCTION, DefinitionKind.ASYNC_FUNCTION)
    return frozenset(
        definition.name
        for facts in world.facts
        for definition in facts.definitions
        if definition.name.startswith("__") and definition.kind in functions
    )
