"""The one operation that gives module, capability and service graphs: nodes merged by label, edges kept.

Terms
-----
label  an integer from 0 for each node, or NOBODY for a node that is left out together with its edges.
row    all edges of one kind from one label to another. Rows within a label are kept too, so that no edge is lost.

Invariant: the edges of all rows together are exactly the graph's edges between labelled nodes, each once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from decompose.graph.columns import Columns, Flags, Floats, Ints, columns
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
        return self.source != self.target

    def __len__(self) -> int:
        return len(self.source)

    def examples(self, row: int, limit: int) -> Iterator[int]:
        """Up to `limit` edges of the graph behind a row, heaviest first."""
        first = int(self.start[row])
        last = min(int(self.start[row + 1]), first + limit)
        return (int(edge) for edge in self.members[first:last])

    def pairs(self, kinds: Sequence[EdgeKind] | None = None) -> tuple[Ints, Ints, Floats]:
        """(source, target, weight) of crossings with the kinds (all by default) merged, sorted."""
        chosen = self.crossing
        if kinds is not None:
            chosen = chosen & np.isin(self.kind, np.array([int(kind) for kind in kinds]))
        keys = self.source[chosen] * self.size + self.target[chosen]
        unique, inverse = np.unique(keys, return_inverse=True)
        weights = np.bincount(inverse, weights=self.weight[chosen], minlength=len(unique))
        return unique // max(self.size, 1), unique % max(self.size, 1), weights


def quotient(
    graph: DependencyGraph, labels: Sequence[int] | Ints, *, known: Columns | None = None
) -> Quotient:
    """Merge the nodes of each label. `known`: the graph's columns, where the caller has them."""
    of_node = np.asarray(labels, dtype=np.int64)
    found = known or columns(graph)
    source, target = of_node[found.source], of_node[found.target]
    edges = np.flatnonzero((source >= 0) & (target >= 0))
    heaviest_first = np.lexsort(
        (edges, -found.calls[edges], found.edge_kind[edges], target[edges], source[edges])
    )
    edges = edges[heaviest_first]
    return _rows(found, edges, source[edges], target[edges], int(of_node.max(initial=-1)) + 1)


def _rows(found: Columns, edges: Ints, source: Ints, target: Ints, size: int) -> Quotient:
    kind = found.edge_kind[edges]
    is_first = np.ones(len(edges), dtype=np.bool_)
    is_first[1:] = (np.diff(source) != 0) | (np.diff(target) != 0) | (np.diff(kind) != 0)
    first = np.flatnonzero(is_first)
    start = np.append(first, len(edges))
    return Quotient(
        size=size,
        source=source[first],
        target=target[first],
        kind=kind[first],
        edges=np.diff(start),
        sites=_sums(found.sites[edges], first),
        weight=_sums(found.calls[edges], first),
        start=start,
        members=edges,
    )


def _sums[Values: (Ints, Floats)](values: Values, first: Ints) -> Values:
    return np.add.reduceat(values, first) if len(first) else values[:0]


def module_labels(graph: DependencyGraph) -> tuple[list[int], list[str]]:
    """(label of each node, name of each label) of the module graph: code nodes by their module, others left out."""
    found = [graph.module_of(node) for node in range(len(graph))]
    modules = sorted(set(found) - {-1})
    label_of = {module: label for label, module in enumerate(modules)}
    return [label_of.get(module, -1) for module in found], [graph.nodes.names[m] for m in modules]
