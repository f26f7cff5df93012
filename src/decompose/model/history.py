"""What a version control system remembers of a program."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class History:
    """(author, paths that changed, relative to the analyzed folder) of each commit, newest first."""

    commits: tuple[tuple[str, tuple[str, ...]], ...] = ()
