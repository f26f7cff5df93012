"""Which lines does a walk leave out, by what is known on the way there?

Terms
-----
condition  of a function: governs lines of it. A number below all marks of rows, one for each in the program.
ruled out  a call says that conditions of whom it calls do not hold; some only where one of the caller's own was.
around     conditions that a whole request rules out, by its path.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from decompose.graph.dependency import NOBODY
from decompose.graph.regions import UPDATED
from decompose.model.conditions import ALWAYS
from decompose.model.program import NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from decompose.graph.events import Events
    from decompose.model.conditions import PathGuard

FIRST = UPDATED - 1
"""The number of the first condition; further ones count down."""
_PATTERN = frozenset("{<(*^[")
"""A route's path with one of these stands for many."""
_NONE: frozenset[int] = frozenset()


class RulesOut(NamedTuple):
    """A condition that a call rules out; `given`: only where this one of the caller's was, ALWAYS for any case."""

    given: int
    condition: int


class Conditions:
    """The conditions of a program."""

    def __init__(self, events: Events) -> None:
        program = events.program
        self._events = events
        self._index = program.graph.index
        self._kinds = program.graph.nodes.kind
        self._numbers: dict[tuple[int, int], int] = {}
        self._lines: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        self._told: dict[tuple[int, int, int], list[RulesOut]] = defaultdict(list)
        self._paths: list[tuple[int, PathGuard]] = []
        self._of_path: dict[str, frozenset[int]] = {}
        for each in program.ruled_out:
            self._rule_out(each.source, each.site.line, each.target, each.number, each.given)
        for lines in program.conditions:
            node = self._node(lines.source)
            number = self._numbers.get((node, lines.number))
            if number is not None:
                self._lines[node].append((lines.site.line, lines.last_line, number))
        self._keep_what_matters()
        self._count = len(self._numbers)
        for guard in program.path_guards:
            self._paths.append((self._new(guard.source, guard.site.line, guard.last_line), guard))

    def _node(self, name: str) -> int:
        return self._index.get(name, NOBODY)

    def _rule_out(self, source: str, line: int, target: str, number: int, given: int) -> None:
        caller, callee = self._node(source), self._node(target)
        if NOBODY in (caller, callee):
            return
        is_code = self._kinds[caller] <= NodeKind.METHOD
        told = self._told[caller, line if is_code else 0, callee]
        own = ALWAYS if given == ALWAYS else self._number(caller, given)
        told.append(RulesOut(own, self._number(callee, number)))

    def _keep_what_matters(self) -> None:
        """Forget conditions that govern nothing on the way to a table: callers need not be told apart by them."""
        lines = {
            number
            for node, found in self._lines.items()
            for first, last, number in found
            if any(first <= event.line <= last for event in self._events.of(node))
        }
        given: dict[int, list[int]] = defaultdict(list)
        for told in self._told.values():
            for each in told:
                given[each.condition].append(each.given)
        waiting = list(lines)
        for number in waiting:
            further = [each for each in given[number] if each != ALWAYS and each not in lines]
            lines.update(further)
            waiting.extend(further)
        for key, told in self._told.items():
            self._told[key] = [each for each in told if each.condition in lines]

    def _number(self, node: int, number: int) -> int:
        return self._numbers.setdefault((node, number), FIRST - len(self._numbers))

    def _new(self, source: str, first: int, last: int) -> int:
        number = FIRST - self._count
        self._count += 1
        self._lines[self._node(source)].append((first, last, number))
        return number

    def governing(self, node: int, line: int) -> tuple[int, ...]:
        """The conditions that a line of a function runs under."""
        lines = self._lines.get(node)
        if not lines:
            return ()
        return tuple(number for first, last, number in lines if first <= line <= last)

    def told(self, caller: int, line: int, callee: int) -> tuple[RulesOut, ...]:
        """What a call on a line rules out of whom it calls."""
        return tuple(self._told.get((caller, line, callee), ()))

    def around(self, path: str) -> frozenset[int]:
        """What a request to a path rules out."""
        if not self._paths or not path:
            return _NONE
        known = self._of_path.get(path)
        if known is None:
            found = (number for number, guard in self._paths if _is_ruled_out(guard, path))
            known = self._of_path[path] = frozenset(found)
        return known


def _is_ruled_out(guard: PathGuard, path: str) -> bool:
    is_one = [_is_of(path, each, begins=guard.begins) for each in guard.paths]
    if guard.holds:
        return all(each is False for each in is_one)
    return any(each is True for each in is_one)


def _is_of(path: str, text: str, *, begins: bool) -> bool | None:
    """Is a route's path, or its beginning, a text? None where it is that for some of its paths only."""
    fixed = _fixed(path)
    if fixed == path:
        return path.startswith(text) if begins else path == text
    if begins and fixed.startswith(text):
        return True
    return None if text.startswith(fixed) else False


def _fixed(path: Iterable[str]) -> str:
    """What stands before the first parameter."""
    found = []
    for letter in path:
        if letter in _PATTERN:
            break
        found.append(letter)
    return "".join(found)
