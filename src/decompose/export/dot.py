"""How does Graphviz draw the graph?"""

import math
from collections.abc import Iterator, Sequence

from decompose.export.options import ExportOptions, Level
from decompose.export.picture import Node, Picture, merged, picture
from decompose.export.text import dot
from decompose.graph import Analysis

_MOST_PEN = 6.0
_SHAPES = {"table": "cylinder", "external": "note", "service": "box3d"}
_LEAN = {
    "route": "cds",
    "task": "cds",
    "command": "cds",
    "operation": "cds",
    "schedule": "cds",
    "signal": "cds",
    "queue": "cds",
}


def render(analysis: Analysis, options: ExportOptions) -> str:
    """DOT; below service level a box around each service. Services, if no level is asked for."""
    level = options.level or Level.SERVICE
    found = picture(analysis, options, level)
    body = _nodes(found.nodes, "  ") if level is Level.SERVICE else _grouped(found)
    return "".join(
        [
            f"digraph {dot(found.name)} {{\n",
            "  rankdir=LR;\n",
            '  node [shape=box, fontname="sans-serif"];\n',
            '  edge [fontname="sans-serif", fontsize=10];\n',
            *body,
            *_edges(found),
            "}\n",
        ]
    )


def _grouped(found: Picture) -> Iterator[str]:
    services = sorted({node.service for node in found.nodes})
    for number, service in enumerate(services):
        inside = [node for node in found.nodes if node.service == service]
        if not service:
            yield from _nodes(inside, "  ")
            continue
        yield f"  subgraph cluster_{number} {{\n    label={dot(service)};\n"
        yield from _nodes(inside, "    ")
        yield "  }\n"


def _nodes(nodes: Sequence[Node], indent: str) -> Iterator[str]:
    for node in nodes:
        shape = _SHAPES.get(node.kind) or _LEAN.get(node.kind)
        looks = f", shape={shape}" if shape else ""
        size = f"\\n{node.lines} lines" if node.kind == "service" else ""
        label = f"{dot(node.name)[:-1]}{size}" + '"'
        yield f"{indent}{dot(node.name)} [label={label}{looks}];\n"


def _edges(found: Picture) -> Iterator[str]:
    weights = merged(found.lines)
    most = max(weights.values(), default=1)
    for (source, target), weight in sorted(weights.items()):
        pen = 1 + (_MOST_PEN - 1) * math.log1p(weight) / math.log1p(most)
        yield f'  {dot(source)} -> {dot(target)} [label="{weight}", penwidth={pen:.1f}];\n'
