"""Which lines of functions run under which condition, and inside which transaction?"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from decompose.graph.dependency import NOBODY
from decompose.graph.effects import MODES
from decompose.graph.events import ACCESS
from decompose.model.conditions import NEW_ROW, OLD_ROW
from decompose.model.program import AccessMode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from decompose.graph.analysis import Program
    from decompose.graph.events import Event

CREATED, UPDATED = -1, -2
"""What was done to the row that a receiver hears of; no numbers of functions, with which they are told."""
_MARKS = {NEW_ROW: CREATED, OLD_ROW: UPDATED}


def guards(program: Program) -> dict[int, list[tuple[int, int, frozenset[str]]]]:
    """Function -> (first line, last line, HTTP methods that they run for)."""
    found: dict[int, list[tuple[int, int, frozenset[str]]]] = defaultdict(list)
    index = program.graph.index
    for each in program.guards:
        if each.source in index and each.methods[0] not in _MARKS:
            lines = (each.site.line, each.last_line)
            found[index[each.source]].append((*lines, frozenset(each.methods)))
    return dict(found)


def regions(program: Program) -> dict[int, list[tuple[int, int, int]]]:
    """Function -> (first line, last line, transaction), outermost first; NOBODY for what runs after the commit."""
    found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    index = program.graph.index
    for number, each in enumerate(program.transactions):
        if each.source in index:
            found[index[each.source]].append((each.first_line, each.last_line, number))
    for later in program.after_commits:
        if later.source in index:
            found[index[later.source]].append((later.site.line, later.last_line, NOBODY))
    for lines in found.values():
        lines.sort(key=lambda each: (each[0], -each[1], each[2]))
    return dict(found)


def row_guards(program: Program) -> dict[int, list[tuple[int, int, int]]]:
    """Receiver -> (first line, last line, CREATED or UPDATED: what must have been done to the row)."""
    found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    index = program.graph.index
    for each in program.guards:
        if each.source in index and each.methods[0] in _MARKS:
            lines = (each.site.line, each.last_line)
            found[index[each.source]].append((*lines, _MARKS[each.methods[0]]))
    return dict(found)


def stored_rows(events: Iterable[Event], line: int) -> frozenset[int]:
    """What a line does to rows, where it only creates some, or only updates some; else nothing is known."""
    modes = {MODES[each.order] for each in events if each.what == ACCESS and each.line == line}
    if AccessMode.CREATE in modes:
        return frozenset() if AccessMode.UPDATE in modes else frozenset([CREATED])
    return frozenset([UPDATED]) if AccessMode.UPDATE in modes else frozenset()
