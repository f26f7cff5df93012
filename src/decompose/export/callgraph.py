"""Who calls whom? `{caller: [callees]}` of the program's own definitions.

What stands in a class body, a decorator or a default runs in the scope around it. An instantiation leads to the
`__init__` that the class defines or inherits, else to the class. What is sent to a task, a signal or a queue leads to
the functions that handle it, and what a middleware hands on to a route to those that answer; where a decorator of the
program stands around them, to its wrapper. What a framework calls on behalf of a class or module is no call of theirs.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from decompose.export.labels import atom_labels
from decompose.export.options import ExportOptions, Level
from decompose.export.text import rows
from decompose.graph import Analysis, DependencyGraph
from decompose.graph.entered import Entered
from decompose.model.program import PREFIXES, Confidence, EdgeKind, NodeKind

Lines = set[int]
Calls = dict[int, dict[int, Lines]]
_CALLING = (EdgeKind.CALLS, EdgeKind.INSTANTIATES, EdgeKind.PUBLISHES, EdgeKind.PASSES)
_HANDLING = (EdgeKind.CONSUMES, EdgeKind.EXPOSES, EdgeKind.PUBLISHES, EdgeKind.CALLS)
_MAX_HOPS = 8  # schedule -> task -> handler needs two; a signal that leads to itself must end


def render(analysis: Analysis, options: ExportOptions) -> str:
    """JSON, sorted: each definition (module, service) is a key."""
    graph = analysis.program.graph
    calls = _Calls(graph, options).found()
    if options.level is Level.MODULE:
        return _rows_by_node(graph, _by_module(graph, calls), options, {NodeKind.MODULE})
    if options.level is Level.SERVICE:
        return _rows_by_service(analysis, calls, options)
    kinds = {NodeKind.MODULE, NodeKind.CLASS, NodeKind.FUNCTION, NodeKind.METHOD}
    return _rows_by_node(graph, calls, options, kinds)


@dataclass
class _Calls:
    """Reads calls off the graph's edges."""

    graph: DependencyGraph
    options: ExportOptions

    def __post_init__(self) -> None:
        self.calls: Calls = defaultdict(lambda: defaultdict(set))
        self.bases = _bases(self.graph)
        self.families: dict[int, set[int]] = {}
        self.initialized: dict[int, set[int]] = {}
        self.handlers: dict[int, list[tuple[int, Confidence]]] = {}
        self.entered = Entered(self.graph)
        self.written = self.graph.mediators.index("")  # mediator of what stands in the code

    def found(self) -> Calls:
        edges, kinds = self.graph.edges, self.graph.nodes.kind
        for edge in range(self.graph.edge_count):
            if edges.kind[edge] in _CALLING and kinds[edges.source[edge]] <= NodeKind.METHOD:
                self.edge(edge)
        return self.calls

    def edge(self, edge: int) -> None:
        edges = self.graph.edges
        is_mediated = edges.mediator[edge] != self.written
        confidence = Confidence(edges.confidence[edge])
        if confidence < self.options.min_confidence or (self.options.direct and is_mediated):
            return
        if self.graph.is_on_behalf(edge):
            return
        target = edges.target[edge]
        kind = NodeKind(self.graph.nodes.kind[target])
        if edges.kind[edge] == EdgeKind.PASSES:
            self.passed_on(edge, target)
        elif kind.is_code:
            self.to_code(edge, target)
        elif kind is NodeKind.EXTERNAL:
            if self.options.external and edges.kind[edge] == EdgeKind.CALLS:
                self.note(edge, target)
        elif not self.options.direct:
            self.to_handlers(edge, target)

    def to_handlers(self, edge: int, resource: int) -> None:
        for handler, known in self.handled_by(resource):
            if known >= self.options.min_confidence:
                self.note(edge, handler)

    def passed_on(self, edge: int, target: int) -> None:
        """To those that answer a route, or to what a framework calls on behalf of a class."""
        if not self.graph.kind(target).is_code:
            self.to_handlers(edge, target)
            return
        for further in self.graph.edges_from(target):
            if self.graph.is_on_behalf(further):
                for entered in self.entered.through(further):
                    self.note(edge, entered)

    def to_code(self, edge: int, target: int) -> None:
        """An `__init__` of the program, where there is one, has an edge of its own and stands for the class."""
        edges = self.graph.edges
        if edges.kind[edge] == EdgeKind.INSTANTIATES:
            initialized = self.initialized_by(edges.source[edge])
            if not initialized.isdisjoint(self.family(target)):
                return
        for entered in self.entered.through(edge):
            self.note(edge, entered)

    def initialized_by(self, node: int) -> set[int]:
        """The classes whose own `__init__` a node calls."""
        known = self.initialized.get(node)
        if known is None:
            nodes, edges = self.graph.nodes, self.graph.edges
            called = (
                edges.target[e]
                for e in self.graph.edges_from(node)
                if edges.kind[e] == EdgeKind.CALLS
            )
            known = self.initialized[node] = {
                nodes.parent[method]
                for method in called
                if nodes.names[method].endswith(".__init__")
            }
        return known

    def family(self, node: int) -> set[int]:
        """A class and all that it inherits from."""
        known = self.families.get(node)
        if known is None:
            known = self.families[node] = {node}
            front = [node]
            while front:
                front = [
                    base for each in front for base in self.bases.get(each, ()) if base not in known
                ]
                known.update(front)
        return known

    def note(self, edge: int, target: int) -> None:
        lines = self.calls[_scope(self.graph, self.graph.edges.source[edge])][target]
        if self.options.lines:
            lines.update(site.line for site, _ in self.graph.sites(edge))

    def handled_by(self, node: int) -> list[tuple[int, Confidence]]:
        known = self.handlers.get(node)
        if known is None:
            known = self.handlers[node] = sorted(set(self._handled_by(node, _MAX_HOPS)))
        return known

    def _handled_by(self, node: int, hops: int) -> Iterator[tuple[int, Confidence]]:
        edges = self.graph.edges
        for edge in self.graph.edges_from(node):
            if edges.kind[edge] not in _HANDLING or not hops:
                continue
            target, confidence = edges.target[edge], Confidence(edges.confidence[edge])
            if self.graph.kind(target).is_code:
                yield from ((each, confidence) for each in self.entered.by_framework(target))
            else:
                for handler, further in self._handled_by(target, hops - 1):
                    yield handler, min(confidence, further)


