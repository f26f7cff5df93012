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
    shared_state,
    shared_tables,
    split_transactions,
)
from decompose.assess.boundaries import boundaries
from decompose.assess.scores import scores
from decompose.assess.split import split
from decompose.graph.analysis import Program
from decompose.model.partition import Boundary, Finding, Partition, Scores, Severity

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
)
_RANK = {Severity.HIGH: 0, Severity.MEDIUM: 1, Severity.LOW: 2}


@dataclass(frozen=True, slots=True)
class Assessment:
    """Boundaries heaviest first, findings most severe first, "proposal" first among the scores."""

    boundaries: tuple[Boundary, ...]
    findings: tuple[Finding, ...]
    scores: tuple[Scores, ...]


def assess(program: Program, partition: Partition | Mapping[str, str]) -> Assessment:
    """What a partition (or labels of atoms and tables) costs, and what its rivals would."""
    placed = partition.labels() if isinstance(partition, Partition) else partition
    seen = split(program, placed)
    found = [finding for ask in QUESTIONS for finding in ask(seen)]
    order = {id(finding): place for place, finding in enumerate(found)}
    return Assessment(
        boundaries=boundaries(seen),
        findings=tuple(sorted(found, key=lambda each: (_RANK[each.severity], order[id(each)]))),
        scores=scores(seen),
    )
