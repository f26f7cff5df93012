"""What does a function give back in one call, where what it is given decides? Its results are evaluated anew for that.

def get(model, key): return session.get(model, key)      for the class that this call passes
def get(self, key): return session.get(self.model, key)  for the class of the object, or for what it holds
"""

from abc import abstractmethod
from contextlib import AbstractContextManager

from decompose.link.cache import Cache
from decompose.link.solving import Solving
from decompose.link.values import (
    BOUND,
    CLASS,
    FUNCTION,
    INSTANCE,
    NONE,
    OBJECT,
    RAW,
    TAG_BITS,
    TAG_MASK,
    Values,
)
from decompose.link.world import World, arguments
from decompose.model import ops
from decompose.model.facts import NOTHING
from decompose.model.knowledge import Knowledge


class Singled(Solving):
    """Results of single calls."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self._given: dict[int, dict[str, Values]] = {}  # function -> parameters of one call
        self._returned_given: Cache[tuple[int, tuple[tuple[str, Values], ...]]] = (
            self.rounds.cache()
        )

    @abstractmethod
    def rows_apart(self, module: int, scope: int) -> AbstractContextManager[None]:
        """Within, nothing is known of the rows of a function; afterwards what was known before."""

    def parameter(self, module: int, scope: int, name: str) -> Values | None:
        """What a parameter may hold: in one call that is looked at apart, what that gives."""
        given = self._given.get(self.world.symbol(module, scope)) if self._given else None
        if given is not None and name in given:
            return given[name]
        return super().parameter(module, scope, name)

    def result(self, callee: int, module: int, scope: int, row: int) -> Values:
        """What calling a value gives; of a function that is given classes, with those; of a method, on its object."""
        function, receiver = self._function_of(callee)
        if function != NOTHING:
            given = self._given_classes(function, receiver, (module, scope, row))
            if given:
                found = self._returned_with(function, given)
                if found:
                    return found
        found = super().result(callee, module, scope, row)
        if receiver != NOTHING and self._depends_on(receiver, found):
            given = self._given_receiver(function, receiver)
            return (self._returned_with(function, given) if given else NONE) or found
        return found

    def _depends_on(self, receiver: int, found: Values) -> bool:
        """Does what a method gives depend on its object?

        It may be, or hold, instances of several of the program's classes; or of none, where the object holds some
        (a manager holds its model).
        """
        held = [inner for each in found for inner in (each, *self.interner.items(each))]
        count = sum(each & TAG_MASK == INSTANCE for each in held)
        return count > 1 or (count == 0 and receiver & TAG_MASK == OBJECT)

    def _given_receiver(self, symbol: int, receiver: int) -> dict[str, Values]:
        """`self` of a method that an heir inherits (`return session.get(self.model, key)`), or that holds something."""
        owner = self.world.owner_class(*self.world.place(symbol)) if symbol != NOTHING else NOTHING
        if owner == NOTHING or symbol in self._given or self.is_super(receiver):
            return {}
        definition = self.world.definition(symbol)
        if definition.returns != NOTHING or not definition.parameters:
            return {}
        is_heir = receiver & TAG_MASK == INSTANCE and receiver >> TAG_BITS != owner
        is_told = is_heir or (receiver & TAG_MASK == OBJECT and self.interner.items(receiver))
        return {definition.parameters[0].name: (receiver,)} if is_told else {}

    def _function_of(self, callee: int) -> tuple[int, int]:
        """(function, receiver) that calling a value enters; NOTHING for neither."""
        tag, number = callee & TAG_MASK, callee >> TAG_BITS
        if tag in (FUNCTION, RAW):
            return number, NOTHING
        if tag == BOUND:
            function, receiver = self.interner.bound[number]
            if function & TAG_MASK in (FUNCTION, RAW):
                return function >> TAG_BITS, receiver
        return NOTHING, NOTHING

    def _given_classes(
        self, symbol: int, receiver: int, call: tuple[int, int, int]
    ) -> dict[str, Values]:
        """Parameters for which a call passes classes of the program, where nothing is annotated."""
        definition = self.world.definition(symbol)
        if definition.returns != NOTHING or symbol in self._given:
            return {}
        module, scope, row = call
        shift = 0 if receiver == NOTHING else 1
        facts = self.world.facts[module]
        positional, keywords = arguments(facts, row)
        op, parameters = facts.expressions.op, definition.parameters[shift:]
        if any(op[each] == ops.STAR for each in positional):
            positional = []
        named = [(each.name, row) for each, row in zip(parameters, positional, strict=False)]
        if keywords:
            names = {each.name for each in parameters}
            named += [(facts.strings[word], row) for word, row in keywords if word != NOTHING]
            named = [(name, row) for name, row in named if name in names]
        return self._classes_among(module, scope, named)

    def _classes_among(
        self, module: int, scope: int, named: list[tuple[str, int]]
    ) -> dict[str, Values]:
        op = self.world.facts[module].expressions.op
        given: dict[str, Values] = {}
        for name, row in named:
            if op[row] == ops.NAME or op[row] == ops.ATTRIBUTE:
                found = self.evaluate(module, scope, row)
                if found and all(each & TAG_MASK == CLASS for each in found):
                    given[name] = found
        return given

    def _returned_with(self, symbol: int, given: dict[str, Values]) -> Values:
        """What a function returns when its parameters have these values: evaluated anew, apart from the rest."""
        key = (symbol, tuple(sorted(given.items())))
        known = self._returned_given.get(key)
        if known is None:
            known = self._returned_given.find(key, self._evaluate_with, symbol, given)
        return known

    def _evaluate_with(self, symbol: int, given: dict[str, Values]) -> Values:
        module, scope = self.world.place(symbol)
        generator = self.world.facts[module].definitions[scope].is_generator
        with self.rows_apart(module, scope):
            self._given[symbol] = given
            found = self.inferred(module, scope, is_generator=generator)
            del self._given[symbol]
        return found
