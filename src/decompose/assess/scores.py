"""How does the proposal compare with what anybody gets for free?

All rivals place the same members: shared and unused code is set aside for them too. Items of the
bill come twice, the second time as a share of what random partitions of the same sizes pay
(`…_relative`): more services cost more anyway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from decompose.graph.figures import figures_of, spread
from decompose.graph.rivals import chance_bills, rivals
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
    all_of = {"proposal": [own], **rivals(seen.program, found, own)}
    rows = iter(_figures(seen, [labels for them in all_of.values() for labels in them]))
    return tuple(Scores(name, _mean([next(rows) for _ in them])) for name, them in all_of.items())


def _of_atoms(seen: Split) -> Ints:
    labels = np.full(len(seen.labels), -1, dtype=np.int64)
    labels[seen.ground.members] = seen.labels[seen.ground.members]
    return labels


def _figures(seen: Split, labelings: list[Ints]) -> list[dict[str, float]]:
    """Of each cut: the figures, and the bill as a share of what chance pays."""
    coverage = _coverage(seen)
    rows = []
    chances = chance_bills(seen.ground, labelings)
    for own, chance in zip(figures_of(seen.ground, labelings), chances, strict=True):
        own["coverage"] = coverage
        for name in RELATIVE:
            own[f"{name}_relative"] = own[name] / chance[name] if chance[name] else 0.0
        rows.append({name: round(float(value), 6) for name, value in sorted(own.items())})
    return rows


def _coverage(seen: Split) -> float:
    names = [seen.name(int(member)) for member in seen.ground.members]
    placed = sum(seen.placed.get(name, UNUSED) != UNUSED for name in names)
    return placed / max(len(names), 1)


def _mean(rows: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(sum(row[name] for row in rows) / len(rows), 6) for name in rows[0]}
