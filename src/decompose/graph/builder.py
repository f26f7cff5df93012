"""Collect nodes and edges in any order; get a graph whose numbers depend on the names alone."""

from array import array
from dataclasses import dataclass, field

from decompose.graph.dependency import NOBODY, DependencyGraph, Edges, Nodes
from decompose.model.program import Confidence, EdgeKind, NodeKind
from decompose.model.source import FileRole

_DEEPEST = 15  # loops around a place that are told apart


@dataclass
class GraphBuilder:
    """`node` and `edge` may be called in any order; `build` sorts, merges and freezes."""

    files: list[str]
    file_roles: list[FileRole]
    file_lines: list[int]
    _names: list[str] = field(default_factory=list)
    _rows: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    _index: dict[str, int] = field(default_factory=dict)
    _mediators: dict[str, int] = field(default_factory=lambda: {"": 0})
    _edges: dict[tuple[int, int, int, int], list[int]] = field(default_factory=dict)

    def node(
        self,
        name: str,
        kind: NodeKind,
        *,
        parent: int = NOBODY,
        file: int = NOBODY,
        line: int = 0,
        end_line: int = 0,
    ) -> int:
        """The provisional number of a node; the first definition of a name wins."""
        known = self._index.get(name)
        if known is not None:
            return known
        number = self._index[name] = len(self._names)
        self._names.append(name)
        self._rows.append((int(kind), parent, file, line, end_line))
        return number

    def find(self, name: str) -> int | None:
        """The provisional number of a name."""
        return self._index.get(name)

    def names(self) -> list[str]:
        """Names by provisional number."""
        return list(self._names)

    def file_of(self, node: int) -> int:
        """The file of a provisional number."""
        return self._rows[node][2]

    def edge(  # noqa: PLR0913 -- the columns of an edge
        self,
        source: int,
        target: int,
        kind: EdgeKind,
        confidence: Confidence,
        *,
        line: int = 0,
        loop_depth: int = 0,
        mediated_by: str = "",
    ) -> None:
        """Note one place of a dependency between provisional numbers; line 0: no place."""
        mediator = self._mediators.get(mediated_by)
        if mediator is None:
            mediator = self._mediators[mediated_by] = len(self._mediators)
        key = (source, target, kind, mediator)
        row = self._edges.get(key)
        if row is None:
            row = self._edges[key] = [confidence]
        elif confidence > row[0]:
            row[0] = confidence
        if line:
            row.append(line << 4 | min(loop_depth, _DEEPEST))

    def build(self) -> DependencyGraph:
        """The graph; nodes by name, code first; edges by source, target, kind, mediator; sites by line, unique."""
        order = sorted(
            range(len(self._names)),
            key=lambda n: (self._rows[n][0] > NodeKind.METHOD, self._names[n]),
        )
        renumbered = array("i", [0]) * (len(order) + 1)
        for new, old in enumerate(order):
            renumbered[old] = new
        renumbered[NOBODY] = NOBODY
        mediators = sorted(self._mediators)
        mediator_of = {old: mediators.index(name) for name, old in self._mediators.items()}
        return DependencyGraph(
            self._sorted_nodes(order, renumbered),
            self._sorted_edges(renumbered, mediator_of),
            self.files,
            self.file_roles,
            self.file_lines,
            mediators,
        )

    def _sorted_nodes(self, order: list[int], renumbered: "array[int]") -> Nodes:
        nodes = Nodes()
        for old in order:
            kind, parent, file, line, end_line = self._rows[old]
            nodes.names.append(self._names[old])
            nodes.kind.append(kind)
            nodes.parent.append(renumbered[parent])
            nodes.file.append(file)
            nodes.line.append(line)
            nodes.end_line.append(end_line)
        return nodes

    def _sorted_edges(self, renumbered: "array[int]", mediator_of: dict[int, int]) -> Edges:
        rows = sorted(
            (renumbered[source], renumbered[target], kind, mediator_of[mediator], row)
            for (source, target, kind, mediator), row in self._edges.items()
        )
        edges = Edges()
        for source, target, kind, mediator, row in rows:
            edges.source.append(source)
            edges.target.append(target)
            edges.kind.append(kind)
            edges.confidence.append(row[0])
            edges.mediator.append(mediator)
            edges.observed.append(0)
            edges.site_start.append(len(edges.site_line))
            for site in sorted(set(row[1:])):
                edges.site_line.append(site >> 4)
                edges.site_loop.append(site & 15)
        edges.site_start.append(len(edges.site_line))
        return edges
