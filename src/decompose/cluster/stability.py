"""How sure is each member? The share of perturbed runs that leave it where it is.

Each run drops a tenth of the ties and draws another seed; its clusters are matched to the proposed
ones by the members they share. A member's second-best service is where the dissenting runs put it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.core import Core
from decompose.cluster.granularity import DROPPED, Plan, realise, reconsidered
from decompose.graph.agreement import adjusted_rand
from decompose.graph.columns import Floats, Ints

if TYPE_CHECKING:
    from collections.abc import Sequence

RUNS, RUNS_OF_LARGE = 8, 5
LARGE = 3000
"""Rows from which fewer runs do: more members vote, and each run costs more."""


@dataclass(frozen=True)
class Agreement:
    """`share`: of runs that leave a row in its cluster; `second`: where others put it, or itself."""

    share: Floats
    second: Ints
    mean: float  # adjusted Rand index of the runs with the proposal


def perturbed_runs(core: Core, plan: Plan, seed: int, most: int = RUNS) -> list[Ints]:
    """Labels of runs of a plan on perturbed ties."""
    runs = min(most, RUNS if len(core) < LARGE else RUNS_OF_LARGE)
    seeds = range(seed + 100, seed + 100 + runs)
    return [_run(core.perturbed(DROPPED, each), plan, each) for each in seeds]


def _run(shaken: Core, plan: Plan, seed: int) -> Ints:
    return reconsidered(shaken, plan, realise(shaken, plan, seed, len(shaken)))


def medoid(candidates: Sequence[Ints], runs: Sequence[Ints]) -> Ints:
    """The candidate that agrees most with all runs."""
    scores = [sum(adjusted_rand(each, run) for run in runs) for each in candidates]
    return candidates[int(np.argmax(scores))]


def agreement(label: Ints, runs: Sequence[Ints]) -> Agreement:
    """What the runs say about each row of a proposal."""
    size = int(label.max(initial=-1)) + 1
    votes = np.zeros((len(label), size))
    for run in runs:
        votes[np.arange(len(label)), _matched(label, run)[run]] += 1
    rows = np.arange(len(label))
    own = votes[rows, label].copy()
    votes[rows, label] = -1
    second = np.where(votes.max(axis=1, initial=0) > 0, votes.argmax(axis=1), label)
    return Agreement(
        share=own / max(len(runs), 1),
        second=second,
        mean=float(np.mean([adjusted_rand(label, run) for run in runs])) if len(runs) else 1.0,
    )


def _matched(label: Ints, run: Ints) -> Ints:
    """The proposed cluster that each cluster of a run stands for: one for each, those that share most members first.

    A cluster that is left over is a part of the one it shares most members with. Where a run gives a small cluster
    a large member or two of another one, it still is the small one; so members count, their lines do not.
    """
    size = int(label.max(initial=-1)) + 1
    shared = np.bincount(run * size + label, minlength=(int(run.max()) + 1) * size)
    shared = shared.reshape(-1, size)
    found: Ints = shared.argmax(axis=1)
    clusters, proposed = np.nonzero(shared)
    is_known = np.zeros(len(shared), dtype=np.bool_)
    is_taken = np.zeros(size, dtype=np.bool_)
    for pair in np.argsort(-shared[clusters, proposed], kind="stable").tolist():
        cluster, own = clusters[pair], proposed[pair]
        if not is_known[cluster] and not is_taken[own]:
            found[cluster] = own
            is_known[cluster] = is_taken[own] = True
    return found
