"""Which services belong together, to whom, and do they change on their own?"""

from dataclasses import dataclass

from decompose.model.program import PREFIXES, NodeKind
from decompose.report.lookup import Lookup
from decompose.report.text import counted, percent

_MOST_TEAMS = 4
_MOST_SPREAD = 12
_TABLE = PREFIXES[NodeKind.TABLE]


@dataclass(frozen=True, slots=True)
class DomainView:
    """A domain with the names and anchors of its services."""

    name: str
    services: tuple[tuple[str, str], ...]
    lines: int


@dataclass(frozen=True, slots=True)
class Grouping:
    """Domains, and the sentences about teams and history; empty where nothing is known."""

    domains: tuple[DomainView, ...]
    teams: str
    spread: tuple[tuple[str, int], ...]
    history: str


def grouping(lookup: Lookup) -> Grouping:
    """How the services stand to each other, to teams and to time."""
    found = lookup.analysis
    lines = {each.name: each.lines for each in found.partition.capabilities}
    return Grouping(
        tuple(
            DomainView(
                domain.name,
                tuple((name, lookup.anchor(name)) for name in domain.services),
                sum(lines.get(name, 0) for name in domain.services),
            )
            for domain in found.hierarchy.domains
        ),
        _teams(lookup),
        tuple(row for row in found.teamwork.spread if row[1] > 1)[:_MOST_SPREAD]
        if found.teamwork
        else (),
        _history(lookup),
    )


def _teams(lookup: Lookup) -> str:
    found = lookup.analysis.teamwork
    if found is None:
        return ""
    total = len(found.services)
    return (
        f"By {found.source}, {round(found.single * total)} of {counted(total, 'service')} have one main team, "
        f"and {percent(found.across)} of what crosses boundaries crosses teams."
    )


def _history(lookup: Lookup) -> str:
    found = lookup.analysis.independence
    if found is None:
        return ""
    return (
        f"Of {counted(found.commits, 'commit')} that touch a service, {percent(found.alone / found.commits)} "
        "touch one only: so often could it have been deployed on its own."
    )


def domain_of(lookup: Lookup, service: str) -> str:
    """The domain of a service, "" where there are none."""
    domains = lookup.analysis.hierarchy.domains
    return next((each.name for each in domains if service in each.services), "")


def aggregates_of(lookup: Lookup, service: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Root tables of a service with those that go with them."""
    return tuple(
        (each.root.removeprefix(_TABLE), tuple(name.removeprefix(_TABLE) for name in each.tables))
        for each in lookup.analysis.hierarchy.aggregates
        if each.service == service
    )


def teams_of(lookup: Lookup, service: str) -> str:
    """The teams of a service with their shares."""
    found = lookup.analysis.teamwork
    rows = [each for each in found.services if each.service == service] if found else []
    shares = [share for row in rows for share in row.teams[:_MOST_TEAMS]]
    return ", ".join(f"{each.team} {percent(each.share)}" for each in shares)


def changes_of(lookup: Lookup, service: str) -> str:
    """How many of the commits that touch a service touch no other."""
    found = lookup.analysis.independence
    rows = [each for each in found.services if each.service == service] if found else []
    return "".join(
        f"{each.alone:,} of {counted(each.commits, 'commit')} touch no other service "
        f"({percent(each.alone / each.commits)})"
        for each in rows
    )
