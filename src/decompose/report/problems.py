"""What could not be read or linked? Counted by reason, with samples to look at."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from decompose.graph import NOBODY
from decompose.model.program import Reason
from decompose.model.source import Problem
from decompose.report import limits
from decompose.report.limits import Cuts
from decompose.report.lookup import Lookup
from decompose.report.text import percent, shortened

OUTCOMES = {
    "linked": (
        "linked into the program",
        "The target is known, by name, import, type or convention.",
    ),
    Reason.LIBRARY.value: (
        "in a library",
        "Known, but not the program's own: no concern of the cut.",
    ),
    Reason.BUILTIN.value: ("built into Python", "No concern of the cut."),
    Reason.UNKNOWN_RECEIVER.value: (
        "type of the receiver unknown",
        "What stands before the dot could be anything. Annotations of parameters and results help most.",
    ),
    Reason.UNKNOWN_ATTRIBUTE.value: (
        "attribute not found",
        "The type is known but has no such attribute in the program: often inherited from a library.",
    ),
    Reason.UNKNOWN_NAME.value: (
        "name not found",
        "Nothing in sight binds it: a star import from a library, a missing file, a name made at run time.",
    ),
    Reason.DYNAMIC.value: (
        "computed at run time",
        "The callee is a parameter, a subscript or a result. A trace of real requests would show it.",
    ),
}
SETTLED = ("linked", Reason.LIBRARY.value, Reason.BUILTIN.value)


@dataclass(frozen=True, slots=True)
class Sample:
    """One use that stayed unresolved."""

    site: str
    scope: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many uses ended so. `share` of all uses, 0-1."""

    title: str
    meaning: str
    count: int
    share: float
    share_text: str
    is_settled: bool
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Problems:
    """Bad files, and uses by outcome."""

    shown: tuple[Problem, ...]
    total: int
    kinds: tuple[tuple[str, int], ...]
    outcomes: tuple[Outcome, ...]
    uses: int


def problems(lookup: Lookup, cuts: Cuts) -> Problems:
    """What stayed open."""
    every = sorted(lookup.analysis.problems)
    kinds = Counter(problem.kind for problem in every)
    resolved = lookup.analysis.program.resolved
    return Problems(
        shown=tuple(cuts.head(every, limits.PROBLEMS, "problems")),
        total=len(every),
        kinds=tuple(sorted(kinds.items(), key=lambda item: (-item[1], item[0]))),
        outcomes=_outcomes(lookup),
        uses=sum(resolved.values()),
    )


def _outcomes(lookup: Lookup) -> tuple[Outcome, ...]:
    resolved = lookup.analysis.program.resolved
    total = sum(resolved.values()) or 1
    samples = _samples(lookup)
    order = [*OUTCOMES, *sorted(set(resolved) - set(OUTCOMES))]
    return tuple(
        Outcome(
            *OUTCOMES.get(name, (name, "")),
            resolved[name],
            resolved[name] / total,
            percent(resolved[name] / total),
            name in SETTLED,
            samples.get(name, ()),
        )
        for name in order
        if resolved.get(name)
    )


def _samples(lookup: Lookup) -> dict[str, tuple[Sample, ...]]:
    """Some uses of each reason, spread evenly over the program's own files."""
    graph, unlinked = lookup.analysis.program.graph, lookup.analysis.program.unlinked
    roles, files = graph.file_roles, graph.nodes.file
    rows: dict[int, list[int]] = defaultdict(list)
    for row, (source, reason) in enumerate(zip(unlinked.source, unlinked.reason, strict=True)):
        if files[source] != NOBODY and roles[files[source]].takes_part:
            rows[reason].append(row)
    reasons = list(Reason)
    return {
        reasons[reason].value: tuple(_sample(lookup, row) for row in _spread(found))
        for reason, found in rows.items()
        if reasons[reason].value not in SETTLED
    }


def _spread(rows: list[int]) -> list[int]:
    count = min(len(rows), limits.SAMPLES)
    return [rows[number * len(rows) // count] for number in range(count)]


def _sample(lookup: Lookup, row: int) -> Sample:
    graph, unlinked = lookup.analysis.program.graph, lookup.analysis.program.unlinked
    source = unlinked.source[row]
    site = f"{graph.files[graph.nodes.file[source]]}:{unlinked.line[row]}"
    text = unlinked.strings[unlinked.text[row]]
    return Sample(site, graph.nodes.names[source], shortened(text, limits.EXCERPT_WIDTH))
