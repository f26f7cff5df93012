"""What do containers ask of what they hold: are two equal, what is its hash, which comes first?

order in orders          `__eq__` of what a list holds, `__hash__` of what a set holds
prices[order] = 1        `__hash__` of the key (extracted as an operation, so are keys of displays)
sorted(orders)           `__lt__`, unless a key is given
"""

from collections.abc import Iterator

from decompose.link.edges import Place
from decompose.link.evaluate import Evaluator
from decompose.link.operations import Operations
from decompose.link.values import EXTERNAL, INSTANCE, OBJECT, TAG_MASK, TUPLE, Values
from decompose.link.world import arguments
from decompose.model.facts import NOTHING, ModuleFacts

_EQUAL, _HASH, _LESS = "__eq__", "__hash__", "__lt__"
_BY_KIND = {
    "builtins.list": _EQUAL,
    "builtins.tuple": _EQUAL,
    "builtins.set": _HASH,
    "builtins.frozenset": _HASH,
}
"""Container -> what `value in container` calls of what it holds."""
_ORDERING = {
    "builtins.sorted": _LESS,
    "builtins.min": _LESS,
    "builtins.max": "__gt__",
    "heapq.heappush": _LESS,
    "heapq.heapify": _LESS,
}
"""Function -> what it calls of its arguments, or of what they hold."""
_KEYED = {
    **{f"builtins.set.{name}": _HASH for name in ("add", "discard", "remove")},
    **{f"builtins.dict.{name}": _HASH for name in ("get", "pop", "setdefault")},
}
"""Method -> what it calls of its first argument."""
_SEARCHING = {
    **{f"builtins.list.{name}": _EQUAL for name in ("index", "remove", "count")},
    "builtins.list.sort": _LESS,
}
"""Method -> what it calls of what its receiver holds."""
Called = Iterator[tuple[int, int]]
"""(method's symbol, receiver)"""


class Holding:
    """Which of the program's special methods containers call."""

    def __init__(self, evaluator: Evaluator, operations: Operations) -> None:
        self._evaluator = evaluator
        self._operations = operations
        self._facts = evaluator.world.facts

    def asks(self, name: str) -> bool:
        """Does a function or method of the standard library ask, and may the program answer?"""
        method = _ORDERING.get(name) or _KEYED.get(name) or _SEARCHING.get(name)
        return method is not None and self._operations.is_defined(method)

    def contained(self, containers: Values) -> Called:
        """`value in container`."""
        for each in containers:
            method = _BY_KIND.get(self._kind(each))
            if method is not None and self._operations.is_defined(method):
                yield from self._operations.called(self._evaluator.items_of(each), method)

    def called(self, name: str, place: Place, row: int) -> Called:
        """What a call of a function, or of a method that takes a key, asks of its arguments."""
        if not self.asks(name):
            return
        facts, module, scope = self._facts[place.module], place.module, place.scope
        positional, keywords = arguments(facts, row)
        if name in _KEYED:
            for each in positional[:1]:
                values = self._evaluator.evaluate(module, scope, each)
                yield from self._operations.called(values, _KEYED[name])
        elif name in _ORDERING and not _has_key(facts, keywords):
            for each in positional:
                for found in self._evaluator.evaluate(module, scope, each):
                    yield from self._operations.called(self._ordered(found), _ORDERING[name])

    def searched(self, name: str, receiver: int, facts: ModuleFacts, row: int) -> Called:
        """What a method asks of what its receiver holds."""
        if name in _SEARCHING and not (row == NOTHING or _has_key(facts, arguments(facts, row)[1])):
            yield from self._operations.called(self._evaluator.items_of(receiver), _SEARCHING[name])

    def _ordered(self, found: int) -> Values:
        return self._evaluator.items_of(found) if self._kind(found) else (found,)

    def _kind(self, found: int) -> str:
        """The container's class, "" for what is none."""
        if found & TAG_MASK == TUPLE:
            return "builtins.tuple"
        if found & TAG_MASK not in (INSTANCE, OBJECT):
            return ""
        kind = self._evaluator.interner.class_of(found)
        if kind & TAG_MASK != EXTERNAL:
            return ""
        name = self._evaluator.interner.external_name(kind)
        return name if name in _BY_KIND or name == "builtins.generator" else ""


def _has_key(facts: ModuleFacts, keywords: list[tuple[int, int]]) -> bool:
    return any(word != NOTHING and facts.strings[word] == "key" for word, _ in keywords)
