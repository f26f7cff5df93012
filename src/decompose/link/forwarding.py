"""What do `*args` and `**kwargs` hold, and where does it go when they are passed on?

A function's `*args` is a tuple of its own, its `**kwargs` a dict, which calls fill by position and by name; reading
`kwargs["order"]` or `args[0]` is reading any container. Passed on (`target(*args, **kwargs)`), each entry reaches
the parameter that Python would give it. Where many functions may be called so, nothing tells which of them gets
what, and what is packed stays where it is; so it does where a wrapper calls what its decorator was given, for calls
of a decorated function have reached its parameters already (`Parameters.entered_by`).
"""

from collections.abc import Iterator

from decompose.link.passed import Arguments
from decompose.link.requests import Requests
from decompose.link.results import Call, Entered, Key
from decompose.link.values import (
    BOUND,
    NONE,
    OBJECT,
    RAW,
    TAG_BITS,
    TAG_MASK,
    Values,
    merge,
)
from decompose.model import ops
from decompose.model.facts import NOTHING, Parameter, ParameterKind

POSITION_BITS = 8
POSITION_MASK = (1 << POSITION_BITS) - 1
"""A parameter's key is its function's symbol, and its position in the low bits."""
_MAX_CALLEES = 3  # that what is packed is passed on to
_KINDS = {ParameterKind.VARIADIC: "builtins.tuple", ParameterKind.KEYWORDS: "builtins.dict"}
_TELLING_NOTHING = frozenset([ops.STAR, ops.FORMAT, ops.LITERAL, ops.UNKNOWN])
Passed = tuple[Arguments, Call]


class Forwarding(Requests):
    """Packed parameters, and arguments that are unpacked."""

    def packed(self, key: int, kind: ParameterKind) -> int:
        """The container that a packed parameter is; `key` names the parameter."""
        return self.interner.object(_KINDS[kind], NONE, ("packed", "", key))

    def arguments_of(self, call: Call, callees: Values) -> Arguments:
        """What a call passes to any of what it may call."""
        module, scope, row = call
        given = Arguments(self.world.facts[module], row)
        stars = given.positional[given.first_star :]
        if not (len(stars) == 1 or given.spread_rows):
            return given
        is_followed = self._is_followed(callees)
        if len(stars) == 1:
            given.starred = self._unpacked(module, scope, stars[0], is_followed=is_followed)
        for each in given.spread_rows:
            found = self._unpacked(module, scope, each, is_followed=is_followed)
            given.spread = merge(given.spread, found)
        return given

    def _is_followed(self, callees: Values) -> bool:
        if len(callees) > _MAX_CALLEES:
            return False
        functions = [
            self.interner.bound[each >> TAG_BITS][0] if each & TAG_MASK == BOUND else each
            for each in callees
        ]
        return all(each & TAG_MASK != RAW for each in functions)

    def _unpacked(self, module: int, scope: int, row: int, *, is_followed: bool) -> Values:
        found = self.evaluate(module, scope, row)
        return found if is_followed else tuple(each for each in found if not self._is_packed(each))

    def _is_packed(self, found: int) -> bool:
        detail = self.interner.detail(found)
        return detail is not None and detail[0] == "packed"

    def passed_for(self, given: Arguments, position: int, name: str, call: Call) -> Values | None:
        """What a call passes at a position or by a name; None where nothing is seen of it."""
        module, scope, _ = call
        row = given.row(position, name)
        if row != NOTHING:
            return self._told(module, scope, row)
        found = [
            values
            for each in given.starred
            for place, values in self._positions(each)
            if place is None or place + given.first_star == position
        ]
        found += [
            values for each in given.spread for word, values in self._words(each) if word == name
        ]
        return merge(*found) if found else None

    def _told(self, module: int, scope: int, row: int) -> Values:
        is_silent = self.world.facts[module].expressions.op[row] in _TELLING_NOTHING
        return NONE if is_silent else self.evaluate(module, scope, row)

    def _positions(self, container: int) -> Iterator[tuple[int | None, Values]]:
        """(position or None, values) of what unpacking with a star gives."""
        parts = self.known_parts(container)
        if parts is None:
            yield None, self.iterated(container)
        else:
            yield from enumerate(parts)

    def _words(self, container: int) -> Iterator[tuple[Key | None, Values]]:
        """(name, values) of what unpacking with two stars gives, as far as names are known."""
        if container & TAG_MASK == OBJECT:
            yield from self.entries_of(container)

    def pack(self, key: int, parameter: Parameter, entered: Entered, passed: Passed) -> None:
        """Fill a packed parameter with what of a call reaches no other parameter."""
        container = self.packed(key, parameter.kind)
        if parameter.kind is ParameterKind.VARIADIC:
            entries = self._rest(key & POSITION_MASK, entered, passed)
        else:
            entries = self._other_words(entered, passed)
        for place, values in entries:
            self.hold(container, [place], values)

    def _rest(
        self, position: int, entered: Entered, passed: Passed
    ) -> Iterator[tuple[Key | None, Values]]:
        """(position in `*args`, values)."""
        given, (module, scope, _) = passed
        shift = entered.shift - position
        if position == 0 and entered.shift and entered.receiver != NOTHING:
            yield 0, (entered.receiver,)
        for place, row in enumerate(given.positional[: given.first_star], shift):
            if place >= 0:
                yield place, self._told(module, scope, row)
        for each in given.starred:
            for at, values in self._positions(each):
                if at is None:
                    yield None, values
                elif at + given.first_star + shift >= 0:
                    yield at + given.first_star + shift, values

    def _other_words(self, entered: Entered, passed: Passed) -> Iterator[tuple[Key | None, Values]]:
        """(name in `**kwargs`, values)."""
        given, (module, scope, _) = passed
        names = {each.name for each in self.world.definition(entered.function).parameters}
        for word, row in given.words.items():
            if word not in names:
                yield word, self._told(module, scope, row)
        for each in given.spread:
            for name, values in self._words(each):
                if name not in names:
                    yield name, values
