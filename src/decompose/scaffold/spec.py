"""What one service's skeleton is made of, before any text is written."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """How a service is started."""

    WEB = "web"  # answers HTTP requests
    WORKER = "worker"  # runs jobs
    LIBRARY = "library"  # is imported
    SHARED = "shared"  # imported by several services


class Family(StrEnum):
    """The framework that the skeleton is written in."""

    DJANGO = "django"
    DRF = "drf"  # Django with Django REST framework
    FLASK = "flask"
    FASTAPI = "fastapi"
    PLAIN = "plain"

    @property
    def is_django(self) -> bool:
        """Is it configured by a Django settings module?"""
        return self in (Family.DJANGO, Family.DRF)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A path parameter: `name` is an identifier, `type` OpenAPI's."""

    name: str
    type: str
    slashes: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the service's contract. `name` is an identifier, `group` the module it stands in."""

    name: str
    group: str
    method: str  # "GET"
    path: str  # OpenAPI template
    parameters: tuple[Parameter, ...]
    summary: str
    handler: str
    source: str  # "path:line"


@dataclass(frozen=True, slots=True)
class Job:
    """Something that runs without a request: a task, command, schedule or consumer. `function`: an identifier."""

    kind: str
    name: str
    function: str
    handler: str
    source: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class OwnedTable:
    """A table that the service is to own."""

    name: str
    model: str
    source: str


@dataclass(frozen=True, slots=True)
class Link:
    """What crosses to or from another service: the heaviest crossings as (from, to, "path:line")."""

    service: str
    crossings: tuple[tuple[str, str, str], ...]
    more: int


@dataclass(frozen=True, slots=True)
class Variable:
    """A setting from the environment. `default` None: the service does not start without it."""

    name: str
    why: str
    example: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """A service to be. `package`: the import package; `folder`: below the output folder."""

    name: str
    folder: str
    package: str
    purpose: str
    kind: Kind
    family: Family
    members: tuple[str, ...] = ()
    lines: int = 0
    tables: tuple[OwnedTable, ...] = ()
    operations: tuple[Operation, ...] = ()
    contract: dict[str, Any] = field(default_factory=dict)
    tasks: tuple[Job, ...] = ()  # Celery's
    jobs: tuple[Job, ...] = ()  # all others
    graphql: tuple[Job, ...] = ()  # operations of its schema
    provides: tuple[Link, ...] = ()
    consumes: tuple[Link, ...] = ()
    variables: tuple[Variable, ...] = ()
    dependencies: tuple[str, ...] = ()
