"""What was read, what is the answer, and how does it compare? The proposal's figures stand beside its rivals'."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from decompose.graph.measures import FIGURES, Figure
from decompose.model.partition import Scores
from decompose.model.program import NodeKind
from decompose.model.source import FileRole
from decompose.model.titles import framework_titles
from decompose.report.lookup import Lookup
from decompose.report.text import counted, figure, percent

GROUPS = (
    ("Is it a decomposition at all?", ("coverage", "services", "largest_share", "singleton_share")),
    (
        "The bill of the cut",
        (
            "remote_calls_typical",
            "remote_calls",
            "remote_calls_worst",
            "distributed_writes",
            "sagas",
            "shared_writes",
            "foreign_reads",
            "cut_foreign_keys",
            "cut_joins",
        ),
    ),
    ("At run time", ("focus", "call_depth", "blast_radius")),
    ("Structure, as published", ("modularity", "sm", "icp", "bcp", "ifn", "ned")),
)
"""The questions that figures answer, in the order of the page; other figures follow under a last heading."""
BILL = GROUPS[1][1]
SHARES = frozenset(
    {"coverage", "largest_share", "singleton_share", "icp", "ned", "blast_radius", "focus"}
)
HOW_TO_READ = {
    "coverage": "Below 95 % much code has no home: look at the unused code first.",
    "services": "Neither more nor fewer is better; ask whether each has a name the business knows.",
    "largest_share": "Above 50 % the monolith has only lost its edges.",
    "singleton_share": "Above 10 % the cut makes dust: services too small to run.",
    "remote_calls_typical": "Calls that become network calls in one request: half of the entry points make no more.",
    "remote_calls": "The mean; a call counts tenfold for each loop around it, so that a few deep loops decide it.",
    "remote_calls_worst": "The request that suffers most; look for a loop around a remote call.",
    "distributed_writes": "Requests that change data of two services: each needs a saga or another cut.",
    "sagas": "Transactions that no longer exist after the cut; each is a design decision.",
    "shared_writes": "Tables with two masters; decide on one before anything moves.",
    "foreign_reads": "Reads that become API calls, events or read models.",
    "cut_foreign_keys": "The database will no longer check these; ids travel instead.",
    "cut_joins": "Queries that become two calls and a merge, or a read model.",
    "focus": "0 is what a random cut of the same sizes gives; higher means that a request stays at home.",
    "call_depth": "Hops that wait for each other; above three, latency and failures add up.",
    "blast_radius": "How much fails when one service is down, on average.",
    "modularity": "Above 0.3 there is structure; sensitive to the number of services.",
    "sm": "Rewards tiny services; compare only cuts of about the same number.",
    "icp": "One giant service scores best: read it together with the largest share.",
    "bcp": "One giant service scores best here too.",
    "ifn": "Singletons score best: read it together with the number of services.",
    "ned": "Counts members only; a large domain may rightly be large.",
}
RIVALS = {
    "proposal": "what decompose proposes",
    "one service": "the monolith as it is",
    "singletons": "every member a service",
    "random": "random services of the same sizes",
    "packages": "today's packages as services",
    "leiden": "plain community detection",
}
ROLE_WORDS = {
    FileRole.PROGRAM: "of the program",
    FileRole.TEST: "of tests",
    FileRole.MIGRATION: "of migrations",
    FileRole.GENERATED: "generated",
    FileRole.VENDORED: "vendored",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure with what it counts; `link` is the section that shows it line by line."""

    value: str
    label: str
    note: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """A figure of one decomposition. `mark`: "better" or "worse" than the proposal's, or ""."""

    text: str
    mark: str


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure of all decompositions."""

    title: str
    meaning: str
    reading: str
    wanted: str  # "higher", "lower", ""
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Figures × decompositions. `bill`: how the proposal fares against each rival on the bill of the cut."""

    names: tuple[tuple[str, str], ...]  # (name, what it is)
    groups: tuple[tuple[str, tuple[FigureRow, ...]], ...]
    bill: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """The top of the page."""

    name: str
    verdict: str
    worth_it: bool
    frameworks: tuple[str, ...]
    facts: tuple[Fact, ...]
    alternatives: tuple[tuple[int, str], ...]  # (how many services, their names)
    scores: ScoreTable


def overview(lookup: Lookup) -> Overview:
    """The answer in words, what was read, how it compares."""
    analysis = lookup.analysis
    return Overview(
        name=analysis.name,
        verdict=analysis.partition.verdict or _plain_verdict(lookup),
        worth_it=analysis.partition.worth_it,
        frameworks=framework_titles(analysis.program.frameworks),
        facts=_facts(lookup),
        alternatives=tuple(
            (
                len(other.capabilities),
                ", ".join(capability.name for capability in other.capabilities),
            )
            for other in analysis.alternatives
        ),
        scores=score_table(analysis.scores),
    )


