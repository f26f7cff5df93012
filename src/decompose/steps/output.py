"""The folder that a run writes: whose files are whose, and nothing half-written."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from decompose.disk import write_atomic
from decompose.errors import DecomposeError

ANALYSIS = "analysis.json.gz"
PROPOSAL = "decompose.toml"
DRAFT = ".decompose-draft.toml"  # the last draft as it was written: the base of the next merge
REPORT = "report.html"
ROOT = ".decompose-root"  # where the analyzed tree lies, relative to the output folder
_BEGINNING = 4096  # bytes in which a file says whose it is
_OURS = {
    ANALYSIS: b"\x1f\x8b\x08",
    REPORT: b'<meta name="generator" content="decompose report">',
    DRAFT: b"",
    ROOT: b"",
}
"""What our own files begin with; the proposal is the person's, whatever it begins with."""


@dataclass(frozen=True, slots=True)
class PersonsFile:
    """The proposal as a person left it, and the draft it began as. None: there is none.

    `analysis`: digest of the analysis beside it, "" if there is none.
    """

    text: str | None
    base: str | None
    analysis: str = ""

    @property
    def digest(self) -> str:
        """What a result depends on in it."""
        return hashlib.sha256(
            repr((self.text, self.base, self.analysis)).encode("utf-8", "surrogatepass")
        ).hexdigest()


def persons_file(folder: Path) -> PersonsFile:
    """What stands in the output folder from an earlier run."""
    return PersonsFile(_text(folder / PROPOSAL), _text(folder / DRAFT), _digest(folder / ANALYSIS))


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise DecomposeError(
            f"the file cannot be read: {error}",
            where=str(path),
            remedy="repair it, or move it away to start afresh",
        ) from error


def usable(folder: Path, root: Path) -> Path:
    """The output folder for an analysis of `root`; it need not exist yet, and is not made here.

    Raises DecomposeError if it is a file or may not be written, or if it holds a file of somebody else under one of
    our names, or code of the program, which would not be analyzed.
    """
    if folder.exists() and not folder.is_dir():
        raise _refused("the output folder is a file", folder)
    existing = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    if not os.access(existing, os.W_OK | os.X_OK):
        raise _refused("the output folder may not be written", folder)
    for name, mark in _OURS.items():
        path = folder / name
        if path.is_symlink() or (path.exists() and not _begins_with(path, mark)):
            raise DecomposeError(
                "this file was not written by decompose, so it is not overwritten",
                where=str(path),
                remedy="move it away, or choose another folder with --out",
            )
    if not (folder / ANALYSIS).exists() and _holds_code(folder, root):
        raise _refused("the output folder holds code of the analyzed program", folder)
    return folder


def _begins_with(path: Path, mark: bytes) -> bool:
    """Is it a file of ours? `mark` stands in its first bytes."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return mark in file.read(_BEGINNING)
    except OSError as error:
        raise _refused(f"the file cannot be read: {error.strerror}", path) from error


def _holds_code(folder: Path, root: Path) -> bool:
    """Would leaving the folder out of the analysis leave out a part of the program?"""
    if not folder.resolve().is_relative_to(root.resolve()):
        return False
    return any(next(folder.glob(pattern), None) for pattern in ("*.py", "*/*.py"))


def _refused(what: str, path: Path) -> DecomposeError:
    return DecomposeError(what, where=str(path), remedy="choose another with --out")


def write(folder: Path, outputs: dict[str, bytes]) -> tuple[Path, ...]:
    """Write each file whole; one that holds the same bytes already is left alone. The analysis comes last."""
    written = []
    _make(folder)
    for name in sorted(outputs, key=lambda name: (name == ANALYSIS, name)):
        path = folder / name
        written.append(path)
        if not (path.is_file() and path.read_bytes() == outputs[name]):
            _write(path, outputs[name])
    return tuple(written)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(f"the output folder cannot be made: {error.strerror}", folder) from error


def _write(path: Path, data: bytes) -> None:
    try:
        write_atomic(path, data)
    except OSError as error:
        raise DecomposeError(
            f"the file cannot be written: {error.strerror}",
            where=str(path),
            remedy="choose another folder with --out",
        ) from error


def note_root(folder: Path, root: Path) -> None:
    """Remember where the analyzed tree lies, for commands that look at its files again."""
    place = os.path.relpath(root.resolve(), folder.resolve())
    write(folder, {ROOT: (Path(place).as_posix() + "\n").encode("utf-8", "surrogateescape")})


def noted_root(folder: Path) -> Path:
    """Where the analyzed tree lies."""
    text = _text(folder / ROOT)
    if text is None:
        raise DecomposeError(
            "it is not known where the analyzed tree lies",
            where=str(folder),
            remedy="name it with --root",
        )
    return folder / text.strip()


def read_analysis(folder: Path) -> bytes:
    """The bytes of a finished analysis."""
    path = folder / ANALYSIS
    try:
        return path.read_bytes()
    except OSError as error:
        raise DecomposeError(
            "there is no analysis here",
            where=str(folder),
            remedy="run `decompose analyze` first, or name its output folder with --from",
        ) from error
