"""How do Gephi, yEd or networkx read the graph?"""

from collections.abc import Iterator

from decompose.export.options import ExportOptions, Level
from decompose.export.picture import Line, Node, picture
from decompose.export.text import xml
from decompose.graph import Analysis

_NODE_KEYS = (
    ("kind", "string"),
    ("service", "string"),
    ("lines", "int"),
    ("file", "string"),
    ("line", "int"),
)
_EDGE_KEYS = (("kind", "string"), ("edges", "int"), ("weight", "int"))


def render(analysis: Analysis, options: ExportOptions) -> str:
    """GraphML; a node's id is its name. Modules, if no level is asked for."""
    found = picture(analysis, options, options.level or Level.MODULE)
    return "".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>\n',
            '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n',
            *_keys("node", _NODE_KEYS),
            *_keys("edge", _EDGE_KEYS),
            f'  <graph id="{xml(found.name)}" edgedefault="directed">\n',
            *(_node(node) for node in found.nodes),
            *(_edge(number, line) for number, line in enumerate(found.lines)),
            "  </graph>\n</graphml>\n",
        ]
    )


def _keys(domain: str, keys: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for key, kind in keys:
        yield f'  <key id="{domain}-{key}" for="{domain}" attr.name="{key}" attr.type="{kind}"/>\n'


def _node(node: Node) -> str:
    values = (node.kind, node.service, node.lines, node.file, node.line)
    data = "".join(
        f'<data key="node-{key}">{xml(str(value))}</data>'
        for (key, _), value in zip(_NODE_KEYS, values, strict=True)
    )
    return f'    <node id="{xml(node.name)}">{data}</node>\n'


def _edge(number: int, line: Line) -> str:
    values = (line.kind, line.edges, line.weight)
    data = "".join(
        f'<data key="edge-{key}">{xml(str(value))}</data>'
        for (key, _), value in zip(_EDGE_KEYS, values, strict=True)
    )
    ends = f'source="{xml(line.source)}" target="{xml(line.target)}"'
    return f'    <edge id="e{number}" {ends}>{data}</edge>\n'
