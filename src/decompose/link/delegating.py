"""What answers for an attribute that a class lacks? `__getattr__`, often by asking another object for it.

def __getattr__(self, name): return getattr(self._inner, name)     has what `_inner` has
def __getattr__(self, name): return Field(name)                    has fields, under whatever name
"""

from collections.abc import Iterator

from decompose.link.outside import Outside
from decompose.link.values import (
    BOUND,
    CLASS,
    EXTERNAL,
    INSTANCE,
    NONE,
    OBJECT,
    TAG_BITS,
    TAG_MASK,
    Values,
    merge,
    value,
)
from decompose.link.world import World, arguments
from decompose.model import ops
from decompose.model.facts import NOTHING, ModuleFacts
from decompose.model.knowledge import Knowledge

_ANSWERING = ("__getattribute__", "__getattr__")
_OBJECT_AND_NAME = 2


class Delegating(Outside):
    """Attributes that `__getattr__` answers for."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self._answering = [name for name in _ANSWERING if name in self.binders]
        self._asked: dict[int, list[int]] = {}

    def instance_member(self, receiver: int, name: str) -> Values:
        """What an instance has under a name, or what answers for it."""
        found = super().instance_member(receiver, name)
        if not self._answering or name.startswith("__") or self.is_super(receiver):
            return found
        if found and not self._is_unknown(found):
            return found
        return self._answered(receiver, name) or found

    def _is_unknown(self, found: Values) -> bool:
        """Is it only what a library's class might have, of which nothing is known?"""
        for each in found:
            if each & TAG_MASK != BOUND:
                return False
            function, _ = self.interner.bound[each >> TAG_BITS]
            if function & TAG_MASK != EXTERNAL:
                return False
            library, _, name = self.interner.external_name(function).rpartition(".")
            if name in self.knowledge.instances.get(library, ()):
                return False
        return True

    def _answered(self, receiver: int, name: str) -> Values:
        if receiver & TAG_MASK not in (INSTANCE, OBJECT):
            return NONE
        kind = self.interner.class_of(receiver)
        found: list[Values] = []
        for method in self._answering:
            symbol = self.method_symbol(kind, method)
            if symbol != NOTHING:
                found.append(self._answer_of(symbol, receiver, name))
        return merge(*found)

    def _answer_of(self, symbol: int, receiver: int, name: str) -> Values:
        """What `__getattr__` gives: what the objects have that it asks, else what it returns.

        One that keeps what it has found (`setattr(self, name, found)`) is heard where it does so.
        """
        module, scope = self.world.place(symbol)
        rows = self._asked.get(symbol)
        if rows is None:
            rows = self._asked[symbol] = [*_asked(self.world.facts[module], scope)]
        if not rows:
            is_kept = value(CLASS, self.world.owner_class(module, scope)) in self.set_by_name
            return NONE if is_kept else self.returned(symbol, receiver)
        objects = merge(*[self.evaluate(module, scope, row) for row in rows])
        return merge(*[self.attribute(each, name) for each in objects if each != receiver])


def _asked(facts: ModuleFacts, scope: int) -> Iterator[int]:
    """Rows of the objects that a function asks for the attribute whose name it is given: its second parameter."""
    parameters, expressions = facts.definitions[scope].parameters, facts.expressions
    if len(parameters) < _OBJECT_AND_NAME:
        return
    for row in range(facts.row_start[scope], facts.row_start[scope + 1]):
        if expressions.op[row] != ops.CALL or _name(facts, expressions.a[row]) != "getattr":
            continue
        given, _ = arguments(facts, row)
        if len(given) >= _OBJECT_AND_NAME and _name(facts, given[1]) == parameters[1].name:
            yield given[0]


def _name(facts: ModuleFacts, row: int) -> str:
    is_name = facts.expressions.op[row] == ops.NAME
    return facts.strings[facts.expressions.a[row]] if is_name else ""
