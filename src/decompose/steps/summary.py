"""What a run tells at its end, from the analysis; as JSON and back."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import msgspec

from decompose.graph import Analysis, DependencyGraph
from decompose.model.changes import counted
from decompose.model.partition import SHARED, UNUSED, Boundary
from decompose.model.program import NodeKind
from decompose.model.source import FileRole
from decompose.model.summary import BoundaryRow, ServiceRow, Summary

_BOUNDARIES = 12
_KNOWN = ("linked", "library", "builtin")
SCHEMA = 1


def summarize(analysis: Analysis) -> Summary:
    """The figures of an analysis that fit one screen."""
    program, graph = analysis.program, analysis.program.graph
    kinds = Counter(graph.nodes.kind)
    lines = _lines_by_label(graph, analysis.partition.labels())
    read = {
        facts
        for facts, role in zip(graph.files, graph.file_roles, strict=True)
        if role is FileRole.PROGRAM
    }
    return Summary(
        name=analysis.name,
        files=len(read),
        lines=sum(
            count for path, count in zip(graph.files, graph.file_lines, strict=True) if path in read
        ),
        definitions=sum(
            kinds[kind] for kind in (NodeKind.CLASS, NodeKind.FUNCTION, NodeKind.METHOD)
        ),
        nodes=len(graph),
        edges=graph.edge_count,
        tables=len({table.name for table in program.tables}),
        entry_points={
            "route": len(program.routes),
            "operation": len(program.operations),
            "task": len(program.tasks),
            "command": len(program.commands),
            "schedule": len(program.schedules),
        },
        frameworks=program.frameworks,
        services=tuple(
            ServiceRow(
                each.name,
                each.purpose,
                each.lines,
                len(each.members),
                len(each.tables),
                len(each.entry_points),
                round(each.confidence, 3),
            )
            for each in analysis.partition.capabilities
        ),
        shared_lines=lines.get(SHARED, 0),
        unused_lines=lines.get(UNUSED, 0),
        boundaries=tuple(_row(each) for each in analysis.boundaries[:_BOUNDARIES]),
        boundary_count=len(analysis.boundaries),
        findings=dict(sorted(Counter(each.severity.value for each in analysis.findings).items())),
        calls=dict(program.resolved),
        problems=analysis.problems,
        verdict=analysis.partition.verdict,
        worth_it=analysis.partition.worth_it,
        changes=counted(analysis.changes) if analysis.changes else None,
        domains=analysis.hierarchy.domains,
        teamwork=analysis.teamwork,
        independence=analysis.independence,
    )


def _row(boundary: Boundary) -> BoundaryRow:
    first = boundary.crossings[0] if boundary.crossings else None
    example = f"{first.kind.name.lower()} {first.target}" if first else ""
    site = next((str(site) for each in boundary.crossings for site in each.sites), "")
    return BoundaryRow(
        boundary.consumer,
        boundary.provider,
        round(boundary.weight, 2),
        len(boundary.crossings),
        example,
        site,
    )


def _lines_by_label(graph: DependencyGraph, labels: Mapping[str, str]) -> dict[str, int]:
    """Lines of top-level definitions per label; a module's own code counts what its definitions leave."""
    found: Counter[str] = Counter()
    nodes = graph.nodes
    for node, kind in enumerate(nodes.kind):
        label = labels.get(nodes.names[node])
        if label is None or kind > NodeKind.METHOD:
            continue
        size = max(nodes.end_line[node] - nodes.line[node] + 1, 0)
        found[label] += size
        parent = nodes.parent[node]
        if kind != NodeKind.MODULE and parent >= 0:
            found[labels.get(nodes.names[parent], "")] -= size
    return {label: max(count, 0) for label, count in found.items()}


def summary_json(summary: Summary, **more: object) -> str:
    """A summary as JSON text; `more` is added at the top level. Keys: see `model.summary`."""
    share = round(unresolved_share(summary.calls), 4)
    document = {"schema": SCHEMA, **asdict(summary), "unresolved_share": share, **more}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def unresolved_share(calls: Mapping[str, int]) -> float:
    """The share, 0 to 1, of all uses that are neither linked nor known to be a library's."""
    attempted = sum(calls.values())
    known = sum(calls.get(name, 0) for name in _KNOWN)
    return 1 - known / attempted if attempted else 0.0


def summary_from_json(text: str) -> Summary:
    """A summary from what `summary_json` gave. Errors: ValueError on anything else."""
    try:
        document: dict[str, Any] = msgspec.json.decode(text)
        return msgspec.convert(document, Summary)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error
