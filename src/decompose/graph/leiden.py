"""Leiden community detection, by graspologic-native: the only place that imports it.

The same matrix, resolution and seed give the same labels. The matrix's order comes from sorted
names, so the order in which files were read does not matter.

Source: Traag, Waltman & van Eck 2019, with modularity as the objective.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from graspologic_native import leiden_csr
from scipy.sparse import coo_array

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from decompose.graph.columns import Floats, Ints


def leiden(ties: csr_array, *, resolution: float = 1.0, seed: int = 0, iterations: int = 1) -> Ints:
    """A label for each row, from 0, numbered by first member; rows without ties stand alone.

    `iterations`: each begins with what the one before found, and mends what that overlooked.
    """
    size = ties.shape[0]
    label = np.arange(size, 2 * size, dtype=np.int64)
    if ties.nnz:
        _, found = leiden_csr(
            ties.indptr.astype(np.int64),
            ties.indices.astype(np.int32),
            ties.data.astype(np.float64),
            size,
            resolution=resolution,
            iterations=iterations,
            seed=seed,
        )
        members = np.fromiter(found.keys(), np.int64, len(found))
        tied = np.diff(ties.indptr)[members] > 0
        label[members[tied]] = np.fromiter(found.values(), np.int64, len(found))[tied]
    return renumbered(label)


def undirected(source: Ints, target: Ints, weight: Floats, size: int) -> csr_array:
    """The symmetric matrix of some directed pairs, equal ones added, without a diagonal."""
    directed = coo_array((weight, (source, target)), shape=(size, size)).tocsr()
    found = (directed + directed.T).tocsr()
    found.setdiag(0)
    found.eliminate_zeros()
    found.sort_indices()
    return found


def renumbered(label: Ints) -> Ints:
    """The same partition, numbered by first member."""
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    found: Ints = rank[inverse]
    return found
