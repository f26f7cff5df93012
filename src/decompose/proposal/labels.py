"""Where does each part of the program belong, under a proposal?"""

from collections.abc import Iterator

from decompose.graph import DependencyGraph
from decompose.model.partition import SHARED, UNUSED
from decompose.model.program import EdgeKind, NodeKind
from decompose.model.proposal import Proposal
from decompose.proposal.literals import legible
from decompose.proposal.prefixes import covering

TABLE = "table:"
_ANSWERS = (EdgeKind.EXPOSES, EdgeKind.CONSUMES, EdgeKind.PUBLISHES)
_MAX_HOPS = 8  # schedule -> task -> handler needs two; hostile code may go in circles


def claims_of(proposal: Proposal) -> dict[str, str]:
    """Everything that the proposal claims -> label: prefixes, `table:NAME`, and nodes of entry points."""
    claims = dict.fromkeys(proposal.shared, SHARED)
    claims.update(dict.fromkeys(proposal.unused, UNUSED))
    for service in proposal.services:
        claims.update(dict.fromkeys(service.members, service.name))
        claims.update(dict.fromkeys((TABLE + table for table in service.tables), service.name))
        claims.update(dict.fromkeys(service.entry_points, service.name))
    return claims


def labels(proposal: Proposal, graph: DependencyGraph) -> dict[str, str]:
    """Every atom and table -> its service, `shared` or `unused`.

    The longest prefix decides; what nobody claims is shared. A table without an owner goes with its model's class.
    """
    claims = claims_of(proposal)
    found: dict[str, str] = {}
    tables: list[int] = []
    for node in atoms(graph):
        name = graph.nodes.names[node]
        if graph.nodes.kind[node] == NodeKind.TABLE:
            tables.append(node)
        else:
            found[name] = label_of(claims, name)
    for node in tables:
        name = graph.nodes.names[node]
        found[name] = claims.get(legible(name)) or _of_model(graph, node, found)
    return found


def atoms(graph: DependencyGraph) -> Iterator[int]:
    """The nodes that are atoms, in order."""
    return (node for node, atom in enumerate(graph.atoms) if node == atom)


def label_of(claims: dict[str, str], name: str) -> str:
    """The label of a dotted name under claims."""
    claim = covering(claims, legible(name))
    return SHARED if claim is None else claims[claim]


def _of_model(graph: DependencyGraph, table: int, found: dict[str, str]) -> str:
    edges = graph.edges
    for edge in graph.edges_from(table):
        if edges.kind[edge] == EdgeKind.MAPS:
            atom = graph.atoms[edges.target[edge]]
            return found.get(graph.nodes.names[atom], SHARED)
    return SHARED


def entry_points(graph: DependencyGraph) -> dict[str, tuple[str, ...]]:
    """Route, task, command or schedule -> the atoms that answer it; a schedule of a task is answered as the task."""
    kinds = graph.nodes.kind
    return {
        graph.nodes.names[node]: tuple(sorted(set(_answering(graph, node, _MAX_HOPS))))
        for node in range(len(graph))
        if NodeKind(kinds[node]).is_entry_point
    }


def _answering(graph: DependencyGraph, node: int, hops: int) -> Iterator[str]:
    edges = graph.edges
    for edge in graph.edges_from(node):
        target = edges.target[edge]
        if edges.kind[edge] not in _ANSWERS or hops <= 0:
            continue
        atom = graph.atoms[target]
        if atom >= 0 and graph.nodes.kind[atom] != NodeKind.TABLE:
            yield graph.nodes.names[atom]
        else:
            yield from _answering(graph, target, hops - 1)
