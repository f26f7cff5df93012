"""What calls give back: constructors, functions, methods; and what iterating and `with` give."""

from abc import abstractmethod
from typing import NamedTuple

from decompose.link.attributes import CALLABLE
from decompose.link.cache import Cache
from decompose.link.members import Members
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
    TUPLE,
    Values,
    merge,
    value,
)
from decompose.link.world import World
from decompose.model.facts import NOTHING
from decompose.model.knowledge import Knowledge

_MAX_RESULTS = 12
Call = tuple[int, int, int]
"""(module, scope, row) of a call."""


Key = str | int
"""What a container may be asked for, where it is known from the text."""
ANY_KEY: list[Key | None] = [None]


class Entered(NamedTuple):
    """A function that a call enters, how many of its parameters are bound already, and to what the first is."""

    function: int
    shift: int
    receiver: int


class Results(Members):
    """Results of calls, iterations and `with`."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self._returned: Cache[int] = self.rounds.cache()
        self._results = _results_by_scope(world)
        self._handing_out = {
            self.interner.external(name)
            for name in (CALLABLE, "typing.NewType", "weakref.ref", "weakref.WeakMethod")
        }

    @abstractmethod
    def got(self, callee: int, call: Call) -> Values | None:
        """What calling an `attrgetter` or `itemgetter` gives; None for anything else."""

    @abstractmethod
    def library_call(self, name: str, call: Call) -> Values:
        """What calling a library's function or class gives."""

    @abstractmethod
    def items_of(self, found: int) -> Values:
        """Everything that an object or tuple holds."""

    @abstractmethod
    def keys_of(self, found: int) -> Values:
        """What iterating over a dict gives."""

    @abstractmethod
    def keys(self, module: int, scope: int, row: int) -> list[Key | None]:
        """The strings and numbers that a row may stand for; None among them where it may be anything else."""

    @abstractmethod
    def under(self, container: int, keys: list[Key | None]) -> Values:
        """What a container holds under keys."""

    @abstractmethod
    def library_object_call(self, function: int, receiver: int, call: Call) -> Values:
        """What calling a library's object gives."""

    @abstractmethod
    def handed_on(self, symbol: int) -> dict[int, int]:
        """Which of a function's results are its parameters as they are: position of the result -> of the parameter."""

    @abstractmethod
    def argument_of(self, entered: Entered, position: int, call: Call) -> Values:
        """What a call passes for a parameter."""

    @abstractmethod
    def library_method(self, function: int, receiver: int, call: Call) -> Values:
        """What calling a method of a library's object gives."""

    def result(self, callee: int, module: int, scope: int, row: int) -> Values:
        """What calling a value gives."""
        tag, number = callee & TAG_MASK, callee >> TAG_BITS
        if tag == CLASS:
            return (value(INSTANCE, number),)
        if tag in (FUNCTION, RAW):
            return self.called_function(Entered(number, 0, NOTHING), (module, scope, row))
        if tag == BOUND:
            return self._bound_call(*self.interner.bound[number], (module, scope, row))
        if tag in (INSTANCE, OBJECT):
            return self._instance_call(callee, (module, scope, row))
        if tag == EXTERNAL:
            return self.library_call(self.interner.names[number], (module, scope, row))
        return NONE

    def _bound_call(self, function: int, receiver: int, call: Call) -> Values:
        if function & TAG_MASK in (FUNCTION, RAW):
            return self.called_function(Entered(function >> TAG_BITS, 1, receiver), call)
        if function & TAG_MASK == EXTERNAL:
            return self.library_method(function, receiver, call)
        return self.result(function, *call)

    def called_function(self, entered: Entered, call: Call) -> Values:
        """What a function gives back in one call: a parameter that it hands on is what this call passes."""
        found = self.returned(entered.function, entered.receiver)
        for position in self.handed_on(entered.function).values():
            found = merge(found, self.argument_of(entered, position, call))
        return found

    def _instance_call(self, callee: int, call: Call) -> Values:
        """What calling an instance gives, be its `__call__` the program's or a library's."""
        detail = self.interner.detail(callee)
        if detail is not None and detail[0] == "partial":
            functions = self.interner.items(callee)
            return merge(*[self._partial_call(each, detail[2], call) for each in functions])
        if callee & TAG_MASK == OBJECT and self.interner.class_of(callee) in self._handing_out:
            return self.interner.items(callee)
        got = self.got(callee, call)
        if got is not None:
            return got
        for each in self.attribute(callee, "__call__"):
            if each & TAG_MASK == BOUND:
                function, receiver = self.interner.bound[each >> TAG_BITS]
                if function & TAG_MASK == EXTERNAL:
                    return self.library_object_call(function, receiver, call)
                return self._bound_call(function, receiver, call)
        return NONE

    def _partial_call(self, function: int, given: int, call: Call) -> Values:
        if function & TAG_MASK in (FUNCTION, RAW):
            return self.called_function(Entered(function >> TAG_BITS, given, NOTHING), call)
        return self.result(function, *call)

    def returned(self, symbol: int, receiver: int = NOTHING) -> Values:
        """What a function gives back: by its annotation, else what it returns; `self` becomes the receiver."""
        known = self._returned.get(symbol)
        if known is None:
            known = self._returned.find(symbol, self._returns, symbol)
        if receiver == NOTHING or receiver & TAG_MASK not in (CLASS, INSTANCE, OBJECT):
            return known
        if self.is_super(receiver):
            receiver = value(INSTANCE, self.interner.class_of(receiver) >> TAG_BITS)
        return self._as_receiver(known, symbol, receiver)

    def _as_receiver(self, found: Values, symbol: int, receiver: int) -> Values:
        owner = self.world.owner_class(*self.world.place(symbol))
        if owner == NOTHING:
            return found
        seen = self.interner.instance(receiver) if receiver & TAG_MASK == CLASS else receiver
        own = value(INSTANCE, owner)
        if own == seen or own not in found:
            return found
        return tuple(sorted({seen if each == own else each for each in found}))

    def _returns(self, symbol: int) -> Values:
        module, scope = self.world.place(symbol)
        definition = self.world.facts[module].definitions[scope]
        found = NONE
        if definition.returns != NOTHING:
            found = self.annotated(module, definition.parent, definition.returns)
            if found and not self.is_any_callable(found):
                if self.is_inherited_from(found):
                    inferred = self.inferred(module, scope, is_generator=definition.is_generator)
                    return merge(found, inferred)
                return self._self_type(found, module, scope)
        inferred = self.inferred(module, scope, is_generator=definition.is_generator)
        return inferred or found

    def _self_type(self, found: Values, module: int, scope: int) -> Values:
        """`-> Self` stands in the class's scope, where it names nothing by itself."""
        owner = self.world.owner_class(module, scope)
        typing_self = {
            self.interner.object("typing.Self"),
            self.interner.object("typing_extensions.Self"),
        }
        if owner == NOTHING or typing_self.isdisjoint(found):
            return found
        return merge(
            tuple(each for each in found if each not in typing_self), (value(INSTANCE, owner),)
        )

    def inferred(self, module: int, scope: int, *, is_generator: bool) -> Values:
        """What the `return` and `yield` statements of a function evaluate to."""
        results = self.world.facts[module].results
        handed_on = self.handed_on(self.world.symbol(module, scope))
        returned: list[Values] = []
        yielded: list[Values] = []
        for position in self._results.get(self.world.symbol(module, scope), [])[:_MAX_RESULTS]:
            if position in handed_on:
                continue
            found = self.evaluate(module, scope, results.value[position])
            kind = results.yields[position]
            if kind == 0:
                returned.append(found)
            elif kind == 1:
                yielded.append(found)
            else:
                yielded.extend(self.iterated(each) for each in found)
        if is_generator:
            return (self.interner.object("builtins.generator", merge(*yielded)),)
        return merge(*returned)

    def results_of(self, symbol: int) -> list[int]:
        """Positions of what a function returns and yields, in `ModuleFacts.results`."""
        return self._results.get(symbol, [])

    def iterated(self, found: int) -> Values:
        """What iterating over a value gives."""
        tag = found & TAG_MASK
        if tag == TUPLE:
            return self.items_of(found)
        if tag == BOUND:
            return merge(*[self.iterated(each) for each in self.held(found)])
        if tag == CLASS:  # iterating an enum gives its members
            return (value(INSTANCE, found >> TAG_BITS),)
        if tag == OBJECT and self.interner.class_of(found) & TAG_MASK == EXTERNAL:
            name = self.interner.external_name(self.interner.class_of(found))
            return self.keys_of(found) if name == "builtins.dict" else self.items_of(found)
        if tag in (INSTANCE, OBJECT):
            direct = self.method_result(found, "__iter__") or self.method_result(found, "__aiter__")
            items = merge(*[self.iterated(each) for each in direct if each != found])
            if found in direct:
                items = merge(items, self.method_result(found, "__next__"))
            items = items or self.method_result(found, "__getitem__")
            return items or self.item_fields(found, ANY_KEY) or self.items_of(found)
        return NONE

    def entered(self, found: int) -> Values:
        """What `with value as name` binds."""
        tag = found & TAG_MASK
        if tag == INSTANCE:
            result = self.method_result(found, "__enter__") or self.method_result(
                found, "__aenter__"
            )
            return result or (found,)
        if tag == OBJECT:
            generator = self.interner.class_of(found) == self.interner.external(
                "builtins.generator"
            )
            return self.items_of(found) if generator else (found,)
        return NONE

    def returned_by(self, callee: int) -> Values:
        """What calling a value gives, whatever the arguments."""
        if callee & TAG_MASK == CLASS:
            return (value(INSTANCE, callee >> TAG_BITS),)
        function, receiver = callee, NOTHING
        if callee & TAG_MASK == BOUND:
            function, receiver = self.interner.bound[callee >> TAG_BITS]
        if function & TAG_MASK in (FUNCTION, RAW):
            return self.returned(function >> TAG_BITS, receiver)
        return NONE

    def method_result(self, receiver: int, name: str) -> Values:
        """What calling a method of the program without arguments gives."""
        found = []
        for each in self.attribute(receiver, name):
            if each & TAG_MASK == BOUND:
                function, bound_to = self.interner.bound[each >> TAG_BITS]
                if function & TAG_MASK in (FUNCTION, RAW):
                    found.append(self.returned(function >> TAG_BITS, bound_to))
        return merge(*found)


def _results_by_scope(world: World) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for module, facts in enumerate(world.facts):
        first = world.first[module]
        for position, scope in enumerate(facts.results.scope):
            found.setdefault(first + scope, []).append(position)
    return found
