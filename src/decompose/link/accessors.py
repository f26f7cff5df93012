"""Attributes with functions behind them that a call puts there: `total = property(_get_total, _set_total)`.

Also where the call is handed on (`password = synonym("_password", descriptor=property(…))`).
"""

from collections.abc import Iterator

from decompose.link.callbacks import Callbacks
from decompose.link.evaluate import Evaluator
from decompose.link.values import CLASS, TAG_BITS, TAG_MASK
from decompose.link.world import argument_row, arguments
from decompose.model import ops
from decompose.model.facts import NOTHING, DefinitionKind, ModuleFacts, Role

_PROPERTY = "property"
_PLACES = {Role.WRITE: (1, "fset"), Role.DELETE: (2, "fdel")}
_READING = (0, "fget")
Row = tuple[int, int, int]
"""(module, scope of the class, row of the call)."""


class Accessors:
    """Finds the functions behind such attributes."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._callbacks = Callbacks(evaluator)
        self._rows = dict(self._found())
        self.names = frozenset(name for _, name in self._rows)
        """Names of all such attributes."""

    def called(self, kind: int, name: str, role: Role) -> tuple[int, ...]:
        """The functions that reading, writing or deleting an attribute of an instance of a class calls."""
        for base in self._evaluator.order_of(kind):
            if base & TAG_MASK == CLASS:
                row = self._rows.get((base >> TAG_BITS, name))
                if row is not None:
                    return tuple(self._functions(row, role))
                if name in self._evaluator.world.members(base >> TAG_BITS):
                    return ()
        return ()

    def _functions(self, place: Row, role: Role) -> Iterator[int]:
        module, scope, row = place
        given = argument_row(self._evaluator.world.facts[module], row, *_PLACES.get(role, _READING))
        if given != NOTHING:
            values = self._evaluator.evaluate(module, scope, given)
            yield from (symbol for symbol, _ in self._callbacks.entered(values))

    def _found(self) -> Iterator[tuple[tuple[int, str], Row]]:
        """((class, attribute), the call that makes it) of all of them."""
        world = self._evaluator.world
        for module, numbers in world.spelling([_PROPERTY]).items():
            facts = world.facts[module]
            bindings, op = facts.bindings, facts.expressions.op
            for scope, name, row in zip(bindings.scope, bindings.name, bindings.value, strict=True):
                if row == NOTHING or op[row] != ops.CALL:
                    continue
                if facts.definitions[scope].kind is DefinitionKind.CLASS:
                    for call in _calls_of(facts, row, numbers):
                        yield (
                            (world.symbol(module, scope), facts.strings[name]),
                            (module, scope, call),
                        )


def _calls_of(facts: ModuleFacts, row: int, names: set[int]) -> Iterator[int]:
    """A call and those among its keywords that call a name."""
    expressions = facts.expressions
    for each in (row, *(given for _, given in arguments(facts, row)[1])):
        if expressions.op[each] == ops.CALL:
            callee = expressions.a[each]
            if expressions.op[callee] == ops.NAME and expressions.a[callee] in names:
                yield each
