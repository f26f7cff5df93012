"""What stands beside the code: a person's decisions, the analysis before, who owns the code, how it changed.

It is read before a program is analyzed, steers the clustering, and is held against the result. As in `pipeline`,
each function loads the stages that it runs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from decompose import evidence, rules
from decompose.errors import DecomposeError
from decompose.model.history import History
from decompose.model.source import Problem
from decompose.model.teams import Owners
from decompose.steps import output
from decompose.steps.earlier import Beside, Earlier, Past, asked, compared

if TYPE_CHECKING:
    from pathlib import Path

    from decompose.cluster import ClusterOptions
    from decompose.config import Options
    from decompose.graph import Analysis, Program
    from decompose.model.changes import Changes
    from decompose.source import Discovery


def beside_code(
    options: Options, folder: Path, found: Discovery
) -> tuple[Beside, tuple[Problem, ...]]:
    """A person's file in the output folder, commits and owners of the tree, and what could not be read."""
    history = evidence.read_history(options.root) if options.use_history else History()
    owners, gaps = evidence.read_owners(options.root, [file.path for file in found.files])
    owners = _with_teams(owners, found, options)
    return Beside(output.persons_file(folder), history, owners), gaps


def _with_teams(owners: Owners, found: Discovery, options: Options) -> Owners:
    """What the configuration says of teams goes before CODEOWNERS."""
    told = {file.path: rules.teams(options.rules, file.module) for file in found.files}
    told = {path: teams for path, teams in told.items() if teams}
    return Owners(owners.source or "configuration", {**owners.of, **told}) if told else owners


def unknown_rules(program: Program, options: Options) -> tuple[Problem, ...]:
    """Rules of the configuration about what the program does not hold."""
    from decompose import proposal

    names = proposal.unknown(rules.constraints(options.rules), program.graph)
    why = "a rule of the configuration names {!r}, which the program does not hold"
    return tuple(
        Problem("[tool.decompose]", 0, "rule", why.format(name), "correct or remove it")
        for name in names
    )


def earlier(program: Program, options: Options, edited: output.PersonsFile) -> Earlier | None:
    """What was proposed before, if somebody can still want it: with its proposal deleted, all begins afresh."""
    from decompose import export, proposal

    if edited.text is None or not edited.analysis:
        return None
    text = proposal.from_toml(edited.text, str(options.output / output.PROPOSAL))
    try:
        analysis = export.decode(output.read_analysis(options.output))
    except DecomposeError:
        return None  # of a later version, or damaged: it is written anew
    labels = proposal.labels(text, analysis.program.graph)
    return compared(analysis, labels, program, asked(options))


def wanted(program: Program, options: Options, past: Past) -> ClusterOptions:
    """What is asked of the clustering, with what a person has already decided."""
    from decompose import proposal
    from decompose.cluster import ClusterOptions

    edited = past.beside.edited
    constraints, previous = proposal.decided(
        edited.base,
        edited.text,
        program.graph,
        str(options.output / output.PROPOSAL),
    )
    constraints = proposal.joined(rules.constraints(options.rules), constraints)
    before = past.earlier
    start = proposal.read_start(options.start) if options.start else None
    return ClusterOptions(
        services=options.services,
        seed=options.seed,
        constraints=constraints,
        previous=(before and before.labels) or previous or start,
        steady=before.steady if before else frozenset(),
        start=start,
        resolution=options.resolution,
        max_lines=options.max_lines,
        history=past.beside.history,
    )


def held_against(analysis: Analysis, past: Past) -> Analysis:
    """The analysis with what it is beside others: the run before, who owns the code, how it changed."""
    from decompose.cluster import hierarchy
    from decompose.graph.teamwork import independence, teamwork

    graph, labels = analysis.program.graph, analysis.partition.labels()
    before = past.earlier.analysis.hierarchy if past.earlier and past.earlier.steady else None
    parts = analysis.partition, analysis.boundaries
    return replace(
        analysis,
        changes=_changes(analysis, past.earlier),
        hierarchy=hierarchy(analysis.program, *parts, before),
        teamwork=teamwork(graph, labels, analysis.boundaries, past.beside.owners),
        independence=independence(graph, labels, past.beside.history),
    )


def _changes(analysis: Analysis, before: Earlier | None) -> Changes | None:
    """The difference from the analysis before; where there is none, the last one stays to be read."""
    from decompose import proposal

    if before is None:
        return None
    found = proposal.changes(
        before.analysis.partition.labels(),
        analysis.partition.labels(),
        before.since,
        analysis.proposal.constraints.pins,
    )
    return found or before.analysis.changes
