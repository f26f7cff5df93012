"""Who owns which file? CODEOWNERS, as GitHub and GitLab read it.

The last pattern that matches a file decides; in GitLab's sections, the last one of each section, and an
entry without owners has those of its section's head. Patterns are those of .gitignore, but `docs/*` means
what stands directly in docs, and `!pattern` takes files out of a section.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from decompose.model.source import Problem
from decompose.model.teams import Owners

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

PLACES = ("CODEOWNERS", ".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS")
_LARGEST = 3_000_000  # bytes; GitHub reads no more either
_MOST_RULES = 5000
_LONGEST, _MOST_STARS = 500, 12  # a hostile pattern must not stall us
_SECTION = re.compile(r"\^?\[([^\]]+)\](?:\[\d+\])?\s*(.*)")
_WORD = re.compile(r"(?:\\.|[^\s\\])+")


@dataclass(frozen=True)
class _Rule:
    pattern: str
    owners: tuple[str, ...]
    section: str
    takes_out: bool = False

    @cached_property
    def _spec(self) -> GitIgnoreSpec | None:
        from pathspec import GitIgnoreSpec  # noqa: PLC0415  (slow to import, and most trees need none)

        try:
            return GitIgnoreSpec.from_lines([self.pattern])
        except ValueError:
            return None

    def matches(self, path: str) -> bool:
        """Does it speak of this file?"""
        if self._spec is None or not self._spec.match_file(path):
            return False
        directly = self.pattern.endswith("/*")
        return not directly or path.count("/") == self.pattern.strip("/").count("/")


def read_owners(root: Path, paths: Iterable[str]) -> tuple[Owners, tuple[Problem, ...]]:
    """Who owns each of some files (relative to a folder), by the CODEOWNERS of the folder or its repository."""
    found = _place(root)
    if found is None:
        return Owners(), ()
    place, top = found
    try:
        with place.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        return Owners(), (_problem(place.name, str(error.strerror)),)
    if len(data) > _LARGEST:
        return Owners(), (_problem(place.name, "it is too large"),)
    rules = list(_rules(data.decode("utf-8", "replace")))
    problems: tuple[Problem, ...] = ()
    if len(rules) > _MOST_RULES:
        problems = (_problem(place.name, f"only its first {_MOST_RULES} rules are used"),)
    prefix = _below(root, top)
    owners = {path: _owners(rules[:_MOST_RULES], prefix + path) for path in sorted(paths)}
    source = place.relative_to(top).as_posix()
    return Owners(source, {path: teams for path, teams in owners.items() if teams}), problems


def _problem(name: str, what: str) -> Problem:
    return Problem(
        name, 0, "owners", f"CODEOWNERS cannot be read as it stands: {what}", "correct it"
    )


def _place(root: Path) -> tuple[Path, Path] | None:
    """(file, the folder that its patterns start from): of the analyzed folder, else of the repository around it."""
    start = root.resolve()
    around = (start, *start.parents)
    tops = [level for level, folder in enumerate(around) if (folder / ".git").exists()]
    for folder in around[: tops[0] + 1 if tops else 1]:
        for name in PLACES:
            place = folder / name
            if place.is_file() and place.resolve().is_relative_to(folder):
                return place, folder
    return None


def _below(root: Path, top: Path) -> str:
    inside = os.path.relpath(root.resolve(), top).replace(os.sep, "/")
    return "" if inside == "." else f"{inside}/"


def _rules(text: str) -> Iterator[_Rule]:
    section = ""
    default: tuple[str, ...] = ()
    for line in text.splitlines():
        head = _SECTION.fullmatch(line.strip())
        if head:
            section, default = head[1].strip().lower(), tuple(_words(head[2]))
            continue
        words = list(_words(line))
        if not words or len(words[0]) > _LONGEST or words[0].count("*") > _MOST_STARS:
            continue
        takes_out = words[0].startswith("!")
        pattern = words[0].removeprefix("!").replace("\\ ", " ")
        yield _Rule(pattern, tuple(words[1:]) or default, section, takes_out)


def _words(line: str) -> Iterator[str]:
    """The words before a comment."""
    for word in _WORD.findall(line):
        if word.startswith("#"):
            return
        yield word


def _owners(rules: list[_Rule], path: str) -> tuple[str, ...]:
    """Those of the last rule that matches, of each section, sections in order."""
    decided: dict[str, tuple[str, ...]] = {}
    sections = {rule.section for rule in rules}
    for rule in reversed(rules):
        if rule.section not in decided and rule.matches(path):
            decided[rule.section] = () if rule.takes_out else rule.owners
            if len(decided) == len(sections):
                break
    found = (owner for section in sorted(decided) for owner in decided[section])
    return tuple(dict.fromkeys(found))
