"""A graph with what was seen beside what was read: counts on its edges, and edges that reading did not find."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from decompose.graph.dependency import DependencyGraph, Edges
from decompose.model.program import Confidence, EdgeKind

_MOST = 2**31 - 1  # of a column


@dataclass(frozen=True, slots=True)
class SeenCall:
    """A call that ran: between two nodes, through a library or not (""), from some lines, so often."""

    source: int
    target: int
    mediated_by: str
    lines: tuple[int, ...]
    count: int


def with_seen(
    graph: DependencyGraph, counts: Mapping[int, int], calls: Iterable[SeenCall]
) -> DependencyGraph:
    """The graph with `counts` (edge -> how often it was seen) and with `calls` as further edges.

    What was linked by name only and was seen is no guess any more. Numbers of nodes stay as they are.
    """
    added = list(calls)
    mediators = sorted({*graph.mediators, *(call.mediated_by for call in added)})
    number = {name: position for position, name in enumerate(mediators)}
    rows = [_known(graph, edge, counts.get(edge, 0), number) for edge in range(graph.edge_count)]
    rows += [_added(call, number) for call in added]
    return DependencyGraph(
        graph.nodes,
        _columns(sorted(rows)),
        graph.files,
        graph.file_roles,
        graph.file_lines,
        mediators,
    )


_Row = tuple[int, int, int, int, int, int, tuple[tuple[int, int], ...]]
"""Source, target, kind, mediator, confidence, observed, sites (line, loop)."""


def _known(graph: DependencyGraph, edge: int, count: int, number: Mapping[str, int]) -> _Row:
    columns = graph.edges
    first, last = columns.site_start[edge], columns.site_start[edge + 1]
    confidence = columns.confidence[edge]
    if count and confidence == Confidence.NAME_ONLY:
        confidence = int(Confidence.OBSERVED)
    return (
        columns.source[edge],
        columns.target[edge],
        columns.kind[edge],
        number[graph.mediators[columns.mediator[edge]]],
        confidence,
        min(columns.observed[edge] + count, _MOST),
        tuple(zip(columns.site_line[first:last], columns.site_loop[first:last], strict=True)),
    )


def _added(call: SeenCall, number: Mapping[str, int]) -> _Row:
    return (
        call.source,
        call.target,
        int(EdgeKind.CALLS),
        number[call.mediated_by],
        int(Confidence.OBSERVED),
        min(call.count, _MOST),
        tuple((line, 0) for line in sorted(set(call.lines)) if line > 0),
    )


def _columns(rows: Iterable[_Row]) -> Edges:
    edges = Edges()
    for source, target, kind, mediator, confidence, observed, sites in rows:
        edges.source.append(source)
        edges.target.append(target)
        edges.kind.append(kind)
        edges.mediator.append(mediator)
        edges.confidence.append(confidence)
        edges.observed.append(observed)
        edges.site_start.append(len(edges.site_line))
        edges.site_line.extend(line for line, _ in sites)
        edges.site_loop.extend(loop for _, loop in sites)
    edges.site_start.append(len(edges.site_line))
    return edges
