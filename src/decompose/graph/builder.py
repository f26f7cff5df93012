"""Collect nodes and edges in any order; get a graph whose numbers depend on the names alone."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

from decompose.graph.dependency import NOBODY, DependencyGraph, Nodes
from decompose.graph.packing import MOST_MEDIATORS, NODE_BITS, site, sort
from decompose.model.program import Confidence, EdgeKind, NodeKind
from decompose.model.source import FileRole


@dataclass
class GraphBuilder:
    """`node` and `edge` may be called in any order; `build` sorts, merges and freezes.

    Who notes edges by the hundred thousand appends to `ends` and `places` himself, packed as `graph.packing` says.
    """

    files: list[str]
    file_roles: list[FileRole]
    file_lines: list[int]
    ends: "array[int]" = field(default_factory=lambda: array("q"))
    """Source and target of each noted place of an edge, by provisional numbers."""
    places: "array[int]" = field(default_factory=lambda: array("q"))
    """Where it stands, and its sort."""
    _names: list[str] = field(default_factory=list)
    _rows: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    _index: dict[str, int] = field(default_factory=dict)
    _mediators: dict[str, int] = field(default_factory=lambda: {"": 0})

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

    def sort(self, kind: EdgeKind, confidence: Confidence, mediated_by: str = "") -> int:
        """What an edge is, but for its ends and sites."""
        mediator = self._mediators.get(mediated_by)
        if mediator is None:
            mediator = self._mediators[mediated_by] = len(self._mediators)
            if mediator >= MOST_MEDIATORS:
                raise ValueError(f"more than {MOST_MEDIATORS} mediators: {mediated_by!r}")
        return sort(kind, mediator, confidence)

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
        self.ends.append(source << NODE_BITS | target)
        self.places.append(site(line, loop_depth) | self.sort(kind, confidence, mediated_by))

    def build(self) -> DependencyGraph:
        """The graph; nodes by name, code first; edges by source, target, kind, mediator; sites by line, unique."""
        # Whoever imports the graph to read one needs no numpy, which takes longer to load than that.
        from decompose.graph.merging import merged  # noqa: PLC0415

        order = sorted(
            range(len(self._names)),
            key=lambda n: (self._rows[n][0] > NodeKind.METHOD, self._names[n]),
        )
        renumbered = _places_of(order)
        mediators = sorted(self._mediators)
        rank = {name: number for number, name in enumerate(mediators)}
        mediator_of = array("i", [rank[name] for name in self._mediators])
        return DependencyGraph(
            self._sorted_nodes(order, renumbered),
            merged(self.ends, self.places, renumbered, mediator_of),
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
            nodes.parent.append(NOBODY if parent == NOBODY else renumbered[parent])
            nodes.file.append(file)
            nodes.line.append(line)
            nodes.end_line.append(end_line)
        return nodes


def _places_of(order: Iterable[int]) -> "array[int]":
    """Old number -> new number."""
    olds = array("i", order)
    found = array("i", bytes(len(olds) * olds.itemsize))
    for new, old in enumerate(olds):
        found[old] = new
    return found
