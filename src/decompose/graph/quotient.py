"""The one operation that gives module, capability and service graphs.

Nodes are merged by label, edges are kept.

Terms
-----
label  an integer from 0 for each node, or NOBODY for a node left out together with its edges.
row    all edges of one kind from one label to another. Rows within a label are kept too.

Invariant: the edges of all rows are exactly the graph's edges between labelled nodes, each once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from decompose.graph.columns import Columns, Flags, Floats, Ints, columns, has_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from decompose.graph.dependency import DependencyGraph
    from decompose.model.program import EdgeKind


@dataclass(frozen=True, slots=True)
class Quotient:
    """Rows as columns, sorted by (source, target, kind)."""

    size: int  # labels run from 0 to size - 1
    source: Ints
    target: Ints
    kind: Ints
    edges: Ints  # how many edges of the graph a row merges
    sites: Ints  # how many places they have together
    weight: Floats  # the places, each loop around one counted ten-fold
    start: Ints  # offsets into `members`
    members: Ints  # the merged edges of the graph, heaviest of a row first

    @property
    def crossing(self) -> Flags:
        """Which rows run between two different labels."""
        found: Flags = self.source != self.target
        return found

    def __len__(self) -> int:
        return len(self.source)

    def examples(self, row: int, limit: int) -> Iterator[int]:
        """Up to `limit` edges of the graph behind a row, heaviest first."""
        first = int(self.start[row])
        last = min(int(self.start[row + 1]), first + limit)
        return (int(edge) for edge in self.members[first:last])

    def pairs(self, kinds: Sequence[EdgeKind] | None = None) -> tuple[Ints, Ints, Floats]:
        """(source, target, weight) of crossings, all given kinds (or all there are) merged."""
        chosen = self.crossing
        if kinds is not None:
            chosen = chosen & has_kind(self.kind, *kinds)
        return merged(self.source[chosen], self.target[chosen], self.weight[chosen], self.size)


def merged(source: Ints, target: Ints, weight: Floats, size: int) -> tuple[Ints, Ints, Floats]:
    """Pairs below `size` with the weights of equal pairs added, sorted by (source, target)."""
    unique, inverse = np.unique(source * max(size, 1) + target, return_inverse=True)
    weights = np.bincount(inverse, weights=weight, minlength=len(unique)).astype(np.float64)
    return unique // max(size, 1), unique % max(size, 1), weights


def quotient(
    graph: DependencyGraph, labels: Sequence[int] | Ints, *, known: Columns | None = None
) -> Quotient:
    """Merge the nodes of each label. `known`: the graph's columns, where the caller has them."""
    of_node = np.asarray(labels, dtype=np.int64)
    found = known or columns(graph)
    source, target = of_node[found.source], of_node[found.target]
    edges = np.flatnonzero((source >= 0) & (target >= 0))
    order = np.lexsort(
        (edges, -found.calls[edges], found.edge_kind[edges], target[edges], source[edges])
    )
    edges = edges[order]
    return _rows(found, edges, (source[edges], target[edges]), int(of_node.max(initial=-1)) + 1)


def _rows(found: Columns, edges: Ints, ends: tuple[Ints, Ints], size: int) -> Quotient:
    (source, target), kind = ends, found.edge_kind[edges]
    is_first = np.ones(len(edges), dtype=np.bool_)
    is_first[1:] = (np.diff(source) != 0) | (np.diff(target) != 0) | (np.diff(kind) != 0)
    first = np.flatnonzero(is_first)
    start = np.append(first, len(edges))
    sites, calls = found.sites[edges], found.calls[edges]
    return Quotient(
        size=size,
        source=source[first],
        target=target[first],
        kind=kind[first],
        edges=np.diff(start),
        sites=np.add.reduceat(sites, first) if len(first) else sites,
        weight=np.add.reduceat(calls, first) if len(first) else calls,
        start=start,
        members=edges,
    )


def module_labels(graph: DependencyGraph) -> tuple[list[int], list[str]]:
    """(label of each node, name of each label) of the module graph; other than code is left out."""
    found = [graph.module_of(node) for node in range(len(graph))]
    modules = sorted(set(found) - {-1})
    label_of = {module: label for label, module in enumerate(modules)}
    names = [graph.nodes.names[module] for module in modules]
    return [label_of.get(module, -1) for module in found], names
