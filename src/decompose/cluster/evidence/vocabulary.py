"""What is spoken of: each unit is tied to its nearest neighbours in vocabulary (TF-IDF, cosine).

Rare words are not yet telling words: in a program of layers `serializer` is as rare as `invoice`. What
tells them apart is in the program: who says `invoice` depends on others who say it, who says
`serializer` depends on a library. So a word counts as far as dependencies *confirm* it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, diags_array

from decompose.cluster.evidence.ties import (
    Matrix,
    nearest,
    strength,
    symmetric,
    total,
    unit_rows,
)
from decompose.cluster.evidence.weights import (
    COMMON_WORD,
    COMMON_WORD_UNITS,
    NEIGHBOURS,
    VOCABULARY,
    VOCABULARY_FLOOR,
)

if TYPE_CHECKING:
    from decompose.cluster.scene import Scene
    from decompose.graph.columns import Floats

LONGEST = 60
"""Words a unit is told by: its most telling ones. More cost time and change nothing."""
RARE_ENOUGH = 3
"""Words in so few units count, however small the program is."""
UNPROVEN = 2.0
"""Confirmation is held against what so many units of average ties would add without confirming it."""


def ties(scene: Scene, direct: Matrix) -> Matrix:
    """Ties by vocabulary, scaled to a share of the direct ties."""
    counts = scene.lexicon.grouped(scene.units.of, scene.units.count)
    rarity = rarities(counts)
    counts = counts[:, np.flatnonzero(rarity)]  # of the others nothing is asked
    rarity = rarity[rarity > 0]
    heard = telling(counts, rarity * confirmation(counts, direct))
    a, b, cosine = nearest(unit_rows(heard), NEIGHBOURS)
    found = symmetric(a, b, cosine, scene.units.count)
    if not found.nnz:
        return found
    wanted = max(VOCABULARY * total(direct), VOCABULARY_FLOOR * scene.units.count)
    return found * (wanted / total(found))


def confirmation(counts: Matrix, direct: Matrix) -> Floats:
    """0 … 1 for each word: which share of its speakers' ties lead to its speakers, beyond chance."""
    says = counts.copy()
    says.data = np.ones(len(says.data))
    total_strength = strength(direct)
    whole = float(total_strength.sum())
    if not whole:
        return np.ones(counts.shape[1])
    inside = np.asarray((direct @ says).multiply(says).sum(axis=0)).ravel()
    reach = says.T @ total_strength
    share = inside / np.maximum(reach, np.finfo(float).tiny) - reach / whole
    proven = reach / (reach + UNPROVEN * whole / counts.shape[0])
    found: Floats = np.maximum(share * proven, 0.0)
    return found


def rarities(counts: Matrix) -> Floats:
    """ln(units / units that say it) for each word; 0 for one that a single unit or too many say."""
    speaking = int((np.diff(counts.indptr) > 0).sum())
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    common = min(max(RARE_ENOUGH, COMMON_WORD * speaking), COMMON_WORD_UNITS)
    kept = (frequency > 1) & (frequency <= common)
    return np.where(kept, np.log(max(speaking, 1) / np.maximum(frequency, 1)), 0.0)


def telling(counts: Matrix, weight: Floats) -> Matrix:
    """TF-IDF: 1 + ln(count), times the weight of the word. Each row keeps its most telling words."""
    weighted = counts.copy()
    weighted.data = 1 + np.log(weighted.data)
    weighted = (weighted @ diags_array(weight)).tocsr()
    weighted.eliminate_zeros()
    return _longest(weighted)


def _longest(weighted: Matrix) -> Matrix:
    """The LONGEST largest values of each row."""
    found = weighted.tocoo()
    order = np.lexsort((found.col, -found.data, found.row))
    row = found.row[order]
    starts = np.searchsorted(row, np.arange(weighted.shape[0]))
    chosen = order[np.arange(len(order)) - starts[row] < LONGEST]
    return csr_array((found.data[chosen], (found.row[chosen], found.col[chosen])), weighted.shape)
