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


@dataclass(frozen=True, slots=True)
class PersonsFile:
    """The proposal as a person left it, and the draft it began as. None: there is none."""

    text: str | None
    base: str | None

    @property
    def digest(self) -> str:
        """What a result depends on in it."""
        return hashlib.sha256(
            repr((self.text, self.base)).encode("utf-8", "surrogatepass")
        ).hexdigest()


def persons_file(folder: Path) -> PersonsFile:
    """What stands in the output folder from an earlier run."""
    return PersonsFile(_text(folder / PROPOSAL), _text(folder / DRAFT))


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


def prepared(folder: Path) -> Path:
    """The output folder, made if missing. Refuses a file in its place, and a folder that may not be written."""
    if folder.exists() and not folder.is_dir():
        raise DecomposeError(
            "the output folder is a file", where=str(folder), remedy="choose another with --out"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DecomposeError(
            f"the output folder cannot be made: {error.strerror}",
            where=str(folder),
            remedy="choose another with --out",
        ) from error
    return folder


def write(folder: Path, outputs: dict[str, bytes]) -> tuple[Path, ...]:
    """Write each file whole; one that holds the same bytes already is left alone. The analysis comes last."""
    written = []
    for name in sorted(outputs, key=lambda name: (name == ANALYSIS, name)):
        path = folder / name
        written.append(path)
        if not (path.is_file() and path.read_bytes() == outputs[name]):
            _write(path, outputs[name])
    return tuple(written)


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
