"""Which parts look like the kernel that everything stands on, rather than like a capability?

A kernel is no dense cluster: its parts (paging, formats, clients, base classes) hardly depend on
each other, and each leans on the one capability that happens to use it most. Left to the ties alone
it is strewn over all services. What its parts have in common is how they look:

balance    more is built on them than they build on
reach      few parts, or none, are assembled by them, directly or through others
audience   their users stand in several clusters
anchorage  their own ties lead to several clusters
privacy    their words are rare in the program
proof      and those who share them do not depend on each other
data       they touch no table

Each figure is ranked within the program (-1 … 1), so that size and style of a program do not count, and
all have the same say: weights fitted on all but one of the development cases of the ground truth
did no better on the one left out (`tests/bench/kernel.py`). The sum tells kernel from the rest with a
mean area under the curve of 0.8, blind. That is too weak to sort parts by, and good enough to weaken ties
of what looks like kernel, and for a pull: one hidden node, tied to it, draws those together whom nothing else holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array, diags_array

from decompose.cluster.evidence.ties import Matrix, strength, symmetric, without_self
from decompose.cluster.evidence.vocabulary import confirmation
from decompose.cluster.roles import RUNS
from decompose.graph.columns import Flags, Floats, Ints, has_kind
from decompose.graph.leiden import leiden
from decompose.model.program import Confidence, EdgeKind

if TYPE_CHECKING:
    from decompose.cluster.scene import Scene

WEIGHTS = {
    "balance": 0.5,
    "reach": -0.5,
    "audience": -0.5,
    "anchorage": -0.5,
    "privacy": 0.5,
    "proof": -0.5,
    "data": -0.5,
}
LIKELY = 0.7
"""What is less likely kernel than this is not pulled."""
UNLIKELY = 0.5
"""What is less likely kernel than this is no library, however many use it."""
PULL = 0.5
"""The tie of what certainly is kernel, as a share of its other ties."""
LEAST = 0.5
"""Of the median unit's ties: what hardly has any is pulled as if it had so much."""
FAINT = 0.625
"""By what share a tie is weaker where one of its ends certainly is kernel."""
DAMPING = 0.95
STEPS = 30
"""Of the walk that measures what a part assembles."""


def faint(ties: Matrix, likely: Floats) -> Matrix:
    """The same ties, weaker the more either end looks like kernel; their sum stays.

    What everybody uses says little about where its users belong.
    """
    found = coo_array(ties)
    looks = np.concatenate([likely, np.zeros(ties.shape[0] - len(likely))])
    weight = found.data * (1 - FAINT * np.maximum(looks[found.row], looks[found.col]))
    scale = found.data.sum() / weight.sum() if weight.any() else 1.0
    weaker = csr_array((weight * scale, (found.row, found.col)), ties.shape)
    weaker.sort_indices()
    return weaker


def with_kernel(ties: Matrix, likely: Floats) -> Matrix:
    """The same ties, and one more hidden node that pulls the units that look like kernel."""
    pull = np.maximum(likely - LIKELY, 0.0) / (1 - LIKELY)
    held = strength(ties)[: len(likely)]
    usual = float(np.median(held[held > 0])) if (held > 0).any() else 0.0
    weight = PULL * pull * np.maximum(held, LEAST * usual)
    unit = np.flatnonzero(weight > 0)
    node, size = ties.shape[0], ties.shape[0] + 1
    grown = coo_array(ties)
    grown.resize((size, size))
    pulled = symmetric(unit, np.full(len(unit), node), weight[unit], size)
    return without_self(grown.tocsr() + pulled)


def likelihood(scene: Scene, direct: Matrix) -> Floats:
    """0 … 1 for each unit. `direct`: ties between units."""
    if not scene.units.count:
        return np.zeros(0)
    found = figures(scene, direct)
    score = sum(weight * ranked(found[name]) for name, weight in WEIGHTS.items())
    likely: Floats = 1 / (1 + np.exp(-score))
    return likely


