"""Which services are proposed? A card each: what it is for, what it owns and why, how sure that is."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from decompose.model.partition import SHARED, UNUSED, Capability, Doubt
from decompose.model.program import PREFIXES, NodeKind
from decompose.report import limits
from decompose.report.boundaries import Boundaries
from decompose.report.grouping import aggregates_of, changes_of, domain_of, teams_of
from decompose.report.limits import Cuts
from decompose.report.lookup import Lookup
from decompose.report.text import percent

HIGH, FAIR = 0.85, 0.65
"""Shares of agreeing runs from which a placement counts as sure, or as fair."""


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a name, where it stands, and a remark."""

    name: str
    site: str = ""
    note: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class DoubtView:
    """A member that might go elsewhere."""

    member: str
    site: str
    agreement: str
    second: str
    second_anchor: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another service, with the anchor of the boundary between."""

    name: str
    boundary: str


@dataclass(frozen=True, slots=True)
class ServiceView:
    """One service. `share`: of the largest service's lines."""

    number: int
    name: str
    anchor: str
    purpose: str
    vocabulary: tuple[str, ...]
    lines: int
    share: float
    confidence: float
    is_library: bool  # imported, never run: no table, no entry point
    certainty: str  # "sure", "fair", "doubtful"
    confidence_text: str
    members: tuple[Named, ...]
    members_more: tuple[Named, ...]
    member_count: int
    tables: tuple[Named, ...]
    entry_points: tuple[Named, ...]
    entry_point_count: int
    doubts: tuple[DoubtView, ...]
    doubt_count: int
    needs: tuple[Neighbour, ...]
    needed_by: tuple[Neighbour, ...]
    findings: int
    domain: str
    aggregates: tuple[tuple[str, tuple[str, ...]], ...]  # (root, the tables that go with it)
    teams: str
    changes: str  # how often it changed on its own


@dataclass(frozen=True, slots=True)
class Rest:
    """Members that belong to no service, by the reason why."""

    title: str
    label: str
    count: int
    reasons: tuple[tuple[str, int, tuple[Named, ...]], ...]  # (reason, how many, some of them)


def services(lookup: Lookup, found: Boundaries, cuts: Cuts) -> tuple[ServiceView, ...]:
    """All services, in the partition's order."""
    capabilities = lookup.analysis.partition.capabilities
    largest = max((capability.lines for capability in capabilities), default=0) or 1
    doubts: dict[str, list[Doubt]] = defaultdict(list)
    for doubt in lookup.analysis.partition.doubts:
        doubts[lookup.service_of(doubt.member)].append(doubt)
    views = tuple(
        _view(lookup, found, capability, number, doubts[capability.name], largest)
        for number, capability in enumerate(capabilities, 1)
    )
    shown = sum(len(view.members) + len(view.members_more) for view in views)
    cuts.note(shown, sum(view.member_count for view in views), "members in services' cards")
    return views


def _view(
    lookup: Lookup,
    found: Boundaries,
    capability: Capability,
    number: int,
    doubts: Sequence[Doubt],
    largest: int,
) -> ServiceView:
    name = capability.name
    members = _members(lookup, capability)
    kept = members[: limits.MEMBERS + limits.MEMBERS_MORE]
    entries = capability.entry_points
    return ServiceView(
        number=number,
        name=name,
        anchor=lookup.anchor(name),
        purpose=capability.purpose,
        vocabulary=capability.vocabulary[:12],
        lines=capability.lines,
        share=capability.lines / largest,
        confidence=capability.confidence,
        is_library=name in lookup.libraries,
        certainty=_certainty(capability.confidence),
        confidence_text=percent(capability.confidence),
        members=kept[: limits.MEMBERS],
        members_more=kept[limits.MEMBERS :],
        member_count=len(members),
        tables=tuple(_table(lookup, table) for table in capability.tables),
        entry_points=tuple(
            Named(entry, lookup.site_of(entry)) for entry in entries[: limits.MEMBERS]
        ),
        entry_point_count=len(entries),
        doubts=tuple(_doubt(lookup, doubt) for doubt in doubts[: limits.DOUBTS]),
        doubt_count=len(doubts),
        needs=tuple(Neighbour(b.provider, b.anchor) for b in found.shown if b.consumer == name),
        needed_by=tuple(Neighbour(b.consumer, b.anchor) for b in found.shown if b.provider == name),
        findings=sum(name in finding.services for finding in lookup.analysis.findings),
        domain=domain_of(lookup, name),
        aggregates=aggregates_of(lookup, name),
        teams=teams_of(lookup, name),
        changes=changes_of(lookup, name),
    )


def _certainty(confidence: float) -> str:
    if confidence >= HIGH:
        return "sure"
    return "fair" if confidence >= FAIR else "doubtful"


def _members(lookup: Lookup, capability: Capability) -> tuple[Named, ...]:
    """The proposal's prefixes where it has the service, else the members themselves."""
    for service in lookup.analysis.proposal.services:
        if service.name == capability.name and service.members:
            return tuple(Named(member, lookup.site_of(member)) for member in service.members)
    tables = set(capability.tables)
    return tuple(Named(m, lookup.site_of(m)) for m in capability.members if m not in tables)


def _table(lookup: Lookup, node: str) -> Named:
    prefix = PREFIXES[NodeKind.TABLE]
    name = node.removeprefix(prefix)
    reasons = lookup.analysis.partition.table_reasons
    reason = reasons.get(name) or reasons.get(prefix + name, "")
    return Named(name, lookup.site_of(prefix + name), reason, lookup.table_anchor(name))


def _doubt(lookup: Lookup, doubt: Doubt) -> DoubtView:
    return DoubtView(
        doubt.member,
        lookup.site_of(doubt.member),
        percent(doubt.agreement),
        lookup.title(doubt.second),
        lookup.anchor(doubt.second) if doubt.second in lookup.services else "rest",
    )


def rest(lookup: Lookup) -> tuple[Rest, ...]:
    """The shared library and what nothing uses."""
    partition = lookup.analysis.partition
    return (
        _rest(lookup, "Shared library", SHARED, partition.shared),
        _rest(lookup, "Unused code", UNUSED, partition.unused),
    )


def _rest(lookup: Lookup, title: str, label: str, members: Sequence[str]) -> Rest:
    reasons = lookup.analysis.partition.reasons
    grouped: dict[str, list[str]] = defaultdict(list)
    for member in members:
        grouped[reasons.get(member, "no reason given")].append(member)
    ordered = sorted(grouped.items(), key=lambda item: (-len(item[1]), item[0]))
    return Rest(
        title,
        label,
        len(members),
        tuple(
            (
                reason,
                len(found),
                tuple(Named(m, lookup.site_of(m)) for m in sorted(found)[: limits.REASONS]),
            )
            for reason, found in ordered[: limits.REASONS]
        ),
    )
