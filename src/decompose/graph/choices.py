"""Whom does a function call that its callers choose? `paginate(query, show)` calls `show`, for who passes `show`.

What a decorator is given, the functions below it have chosen: `@requires(is_staff)` asks `is_staff` for these only.

Terms
-----
choice     functions that a function may call in one line, none of them by a name of its own: what it was given.
explained  one of these that some caller names where it calls: it is that caller's. A lambda's calls are those of
           who writes it, so a caller explains itself, and what it does stands in its own lines.
told       what a caller's call may lead to: what it names, and what no caller explains.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from decompose.graph.dependency import NOBODY
from decompose.graph.wrappers import handed_on, hanging
from decompose.model.program import Confidence, EdgeKind, NodeKind

if TYPE_CHECKING:
    from array import array

    from decompose.graph.dependency import DependencyGraph

_FEWEST = 2
_CALL_LINES = 4
"""Arguments of a call stand on its line or on the next ones, so many in all …"""
_MOST_LINES = 12
"""… or up to so many, where no other call comes between."""
_FUNCTIONS = (NodeKind.FUNCTION, NodeKind.METHOD)


@dataclass
class Choices:
    """The choices of a program's functions, worked out once each."""

    graph: DependencyGraph
    _known: dict[int, frozenset[int]] = field(default_factory=dict)
    _named: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    _calling: dict[int, list[int]] = field(default_factory=dict)
    _explaining: dict[int, frozenset[int]] = field(default_factory=dict)
    _written: int = field(init=False)
    _around: dict[int, set[int]] = field(init=False)
    _hanging: dict[int, set[int]] = field(init=False)
    _above: dict[int, frozenset[int]] = field(default_factory=dict)
    _ends: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self._written = self.graph.mediators.index("")
        self._around = handed_on(self.graph)
        self._hanging = hanging(self.graph)

    def of(self, node: int) -> frozenset[int]:
        """All that a function calls by its callers' choice."""
        known = self._known.get(node)
        if known is None:
            known = self._known[node] = self._worked_out(node)
        return known

    def told(self, caller: int, line: int, node: int) -> frozenset[int] | None:
        """What a function that a caller calls in a line may call of its choice; None where it has none."""
        choice = self.of(node)
        if not choice:
            return None
        named = choice & self._named_at(caller, line)
        if caller in self._hanging.get(node, ()):
            named |= choice & self._named_above(caller)
        if caller in self._around:  # what it is put around leads to itself
            return named - self._around[caller]
        return named | (choice - self._explained(node))

    def _explained(self, node: int) -> frozenset[int]:
        known = self._explaining.get(node)
        if known is None:
            edges = self.graph.edges
            hanging = self._hanging.get(node, set())
            found = hanging.union(*map(self._named_above, hanging))
            for edge in self.graph.edges_to(node):
                if edges.kind[edge] == EdgeKind.CALLS:
                    caller = edges.source[edge]
                    found.add(caller)
                    found.update(self._around.get(caller, ()))
                    for line in self._lines(edge):
                        found.update(self._named_at(caller, line))
            known = self._explaining[node] = frozenset(found)
        return known

    def _named_at(self, caller: int, line: int) -> frozenset[int]:
        """Functions that a caller names, without calling them, in the lines of a call."""
        if caller not in self._named:
            self._named[caller] = self._named_by(caller)
        lines = range(line, self._last_line(caller, line) + 1)
        return frozenset(target for at, target in self._named[caller] if at in lines)

    def _last_line(self, caller: int, line: int) -> int:
        """The line where the arguments of a call end, as far as known: before the next call."""
        if caller not in self._calling:
            self._calling[caller] = sorted(
                at
                for edge in self.graph.edges_from(caller)
                if self.graph.edges.kind[edge] == EdgeKind.CALLS
                for at in self._lines(edge)
            )
        called = self._calling[caller]
        after = bisect_left(called, line + _CALL_LINES)
        end = called[after] if after < len(called) else self.graph.nodes.end_line[caller] + 1
        return max(line + _CALL_LINES, min(end, line + _MOST_LINES)) - 1

    def _named_above(self, node: int) -> frozenset[int]:
        """Functions that the decorators of a function name: what stands around it names them, just before it."""
        known = self._above.get(node)
        if known is None:
            parent, line = self.graph.nodes.parent[node], self.graph.nodes.line[node]
            found: set[int] = set()
            if parent != NOBODY:
                if parent not in self._named:
                    self._named[parent] = self._named_by(parent)
                ends = self._ends_in(parent)
                at = bisect_left(ends, line)
                before = ends[at - 1] if at else 0
                found.update(each for at, each in self._named[parent] if before < at <= line)
            known = self._above[node] = frozenset(found)
        return known

    def _ends_in(self, parent: int) -> list[int]:
        """Last lines of the definitions that stand in a module, class or function, sorted."""
        if not self._ends:
            nodes = self.graph.nodes
            for node, around in enumerate(nodes.parent):
                self._ends[around].append(nodes.end_line[node])
            for ends in self._ends.values():
                ends.sort()
        return self._ends.get(parent, [])

    def _lines(self, edge: int) -> array[int]:
        edges = self.graph.edges
        return edges.site_line[edges.site_start[edge] : edges.site_start[edge + 1]]

    def _worked_out(self, node: int) -> frozenset[int]:
        edges, kinds = self.graph.edges, self.graph.nodes.kind
        if kinds[node] not in _FUNCTIONS:
            return frozenset()
        by_line: dict[int, set[int]] = defaultdict(set)
        for edge in self.graph.edges_from(node):
            target = edges.target[edge]
            if (
                edges.kind[edge] == EdgeKind.CALLS
                and edges.mediator[edge] == self._written
                and edges.confidence[edge] == Confidence.INFERRED
                and kinds[target] in _FUNCTIONS
            ):
                for line in self._lines(edge):
                    by_line[line].add(target)
        chosen = [targets for targets in by_line.values() if len(targets) >= _FEWEST]
        return frozenset().union(*chosen)

    def _named_by(self, node: int) -> list[tuple[int, int]]:
        """(line, function) that a function names without calling it."""
        edges, kinds = self.graph.edges, self.graph.nodes.kind
        return [
            (line, edges.target[edge])
            for edge in self.graph.edges_from(node)
            if edges.kind[edge] == EdgeKind.USES and kinds[edges.target[edge]] in _FUNCTIONS
            for line in self._lines(edge)
        ]
