"""What does the search box find? Everything with an anchor, and each member with its line."""

from collections.abc import Iterator

from decompose.graph import NOBODY
from decompose.model.program import NodeKind
from decompose.report import limits
from decompose.report.data import DataView
from decompose.report.entries import Entries
from decompose.report.findings import Findings
from decompose.report.limits import Cuts
from decompose.report.lookup import Lookup
from decompose.report.services import ServiceView
from decompose.report.text import shortened

Named = list[str]
"""[kind, text, detail, anchor]"""


def named(
    services: tuple[ServiceView, ...], tables: DataView, doors: Entries, found: Findings
) -> list[Named]:
    """What has a place of its own on the page."""
    return [
        *(["service", s.name, shortened(s.purpose, 120), s.anchor] for s in services),
        *(["table", t.name, f"owned by {t.owner_title}", t.anchor] for t in tables.tables),
        *([e.kind, e.name, f"{e.service} · {e.site}", e.anchor] for e in doors.shown),
        *(["finding", f.subject, shortened(f.message, 120), f.anchor] for f in found.shown),
    ]


def members(lookup: Lookup, cuts: Cuts) -> list[list[object]]:
    """[module, path, [[name, line, label], …]] for each module; a label is a position in `labels`."""
    graph = lookup.analysis.program.graph
    modules: dict[int, list[list[object]]] = {}
    kept = total = 0
    for node, name, label in _atoms(lookup):
        total += 1
        if kept >= limits.SEARCHED_ATOMS:
            continue
        kept += 1
        module = graph.module_of(node)
        short = "" if node == module else name.removeprefix(graph.nodes.names[module] + ".")
        modules.setdefault(module, []).append([short, graph.nodes.line[node], label])
    cuts.note(kept, total, "members found by the search")
    files, graph_files = graph.nodes.file, graph.files
    return [
        [
            graph.nodes.names[module],
            graph_files[files[module]] if files[module] != NOBODY else "",
            rows,
        ]
        for module, rows in sorted(modules.items())
    ]


def labels(lookup: Lookup) -> list[list[str]]:
    """[title, anchor of the card] of each service, then of what belongs to none."""
    return [*([s, lookup.anchor(s)] for s in lookup.services), ["no service", "rest"]]


def _atoms(lookup: Lookup) -> Iterator[tuple[int, str, int]]:
    graph = lookup.analysis.program.graph
    place = {name: number for number, name in enumerate(lookup.services)}
    for node, atom in enumerate(graph.atoms):
        if atom != node or graph.nodes.kind[node] == NodeKind.TABLE:
            continue
        if graph.role(node).takes_part:
            name = graph.nodes.names[node]
            yield node, name, place.get(lookup.labels.get(name, ""), len(place))
