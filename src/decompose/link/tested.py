"""What a value is where a test holds: `isinstance(value, Order)`, `issubclass(kind, Order)`, `case Order(number)`."""

from decompose.link.parameters import Parameters
from decompose.link.values import (
    CLASS,
    EXTERNAL,
    FUNCTION,
    INSTANCE,
    OBJECT,
    TAG_BITS,
    TAG_MASK,
    TUPLE,
    Values,
    merge,
)
from decompose.model import ops
from decompose.model.facts import NOTHING

_GUARDS = frozenset(
    f"{module}.{name}"
    for module in ("typing", "typing_extensions")
    for name in ("TypeGuard", "TypeIs")
)


class Tested(Parameters):
    """Values of rows that narrow."""

    def narrowed(self, module: int, scope: int, row: int) -> Values:
        """What of a value is an instance of classes; where that is not known, any instance of them.

        A function of the program may be an instance of a library's class: that may be what its decorator makes.
        """
        expressions = self.world.facts[module].expressions
        kinds = self._kinds(module, scope, row)
        of_libraries = all(each & TAG_MASK == EXTERNAL for each in kinds)
        kept = [
            each
            for each in self.evaluate(module, scope, expressions.a[row])
            if (
                not kinds.isdisjoint(self.order_of(self.interner.class_of(each)))
                if each & TAG_MASK in (INSTANCE, OBJECT)
                else of_libraries and each & TAG_MASK == FUNCTION
            )
        ]
        if kept:
            return tuple(kept)
        return merge(*[self.instances(each, module, scope) for each in sorted(kinds)])

    def narrowed_class(self, module: int, scope: int, row: int) -> Values:
        """What of a value is one of classes or below it; where that is not known, the classes."""
        expressions = self.world.facts[module].expressions
        kinds = self._kinds(module, scope, row)
        kept = [
            each
            for each in self.evaluate(module, scope, expressions.a[row])
            if each & TAG_MASK == CLASS and not kinds.isdisjoint(self.order_of(each))
        ]
        return tuple(kept or sorted(each for each in kinds if each & TAG_MASK == CLASS))

    def _kinds(self, module: int, scope: int, row: int) -> set[int]:
        """The classes that a test names."""
        named = self.evaluate(module, scope, self.world.facts[module].expressions.b[row])
        kinds = [self.items_of(each) if each & TAG_MASK == TUPLE else (each,) for each in named]
        return set(merge(*kinds))

    def guarded(self, module: int, scope: int, row: int) -> Values:
        """What a function that returns `TypeGuard[Order]` says of its argument; of others, the argument as it is."""
        expressions = self.world.facts[module].expressions
        told = [
            self._guards(each >> TAG_BITS)
            for each in self.evaluate(module, scope, expressions.b[row])
            if each & TAG_MASK == FUNCTION
        ]
        return merge(*told) or self.evaluate(module, scope, expressions.a[row])

    def _guards(self, symbol: int) -> Values:
        module, scope = self.world.place(symbol)
        facts = self.world.facts[module]
        definition = facts.definitions[scope]
        row = definition.returns
        if row == NOTHING or facts.expressions.op[row] != ops.SUBSCRIPT:
            return ()
        guards = {self.interner.external(name) for name in _GUARDS}
        base = self.evaluate(module, definition.parent, facts.expressions.a[row])
        if guards.isdisjoint(base):
            return ()
        return self.annotated(module, definition.parent, facts.expressions.b[row])

    def matched(self, module: int, scope: int, row: int) -> Values:
        """What `case Point(x, y)` takes at a position of an instance."""
        expressions = self.world.facts[module].expressions
        position = expressions.b[row]
        found: list[Values] = []
        for each in self.evaluate(module, scope, expressions.a[row]):
            kind = self.interner.class_of(each) if each & TAG_MASK in (INSTANCE, OBJECT) else each
            if kind & TAG_MASK != CLASS:
                found.append((each,))  # `str(text)`
                continue
            names = self._match_arguments(kind)
            if position < len(names):
                found.append(self.attribute(each, names[position]))
        return merge(*found)

    def _match_arguments(self, kind: int) -> list[str]:
        """Names of the attributes that patterns take by position: as `__match_args__` says, else the fields."""
        for each in self.class_attribute(kind, "__match_args__"):
            if each & TAG_MASK == TUPLE:
                parts = self.interner.tuples[each >> TAG_BITS]
                return [text for part in parts for text in self.texts(part)]
        return self.fields(kind)
