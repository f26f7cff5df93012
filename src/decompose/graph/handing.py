"""Which functions are called only because somebody has handed them over? `unit.after(send)`, then `unit.close()`.

A function that cannot know another by name, as nothing around it imports that, calls what it was given and has kept.
It is somebody's own callback where only functions name it: it runs where one of these has run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from decompose.graph.dependency import NOBODY
from decompose.model.program import EdgeKind, NodeKind

if TYPE_CHECKING:
    from decompose.graph.dependency import DependencyGraph

_NAMING = frozenset([NodeKind.FUNCTION, NodeKind.METHOD])
_NONE: frozenset[int] = frozenset()


@dataclass
class Handing:
    """The callbacks of a program, worked out once for each function that calls some."""

    graph: DependencyGraph
    _called: dict[int, frozenset[int]] = field(default_factory=dict)
    _naming: dict[int, frozenset[int]] = field(default_factory=dict)
    _imported: dict[int, frozenset[str]] = field(default_factory=dict)
    _written: int = field(init=False)

    def __post_init__(self) -> None:
        self._written = self.graph.mediators.index("")

    def of(self, node: int) -> frozenset[int]:
        """The functions that a function calls only because somebody has handed them over."""
        known = self._called.get(node)
        if known is None:
            known = self._called[node] = self._worked_out(node)
        return known

    def naming(self, function: int) -> frozenset[int]:
        """The functions that hand a function over: those that name it, where nothing else leads to it."""
        known = self._naming.get(function)
        if known is None:
            known = self._naming[function] = self._named_by(function)
        return known

    def _worked_out(self, node: int) -> frozenset[int]:
        edges, nodes = self.graph.edges, self.graph.nodes
        return frozenset(
            edges.target[edge]
            for edge in self.graph.edges_from(node)
            if edges.kind[edge] == EdgeKind.CALLS
            and edges.mediator[edge] == self._written
            and nodes.kind[edges.target[edge]] == NodeKind.FUNCTION
            and nodes.file[edges.target[edge]] != nodes.file[node]
            and self.naming(edges.target[edge])
            and not self._knows(node, edges.target[edge])
        )

    def _named_by(self, function: int) -> frozenset[int]:
        edges, kinds = self.graph.edges, self.graph.nodes.kind
        found: set[int] = set()
        for edge in self.graph.edges_to(function):
            kind, source = edges.kind[edge], edges.source[edge]
            if kind == EdgeKind.USES and kinds[source] in _NAMING:
                found.add(source)
            elif kind == EdgeKind.USES or edges.mediator[edge] != self._written:
                return _NONE  # a table, a class or a framework has it for everybody
        return frozenset(found)

    def _knows(self, node: int, function: int) -> bool:
        """Does a function, or what is around it, import another function, its module or a package around that?"""
        named = _prefixes(self.graph.nodes.names[function])
        while node != NOBODY:
            if not self._imports(node).isdisjoint(named):
                return True
            node = self.graph.nodes.parent[node]
        return False

    def _imports(self, node: int) -> frozenset[str]:
        known = self._imported.get(node)
        if known is None:
            edges, names = self.graph.edges, self.graph.nodes.names
            known = self._imported[node] = frozenset(
                names[edges.target[edge]]
                for edge in self.graph.edges_from(node)
                if edges.kind[edge] == EdgeKind.IMPORTS
            )
        return known


def _prefixes(name: str) -> list[str]:
    """`a.b.c`, `a.b`, `a`."""
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(len(parts), 0, -1)]
