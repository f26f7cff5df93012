"""What speaks for two nodes of a given graph belonging together.

edges     ln(weight) + 1, by kind
together  entry points that visit both, each shared among the nodes that it visits
rare      the same, by how rare each node is among entry points: what everything visits tells nothing
names     common words, rare ones more

Each signal is scaled to a total of 1, then weighted. The weights of visits and names were chosen on
the two published entity graphs with expert truth; half or twice of them changes little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, diags_array

from decompose.graph.leiden import undirected

if TYPE_CHECKING:
    from decompose.graph.columns import Floats
    from decompose.model.given import GivenEdge, GivenGraph

EDGES, TOGETHER, RARE, NAMES = 2.0, 1.0, 3.0, 0.12
KIND = {
    "calls": 1.0,
    "uses": 1.0,
    "reads": 1.0,
    "writes": 1.5,
    "references": 1.0,
    "inherits": 1.0,
    "imports": 0.5,
}


def ties(given: GivenGraph, words: csr_array) -> csr_array:
    """The symmetric matrix of all signals; `words`: (node, word) -> weight, rows of length 1."""
    visits = visited(given)
    signals = (
        (EDGES, edge_ties(given)),
        (TOGETHER, _together(visits, np.ones(visits.shape[0]))),
        (RARE, _together(visits, _rarity(visits))),
        (NAMES, _without_diagonal((words @ words.T).tocsr())),
    )
    size = len(given.nodes)
    found = csr_array((size, size))
    for weight, signal in signals:
        total = float(signal.sum())
        if total > 0:
            found = found + signal * (weight / total)
    return found.tocsr()


def edge_ties(given: GivenGraph) -> csr_array:
    """ln(weight) + 1 of the edges between different nodes, by kind."""
    return _matrix(given, [KIND[edge.kind] * log_weight(edge) for edge in given.edges])


def log_weight(edge: GivenEdge) -> float:
    """The volume of an edge as the published figures take it; at least a little."""
    return max(float(np.log(edge.weight)) + 1, 0.1)


def _matrix(given: GivenGraph, weight: list[float]) -> csr_array:
    number = {node.id: index for index, node in enumerate(given.nodes)}
    source = np.array([number[edge.source] for edge in given.edges], dtype=np.int64)
    target = np.array([number[edge.target] for edge in given.edges], dtype=np.int64)
    return undirected(source, target, np.array(weight, dtype=np.float64), len(number))


def visited(given: GivenGraph) -> csr_array:
    """(node, entry point) -> 1."""
    number = {node.id: index for index, node in enumerate(given.nodes)}
    pairs = sorted(
        {
            (number[visit.node], column)
            for column, entry in enumerate(given.entry_points)
            for visit in entry.steps()
        }
    )
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    shape = (len(given.nodes), len(given.entry_points))
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)


def _rarity(visits: csr_array) -> Floats:
    """ln(entry points / those that visit a node)."""
    times = np.asarray(visits.sum(axis=1)).ravel()
    found: Floats = np.log(visits.shape[1] / np.maximum(times, 1)) if visits.shape[1] else times
    return found


def _together(visits: csr_array, weight: Floats) -> csr_array:
    """Common entry points, each divided by the other nodes that it visits."""
    others = np.maximum(np.asarray(visits.sum(axis=0)).ravel() - 1, 1)
    weighted = diags_array(weight) @ visits
    return _without_diagonal((weighted @ diags_array(1 / others) @ weighted.T).tocsr())


def _without_diagonal(matrix: csr_array) -> csr_array:
    found = matrix.tolil()
    found.setdiag(0)
    clean = found.tocsr()
    clean.eliminate_zeros()
    clean.sort_indices()
    return clean
