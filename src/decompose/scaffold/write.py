"""How do planned files reach the disk without harm to anything that a person has done there?

The manifest tells what was generated. For each planned file:

on the disk                         then
----------------------------------  ---------------------------------------------------------------------------
nothing, and never generated        created
nothing, though it was generated    a person deleted it: kept so. Unless the whole folder of its service is gone:
                                    then the service is generated anew
the planned text                    unchanged
what was generated last             updated
something else, generated before    a person edited it: kept; a conflict if the planned text has changed as well
something else, never generated     somebody's own file: a conflict
no file, or behind a link           a conflict

A generated file that is no longer planned is removed if nobody edited it, and kept otherwise; only services that are
in the plan are looked at. A conflict and what is kept are never written to.
"""

import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from decompose.disk import write_atomic
from decompose.errors import DecomposeError
from decompose.model.planned import PlannedFile
from decompose.scaffold import manifest
from decompose.scaffold.manifest import Manifest, digest

_PATH = re.compile(r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Written:
    """What was done, or would be in a dry run: paths relative to the folder, sorted."""

    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()  # edited or deleted by a person, with nothing new to say
    conflicts: tuple[str, ...] = ()  # not written, though the planned text is new
    removed: tuple[str, ...] = ()  # generated, unedited, no longer planned


@dataclass(slots=True)
class _Decisions:
    """What to do with each file, and what the manifest will say."""

    fates: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)

    def paths(self, fate: str) -> tuple[str, ...]:
        return tuple(sorted(path for path, found in self.fates.items() if found == fate))


def write(plan: Iterable[PlannedFile], folder: Path, *, dry_run: bool = False) -> Written:
    """Write what is planned into a folder, made if missing; a dry run only says what would be done.

    Raises DecomposeError where the folder or its manifest cannot be used. Each file is written whole, the manifest
    last, so that a run that was cut short is simply repeated.
    """
    texts = {file.path: file.text.encode() for file in plan}
    for path in texts:
        if not _is_plain(path):
            raise DecomposeError("a planned path is not a plain one", where=path)
    before = _manifest(folder)
    decisions = _decided(texts, folder, before)
    if not dry_run:
        _carry_out(decisions, texts, folder)
    return Written(
        created=decisions.paths("created"),
        updated=decisions.paths("updated"),
        unchanged=decisions.paths("unchanged"),
        kept=decisions.paths("kept"),
        conflicts=decisions.paths("conflict"),
        removed=decisions.paths("removed"),
    )


def _is_plain(path: str) -> bool:
    return bool(_PATH.fullmatch(path)) and not {".", ".."} & set(path.split("/"))


def _manifest(folder: Path) -> Manifest:
    if folder.exists() and not folder.is_dir():
        raise DecomposeError(
            "the output folder is a file", where=str(folder), remedy="choose another with --out"
        )
    path = folder / manifest.NAME
    try:
        return manifest.decode(path.read_bytes(), str(path))
    except FileNotFoundError:
        return Manifest({})
    except OSError as error:
        raise _failed(path, error) from error


def _decided(texts: dict[str, bytes], folder: Path, before: Manifest) -> _Decisions:
    decisions = _Decisions(known=dict(before.files))
    gone = {top for top in _tops(texts) if not os.path.lexists(folder / top)}
    for path, text in texts.items():
        last = None if _top(path) in gone and "/" in path else before.files.get(path)
        fate = _fate(folder, path, digest(text), last)
        decisions.fates[path] = fate
        if fate in ("created", "updated", "unchanged"):
            decisions.known[path] = digest(text)
    for path in sorted(before.files.keys() - texts.keys()):
        if _is_plain(path) and "/" in path and _top(path) in _tops(texts):
            _decide_leftover(decisions, folder, path)
    return decisions


def _top(path: str) -> str:
    return path.partition("/")[0]


def _tops(texts: Iterable[str]) -> set[str]:
    return {_top(path) for path in texts if "/" in path}


def _fate(folder: Path, path: str, planned: str, last: str | None) -> str:
    """What becomes of a planned file. `planned`, `last`: digests; `last` None if it was never generated."""
    if not _is_reachable(folder, path):
        return "conflict"
    found = _digest_of(folder / path)
    if found is None:
        return "created" if last is None else "kept"
    if found == planned:
        return "unchanged"
    if found == last:
        return "updated"
    return "kept" if last == planned else "conflict"


def _decide_leftover(decisions: _Decisions, folder: Path, path: str) -> None:
    """A file that is no longer planned: removed unless it was edited; one that is gone is forgotten."""
    last = decisions.known.pop(path)
    if not os.path.lexists(folder / path):
        return
    if _is_reachable(folder, path) and _digest_of(folder / path) == last:
        decisions.fates[path] = "removed"
    else:
        decisions.known[path] = last
        decisions.fates[path] = "kept"


def _is_reachable(folder: Path, path: str) -> bool:
    """Are there only real folders down to it, and a plain file or nothing at its end?"""
    parts = PurePosixPath(path).parts
    place = folder
    for depth, part in enumerate(parts, start=1):
        place = place / part
        try:
            mode = place.lstat().st_mode
        except FileNotFoundError:
            return True
        except OSError as error:
            raise _failed(place, error) from error
        if not (stat.S_ISREG(mode) if depth == len(parts) else stat.S_ISDIR(mode)):
            return False
    return True


def _digest_of(path: Path) -> str | None:
    try:
        return digest(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _failed(path, error) from error


def _carry_out(decisions: _Decisions, texts: dict[str, bytes], folder: Path) -> None:
    for path in (*decisions.paths("created"), *decisions.paths("updated")):
        _put(folder / path, texts[path])
    for path in decisions.paths("removed"):
        _remove(folder, path)
    place = folder / manifest.NAME
    listed = manifest.encode(Manifest(decisions.known))
    if _digest_of(place) != digest(listed):
        _put(place, listed)


def _put(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, data)
    except OSError as error:
        raise _failed(path, error) from error


def _remove(folder: Path, path: str) -> None:
    """Remove a file, and the folders that it leaves empty."""
    place = folder / path
    try:
        place.unlink()
        while place.parent != folder and not any(place.parent.iterdir()):
            place = place.parent
            place.rmdir()
    except OSError as error:
        raise _failed(place, error) from error


def _failed(path: Path, error: OSError) -> DecomposeError:
    return DecomposeError(
        f"the file cannot be read or written: {error.strerror or error}",
        where=str(path),
        remedy="mend it, or choose another folder with --out",
    )