def _scope(graph: DependencyGraph, node: int) -> int:
    """The function or module whose code a node's text is part of."""
    nodes = graph.nodes
    while nodes.kind[node] == NodeKind.CLASS and nodes.parent[node] >= 0:
        node = nodes.parent[node]
    return node


def _bases(graph: DependencyGraph) -> dict[int, list[int]]:
    """Class -> the classes that it names as bases."""
    edges = graph.edges
    found: dict[int, list[int]] = defaultdict(list)
    for edge in range(graph.edge_count):
        if edges.kind[edge] == EdgeKind.INHERITS:
            found[edges.source[edge]].append(edges.target[edge])
    return found


def _by_module(graph: DependencyGraph, calls: Calls) -> Calls:
    """Calls between different modules; libraries stay as they are."""
    found: Calls = defaultdict(lambda: defaultdict(set))
    for caller, callees in calls.items():
        source = graph.module_of(caller)
        for callee, lines in callees.items():
            target = graph.module_of(callee) if graph.kind(callee).is_code else callee
            if target != source:
                found[source][target] |= lines
    return found


def _rows_by_node(
    graph: DependencyGraph, calls: Calls, options: ExportOptions, kinds: set[NodeKind]
) -> str:
    names = graph.nodes.names
    table: dict[str, object] = {}
    for node, name in enumerate(names):
        if graph.nodes.kind[node] in kinds:
            callees = {
                _shown(names[callee]): lines for callee, lines in calls.get(node, {}).items()
            }
            table[name] = (
                [{"to": to, "lines": sorted(callees[to])} for to in sorted(callees)]
                if options.lines
                else sorted(callees)
            )
    return rows(table)


def _shown(name: str) -> str:
    return name.removeprefix(PREFIXES[NodeKind.EXTERNAL])


def _rows_by_service(analysis: Analysis, calls: Calls, options: ExportOptions) -> str:
    """Calls between different services, `shared` and `unused`; lines as "path:line"."""
    graph = analysis.program.graph
    labels = atom_labels(graph, analysis.partition, tests=options.tests)
    found: dict[str, dict[str, set[tuple[str, int]]]] = {label: {} for label in labels.values()}
    for caller, callees in calls.items():
        source = labels.get(graph.atoms[caller])
        for callee, lines in callees.items():
            atom = graph.atoms[callee]
            target = labels.get(atom) if atom >= 0 else _shown(graph.nodes.names[callee])
            if source is not None and target not in (None, source):
                path = graph.files[graph.nodes.file[caller]]
                found[source].setdefault(str(target), set()).update((path, line) for line in lines)
    table: dict[str, object] = {}
    for label, targets in found.items():
        table[label] = (
            [
                {"to": to, "lines": [f"{path}:{line}" for path, line in sorted(targets[to])]}
                for to in sorted(targets)
            ]
            if options.lines
            else sorted(targets)
        )
    return rows(table)
