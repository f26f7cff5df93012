"""What can be reached from where: one bit for each (node, root), for all nodes and roots at once.

Terms
-----
root   a set of nodes that something starts at: the node of a route, the calls of a transaction.
step   an edge that is followed when code runs and waits for the answer: calls, instantiation,
       table accesses, a route's handler, a signal's receivers. Tasks and queues are sent, not
       waited for: they start anew as roots of their own.

Recursion is merged first (strongly connected components), then bits flow along the acyclic rest,
level by level: the cost is one pass over the edges, whatever the number of roots.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from decompose.graph.columns import Columns, Flags, Ints, has_kind
from decompose.graph.quotient import merged
from decompose.model.program import EdgeKind, NodeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

Bits = NDArray[np.uint8]

MAX_ROOTS = 1024
"""More roots are thinned out evenly: the figures are means, and the cost grows with the roots."""

_COUNTED = 255
"""Rows that are added up at a time: a byte holds their sum, and bytes are added many at once."""

STEPS = (EdgeKind.CALLS, EdgeKind.INSTANTIATES, EdgeKind.READS, EdgeKind.WRITES, EdgeKind.EXPOSES)


@dataclass(frozen=True, slots=True)
class Levels:
    """The steps of a program with recursion merged, in an order in which bits can flow."""

    component: Ints  # node -> component
    source: Ints  # of steps between components, sorted by (level of the target, target)
    target: Ints
    level_start: Ints  # offsets into `source` and `target`


@dataclass(frozen=True, slots=True)
class Reach:
    """`bits[component[node]]` holds a bit for each root; `count` roots."""

    levels: Levels
    bits: Bits
    count: int

    def of(self, nodes: Ints) -> NDArray[np.uint8]:
        """(node, root) -> 1 where the root reaches the node."""
        rows = self.bits[self.levels.component[nodes]]
        return np.unpackbits(rows, axis=1, count=self.count)

    def totals(self, nodes: Ints) -> Ints:
        """For each root how many of some nodes it reaches."""
        found = np.zeros(self.count, dtype=np.int64)
        rows = self.levels.component[nodes]
        for first in range(0, len(rows), _COUNTED):
            block = np.unpackbits(self.bits[rows[first : first + _COUNTED]], axis=1)
            found += block.sum(axis=0, dtype=np.uint8)[: self.count]
        return found

    def any_of(self, nodes: Ints, labels: Ints, size: int) -> Flags:
        """(label, root) -> does the root reach a node of the label? Labels run below `size`."""
        found = np.zeros((size, self.bits.shape[1]), dtype=np.uint8)
        order = np.argsort(labels, kind="stable")
        heads = np.flatnonzero(np.append(True, np.diff(labels[order]) != 0))
        if len(nodes):
            rows = self.bits[self.levels.component[nodes[order]]]
            found[labels[order][heads]] = np.bitwise_or.reduceat(rows, heads, axis=0)
        return np.unpackbits(found, axis=1, count=self.count).astype(np.bool_)


def alike(found: Reach, nodes: Ints) -> tuple[Ints, csr_array]:
    """(node -> its class, (class, root) -> 1): nodes that the same roots reach are one class. They are few."""
    rows = np.ascontiguousarray(found.bits[found.levels.component[nodes]])
    if not rows.size:
        return np.zeros(len(nodes), dtype=np.int64), csr_array((1, found.count))
    whole = rows.view(np.dtype((np.void, rows.shape[1]))).ravel()
    _, first, of = np.unique(whole, return_index=True, return_inverse=True)
    reached = csr_array(np.unpackbits(rows[first], axis=1, count=found.count))
    return of, reached.astype(np.float64)


def followed(known: Columns) -> Flags:
    """Edges that code waits for when it runs.

    A wrapper calls all that it is put around, but for each caller one of them: that one the caller leads to itself.
    """
    kind, source, target = known.edge_kind, known.source, known.target
    found = has_kind(kind, *STEPS) | known.is_wrapped
    found &= ~known.is_wrapper_call
    found |= (kind == EdgeKind.PUBLISHES) & (known.kind[target] == NodeKind.SIGNAL)
    found |= (kind == EdgeKind.CONSUMES) & has_kind(
        known.kind[source], NodeKind.SIGNAL, NodeKind.TASK, NodeKind.QUEUE
    )
    return found


def steps(known: Columns) -> tuple[Ints, Ints]:
    """(source, target) nodes of all steps, each pair once."""
    chosen = followed(known)
    into_classes, methods = handler_methods(known)
    found = merged(
        np.concatenate([known.source[chosen], into_classes]),
        np.concatenate([known.target[chosen], methods]),
        np.zeros(int(chosen.sum()) + len(methods)),
        len(known.kind),
    )
    return found[0], found[1]


def handler_methods(known: Columns) -> tuple[Ints, Ints]:
    """From a class that answers a route or a task to its methods, which the framework calls."""
    answers = has_kind(known.edge_kind, EdgeKind.EXPOSES, EdgeKind.CONSUMES)
    is_handler = np.zeros(len(known.kind), dtype=np.bool_)
    is_handler[known.target[answers]] = True
    is_handler &= known.kind == NodeKind.CLASS
    methods = np.flatnonzero((known.kind == NodeKind.METHOD) & (known.parent >= 0))
    methods = methods[is_handler[known.parent[methods]]]
    return known.parent[methods], methods


def levels(known: Columns) -> Levels:
    """Merge recursion and sort what is left; the same for any set of roots."""
    return levels_of(*steps(known), len(known.kind))


def levels_of(source: Ints, target: Ints, size: int) -> Levels:
    """The same for steps between nodes below `size`."""
    matrix = coo_array((np.ones(len(source)), (source, target)), shape=(size, size))
    count, component = connected_components(matrix, directed=True, connection="strong")
    component = component.astype(np.int64)
    source, target = component[source], component[target]
    between = source != target
    source, target, _ = merged(
        source[between], target[between], np.zeros(int(between.sum())), count
    )
    level = _longest_paths(source, target, count)
    order = np.lexsort((target, level[target]))
    source, target = source[order], target[order]
    starts = np.searchsorted(level[target], np.arange(int(level.max(initial=0)) + 2))
    return Levels(component, source, target, starts.astype(np.int64))


def _longest_paths(source: Ints, target: Ints, count: int) -> Ints:
    """How many steps the longest path to each component has."""
    order = np.argsort(source, kind="stable")
    source, target = source[order], target[order]
    start = np.searchsorted(source, np.arange(count + 1))
    waiting = np.bincount(target, minlength=count)
    level = np.zeros(count, dtype=np.int64)
    front = np.flatnonzero(waiting == 0)
    while len(front):
        edges = _slices(start[front], start[front + 1])
        after, times = np.unique(target[edges], return_counts=True)
        waiting[after] -= times
        np.maximum.at(level, target[edges], level[source[edges]] + 1)
        front = after[waiting[after] == 0]
    return level


def _slices(first: Ints, last: Ints) -> Ints:
    """All positions of several half-open ranges."""
    lengths = last - first
    if not lengths.sum():
        return np.zeros(0, dtype=np.int64)
    offsets = np.repeat(first - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    found: Ints = offsets + np.arange(int(lengths.sum()))
    return found


def reach(found: Levels, roots: Sequence[Sequence[int]] | Sequence[Ints] | Ints) -> Reach:
    """What each root reaches, its own nodes included."""
    bits = np.zeros((int(found.component.max(initial=-1)) + 1, (len(roots) + 7) // 8), np.uint8)
    for number, nodes in enumerate(roots):
        starts = found.component[np.asarray(nodes, dtype=np.int64)]
        bits[starts, number >> 3] |= np.uint8(0x80 >> (number & 7))
    for first, last in zip(found.level_start[:-1], found.level_start[1:], strict=True):
        if first == last:
            continue
        target = found.target[first:last]
        heads = np.flatnonzero(np.append(True, np.diff(target) != 0))
        gained = np.bitwise_or.reduceat(bits[found.source[first:last]], heads, axis=0)
        bits[target[heads]] |= gained
    return Reach(found, bits, len(roots))


def entry_points(known: Columns) -> Ints:
    """The nodes the outside world starts at, thinned out evenly to MAX_ROOTS."""
    kinds = [int(kind) for kind in NodeKind if kind.is_entry_point]
    found = np.flatnonzero(has_kind(known.kind, *kinds))
    if len(found) <= MAX_ROOTS:
        return found
    return found[np.linspace(0, len(found) - 1, MAX_ROOTS).astype(np.int64)]
