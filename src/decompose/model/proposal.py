"""The proposal: what a person reviews, edits and pins. Its text form is `decompose.toml`."""

import re
from dataclasses import dataclass, field

PROPOSAL_VERSION = 1
SERVICE_NAME = re.compile(r"[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?")
"""A DNS label of at most 40 characters that begins with a letter."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service to be. `members`: dotted prefixes, the longest prefix over all services wins."""

    name: str  # lower case, digits and dashes; starts with a letter
    purpose: str
    members: tuple[str, ...]
    tables: tuple[str, ...]  # names of tables, without the node's prefix
    entry_points: tuple[
        str, ...
    ]  # node names: "route:GET /orders/", "task:…", "command:…", "schedule:…"


@dataclass(frozen=True, slots=True)
class Constraints:
    """What a person asks of every later analysis."""

    pins: dict[str, str] = field(default_factory=dict)  # member prefix or "table:NAME" -> service
    together: tuple[tuple[str, ...], ...] = ()  # must-link
    apart: tuple[tuple[str, ...], ...] = ()  # cannot-link


@dataclass(frozen=True, slots=True)
class Proposal:
    """Services, the shared library, what nobody uses, and the constraints."""

    services: tuple[Service, ...]
    shared: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    constraints: Constraints = field(default_factory=Constraints)
    version: int = PROPOSAL_VERSION
