"""What do a function's own type variables stand for in one call? `def first(items: list[T]) -> T`.

Annotations of parameters are held against what the call passes; where that tells what a variable of the return
annotation stands for, the call gives that, instead of the variable's bound.
"""

from collections.abc import Iterator

from decompose.link.results import Call, Entered
from decompose.link.tested import Tested
from decompose.link.values import (
    CLASS,
    EXTERNAL,
    INSTANCE,
    TAG_BITS,
    TAG_MASK,
    Values,
    merge,
    value,
)
from decompose.link.world import World
from decompose.model import ops
from decompose.model.facts import NOTHING
from decompose.model.knowledge import Knowledge

_MAX_DEPTH = 4  # of brackets
_CLASSES = frozenset(["type", "Type"])
_CHOICES = frozenset(["Optional", "Union", "Annotated"])
_CALLED = frozenset(["Callable"])
Types = dict[int, Values]
Place = tuple[int, int]
"""(module, scope) that an annotation stands in."""


class Solving(Tested):
    """Results of functions that are generic by themselves."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self._own_variables: dict[int, frozenset[int]] = {}

    def called_function(self, entered: Entered, call: Call) -> Values:
        """What a function gives back in one call."""
        wanted = self._variables_returned(entered.function)
        types = self._solved(entered, call, wanted) if wanted else {}
        if not types:
            return super().called_function(entered, call)
        module, scope = self.world.place(entered.function)
        definition = self.world.facts[module].definitions[scope]
        found = self.annotated_under(types, module, definition.parent, definition.returns)
        return found or super().called_function(entered, call)

    def _variables_returned(self, symbol: int) -> frozenset[int]:
        """The type variables that a function's return annotation names, those of its class left out."""
        known = self._own_variables.get(symbol)
        if known is None:
            self._own_variables[symbol] = frozenset()
            known = self._own_variables[symbol] = self._find_variables_returned(symbol)
        return known

    def _find_variables_returned(self, symbol: int) -> frozenset[int]:
        module, scope = self.world.place(symbol)
        definition = self.world.facts[module].definitions[scope]
        if definition.returns == NOTHING:
            return frozenset()
        named = self._named_in((module, definition.parent), definition.returns, _MAX_DEPTH)
        owner = self.world.owner_class(module, scope)
        return frozenset(named).difference(() if owner == NOTHING else self.variables(owner))

    def _named_in(self, place: Place, row: int, depth: int) -> Iterator[int]:
        """The type variables that stand in an annotation."""
        module, scope = place
        expressions = self.world.facts[module].expressions
        op = expressions.op[row]
        if op in (ops.NAME, ops.ATTRIBUTE):
            yield from filter(self.is_variable, self.evaluate(module, scope, row))
        elif depth and op in (ops.BINARY, ops.UNION):
            yield from self._named_in(place, expressions.a[row], depth - 1)
            yield from self._named_in(place, expressions.b[row], depth - 1)
        elif depth and op == ops.SUBSCRIPT:
            for part in self.parts(module, expressions.b[row]):
                yield from self._named_in(place, part, depth - 1)

    def _solved(self, entered: Entered, call: Call, wanted: frozenset[int]) -> Types:
        """What a call tells of type variables: variable -> values."""
        module, scope = self.world.place(entered.function)
        definition = self.world.facts[module].definitions[scope]
        given = self.arguments_of(call, ())
        types: Types = {}
        for position, parameter in enumerate(definition.parameters):
            if parameter.annotation == NOTHING or position < entered.shift:
                continue
            found = self.passed_for(given, position - entered.shift, parameter.name, call)
            if found:
                place = (module, definition.parent)
                for variable, values in self._held_against(place, parameter.annotation, found):
                    if variable in wanted:
                        types[variable] = merge(types.get(variable, ()), values)
        return types

    def _held_against(
        self, place: Place, row: int, found: Values, depth: int = _MAX_DEPTH
    ) -> Iterator[tuple[int, Values]]:
        """(variable, values) where an annotation allows what was found."""
        module, scope = place
        expressions = self.world.facts[module].expressions
        op = expressions.op[row]
        if op in (ops.NAME, ops.ATTRIBUTE):
            for each in self.evaluate(module, scope, row):
                if self.is_variable(each) and found:
                    yield each, found
        elif depth and op in (ops.BINARY, ops.UNION):
            for part in (expressions.a[row], expressions.b[row]):
                yield from self._held_against(place, part, found, depth - 1)
        elif depth and op == ops.SUBSCRIPT:
            parts = self.parts(module, expressions.b[row])
            for part, values in self._taken_apart(place, row, parts, found):
                yield from self._held_against(place, part, values, depth - 1)

    def _taken_apart(
        self, place: Place, row: int, parts: list[int], found: Values
    ) -> Iterator[tuple[int, Values]]:
        """(annotation between the brackets, what it allows of what was found)."""
        for base in self.evaluate(*place, self.world.facts[place[0]].expressions.a[row]):
            if base & TAG_MASK != EXTERNAL:
                continue
            last = self.interner.external_name(base).rpartition(".")[2]
            if last in _CLASSES:
                kinds = (each for each in found if each & TAG_MASK == CLASS)
                yield parts[0], tuple(value(INSTANCE, each >> TAG_BITS) for each in kinds)
            elif last in _CHOICES:
                yield from ((part, found) for part in parts)
            elif last in _CALLED:
                yield parts[-1], merge(*[self.returned_by(each) for each in found])
            elif len(parts) == 1:
                yield parts[0], merge(*[self.iterated(each) for each in found])
            else:
                yield parts[-1], merge(*[self.items_of(each) for each in found])
