"""How does the proposal compare with what anybody gets for free?

All rivals place the same members: shared and unused code is set aside for them too. Items of the
bill come twice, the second time as a share of what random partitions of the same sizes pay
(`…_relative`): more services cost more anyway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from decompose.graph.figures import figures, spread
from decompose.graph.rivals import chance_bill, rivals
from decompose.model.partition import UNUSED, Scores

if TYPE_CHECKING:
    from decompose.assess.split import Split
    from decompose.graph.columns import Ints

RELATIVE = (
    "remote_calls",
    "distributed_writes",
    "shared_writes",
    "foreign_reads",
    "cut_foreign_keys",
    "cut_joins",
)


def scores(seen: Split) -> tuple[Scores, ...]:
    """The proposal's figures, then its rivals'."""
    found = seen.ground
    own = spread(found, _of_atoms(seen))
    others = rivals(seen.program, found, own)
    return (
        Scores("proposal", _figures(seen, own)),
        *(
            Scores(name, _mean([_figures(seen, each) for each in them]))
            for name, them in others.items()
        ),
    )


def _of_atoms(seen: Split) -> Ints:
    labels = np.full(len(seen.labels), -1, dtype=np.int64)
    labels[seen.ground.members] = seen.labels[seen.ground.members]
    return labels


def _figures(seen: Split, labels: Ints) -> dict[str, float]:
    own = figures(seen.ground, labels)
    own["coverage"] = _coverage(seen)
    chance = chance_bill(seen.ground, labels)
    for name in RELATIVE:
        own[f"{name}_relative"] = own[name] / chance[name] if chance[name] else 0.0
    return {name: round(float(value), 6) for name, value in sorted(own.items())}


def _coverage(seen: Split) -> float:
    names = [seen.name(int(member)) for member in seen.ground.members]
    placed = sum(seen.placed.get(name, UNUSED) != UNUSED for name in names)
    return placed / max(len(names), 1)


def _mean(rows: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(sum(row[name] for row in rows) / len(rows), 6) for name in rows[0]}