def _plain_verdict(lookup: Lookup) -> str:
    count = len(lookup.services)
    return f"{counted(count, 'service')} proposed." if count else "No services are proposed."


def _facts(lookup: Lookup) -> tuple[Fact, ...]:
    program = lookup.analysis.program
    graph = program.graph
    lines: Counter[FileRole] = Counter()
    for role, count in zip(graph.file_roles, graph.file_lines, strict=True):
        lines[role] += count
    definitions = sum(NodeKind.MODULE < kind <= NodeKind.METHOD for kind in graph.nodes.kind)
    doors = [
        counted(len(found), word)
        for found, word in (
            (program.routes, "route"),
            (program.tasks, "task"),
            (program.operations, "operation"),
            (program.commands, "command"),
            (program.schedules, "schedule"),
        )
        if found
    ]
    total_doors = sum(
        len(facts)
        for facts in (
            program.routes,
            program.operations,
            program.tasks,
            program.commands,
            program.schedules,
        )
    )
    return (
        Fact(figure(lines[FileRole.PROGRAM]), "lines of the program", _other_lines(lines)),
        Fact(figure(len(lookup.analysis.files)), "files", _files(lookup)),
        Fact(figure(definitions), "definitions", f"{graph.edge_count:,} links between them"),
        Fact(figure(len(lookup.tables)), "tables", _foreign_keys(lookup), "data"),
        Fact(figure(total_doors), "entry points", ", ".join(doors), "entry-points"),
        Fact(linked_share(lookup), "of uses linked", "into the program or a library", "problems"),
    )


def _other_lines(lines: Counter[FileRole]) -> str:
    others = [
        f"{lines[r]:,} {ROLE_WORDS[r]}" for r in FileRole if r is not FileRole.PROGRAM and lines[r]
    ]
    return " · ".join(others)


def _files(lookup: Lookup) -> str:
    roles = Counter(file.role for file in lookup.analysis.files)
    return " · ".join(f"{roles[role]:,} {ROLE_WORDS[role]}" for role in FileRole if roles[role])


def _foreign_keys(lookup: Lookup) -> str:
    keys = sum(
        bool(c.references) for table in lookup.analysis.program.tables for c in table.columns
    )
    return counted(keys, "foreign key")


def linked_share(lookup: Lookup) -> str:
    """The share of uses whose target is known, be it the program's or a library's."""
    resolved = lookup.analysis.program.resolved
    known = sum(resolved.get(outcome, 0) for outcome in ("linked", "library", "builtin"))
    total = sum(resolved.values())
    return percent(known / total) if total else "–"


def score_table(scores: Sequence[Scores]) -> ScoreTable:
    """Figures by question; each rival's value is marked where it beats the proposal or falls behind."""
    known = {name for _, names in GROUPS for name in names}
    others = sorted({name for score in scores for name in score.figures} - known)
    groups = [
        (title, _rows(names, scores)) for title, names in (*GROUPS, ("Other figures", others))
    ]
    return ScoreTable(
        names=tuple((score.name, RIVALS.get(score.name, "")) for score in scores),
        groups=tuple((title, rows) for title, rows in groups if rows),
        bill=tuple(_compared(scores[0], rival) for rival in scores[1:]),
    )


def _rows(names: Sequence[str], scores: Sequence[Scores]) -> tuple[FigureRow, ...]:
    return tuple(_row(name, scores) for name in names if any(name in s.figures for s in scores))


def _row(name: str, scores: Sequence[Scores]) -> FigureRow:
    meaning = FIGURES.get(name, Figure(name.replace("_", " "), 0, ""))
    values = []
    for score in scores:
        value = score.figures.get(name)
        base = scores[0].figures.get(name)
        mark = "" if value is None or base is None else _mark(value, base, meaning.better)
        values.append(Value("–" if value is None else _shown(name, value), mark))
    wanted = {1: "higher", -1: "lower"}.get(meaning.better, "")
    return FigureRow(
        meaning.title, meaning.meaning, HOW_TO_READ.get(name, ""), wanted, tuple(values)
    )


def _shown(name: str, value: float) -> str:
    return percent(value) if name in SHARES and value >= 0 else figure(value)


def _mark(value: float, base: float, better: int) -> str:
    gain = (value - base) * better
    if abs(gain) <= 0.005 * max(abs(base), abs(value)):
        return ""
    return "better" if gain > 0 else "worse"


def _compared(proposal: Scores, rival: Scores) -> str:
    marks = Counter(
        _mark(rival.figures[name], proposal.figures[name], -1)
        for name in BILL
        if name in rival.figures and name in proposal.figures
    )
    total = sum(marks.values())
    return (
        f"Against {rival.name}: cheaper in {marks['worse']}, equal in {marks['']}, "
        f"dearer in {marks['better']} of {total} figures of the bill."
    )
