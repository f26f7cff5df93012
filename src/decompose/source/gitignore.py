"""Which paths do the tree's own .gitignore files and the user's `--exclude` globs leave out?

A .gitignore speaks for the folder it lies in and for what is below; a deeper file overrules one
above it, and the user's globs overrule them all (`!path` brings something back). The user's global
excludes and .gitignore files above the analyzed folder never count.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_GROUP_NAME = re.compile(r"\(\?P<\w+>")
_LONGEST_PATTERN = 1024
_MOST_WILDCARDS = 12  # each one multiplies the work of a match: a hostile file must not stall us


@dataclass(frozen=True, slots=True)
class _Layer:
    """One list of patterns; `prefix` is its folder with a trailing slash, "" for the root."""

    prefix: str
    spec: "GitIgnoreSpec"
    any_of_them: re.Pattern[str]  # matches what at least one pattern speaks of: most paths, none

    def verdict(self, path: str) -> bool | None:
        """Say whether a path is ignored, None where no pattern speaks of it."""
        below = path[len(self.prefix) :]
        return self.spec.check_file(below).include if self.any_of_them.match(below) else None


@dataclass(frozen=True, slots=True)
class Ignores:
    """The patterns in force in one folder, the most authoritative first."""

    globs: tuple[_Layer, ...] = ()
    files: tuple[_Layer, ...] = ()

    @classmethod
    def from_globs(cls, globs: Sequence[str]) -> "Ignores":
        """Start with the user's globs, which are relative to the analyzed folder."""
        return cls(globs=_layer("", globs))

    def below(self, folder: str, text: str) -> "Ignores":
        """Add the .gitignore with this `text` that lies in `folder` ("" for the root)."""
        prefix = f"{folder}/" if folder else ""
        return Ignores(self.globs, _layer(prefix, text.splitlines()) + self.files)

    def ignored(self, path: str, *, folder: bool) -> bool:
        """Whether `path`, relative to the analyzed folder, is left out (its parents are not)."""
        if not self.globs and not self.files:
            return False
        asked = f"{path}/" if folder else path
        for layer in (*self.globs, *self.files):
            if (verdict := layer.verdict(asked)) is not None:
                return verdict
        return False


def _layer(prefix: str, patterns: Iterable[str]) -> tuple[_Layer, ...]:
    """Compile what can be compiled: git too passes over a pattern that it cannot read."""
    wanted = [line for line in patterns if line.strip() and not line.startswith("#")]
    sane = [line for line in wanted if _is_sane(line)]
    if not sane:
        return ()
    from pathspec import GitIgnoreSpec  # noqa: PLC0415  (slow to import, and most trees need none)

    try:
        spec = GitIgnoreSpec.from_lines(sane)
    except ValueError:
        spec = GitIgnoreSpec.from_lines(line for line in sane if _compiles(line))
    return (_Layer(prefix, spec, _joined(spec)),)


def _joined(spec: "GitIgnoreSpec") -> re.Pattern[str]:
    """Make one pattern of all, for speed: thousands of paths against a hundred patterns."""
    kinds = (getattr(one, "regex", None) for one in spec.patterns)  # None: it says nothing
    written = [kind.pattern for kind in kinds if kind is not None]
    return re.compile("|".join(_GROUP_NAME.sub("(?:", f"(?:{one})") for one in written))


def _is_sane(pattern: str) -> bool:
    return len(pattern) <= _LONGEST_PATTERN and pattern.count("*") <= _MOST_WILDCARDS


def _compiles(pattern: str) -> bool:
    from pathspec import GitIgnoreSpec  # noqa: PLC0415  (see `_layer`)

    try:
        GitIgnoreSpec.from_lines([pattern])
    except ValueError:
        return False
    return True
