"""What does a template language run when it follows a path of names through a value?

Unlike Python it tries attributes and keys alike, and Django's calls what can be called. The parts of a path are those
of `model.templates`.
"""

from decompose.link.classes import PROPERTIES
from decompose.link.evaluate import Evaluator
from decompose.link.values import (
    BOUND,
    CLASS,
    FUNCTION,
    INSTANCE,
    NONE,
    OBJECT,
    TAG_BITS,
    TAG_MASK,
    TUPLE,
    Values,
    merge,
)
from decompose.model.facts import NOTHING
from decompose.model.templates import CALLED, ELEMENT, SHOWN, Lookup

Step = tuple[tuple[int, ...], Values]
"""Symbols of the functions that run, and what the step gives."""
_MAX_HELD = 4


class Lookups:
    """Follows paths; each step on the same values is taken once."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._steps: dict[tuple[int, str, bool], Step] = {}

    def follow(
        self, values: Values, path: Lookup, *, calls: bool
    ) -> tuple[dict[int, None], int, Values]:
        """(functions that run, parts followed before nothing more is known, what the path gives).

        With `calls`, what can be called is called wherever it is found.
        """
        found: dict[int, None] = {}
        for position, part in enumerate(path):
            if not values:
                return found, position, NONE
            after: list[Values] = []
            for each in values:
                symbols, given = self._step(each, part, calls=calls)
                found.update(dict.fromkeys(symbols))
                after.append(given)
            values = merge(*after)
        return found, len(path), values

    def _step(self, value: int, part: str, *, calls: bool) -> Step:
        key = (value, part, calls)
        known = self._steps.get(key)
        if known is None:
            self._steps[key] = ((), NONE)
            known = self._steps[key] = self._taken(value, part, calls=calls)
        return known

    def _taken(self, value: int, part: str, *, calls: bool) -> Step:
        if part == ELEMENT:
            return self._special(value, "__iter__"), self._evaluator.iterated(value)
        if part == SHOWN:
            return self._special(value, "__str__"), NONE
        if part == CALLED:
            return self._called(value)
        symbols = self._property(value, part)
        found = self._evaluator.attribute(value, part) or self._keyed(value)
        if not calls:
            return symbols, found
        steps = [self._called(each) for each in found]
        ran = tuple(symbol for step in steps for symbol in step[0])
        return (*symbols, *ran), merge(*[given for _, given in steps])

    def _special(self, value: int, name: str) -> tuple[int, ...]:
        if value & TAG_MASK not in (INSTANCE, OBJECT):
            return ()
        kind = self._evaluator.interner.class_of(value)
        symbol = self._evaluator.method_symbol(kind, name)
        return () if symbol == NOTHING else (symbol,)

    def _property(self, value: int, name: str) -> tuple[int, ...]:
        found = self._special(value, name)
        marked = found and not self._evaluator.marks(found[0]).isdisjoint(PROPERTIES)
        return found if marked else ()

    def _keyed(self, value: int) -> Values:
        """What a mapping holds, where it holds few kinds of things."""
        if value & TAG_MASK not in (OBJECT, TUPLE):
            return NONE
        items = self._evaluator.interner.items(value)
        return items if len(items) <= _MAX_HELD else NONE

    def _called(self, value: int) -> Step:
        """What calling gives; a value that is no function stays as it is."""
        evaluator = self._evaluator
        if value & TAG_MASK == FUNCTION:
            return (value >> TAG_BITS,), evaluator.returned(value >> TAG_BITS)
        if value & TAG_MASK == BOUND:
            function, receiver = evaluator.interner.bound[value >> TAG_BITS]
            if function & TAG_MASK == FUNCTION:
                symbol = function >> TAG_BITS
                return (symbol,), evaluator.returned(symbol, receiver)
            return (), evaluator.held(value)
        if value & TAG_MASK == CLASS:
            return (), (evaluator.interner.instance(value),)
        return (), (value,)
