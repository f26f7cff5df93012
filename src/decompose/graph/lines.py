"""How many lines does each atom have of its own?"""

from decompose.graph.dependency import NOBODY, DependencyGraph
from decompose.model.program import NodeKind


def own_lines(graph: DependencyGraph) -> dict[int, int]:
    """Code atom -> its lines; a module's are those that its top-level definitions leave over."""
    nodes = graph.nodes
    lines: dict[int, int] = {}
    taken: dict[int, int] = {}
    for node, atom in enumerate(graph.atoms):
        if atom != node or nodes.kind[node] > NodeKind.METHOD:
            continue
        lines[node] = max(nodes.end_line[node] - nodes.line[node] + 1, 0)
        if nodes.kind[node] != NodeKind.MODULE and nodes.parent[node] != NOBODY:
            parent = nodes.parent[node]
            taken[parent] = taken.get(parent, 0) + lines[node]
    for module, count in taken.items():
        lines[module] = max(lines.get(module, 0) - count, 0)
    return lines
