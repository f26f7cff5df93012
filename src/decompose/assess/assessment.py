"""All questions asked of one partition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from decompose.assess import (
    blast_radius,
    call_depth,
    chatty_calls,
    cut_foreign_keys,
    cut_joins,
    cycles,
    global_state,
    hubs,
    repeated_queries,
    scattered_writes,
    schema_drift,
    shared_state,
    shared_tables,
    split_transactions,
    unbounded_queries,
    unlocked_updates,
    unread_tables,
)
from decompose.assess.boundaries import boundaries
from decompose.assess.scores import scores
from decompose.assess.split import split
from decompose.graph.analysis import Program
from decompose.model.partition import Boundary, Finding, Partition, Scores, Severity

TRAPS = (
    repeated_queries.findings,
    unlocked_updates.findings,
    unbounded_queries.findings,
    scattered_writes.findings,
    unread_tables.findings,
)
"""What is dangerous in the code whatever the cut; many programs have hundreds."""
MOST_OF_A_TRAP = 25
"""Findings of each that are kept, the gravest; the others are counted."""
QUESTIONS = (
    split_transactions.findings,
    shared_tables.findings,
    cut_foreign_keys.findings,
    cut_joins.findings,
    chatty_calls.findings,
    cycles.findings,
    call_depth.findings,
    blast_radius.findings,
    hubs.findings,
    shared_state.findings,
    global_state.findings,
    schema_drift.findings,
)
_RANK = {Severity.HIGH: 0, Severity.MEDIUM: 1, Severity.LOW: 2}


@dataclass(frozen=True, slots=True)
class Assessment:
    """Boundaries heaviest first, findings most severe first, "proposal" first among the scores."""

    boundaries: tuple[Boundary, ...]
    findings: tuple[Finding, ...]
    scores: tuple[Scores, ...]
    left_out: dict[str, int]  # findings beyond those, by question


def assess(program: Program, partition: Partition | Mapping[str, str]) -> Assessment:
    """What a partition (or labels of atoms and tables) costs, and what its rivals would."""
    placed = partition.labels() if isinstance(partition, Partition) else partition
    seen = split(program, placed)
    found = [finding for ask in QUESTIONS for finding in ask(seen)]
    left_out: dict[str, int] = {}
    for ask in TRAPS:
        trapped = list(ask(seen))
        found += trapped[:MOST_OF_A_TRAP]
        for finding in trapped[MOST_OF_A_TRAP:]:
            left_out[finding.question] = left_out.get(finding.question, 0) + 1
    order = {id(finding): place for place, finding in enumerate(found)}
    return Assessment(
        boundaries=boundaries(seen),
        findings=tuple(sorted(found, key=lambda each: (_RANK[each.severity], order[id(each)]))),
        scores=scores(seen),
        left_out=left_out,
    )
