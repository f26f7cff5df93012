"""What an explanation is: the thing that was asked for, and sections of rows with their evidence."""

from dataclasses import dataclass

from decompose.model.source import Site


@dataclass(frozen=True, slots=True)
class Thing:
    """What a name stands for. `node`: of the graph, -1 for a service; `kind`: "table", "route", "service" and so on."""

    kind: str
    name: str
    node: int = -1


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands, and what is written there ("" where the file is gone or has changed)."""

    site: Site
    text: str


@dataclass(frozen=True, slots=True)
class Hop:
    """A node on a path, and the place that leads to it (None for the first)."""

    name: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Row:
    """One answer: what (`name`), how it is tied, whose it is, how sure, where, and by which way."""

    name: str
    how: str = ""
    service: str = ""
    sure: str = ""  # "exact", "inferred", "name-only"; "" where nothing was inferred
    places: tuple[Place, ...] = ()
    place_count: int = 0
    path: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """The answers to one question. `total` counts those that are left out too."""

    key: str
    title: str
    rows: tuple[Row, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Subject:
    """What is explained: where it is defined, whose it is and why."""

    kind: str
    name: str
    service: str
    why: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """One subject, or two; sections without rows are left out."""

    subjects: tuple[Subject, ...]
    sections: tuple[Section, ...]
