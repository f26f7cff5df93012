"""Who looks after which part, and which parts change on their own? Figures beside a partition."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Owners:
    """Who owns which file, as CODEOWNERS says. `source`: the file that says so."""

    source: str = ""
    of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # path -> teams, as written


@dataclass(frozen=True, slots=True)
class TeamShare:
    """A team, and the share of a service's lines in files that it owns. Shared files count for each owner."""

    team: str
    share: float


@dataclass(frozen=True, slots=True)
class ServiceTeams:
    """The teams of a service, the largest share first."""

    service: str
    teams: tuple[TeamShare, ...]


@dataclass(frozen=True, slots=True)
class Teamwork:
    """A partition beside the ownership of files.

    `single`: share of services of which one team owns most (MOSTLY); `across`: share of the weight of boundaries
    that runs between services of different main teams; `spread`: team -> services of which it owns a part.
    """

    source: str
    services: tuple[ServiceTeams, ...]
    single: float
    across: float
    spread: tuple[tuple[str, int], ...]  # most services first


@dataclass(frozen=True, slots=True)
class ServiceCommits:
    """`commits` that touch a service; `alone`: those of them that touch no other one."""

    service: str
    commits: int
    alone: int


@dataclass(frozen=True, slots=True)
class Independence:
    """How often services changed on their own: of all `commits` that touch any, `alone` touch one only."""

    commits: int
    alone: int
    services: tuple[ServiceCommits, ...]
