"""How do Markdown pages draw the graph? Small enough to be read: the heaviest part of it, and a note of what is cut."""

from collections.abc import Iterator

from decompose.export.options import ExportOptions, Level
from decompose.export.picture import Node, Picture, merged, picture
from decompose.export.text import mermaid
from decompose.graph import Analysis

_MOST_NODES = 60
_MOST_EDGES = {
    Level.SERVICE: 90,
    Level.MODULE: 150,
    Level.DEFINITION: 150,
}  # Mermaid itself refuses more than 500
_SHAPES = {"table": ("[(", ")]"), "external": ("[[", "]]"), "service": ("([", "])")}


def render(analysis: Analysis, options: ExportOptions) -> str:
    """A Mermaid flowchart. Services, if no level is asked for."""
    level = options.level or Level.SERVICE
    found = picture(analysis, options, level)
    weights = merged(found.lines)
    nodes = _heaviest(found, weights)
    ids = {node.name: f"n{number}" for number, node in enumerate(nodes)}
    edges = [pair for pair in weights if pair[0] in ids and pair[1] in ids]
    shown = sorted(edges, key=lambda pair: (-weights[pair], pair))[: _MOST_EDGES[level]]
    return "".join(
        [
            "flowchart LR\n",
            *_cut("nodes", len(found.nodes) - len(nodes)),
            *_cut("edges", len(weights) - len(shown)),
            *(_node(node, ids[node.name]) for node in nodes),
            *(f"  {ids[a]} -->|{weights[a, b]}| {ids[b]}\n" for a, b in sorted(shown)),
        ]
    )


def _heaviest(found: Picture, weights: dict[tuple[str, str], int]) -> list[Node]:
    """The nodes that most depends on or runs through, by name."""
    total = dict.fromkeys((node.name for node in found.nodes), 0)
    for ends, weight in weights.items():
        for name in set(ends):
            total[name] += weight
    ranked = sorted(found.nodes, key=lambda node: (-total[node.name], -node.lines, node.name))
    return sorted(ranked[:_MOST_NODES], key=lambda node: node.name)


def _cut(what: str, count: int) -> Iterator[str]:
    if count:
        yield f"  %% {count} lighter {what} are left out\n"


def _node(node: Node, number: str) -> str:
    opening, closing = _SHAPES.get(node.kind, ("[", "]"))
    size = f", {node.lines} lines" if node.kind == "service" else ""
    return f"  {number}{opening}{mermaid(node.name + size)}{closing}\n"
