"""What is spoken of: each unit is tied to its nearest neighbours in vocabulary (TF-IDF, cosine)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, diags_array

from decompose.cluster.evidence.ties import Matrix, nearest, symmetric, total, unit_rows
from decompose.cluster.evidence.weights import (
    COMMON_WORD,
    COMMON_WORD_UNITS,
    NEIGHBOURS,
    VOCABULARY,
    VOCABULARY_FLOOR,
)

if TYPE_CHECKING:
    from decompose.cluster.scene import Scene

LONGEST = 60
"""Words a unit is told by: its most telling ones. More cost time and change nothing."""
RARE_ENOUGH = 3
"""Words in so few units count, however small the program is."""


def ties(scene: Scene, direct: Matrix) -> Matrix:
    """Ties by vocabulary, scaled to a share of the direct ties."""
    counts = scene.lexicon.grouped(scene.units.of, scene.units.count)
    a, b, cosine = nearest(unit_rows(telling(counts)), NEIGHBOURS)
    found = symmetric(a, b, cosine, scene.units.count)
    if not found.nnz:
        return found
    wanted = max(VOCABULARY * total(direct), VOCABULARY_FLOOR * scene.units.count)
    return found * (wanted / total(found))


def telling(counts: Matrix) -> Matrix:
    """TF-IDF: 1 + ln(count), times ln(units / units that say it); each row's most telling words."""
    size = counts.shape[0]
    speaking = int((np.diff(counts.indptr) > 0).sum())
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    common = min(max(RARE_ENOUGH, COMMON_WORD * speaking), COMMON_WORD_UNITS)
    kept = (frequency > 1) & (frequency <= common)
    rarity = np.where(kept, np.log(max(speaking, 1) / np.maximum(frequency, 1)), 0.0)
    weighted = counts.copy()
    weighted.data = 1 + np.log(weighted.data)
    weighted = (weighted @ diags_array(rarity)).tocsr()
    weighted.eliminate_zeros()
    weighted = weighted.tocoo()
    order = np.lexsort((weighted.col, -weighted.data, weighted.row))
    row = weighted.row[order]
    starts = np.searchsorted(row, np.arange(size))
    chosen = order[np.arange(len(order)) - starts[row] < LONGEST]
    return csr_array(
        (weighted.data[chosen], (weighted.row[chosen], weighted.col[chosen])), counts.shape
    )
