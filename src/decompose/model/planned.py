"""A file that is to be written, before anything is written: dry runs and tests need no disk."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class PlannedFile:
    """One file. `path`: POSIX, relative to the folder written to; `why` it is there, in a few words."""

    path: str
    text: str
    why: str
