"""Whose is each service, and how often did services change on their own?

Both lay a partition over files: a service has a share of a file's lines. A commit touches the services that
have most of a file it changed; a file that is mostly shared or unused tells of none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from decompose.graph.lines import own_lines
from decompose.model.partition import RESERVED
from decompose.model.teams import (
    Independence,
    Owners,
    ServiceCommits,
    ServiceTeams,
    TeamShare,
    Teamwork,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from decompose.graph.dependency import DependencyGraph
    from decompose.model.history import History
    from decompose.model.partition import Boundary

MOSTLY = 0.5
"""The main team of a service owns more than this share of its lines."""
NO_TEAM = ""


def lines_of_files(graph: DependencyGraph, labels: Mapping[str, str]) -> dict[str, Counter[str]]:
    """Path -> label -> lines."""
    nodes, found = graph.nodes, defaultdict[str, Counter[str]](Counter)
    for node, lines in own_lines(graph).items():
        label = labels.get(nodes.names[node])
        if label is not None and nodes.file[node] >= 0:
            found[graph.files[nodes.file[node]]][label] += lines
    return dict(found)


def teamwork(
    graph: DependencyGraph,
    labels: Mapping[str, str],
    boundaries: Sequence[Boundary],
    owners: Owners,
) -> Teamwork | None:
    """The teams of each service; None where nobody owns anything."""
    if not owners.of:
        return None
    lines: dict[str, Counter[str]] = defaultdict(Counter)
    whole: Counter[str] = Counter()
    for path, shares in lines_of_files(graph, labels).items():
        for service, count in shares.items():
            if service not in RESERVED:
                whole[service] += count
                lines[service].update(dict.fromkeys(owners.of.get(path, ()), count))
    services = tuple(
        ServiceTeams(service, _shares(lines[service], whole[service])) for service in sorted(whole)
    )
    main = {
        each.service: each.teams[0].team
        for each in services
        if each.teams and each.teams[0].share > MOSTLY
    }
    spread = Counter(share.team for each in services for share in each.teams)
    return Teamwork(
        owners.source,
        services,
        round(len(main) / len(services), 4) if services else 0.0,
        _across(boundaries, main),
        tuple(sorted(spread.items(), key=lambda each: (-each[1], each[0]))),
    )


def _shares(lines: Counter[str], whole: int) -> tuple[TeamShare, ...]:
    ranked = sorted(lines.items(), key=lambda each: (-each[1], each[0]))
    return tuple(TeamShare(team, round(count / whole, 4)) for team, count in ranked if count)


def _across(boundaries: Sequence[Boundary], main: Mapping[str, str]) -> float:
    """The share of the boundaries' weight between services of different main teams, of those that have one."""
    known = [each for each in boundaries if each.provider in main and each.consumer in main]
    whole = sum(each.weight for each in known)
    cut = sum(each.weight for each in known if main[each.provider] != main[each.consumer])
    return round(cut / whole, 4) if whole else 0.0


def independence(
    graph: DependencyGraph, labels: Mapping[str, str], history: History
) -> Independence | None:
    """How often each service changed on its own; None where no commit touches any."""
    service_of = {
        path: max(sorted(shares.items()), key=lambda each: each[1])[0]
        for path, shares in lines_of_files(graph, labels).items()
    }
    touched: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    commits = 0
    for _, paths in history.commits:
        services = {service_of.get(path, RESERVED[0]) for path in paths} - {*RESERVED}
        commits += bool(services)
        touched.update(services)
        if len(services) == 1:
            alone.update(services)
    if not commits:
        return None
    rows = tuple(ServiceCommits(name, touched[name], alone[name]) for name in sorted(touched))
    return Independence(commits, sum(alone.values()), rows)
