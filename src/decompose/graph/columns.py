"""The graph's columns as numpy arrays.

Everything that computes over all nodes or edges at once (quotients, measures, clustering) starts
here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from decompose.model.program import WRAPPED, WRAPPER, EdgeKind, NodeKind
from decompose.model.source import FileRole

if TYPE_CHECKING:
    from array import array

    from decompose.graph.dependency import DependencyGraph

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LOOP_FACTOR = 10.0
"""What one loop around a call multiplies it by, where nobody knows how often it runs."""
MAX_LOOPS = 3
"""Loops beyond this depth multiply no further: a thousand times is a guess already."""


def as_ints(column: array[int]) -> Ints:
    """A column of integers as an array."""
    if not column:
        return np.zeros(0, dtype=np.int64)
    return np.frombuffer(column, dtype=np.intc).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Columns:
    """Nodes and edges of a graph as arrays."""

    kind: Ints  # of nodes
    parent: Ints
    file: Ints
    atom: Ints  # node -> atom, NOBODY where none
    in_program: Flags  # node stands in a file that takes part, or in none; a table in a migration takes part
    source: Ints  # of edges
    target: Ints
    edge_kind: Ints
    confidence: Ints
    is_wrapped: Flags  # a use that stands for a call of a decorated function
    is_wrapper_call: Flags  # a wrapper calls what it is put around, whoever called it
    sites: Ints  # how many places an edge has, at least 1
    calls: Floats  # its places, each loop around one counted ten-fold, or more if it was seen more often; at least 1


def columns(graph: DependencyGraph) -> Columns:
    """All columns of a graph."""
    nodes, edges = graph.nodes, graph.edges
    file = as_ints(nodes.file)
    starts = as_ints(edges.site_start)
    return Columns(
        kind=as_ints(nodes.kind),
        parent=as_ints(nodes.parent),
        file=file,
        atom=as_ints(graph.atoms),
        in_program=_takes_part(graph, file),
        source=as_ints(edges.source),
        target=as_ints(edges.target),
        edge_kind=as_ints(edges.kind),
        confidence=as_ints(edges.confidence),
        is_wrapped=_mediated(graph, WRAPPED),
        is_wrapper_call=_wrapper_calls(graph),
        sites=np.maximum(np.diff(starts), 1),
        calls=np.maximum(_calls(starts, as_ints(edges.site_loop)), _seen(as_ints(edges.observed))),
    )


def _takes_part(graph: DependencyGraph, file: Ints) -> Flags:
    """Nodes of the program; a table that only migrations declare is the program's all the same."""
    roles = graph.file_roles
    of_program = np.array([*(role.takes_part for role in roles), True])  # no file is -1
    of_migrations = np.array([*(role is FileRole.MIGRATION for role in roles), False])
    is_table = as_ints(graph.nodes.kind) == NodeKind.TABLE
    found: Flags = of_program[file] | (is_table & of_migrations[file])
    return found


def _seen(observed: Ints) -> Floats:
    """What a count says: its order of magnitude, for tests run some things far more often than others."""
    found: Floats = 1.0 + np.log10(np.maximum(observed, 1).astype(np.float64))
    return found


def _mediated(graph: DependencyGraph, name: str) -> Flags:
    mediator = as_ints(graph.edges.mediator)
    number = graph.mediators.index(name) if name in graph.mediators else -1
    found: Flags = mediator == number
    return found


def _wrapper_calls(graph: DependencyGraph) -> Flags:
    """Calls that lead from a wrapper to a function that hangs on it."""
    source, target = as_ints(graph.edges.source), as_ints(graph.edges.target)
    hanging = _mediated(graph, WRAPPER)
    pairs = target[hanging] * len(graph) + source[hanging]
    is_call = as_ints(graph.edges.kind) == EdgeKind.CALLS
    found: Flags = is_call & np.isin(source * len(graph) + target, pairs)
    return found


def has_kind(kinds: Ints, *wanted: int) -> Flags:
    """Which of some kinds are among those wanted."""
    return np.isin(kinds, np.array(wanted, dtype=np.int64))


def _calls(starts: Ints, loops: Ints) -> Floats:
    costs = LOOP_FACTOR ** np.minimum(loops, MAX_LOOPS).astype(np.float64)
    sums = np.concatenate([[0.0], np.cumsum(costs)])
    found: Floats = np.maximum(sums[starts[1:]] - sums[starts[:-1]], 1.0)
    return found
