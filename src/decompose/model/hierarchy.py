"""Services from above and from within: which of them are about one thing, and what each is the keeper of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Domain:
    """Services that are about one thing: candidates for one team, and for one service if there are too many."""

    name: str
    services: tuple[str, ...]  # sorted


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Tables of a service that live and die together: what one transaction changes as a whole."""

    service: str
    root: str  # node of the table that the others belong to
    tables: tuple[str, ...]  # nodes of the others, sorted


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Domain -> service -> aggregate. No domains: there are too few services to need any."""

    domains: tuple[Domain, ...] = ()  # most lines first
    aggregates: tuple[Aggregate, ...] = ()  # by service and root
