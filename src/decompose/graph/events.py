"""What does one function do, line by line: which tables does it touch, whom does it call, what does it send?

Order is that of the source. On one line, what is called comes first (arguments are evaluated before
the query that takes them), then the accesses, then what frameworks call because of them (signals'
receivers), then what is sent. A site without a line (a dependency that a framework calls) comes
before everything.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from decompose.graph.columns import Columns, Flags, Ints, columns
from decompose.graph.dependency import NOBODY
from decompose.graph.dispatch import Dispatch
from decompose.graph.effects import MODES, Effects, effects
from decompose.graph.reach import followed, handler_methods, levels
from decompose.graph.wrappers import entered
from decompose.model.program import PREFIXES, Confidence, EdgeKind, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from decompose.graph.analysis import Program

CALL, ACCESS, MEDIATED, SEND = range(4)
"""What happens, in the order in which it does on one line."""
_CALL_LINES = 4
"""Arguments of a call stand on its line or on so many after it."""
_OVERRIDE = "override"
_LANGUAGE = ("", "python", _OVERRIDE, "callback", "name")
"""Mediators of calls that are written in the code."""


class Event(NamedTuple):
    """Something that a function does. `target`: node called or sent to, or table; `row`: of an access.

    `order`: of an access the mode; of a call 1 where the target only overrides what is called.
    """

    line: int
    what: int
    order: int
    target: int
    loop: int
    row: int
    confidence: int


@dataclass
class Events:
    """What each node does; asked for node by node, worked out once."""

    program: Program
    effects: Effects = field(init=False)
    _known: dict[int, tuple[Event, ...]] = field(default_factory=dict)
    _alternatives: dict[int, frozenset[int]] = field(default_factory=dict)
    _called: dict[int, dict[tuple[int, str], int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        graph = self.program.graph
        known = columns(graph)
        self.effects = effects(self.program, levels(known))
        waited_for = entered(graph, followed(known)) & (known.confidence > Confidence.NAME_ONLY)
        self._followed = waited_for.tolist()
        self.dispatch = Dispatch(graph)
        owners, methods = handler_methods(known)
        answering = zip(owners.tolist(), methods.tolist(), strict=True)
        pairs = np.array([*self.dispatch.overridden(), *answering], dtype=np.int64).reshape(-1, 2)
        touching = self.effects.touching().copy()
        for chosen in self.program.chosen_accesses:
            if chosen.source in graph.index:
                touching[graph.index[chosen.source]] = True
        self._matters = _leading(known, waited_for, pairs, touching).tolist()
        overriding = [n for n, each in enumerate(graph.mediators) if each == _OVERRIDE]
        self._override = overriding[0] if overriding else NOBODY
        self._written = {
            graph.mediators.index(each) for each in _LANGUAGE if each in graph.mediators
        }
        self._jobs = {
            graph.edges.target[edge]
            for edge, kind in enumerate(graph.edges.kind)
            if kind == EdgeKind.CONSUMES
            and graph.nodes.kind[graph.edges.source[edge]] == NodeKind.TASK
        }
        self._rows: dict[int, list[int]] = defaultdict(list)
        self._table = [
            graph.index.get(PREFIXES[NodeKind.TABLE] + each.table, NOBODY)
            for each in self.program.accesses
        ]
        for row, access in enumerate(self.program.accesses):
            source = graph.index.get(access.source)
            if source is not None and self._table[row] != NOBODY:
                self._rows[source].append(row)
        self._methods: dict[int, list[int]] = defaultdict(list)
        for owner, method in zip(owners.tolist(), methods.tolist(), strict=True):
            self._methods[owner].append(method)

    def matters(self, node: int) -> bool:
        """Does a node, or what it calls, touch any table?"""
        return bool(self._matters[node])

    def of(self, node: int) -> tuple[Event, ...]:
        """What a node does, in order; calls that lead to no table are left out."""
        known = self._known.get(node)
        if known is None:
            found = {*self._accesses(node), *self._calls(node)}
            known = self._known[node] = tuple(sorted(found))
        return known

    def alternatives(self, node: int) -> frozenset[int]:
        """Rows of accesses whose table depends on who calls.

        One place that may touch several tables in one way, none of them for sure, is a helper's:
        its callers pass a model, a query or a row.
        """
        known = self._alternatives.get(node)
        if known is None:
            places: dict[tuple[int, int], list[Event]] = defaultdict(list)
            for event in self._accesses(node):
                places[event.line, event.order].append(event)
            known = self._alternatives[node] = frozenset(
                event.row
                for found in places.values()
                if len({event.target for event in found}) > 1
                for event in found
                if event.confidence < Confidence.EXACT
            )
        return known

    def called_at(self, node: int) -> dict[tuple[int, str], int]:
        """(line, name of a method that is called there) -> the class that defines it; overriding ones left out."""
        known = self._called.get(node)
        if known is None:
            dispatch = self.dispatch
            known = self._called[node] = {
                (event.line, dispatch.last_name(event.target)): dispatch.owner(event.target)
                for event in self.of(node)
                if event.what in (CALL, MEDIATED) and not event.order
            }
        return known

    def touched_at(self, node: int, line: int) -> frozenset[tuple[int, int]]:
        """(table, mode) that a node itself touches where it calls another: in the lines of the call."""
        events = self.of(node)
        after = [each.line for each in events if each.what != ACCESS and each.line > line]
        last = min([line + _CALL_LINES, *(each - 1 for each in after)])
        rows = [each for each in events if each.what == ACCESS and line <= each.line <= last]
        first = min((each.line for each in rows), default=line)
        return frozenset((each.target, each.order) for each in rows if each.line == first)

    def methods(self, node: int) -> list[int]:
        """Methods of a class that answers an entry point."""
        return self._methods.get(node, [])

    def _accesses(self, node: int) -> list[Event]:
        found = []
        graph = self.program.graph
        file = graph.nodes.file[node]
        path = graph.files[file] if file != NOBODY else ""
        for row in self._rows.get(node, ()):
            access = self.program.accesses[row]
            line = access.site.line if access.site.path == path else 0
            found.append(
                Event(
                    line,
                    ACCESS,
                    MODES.index(access.mode),
                    self._table[row],
                    access.loop_depth,
                    row,
                    int(access.confidence),
                )
            )
        return found

    def _calls(self, node: int) -> list[Event]:
        graph = self.program.graph
        edges, kinds = graph.edges, graph.nodes.kind
        found: dict[tuple[int, int], Event] = {}
        for edge in graph.edges_from(node):
            target = edges.target[edge]
            if kinds[target] == NodeKind.TABLE:
                continue
            if not self._matters[target] or target == node:
                continue
            if self._followed[edge]:
                what = CALL if edges.mediator[edge] in self._written else MEDIATED
            elif edges.kind[edge] == EdgeKind.PUBLISHES:
                what = SEND
            else:
                continue
            override = int(edges.mediator[edge] == self._override)
            for line, loop in self._places(edge):
                event = Event(line, what, override, target, loop, NOBODY, edges.confidence[edge])
                before = found.get((line, target))
                if before is None or event < before:
                    found[line, target] = event
        return self._without_jobs(found.values())

    def _without_jobs(self, events: Iterable[Event]) -> list[Event]:
        """What a function calls, but for a worker's call of any task: these run for themselves."""
        by_line: dict[int, list[Event]] = defaultdict(list)
        for event in events:
            by_line[event.line].append(event)
        return [
            event for called in by_line.values() if not self._is_worker(called) for event in called
        ]

    def _is_worker(self, called: list[Event]) -> bool:
        """Are several tasks called in a line, and not each of them for sure?"""
        return (
            len(called) > 1
            and all(each.what == CALL and each.target in self._jobs for each in called)
            and any(each.confidence < Confidence.EXACT for each in called)
        )

    def _places(self, edge: int) -> list[tuple[int, int]]:
        edges = self.program.graph.edges
        first, last = edges.site_start[edge], edges.site_start[edge + 1]
        if first == last:
            return [(0, 0)]
        return list(zip(edges.site_line[first:last], edges.site_loop[first:last], strict=True))


def _leading(known: Columns, waited_for: Flags, overridden: Ints, touching: Flags) -> Flags:
    """Nodes from which a table is reached, by what is sent and by what overrides them as well."""
    chosen = waited_for | (known.edge_kind == EdgeKind.PUBLISHES)
    chosen |= known.edge_kind == EdgeKind.CONSUMES
    source = np.concatenate([known.source[chosen], overridden[:, 0]])
    target = np.concatenate([known.target[chosen], overridden[:, 1]])
    found = touching
    count = -1
    while count != (count := int(found.sum())):
        found[source[found[target]]] = True
    return found
