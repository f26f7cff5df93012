"""Files and places: what was read, what could not be, and where something stands.

Paths are always POSIX, relative to the analyzed folder; lines count from 1.
"""

from dataclasses import dataclass
from enum import StrEnum


class FileRole(StrEnum):
    """Why a file is in the tree; what takes part forms services, TEST files follow what they test."""

    PROGRAM = "program"
    TEST = "test"
    MIGRATION = "migration"  # schema history (Django, Alembic): read for tables, never clustered
    GENERATED = "generated"  # written by a tool (protobuf, parsers): runs as all else, its lines count apart
    VENDORED = "vendored"  # somebody else's library copied into the tree: linked as external code

    @property
    def takes_part(self) -> bool:
        """Is it code that a service would have to bring along, whoever wrote it?"""
        return self in (FileRole.PROGRAM, FileRole.GENERATED)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One Python file of the analyzed tree. `digest` is the hex SHA-256 of its bytes, "" when unread."""

    path: str
    module: str
    role: FileRole
    is_package: bool
    size: int
    digest: str = ""


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file that is no Python but says what the program does with data: SQL, a template."""

    path: str
    digest: str


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something that could not be read as it stands: what, where, what to do next. Never fatal."""

    path: str
    line: int  # 0: the whole file
    kind: str  # a short stable word: "syntax", "encoding", "unreadable", "symlink-loop", "too-large", …
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """A place in a file that can be pointed at: evidence."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"
