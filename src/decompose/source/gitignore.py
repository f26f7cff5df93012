"""Which paths do the tree's own .gitignore files and the user's `--exclude` globs leave out?

A .gitignore speaks for the folder it lies in and for what is below; a deeper file overrules one
above it, and the user's globs overrule them all (`!path` brings something back). The user's global
excludes and .gitignore files above the analyzed folder never count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_LONGEST_PATTERN = 1024
_MOST_WILDCARDS = 12  # each one multiplies the work of a match: a hostile file must not stall us


@dataclass(frozen=True, slots=True)
class _Layer:
    """One list of patterns; `prefix` is its folder with a trailing slash, "" for the root."""

    prefix: str
    spec: "GitIgnoreSpec"


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
            verdict = layer.spec.check_file(asked[len(layer.prefix) :]).include
            if verdict is not None:
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
        return (_Layer(prefix, GitIgnoreSpec.from_lines(sane)),)
    except ValueError:
        readable = [line for line in sane if _compiles(line)]
        return (_Layer(prefix, GitIgnoreSpec.from_lines(readable)),) if readable else ()


def _is_sane(pattern: str) -> bool:
    return len(pattern) <= _LONGEST_PATTERN and pattern.count("*") <= _MOST_WILDCARDS


def _compiles(pattern: str) -> bool:
    from pathspec import GitIgnoreSpec  # noqa: PLC0415  (see `_layer`)

    try:
        GitIgnoreSpec.from_lines([pattern])
    except ValueError:
        return False
    return True
