"""What would the cut cost, and what to do about it? Findings by severity, each with its lines."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from decompose.model.partition import Severity
from decompose.model.program import Confidence
from decompose.report import limits
from decompose.report.limits import Cuts
from decompose.report.lookup import Lookup, Place


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding; `position` counts from 0 in the analysis' order."""

    anchor: str
    question: str
    severity: str
    subject: str
    services: tuple[tuple[str, str], ...]  # (title, anchor)
    message: str
    remedy: str
    places: tuple[Place, ...]
    more_sites: int
    is_sure: bool


@dataclass(frozen=True)
class Findings:
    """Those that fit, high severity first. `severities` and `questions` come with counts, for the filters."""

    shown: tuple[FindingView, ...]
    total: int
    severities: tuple[tuple[str, int], ...]
    questions: tuple[tuple[str, int], ...]
    left_out: tuple[tuple[str, int], ...]  # (question, how many more)

    @cached_property
    def naming(self) -> dict[str, set[int]]:
        """Title of a service -> positions among those shown that name it."""
        found: dict[str, set[int]] = defaultdict(set)
        for position, view in enumerate(self.shown):
            for title, _ in view.services:
                found[title].add(position)
        return dict(found)


def shown_between(found: Findings, consumer: str, provider: str) -> tuple[FindingView, ...]:
    """The findings that name both services."""
    nothing: set[int] = set()
    both = found.naming.get(consumer, nothing) & found.naming.get(provider, nothing)
    return tuple(found.shown[position] for position in sorted(both))


def findings(lookup: Lookup, cuts: Cuts) -> Findings:
    """All findings, ranked by severity, then as assessed."""
    every = lookup.analysis.findings
    shown = cuts.head(_ranked(lookup), limits.FINDINGS, "findings")
    severities = Counter(every[n].severity.value for n in shown)
    questions = Counter(every[n].question for n in shown)
    return Findings(
        shown=tuple(_view(lookup, position) for position in shown),
        total=len(every),
        severities=tuple((s.value, severities[s.value]) for s in Severity if severities[s.value]),
        questions=tuple(sorted(questions.items())),
        left_out=tuple(sorted(lookup.analysis.left_out.items())),
    )


def _ranked(lookup: Lookup) -> list[int]:
    every, order = lookup.analysis.findings, list(Severity)
    return sorted(range(len(every)), key=lambda n: (order.index(every[n].severity), n))


def _anchor(position: int) -> str:
    return f"finding-{position + 1}"


def _view(lookup: Lookup, position: int) -> FindingView:
    finding = lookup.analysis.findings[position]
    return FindingView(
        anchor=_anchor(position),
        question=finding.question,
        severity=finding.severity.value,
        subject=finding.subject,
        services=tuple(
            (lookup.title(name), lookup.anchor(name) if name in lookup.services else "rest")
            for name in finding.services
        ),
        message=finding.message,
        remedy=finding.remedy,
        places=tuple(lookup.place(site) for site in finding.sites[: limits.FINDING_SITES]),
        more_sites=max(0, len(finding.sites) - limits.FINDING_SITES),
        is_sure=finding.confidence >= Confidence.EXACT,
    )
