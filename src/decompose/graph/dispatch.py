"""Which method answers when an object of a known class is asked?

A template method calls `self.step()`, and every subclass has its own `step`: the linker can only
say that any of them may answer. Where a walk knows the class of the object, one does. Bases are
asked breadth first, as the graph keeps no order among them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING

from decompose.graph.dependency import NOBODY, DependencyGraph
from decompose.model.program import EdgeKind, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

_METHOD = int(NodeKind.METHOD)  # looked up once: in an enum that takes longer than the comparison


class Dispatch:
    """Classes of a program with their bases and methods."""

    def __init__(self, graph: DependencyGraph) -> None:
        self._graph = graph
        kinds = graph.nodes.kind
        self._bases: dict[int, list[int]] = defaultdict(list)
        self._extending: dict[int, list[int]] = defaultdict(list)
        for class_, base in inheritance(graph):
            self._bases[class_].append(base)
            self._extending[base].append(class_)
        self._methods: dict[int, dict[str, int]] = defaultdict(dict)
        self._owners: dict[int, int] = {}
        self._names: dict[int, str] = {}
        for node, kind in enumerate(kinds):
            if kind == _METHOD:
                owner = self._owners[node] = graph.nodes.parent[node]
                self._methods[owner][self.last_name(node)] = node
        self._orders: dict[int, tuple[int, ...]] = {}
        self._classes: list[int] = []  # of kinds of objects, which are numbered above all nodes

    def add_kind(self, class_: int) -> int:
        """A number for a kind of objects of a class, that answers as the class does; see `graph.objects`."""
        self._classes.append(class_)
        return len(self._graph) + len(self._classes) - 1

    def class_of(self, kind: int) -> int:
        """The class of a kind of objects; a class is one itself."""
        count = len(self._graph)
        return self._classes[kind - count] if kind >= count else kind

    def last_name(self, node: int) -> str:
        """`save` of `shop.models.Order.save`."""
        known = self._names.get(node)
        if known is None:
            known = self._names[node] = self._graph.nodes.names[node].rpartition(".")[2]
        return known

    def owner(self, node: int) -> int:
        """The class of a method, NOBODY for other nodes."""
        return self._owners.get(node, NOBODY)

    def order(self, class_: int) -> tuple[int, ...]:
        """A class, then its bases, nearest first; of a kind of objects those of its class."""
        known = self._orders.get(class_)
        if known is None:
            found = {self.class_of(class_): None}
            front = list(found)
            while front:
                front = [base for each in front for base in self._bases.get(each, ())]
                front = [base for base in dict.fromkeys(front) if base not in found]
                found.update(dict.fromkeys(front))
            known = self._orders[class_] = tuple(found)
        return known

    def is_final(self, class_: int) -> bool:
        """Does no class of the program extend it?"""
        return class_ not in self._extending

    def only(self, class_: int) -> int:
        """The one class at the end of a family in which each has at most one heir, NOBODY where one has several."""
        seen = set()
        while class_ in self._extending and class_ not in seen:
            seen.add(class_)
            heirs = set(self._extending[class_])
            if len(heirs) > 1:
                return NOBODY
            class_ = heirs.pop()
        return class_

    def answering(self, class_: int, name: str) -> int:
        """The method that answers to a name, NOBODY if it is no program's."""
        for each in self.order(class_):
            node = self._methods[each].get(name) if each in self._methods else None
            if node is not None:
                return node
        return NOBODY

    def defines(self, class_: int, name: str) -> bool:
        """Does a class itself have a method of a name?"""
        return class_ in self._methods and name in self._methods[class_]

    def instantiated(self, node: int, base: int) -> int:
        """The one class of a family that some code makes instances of, NOBODY if none or several."""
        graph = self._graph
        found = {
            graph.edges.target[edge]
            for edge in graph.edges_from(node)
            if graph.edges.kind[edge] == EdgeKind.INSTANTIATES
            and base in self.order(graph.edges.target[edge])
        }
        return found.pop() if len(found) == 1 else NOBODY

    def overridden(self) -> Iterator[tuple[int, int]]:
        """(method of a base, method that overrides it): the nearest base that has it."""
        for class_ in self._bases:
            for name, node in self._methods.get(class_, {}).items():
                for base in self.order(class_)[1:]:
                    above = self._methods[base].get(name) if base in self._methods else None
                    if above is not None:
                        yield above, node
                        break


def inheritance(graph: DependencyGraph) -> Iterator[tuple[int, int]]:
    """(class, base of the program).

    The edge of a base leaves the scope in which the class statement stands: that is where the name
    is looked up. Its line says which class of the scope it is.
    """
    kinds, nodes, edges = graph.nodes.kind, graph.nodes, graph.edges
    classes: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for node, kind in enumerate(kinds):
        if kind == NodeKind.CLASS:
            classes[nodes.parent[node]].append((nodes.line[node], node))
    for rows in classes.values():
        rows.sort()
    for edge, kind in enumerate(edges.kind):
        base = edges.target[edge]
        if kind != EdgeKind.INHERITS or kinds[base] != NodeKind.CLASS:
            continue
        rows = classes.get(edges.source[edge], [])
        for line in edges.site_line[edges.site_start[edge] : edges.site_start[edge + 1]]:
            at = bisect_right(rows, (line, len(graph))) - 1
            if at >= 0 and line <= nodes.end_line[rows[at][1]] and rows[at][1] != base:
                yield rows[at][1], base
