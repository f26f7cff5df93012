"""The dependency graph: code, tables, routes and tasks as nodes; what depends on what, with sites, as edges.

Columns of integers instead of objects: a million-line program has some hundred thousand nodes and a million edges.

Terms
-----
node   an index into `names`, sorted by (kind is code, name), so that equal programs have equal numbers.
atom   what a partition moves: a module's own code, a top-level class or function, a table. Every code node belongs to
       the atom of its top-level owner; routes, tasks and the like belong to no atom, they follow what they expose.
edge   (source, target, kind, confidence, mediated_by) with its sites; at most one per (source, target, kind,
       mediated_by). A site is a line in the file of the *source* node with the depth of loops around it.

Invariants: columns of nodes have equal length, so have columns of edges; `site_start` has one entry more than edges.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from decompose.model.program import DECLARED, Confidence, EdgeKind, NodeKind
from decompose.model.source import FileRole, Site

_TABLE, _MODULE, _METHOD = int(NodeKind.TABLE), int(NodeKind.MODULE), int(NodeKind.METHOD)

NOBODY = -1
BY_LANGUAGE = frozenset({"", "python", "override", "callback", "name", "typing"})
"""Mediators that are no framework."""


def _column() -> "array[int]":
    return array("i")


@dataclass(slots=True)
class Nodes:
    """Columns of nodes."""

    names: list[str] = field(default_factory=list)
    kind: "array[int]" = field(default_factory=_column)
    parent: "array[int]" = field(
        default_factory=_column
    )  # the definition or module around it, else NOBODY
    file: "array[int]" = field(default_factory=_column)  # index into `files`, NOBODY for externals
    line: "array[int]" = field(default_factory=_column)
    end_line: "array[int]" = field(default_factory=_column)


@dataclass(slots=True)
class Edges:
    """Columns of edges, sorted by (source, target, kind, mediated_by)."""

    source: "array[int]" = field(default_factory=_column)
    target: "array[int]" = field(default_factory=_column)
    kind: "array[int]" = field(default_factory=_column)
    confidence: "array[int]" = field(default_factory=_column)
    mediator: "array[int]" = field(
        default_factory=_column
    )  # index into `mediators`; 0 is "": written in the code
    observed: "array[int]" = field(
        default_factory=_column
    )  # how often a trace saw it; 0: no trace or not seen
    site_start: "array[int]" = field(default_factory=_column)  # offsets into the columns of sites
    site_line: "array[int]" = field(default_factory=_column)
    site_loop: "array[int]" = field(default_factory=_column)


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge, as a value."""

    source: int
    target: int
    kind: EdgeKind
    confidence: Confidence
    mediated_by: str
    observed: int
    index: int


