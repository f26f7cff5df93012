"""What calls did reading find? Pairs of functions or modules, with the lines that they stand on.

What is sent to a task, a signal or a queue, or mapped to a route, leads to the functions that handle it, or to the
wrappers that decorators of the program put around them.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from decompose.graph import DependencyGraph
from decompose.graph.entered import Entered
from decompose.graph.observed import scope
from decompose.model.program import Confidence, EdgeKind, NodeKind
from decompose.model.source import FileRole

WRITTEN, IMPLICIT, FRAMEWORK, OVERRIDE, NAME_ONLY = KINDS = (
    "written",
    "implicit",
    "framework",
    "override",
    "name-only",
)
_BY_MEDIATOR = {
    "": WRITTEN,
    "name": WRITTEN,
    "python": IMPLICIT,
    "callback": IMPLICIT,
    "override": OVERRIDE,
}
_CALLING = frozenset(
    {EdgeKind.CALLS, EdgeKind.PUBLISHES, EdgeKind.CONSUMES, EdgeKind.EXPOSES, EdgeKind.PASSES}
)
_MAX_HOPS = 8  # schedule, task, handler are two; a signal that leads to itself must end

Pair = tuple[int, int]


@dataclass(slots=True)
class StaticPair:
    """What reading says of a pair: by which kind of edge (the surest), and on which lines."""

    kind: str
    mediated_by: str
    lines: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Statics:
    """All pairs; `imports`: (importing module, imported module); `on_line`: (caller, line) -> callees."""

    pairs: dict[Pair, StaticPair]
    imports: set[Pair]
    on_line: dict[Pair, set[int]]


def statics(graph: DependencyGraph) -> Statics:
    """The calls of a graph; those that only a trace has added are left out."""
    found, entered = Statics({}, set(), defaultdict(set)), Entered(graph)
    kinds = graph.nodes.kind
    for edge in graph:
        if edge.confidence > Confidence.EXACT or kinds[edge.source] > NodeKind.METHOD:
            continue
        if edge.kind is EdgeKind.IMPORTS and kinds[edge.target] <= NodeKind.METHOD:
            importer, imported = graph.module_of(edge.source), graph.module_of(edge.target)
            found.imports.update((importer, each) for each in _with_packages(graph, imported))
        elif edge.kind in _CALLING and not graph.is_on_behalf(edge.index):
            for target, is_sent, confidence in _reached(entered, edge.index):
                kind = FRAMEWORK if is_sent else _BY_MEDIATOR.get(edge.mediated_by, FRAMEWORK)
                if min(confidence, edge.confidence) == Confidence.NAME_ONLY:
                    kind = NAME_ONLY
                _note(graph, found, edge.index, target, kind)
    return found


def _with_packages(graph: DependencyGraph, module: int) -> Iterator[int]:
    """A module and the packages around it: they are imported with it."""
    name = graph.nodes.names[module]
    while name:
        node = graph.index.get(name)
        if node is not None and graph.nodes.kind[node] == NodeKind.MODULE:
            yield node
        name = name.rpartition(".")[0]


def _note(graph: DependencyGraph, found: Statics, edge: int, target: int, kind: str) -> None:
    source = graph.edges.source[edge]
    if graph.role(source) is FileRole.TEST or graph.role(target) is FileRole.TEST:
        return
    if (
        graph.kind(target) is NodeKind.CLASS
    ):  # a view that a library's code answers for: no function that could run
        return
    caller = scope(graph, source)
    pair = found.pairs.get((caller, target))
    if pair is None or KINDS.index(kind) < KINDS.index(pair.kind):
        lines = set() if pair is None else pair.lines
        mediator = graph.mediators[graph.edges.mediator[edge]]
        pair = found.pairs[caller, target] = StaticPair(kind, mediator, lines)
    for site, _ in graph.sites(edge):
        pair.lines.add(site.line)
        found.on_line[caller, site.line].add(target)


def _reached(
    entered: Entered, edge: int, hops: int = _MAX_HOPS
) -> Iterator[tuple[int, bool, Confidence]]:
    """(code that an edge leads to, does it go by way of a resource?, how sure the way behind the edge is)."""
    graph = entered.graph
    target = graph.edges.target[edge]
    if graph.edges.kind[edge] == EdgeKind.PASSES and graph.kind(target).is_code:
        for further in graph.edges_from(target):
            if graph.is_on_behalf(further):
                yield from ((each, True, Confidence.EXACT) for each in entered.through(further))
    elif graph.kind(target).is_code:
        yield from ((each, False, Confidence.EXACT) for each in entered.through(edge))
    elif graph.kind(target) not in (NodeKind.EXTERNAL, NodeKind.TABLE) and hops:
        for further in graph.edges_from(target):
            if graph.edges.kind[further] in _CALLING:
                own = Confidence(graph.edges.confidence[further])
                for node, _, behind in _reached(entered, further, hops - 1):
                    yield node, True, min(own, behind)
