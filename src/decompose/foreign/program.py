"""A given graph in our own terms: nodes, edges with their volume, entry points that expose what they visit first."""

from decompose.graph.analysis import Program
from decompose.graph.builder import GraphBuilder
from decompose.model.given import GivenEntry, GivenGraph, GivenNode
from decompose.model.program import PREFIXES, Confidence, EdgeKind, NodeKind

_KINDS = {
    "module": NodeKind.MODULE,
    "class": NodeKind.CLASS,
    "entity": NodeKind.CLASS,
    "function": NodeKind.FUNCTION,
    "table": NodeKind.TABLE,
}


def node_name(node: GivenNode) -> str:
    """The name of a node in all outputs: its id, a table's with its prefix."""
    return PREFIXES[NodeKind.TABLE] + node.id if node.kind == "table" else node.id


def entry_name(entry: GivenEntry) -> str:
    """The name of an entry point's node."""
    return PREFIXES[NodeKind.COMMAND] + entry.name


def program(given: GivenGraph) -> Program:
    """A program without files: no sites, no framework facts; weights are counts that somebody observed."""
    builder = GraphBuilder([], [], [])
    number = {
        node.id: builder.node(
            node_name(node), _KINDS[node.kind], line=1, end_line=max(node.lines, 1)
        )
        for node in given.nodes
    }
    for edge in given.edges:
        kind = EdgeKind[edge.kind.upper()]
        builder.edge(number[edge.source], number[edge.target], kind, Confidence.EXACT)
    for entry in given.entry_points:
        door = builder.node(entry_name(entry), NodeKind.COMMAND)
        steps = entry.steps()
        if steps:
            first = number[steps[0].node]
            builder.edge(door, first, EdgeKind.EXPOSES, Confidence.EXACT)
    return Program(builder.build())