@dataclass
class DependencyGraph:
    """See the module. Treat as frozen once built; build with `graph.builder.GraphBuilder`."""

    nodes: Nodes
    edges: Edges
    files: list[str]  # paths
    file_roles: list[FileRole]
    file_lines: list[int]  # lines of text in each file
    mediators: list[str]

    @cached_property
    def index(self) -> dict[str, int]:
        """Name -> node."""
        return {name: number for number, name in enumerate(self.nodes.names)}

    def __len__(self) -> int:
        return len(self.nodes.names)

    @property
    def edge_count(self) -> int:
        """How many edges there are."""
        return len(self.edges.source)

    def kind(self, node: int) -> NodeKind:
        """What a node stands for."""
        return NodeKind(self.nodes.kind[node])

    def site(self, node: int) -> Site | None:
        """Where a node is defined; None for externals."""
        file = self.nodes.file[node]
        return None if file == NOBODY else Site(self.files[file], self.nodes.line[node])

    def role(self, node: int) -> FileRole:
        """The role of the file that a node stands in; PROGRAM for what stands in none."""
        file = self.nodes.file[node]
        return FileRole.PROGRAM if file == NOBODY else self.file_roles[file]

    def edge(self, index: int) -> Edge:
        """One edge as a value."""
        columns = self.edges
        return Edge(
            columns.source[index],
            columns.target[index],
            EdgeKind(columns.kind[index]),
            Confidence(columns.confidence[index]),
            self.mediators[columns.mediator[index]],
            columns.observed[index],
            index,
        )

    def __iter__(self) -> Iterator[Edge]:
        """All edges, in order."""
        return (self.edge(index) for index in range(self.edge_count))

    def sites(self, edge: int) -> Iterator[tuple[Site, int]]:
        """Places of an edge with their loop depth; none where the source stands in no file."""
        columns = self.edges
        file = self.nodes.file[columns.source[edge]]
        if file == NOBODY:
            return
        path = self.files[file]
        for position in range(columns.site_start[edge], columns.site_start[edge + 1]):
            yield Site(path, columns.site_line[position]), columns.site_loop[position]

    def site_count(self, edge: int) -> int:
        """How many places an edge has."""
        return self.edges.site_start[edge + 1] - self.edges.site_start[edge]

    @cached_property
    def atoms(self) -> "array[int]":
        """Node -> its atom, NOBODY for routes, tasks, … and externals."""
        nodes, kinds = self.nodes, self.nodes.kind
        atoms = array("i", [NOBODY]) * len(nodes.names)
        for node, kind in enumerate(kinds):
            if kind in (_TABLE, _MODULE):
                atoms[node] = node
            elif _MODULE < kind <= _METHOD:
                atoms[node] = self._top_level(node)
        return atoms

    def _top_level(self, node: int) -> int:
        parents, kinds = self.nodes.parent, self.nodes.kind
        while parents[node] != NOBODY and kinds[parents[node]] != _MODULE:
            node = parents[node]
        return node

    def module_of(self, node: int) -> int:
        """The module that a code node stands in, NOBODY for other nodes."""
        parents, kinds = self.nodes.parent, self.nodes.kind
        while node != NOBODY and kinds[node] != _MODULE:
            node = parents[node]
        return node

    @cached_property
    def outgoing(self) -> tuple["array[int]", "array[int]"]:
        """(start, edge): the edges of source n are `edge[start[n]:start[n + 1]]`."""
        return _grouped(self.edges.source, len(self))

    @cached_property
    def incoming(self) -> tuple["array[int]", "array[int]"]:
        """(start, edge): the edges of target n are `edge[start[n]:start[n + 1]]`."""
        return _grouped(self.edges.target, len(self))

    def is_on_behalf(self, edge: int) -> bool:
        """Is it a call that a framework makes on behalf of a class, module or function whose text does not call?"""
        columns = self.edges
        if columns.kind[edge] != EdgeKind.CALLS:
            return False
        if self.mediators[columns.mediator[edge]].endswith(DECLARED):
            return True
        if self.nodes.kind[columns.source[edge]] not in (NodeKind.CLASS, NodeKind.MODULE):
            return False
        return self.mediators[columns.mediator[edge]] not in BY_LANGUAGE

    def edges_from(self, node: int) -> "array[int]":
        """Indices of the edges that leave a node, in order."""
        start, edge = self.outgoing
        return edge[start[node] : start[node + 1]]

    def edges_to(self, node: int) -> "array[int]":
        """Indices of the edges that enter a node, in order."""
        start, edge = self.incoming
        return edge[start[node] : start[node + 1]]


def _grouped(ends: "array[int]", count: int) -> tuple["array[int]", "array[int]"]:
    import numpy as np  # noqa: PLC0415  (not before a graph is there to be asked: see `pipeline`)

    column = np.frombuffer(ends, dtype=np.intc) if ends else np.zeros(0, dtype=np.intc)
    order = np.argsort(column, kind="stable").astype(np.intc)
    start = np.concatenate([[0], np.cumsum(np.bincount(column, minlength=count))])
    return array("i", start.astype(np.intc).tobytes()), array("i", order.tobytes())
