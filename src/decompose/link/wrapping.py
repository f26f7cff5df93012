"""Which functions does calling a value enter? Of a decorated one, what its decorators made of it.

A decorator is a call too: it is given the function as it stands (a RAW value), and what it gives back is what a call
of the function enters first.
"""

from collections.abc import Iterator

from decompose.link.cache import Cache
from decompose.link.forwarding import Forwarding
from decompose.link.results import Entered
from decompose.link.values import (
    BOUND,
    CLASS,
    EXTERNAL,
    FUNCTION,
    INSTANCE,
    NONE,
    OBJECT,
    RAW,
    TAG_BITS,
    TAG_MASK,
    Values,
    merge,
    value,
)
from decompose.link.world import World
from decompose.model.facts import NOTHING
from decompose.model.knowledge import Knowledge


class Wrapping(Forwarding):
    """Entered functions, and what decorators make of functions."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self._wrapped: Cache[int] = self.rounds.cache()

    def entered_by(self, callee: int, hops: int = 4) -> Iterator[Entered]:
        """The program's functions that calling a value enters; of a decorated one, its decorators' too."""
        tag, number = callee & TAG_MASK, callee >> TAG_BITS
        if tag in (FUNCTION, RAW):
            yield Entered(number, 0, NOTHING)
            if tag == FUNCTION and hops:
                yield from self._entered_around(number, hops - 1)
        elif tag == BOUND:
            function, receiver = self.interner.bound[number]
            if function & TAG_MASK != EXTERNAL:
                for entered in self.entered_by(function, hops):
                    yield Entered(entered.function, entered.shift + 1, receiver)
        elif tag == CLASS:
            yield from self._entered_by_class(callee)
        elif tag in (INSTANCE, OBJECT):
            yield from self._entered_by_object(callee, hops)

    def _entered_around(self, symbol: int, hops: int) -> Iterator[Entered]:
        for each in self.wrapped(symbol):
            if each != value(RAW, symbol):
                yield from self.entered_by(each, hops)

    def _entered_by_class(self, callee: int) -> Iterator[Entered]:
        for name in ("__init__", "__new__"):
            method = self.method_symbol(callee, name)
            if method != NOTHING:
                yield Entered(method, 1, value(INSTANCE, callee >> TAG_BITS))

    def _entered_by_object(self, callee: int, hops: int) -> Iterator[Entered]:
        detail = self.interner.detail(callee)
        if detail is not None and detail[0] == "partial":
            for function in self.interner.items(callee):
                for entered in self.entered_by(function, hops - 1) if hops else ():
                    yield Entered(entered.function, entered.shift + detail[2], entered.receiver)
            return
        method = self.method_symbol(self.interner.class_of(callee), "__call__")
        if method != NOTHING:
            yield Entered(method, 1, callee)

    def wrapped(self, symbol: int) -> Values:
        """What a call of a decorated function enters first; NONE where that is the function itself."""
        module, scope = self.world.place(symbol)
        if not self.world.facts[module].definitions[scope].decorators:
            return NONE
        known = self._wrapped.get(symbol)
        return self._wrapped.find(symbol, self._wrap, symbol) if known is None else known

    def _wrap(self, symbol: int) -> Values:
        own: Values = (value(RAW, symbol),)
        current = own
        for decorators in self.decorators(symbol):
            current = self.applied(decorators, current)
        return NONE if current == own else current

    def wrappers(self, symbol: int) -> list[int]:
        """The functions that decorators put around a function, one around the other."""
        own: Values = (value(RAW, symbol),)
        found: dict[int, None] = {}
        current = own
        for decorators in self.decorators(symbol):
            current = self.applied(decorators, current)
            found.update(
                (each >> TAG_BITS, None) for each in current if each & TAG_MASK == FUNCTION
            )
        return list(found)

    def decorators(self, symbol: int) -> Iterator[Values]:
        """What the decorators of a function may be, innermost first."""
        module, scope = self.world.place(symbol)
        definition = self.world.facts[module].definitions[scope]
        for row in reversed(definition.decorators):
            yield self.evaluate(module, definition.parent, row)

    def applied(self, decorators: Values, current: Values) -> Values:
        """What a decorator makes of values: of what is not known to give back a callable, the same."""
        made = merge(*[self._made_by(each, current) for each in decorators])
        return tuple(each for each in made if self._can_be_called(each)) or current

    def _made_by(self, decorator: int, current: Values) -> Values:
        if decorator & TAG_MASK == CLASS:
            return (value(INSTANCE, decorator >> TAG_BITS),)
        found: list[Values] = []
        for entered in self.entered_by(decorator):
            if entered.shift in self.handed_on(entered.function).values():
                found.append(current)
            found.append(self.returned(entered.function, entered.receiver))
        return merge(*found)

    def _can_be_called(self, found: int) -> bool:
        tag = found & TAG_MASK
        if tag == INSTANCE:
            return self.method_symbol(self.interner.class_of(found), "__call__") != NOTHING
        return tag in (FUNCTION, RAW, BOUND)
