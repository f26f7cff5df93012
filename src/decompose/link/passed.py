"""What do callers pass? Where a parameter says nothing of its type, the calls of its function do.

Calls are found by the last name of what they call, so that only those are looked at that may be
meant; whoever asks checks that a call really reaches the function.
"""

from collections.abc import Iterator

from decompose.link.world import World, arguments, last_name
from decompose.model.facts import NOTHING, ROLE_MASK, DefinitionKind, ModuleFacts, Op, Role

MAX_CALLS = 40
"""A function called more often, or whose name is, is taken to be given anything."""
Call = tuple[int, int, int]
"""(module, scope, row) of a call."""


class CallSites:
    """Calls by the last name of what they call: of functions and classes of the program only."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._calls: dict[str, list[Call]] | None = None

    def of(self, name: str) -> list[Call]:
        """Calls of whatever has that name; none where there are too many to tell anything."""
        if self._calls is None:
            self._calls = self._index()
        found = self._calls.get(name, [])
        return found if len(found) <= MAX_CALLS else []

    def _index(self) -> dict[str, list[Call]]:
        wanted = self._names()
        found: dict[str, list[Call]] = {}
        for module, facts in enumerate(self._world.facts):
            numbers = {number for number, text in enumerate(facts.strings) if text in wanted}
            if not numbers:
                continue
            for scope, row in _calls(facts):
                name = last_name(facts, facts.expressions.a[row])
                if name in numbers:
                    calls = found.setdefault(facts.strings[name], [])
                    if len(calls) <= MAX_CALLS:
                        calls.append((module, scope, row))
        return found

    def _names(self) -> set[str]:
        """Names of functions, and of classes with an `__init__`, that leave a parameter open."""
        found: set[str] = set()
        for facts in self._world.facts:
            for definition in facts.definitions:
                if definition.kind not in (DefinitionKind.FUNCTION, DefinitionKind.ASYNC_FUNCTION):
                    continue
                if any(each.annotation == NOTHING for each in definition.parameters):
                    if definition.name == "__init__":
                        found.add(facts.definitions[definition.parent].name)
                    else:
                        found.add(definition.name)
        return found


def argument_row(facts: ModuleFacts, row: int, position: int, name: str) -> int:
    """The row of what a call passes for a parameter; NOTHING where it passes nothing that is seen."""
    positional, keywords = arguments(facts, row)
    for word, each in keywords:
        if word != NOTHING and facts.strings[word] == name:
            return each
    before = positional[: position + 1]
    if position >= len(positional) or any(facts.expressions.op[each] == Op.STAR for each in before):
        return NOTHING
    return positional[position]


def _calls(facts: ModuleFacts) -> Iterator[tuple[int, int]]:
    uses = facts.uses
    for scope, row, flags in zip(uses.scope, uses.expression, uses.flags, strict=True):
        if flags & ROLE_MASK == Role.CALL:
            yield scope, row