def figures(scene: Scene, direct: Matrix) -> dict[str, Floats]:
    """Each figure of the module's table, for each unit."""
    used = _certain_usage(scene)
    users = np.asarray(used.sum(axis=0)).ravel()
    uses = np.asarray(used.sum(axis=1)).ravel()
    label = leiden(direct)
    said = scene.lexicon.grouped(scene.units.of, scene.units.count)
    return {
        "balance": (users - uses) / np.maximum(users + uses, 1),
        "reach": _assembled(used),
        "audience": _largest_share(used.T.tocsr(), label),
        "anchorage": _own_share(direct, label),
        "privacy": -_mean_over_words(said, _commonness(said)),
        "proof": _mean_over_words(said, confirmation(said, direct)),
        "data": _of_kind(scene, EdgeKind.READS, EdgeKind.WRITES),
    }


def ranked(values: Floats) -> Floats:
    """Ranks from -1 to 1, equal values alike; nearly equal ones too, whatever the rounding."""
    _, where = np.unique(np.round(values, 6), return_inverse=True)
    count = np.bincount(where)
    middle = np.cumsum(count) - count / 2
    found: Floats = 2 * middle[where] / len(values) - 1
    return found


def _certain_usage(scene: Scene) -> Matrix:
    """(user, used) -> 1, over units, by what the text itself says."""
    known, atoms, units = scene.known, scene.atoms, scene.units
    source, target = atoms.position[known.source], atoms.position[known.target]
    chosen = (source >= 0) & (target >= 0) & has_kind(known.edge_kind, *RUNS)
    chosen &= known.confidence == Confidence.EXACT
    user, used = units.of[source[chosen]], units.of[target[chosen]]
    return _once(user, used, user != used, units.count)


def _once(user: Ints, used: Ints, chosen: Flags, size: int) -> Matrix:
    ones = np.ones(int(chosen.sum()))
    found = csr_array((ones, (user[chosen], used[chosen])), shape=(size, size))
    found.sum_duplicates()
    found.data[:] = 1
    return found


def _assembled(used: Matrix) -> Floats:
    """How much comes together in each unit: PageRank (Page & Brin 1998), from the used to their users."""
    size = used.shape[0]
    users = np.asarray(used.sum(axis=0)).ravel()
    step = (used @ diags_array(1 / np.maximum(users, 1))).tocsr()
    found = np.full(size, 1 / size)
    for _ in range(STEPS):
        lost = float(found[users == 0].sum())
        found = (1 - DAMPING) / size + DAMPING * (step @ found + lost / size)
    return found


def _largest_share(towards: Matrix, label: Ints) -> Floats:
    """Which share of what a row leads to is in one cluster; 0 where it leads nowhere."""
    inside = _into_clusters(towards, label)
    whole = np.asarray(inside.sum(axis=1)).ravel()
    found: Floats = inside.max(axis=1).toarray().ravel() / np.maximum(whole, np.finfo(float).tiny)
    return found


def _own_share(ties: Matrix, label: Ints) -> Floats:
    """Which share of a row's ties leads into its own cluster."""
    found = ties.tocoo()
    own = found.data * (label[found.row] == label[found.col])
    inside = np.bincount(found.row, own, minlength=ties.shape[0])
    share: Floats = inside / np.maximum(strength(ties), np.finfo(float).tiny)
    return share


def _into_clusters(towards: Matrix, label: Ints) -> Matrix:
    size = int(label.max(initial=-1)) + 1
    member = csr_array((np.ones(len(label)), (np.arange(len(label)), label)), (len(label), size))
    return (towards @ member).tocsr()


def _commonness(said: Matrix) -> Floats:
    """ln(units that say it) of each word."""
    found: Floats = np.log(np.maximum(np.bincount(said.indices, minlength=said.shape[1]), 1))
    return found


def _mean_over_words(said: Matrix, value: Floats) -> Floats:
    """The mean of a value of words over what each row says, 1 + ln(count) times each; 0 for silence."""
    loud = said.copy()
    loud.data = 1 + np.log(np.maximum(loud.data, 1))
    found: Floats = (loud @ value) / np.maximum(strength(loud), np.finfo(float).tiny)
    return found


def _of_kind(scene: Scene, *kinds: EdgeKind) -> Floats:
    """How many edges of these kinds start in each unit."""
    known, atoms, units = scene.known, scene.atoms, scene.units
    source = atoms.position[known.source[has_kind(known.edge_kind, *kinds)]]
    found = np.bincount(units.of[source[source >= 0]], minlength=units.count)
    return found.astype(np.float64)
