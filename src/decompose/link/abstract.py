"""Which methods leave it to subclasses to answer?"""

from collections.abc import Iterator

from decompose.link.evaluate import Evaluator
from decompose.link.world import World
from decompose.model import ops
from decompose.model.facts import ROLE_MASK, Role

_ABSTRACT = frozenset(["abstractmethod", "abstractproperty", "abstractclassmethod"])


class Abstract:
    """Methods that are abstract by a decorator, as a Protocol's, or because all that they do is raise."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._raising: frozenset[int] | None = None

    def holds(self, symbol: int) -> bool:
        """Is it such a method?"""
        if self._raising is None:
            self._raising = frozenset(_raising(self._evaluator.world))
        return symbol in self._raising or self._is_marked(symbol) or self._is_protocol_s(symbol)

    def never_runs(self, symbol: int) -> bool:
        """Is there no instance whose class leaves it at that? Of a class with an abstract method none can be made.

        A Protocol may be inherited from, and a method that does something taken over.
        """
        return self._is_marked(symbol) or (self._is_protocol_s(symbol) and self._is_empty(symbol))

    def _is_marked(self, symbol: int) -> bool:
        return not _ABSTRACT.isdisjoint(self._evaluator.marks(symbol))

    def _is_protocol_s(self, symbol: int) -> bool:
        world = self._evaluator.world
        return world.owner_class(*world.place(symbol)) in self._evaluator.protocols

    def _is_empty(self, symbol: int) -> bool:
        module, scope = self._evaluator.world.place(symbol)
        facts = self._evaluator.world.facts[module]
        if scope in facts.results.scope:
            return False
        rows = zip(facts.uses.scope, facts.uses.flags, strict=True)
        return all(each != scope or flags & ROLE_MASK != Role.CALL for each, flags in rows)


def _raising(world: World) -> Iterator[int]:
    """Functions that raise NotImplementedError, call nothing else and give nothing back."""
    for module, facts in enumerate(world.facts):
        if "NotImplementedError" not in facts.strings:
            continue
        raised = facts.strings.index("NotImplementedError")
        expressions, uses = facts.expressions, facts.uses
        raising: set[int] = set()
        busy = set(facts.results.scope)
        for scope, row, flags in zip(uses.scope, uses.expression, uses.flags, strict=True):
            role = flags & ROLE_MASK
            if role in (Role.CALL, Role.RAISE):
                callee = expressions.a[row] if role == Role.CALL else row
                is_it = expressions.op[callee] == ops.NAME and expressions.a[callee] == raised
                (raising if is_it else busy).add(scope)
        yield from (world.symbol(module, scope) for scope in sorted(raising - busy))
