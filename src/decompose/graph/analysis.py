"""What stages hand on: the linked program, and the whole result of an analysis."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from decompose.graph.dependency import DependencyGraph
from decompose.model.changes import Changes
from decompose.model.conditions import Condition, MethodGuard, PathGuard, RuledOut
from decompose.model.hierarchy import Hierarchy
from decompose.model.partition import Boundary, Finding, Partition, Scores
from decompose.model.program import (
    AfterCommit,
    Cascade,
    ChosenAccess,
    ClassChoice,
    Command,
    Handler,
    Join,
    ObjectAsked,
    ObjectHolds,
    ObjectMade,
    Operation,
    Publish,
    Route,
    Schedule,
    SchemaDrift,
    StateUse,
    Table,
    TableAccess,
    Task,
    Transaction,
)
from decompose.model.proposal import Proposal
from decompose.model.source import Problem, SourceFile
from decompose.model.teams import Independence, Teamwork

ANALYSIS_VERSION = 1


@dataclass(frozen=True)
class Unlinked:
    """Uses that could not be linked, as parallel columns sorted by (source node, line); `texts` index `strings`."""

    source: list[int] = field(default_factory=list)  # node
    line: list[int] = field(default_factory=list)
    reason: list[int] = field(default_factory=list)  # index into list(Reason)
    text: list[int] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Program:
    """The linked program. Facts are sorted; every dotted name in them is a node of `graph`, or a library's."""

    graph: DependencyGraph
    tables: tuple[Table, ...] = ()
    routes: tuple[Route, ...] = ()
    tasks: tuple[Task, ...] = ()
    commands: tuple[Command, ...] = ()
    operations: tuple[Operation, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    publishes: tuple[Publish, ...] = ()
    handlers: tuple[Handler, ...] = ()
    accesses: tuple[TableAccess, ...] = ()
    joins: tuple[Join, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    after_commits: tuple[AfterCommit, ...] = ()
    guards: tuple[MethodGuard, ...] = ()
    path_guards: tuple[PathGuard, ...] = ()
    conditions: tuple[Condition, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()
    class_choices: tuple[ClassChoice, ...] = ()
    objects: tuple[ObjectMade, ...] = ()
    holdings: tuple[ObjectHolds, ...] = ()
    asked: tuple[ObjectAsked, ...] = ()
    chosen_accesses: tuple[ChosenAccess, ...] = ()
    cascades: tuple[Cascade, ...] = ()
    states: tuple[StateUse, ...] = ()
    drifts: tuple[SchemaDrift, ...] = ()
    unlinked: Unlinked = field(default_factory=Unlinked)
    resolved: Mapping[str, int] = field(
        default_factory=dict
    )  # uses by outcome: "linked", and each Reason's value
    words: Mapping[int, Mapping[str, int]] = field(
        default_factory=dict
    )  # atom -> identifiers and words, with counts
    docs: Mapping[int, str] = field(
        default_factory=dict
    )  # node -> first paragraph of its docstring
    frameworks: tuple[str, ...] = ()  # those that were found in use, sorted


@dataclass(frozen=True)
class Analysis:
    """Everything that one run found out; what `analysis.json.gz` holds."""

    name: str  # of the analyzed folder
    files: tuple[SourceFile, ...]
    problems: tuple[Problem, ...]
    program: Program
    partition: Partition
    alternatives: tuple[Partition, ...]  # coarser first
    proposal: Proposal  # the draft
    boundaries: tuple[Boundary, ...]  # heaviest first
    findings: tuple[Finding, ...]
    scores: tuple[Scores, ...]  # "proposal" first, then its rivals
    left_out: Mapping[str, int] = field(default_factory=dict)  # findings beyond those, by question
    asked: Mapping[str, str] = field(default_factory=dict)  # what steered the run, beyond the code
    changes: Changes | None = None  # since the analysis before; None: there was none
    hierarchy: Hierarchy = field(default_factory=Hierarchy)
    teamwork: Teamwork | None = None  # beside CODEOWNERS, if there is one
    independence: Independence | None = None  # by git's history, if it was asked for
    version: int = ANALYSIS_VERSION
