"""What is drawn? Nodes and edges of one level, as plain values that each format spells in its way."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from decompose.export.labels import atom_labels, module_labels
from decompose.export.options import ExportOptions, Level
from decompose.graph import Analysis, DependencyGraph
from decompose.graph.lines import own_lines
from decompose.model.partition import SHARED
from decompose.model.program import EdgeKind, NodeKind
from decompose.model.source import FileRole

_LOOP_FACTOR = 10
_MAX_LOOPS = 3


@dataclass(frozen=True, slots=True)
class Node:
    """Something drawn. `service`: "" where it has none; `lines`: of code."""

    name: str
    kind: str
    service: str
    lines: int
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """Dependencies of one kind from one node to another. `weight`: places, loops counted ten-fold."""

    source: str
    target: str
    kind: str
    edges: int
    weight: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Nodes by name, lines by source, target and kind."""

    name: str
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]


@dataclass
class _Cast:
    """Which node of the picture each node of the graph becomes."""

    of: dict[int, str] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)


def picture(analysis: Analysis, options: ExportOptions, level: Level) -> Picture:
    """The picture of an analysis at a level."""
    graph = analysis.program.graph
    labels = atom_labels(graph, analysis.partition, tests=options.tests)
    make = {Level.DEFINITION: _definitions, Level.MODULE: _modules, Level.SERVICE: _services}[level]
    cast = make(graph, labels)
    if options.external:
        _add_libraries(graph, cast)
    lines = _lines(graph, options, cast.of, keep_loops=level is Level.DEFINITION)
    if options.external:
        _drop_idle(cast, lines)
    nodes = tuple(cast.nodes[name] for name in sorted(cast.nodes))
    return Picture(analysis.name, nodes, lines)


def _definitions(graph: DependencyGraph, labels: Mapping[int, str]) -> _Cast:
    cast = _Cast()
    shown = {FileRole.PROGRAM, FileRole.GENERATED, *(graph.role(atom) for atom in labels)}
    for node, name in enumerate(graph.nodes.names):
        kind = graph.kind(node)
        atom = graph.atoms[node]
        if kind is NodeKind.EXTERNAL or graph.role(node) not in shown:
            continue
        service = labels.get(atom, SHARED) if atom >= 0 else _of_door(graph, node, labels)
        cast.of[node] = name
        cast.nodes[name] = _node(graph, node, service, _size(graph, node))
    return cast


def _of_door(graph: DependencyGraph, node: int, labels: Mapping[int, str]) -> str:
    """The service of the first that answers a route, task or the like."""
    targets = (graph.edges.target[edge] for edge in graph.edges_from(node))
    return next((labels[a] for a in (graph.atoms[t] for t in targets) if a in labels), "")


def _modules(graph: DependencyGraph, labels: Mapping[int, str]) -> _Cast:
    """Modules and tables."""
    cast = _Cast()
    modules = module_labels(graph, labels)
    for node, name in enumerate(graph.nodes.names):
        module = graph.module_of(node) if graph.nodes.kind[node] <= NodeKind.METHOD else node
        if module in modules:
            cast.of[node] = graph.nodes.names[module]
        elif node in labels:
            cast.of[node] = name
        if node in modules or (node in labels and cast.of[node] == name):
            label = modules.get(node) or labels[node]
            cast.nodes[name] = _node(graph, node, label, _size(graph, node))
    return cast


def _services(graph: DependencyGraph, labels: Mapping[int, str]) -> _Cast:
    cast = _Cast()
    sizes = own_lines(graph)
    totals: dict[str, int] = defaultdict(int)
    for atom, label in labels.items():
        totals[label] += sizes.get(atom, 0)
    for node in range(len(graph)):
        atom = graph.atoms[node]
        if atom in labels:
            cast.of[node] = labels[atom]
    for label, lines in totals.items():
        cast.nodes[label] = Node(label, "service", label, lines)
    return cast


def _add_libraries(graph: DependencyGraph, cast: _Cast) -> None:
    """Libraries, by the first part of their names."""
    for node, name in enumerate(graph.nodes.names):
        if graph.nodes.kind[node] == NodeKind.EXTERNAL:
            library = name.partition(".")[0]
            cast.of[node] = library
            cast.nodes.setdefault(library, Node(library, "external", "", 0))


def _drop_idle(cast: _Cast, lines: Iterable[Line]) -> None:
    """Libraries that only left-out code uses are no part of the picture."""
    used = {line.target for line in lines}
    for name in [n for n, node in cast.nodes.items() if node.kind == "external" and n not in used]:
        del cast.nodes[name]


def _node(graph: DependencyGraph, node: int, service: str, lines: int) -> Node:
    site = graph.site(node)
    path, line = (site.path, site.line) if site else ("", 0)
    name = graph.nodes.names[node]
    return Node(name, graph.kind(node).name.lower(), service, lines, path, line)


def _size(graph: DependencyGraph, node: int) -> int:
    if graph.nodes.kind[node] > NodeKind.METHOD:
        return 0
    return max(graph.nodes.end_line[node] - graph.nodes.line[node] + 1, 0)


def _lines(
    graph: DependencyGraph, options: ExportOptions, of: Mapping[int, str], *, keep_loops: bool
) -> tuple[Line, ...]:
    """Edges merged by what their ends became; what stays within one node is left out, recursion apart."""
    edges = graph.edges
    written = graph.mediators.index("")
    found: dict[tuple[str, str, int], list[int]] = {}
    for edge in range(graph.edge_count):
        source, target = of.get(edges.source[edge]), of.get(edges.target[edge])
        if source is None or target is None or edges.confidence[edge] < options.min_confidence:
            continue
        if (source == target and not keep_loops) or (
            options.direct and edges.mediator[edge] != written
        ):
            continue
        row = found.setdefault((source, target, edges.kind[edge]), [0, 0])
        row[0] += 1
        row[1] += _weight(graph, edge)
    return tuple(
        Line(source, target, EdgeKind(kind).name.lower(), *row)
        for (source, target, kind), row in sorted(found.items())
    )


def _weight(graph: DependencyGraph, edge: int) -> int:
    start, end = graph.edges.site_start[edge], graph.edges.site_start[edge + 1]
    loops = graph.edges.site_loop[start:end]
    return sum(_LOOP_FACTOR ** min(depth, _MAX_LOOPS) for depth in loops) or 1


def merged(lines: Iterable[Line]) -> dict[tuple[str, str], int]:
    """(source, target) -> weight of all kinds together."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for line in lines:
        found[line.source, line.target] += line.weight
    return dict(found)
