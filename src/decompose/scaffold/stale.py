"""Which sources changed since the analysis? A skeleton points at lines; they must still be there."""

import hashlib
from pathlib import Path, PurePosixPath

from decompose.errors import DecomposeError
from decompose.graph.analysis import Analysis
from decompose.model.source import SourceFile


def stale(analysis: Analysis, root: Path) -> tuple[str, ...]:
    """Files of the analysis, each with what is wrong with it, sorted; raises if `root` is no folder."""
    if not root.is_dir():
        raise DecomposeError(
            "the analyzed folder is not there",
            where=str(root),
            remedy="run `decompose analyze` again where it is now",
        )
    said = ((file.path, _change(file, root)) for file in analysis.files if file.digest)
    return tuple(f"{path} ({change})" for path, change in sorted(said) if change)


def _change(file: SourceFile, root: Path) -> str:
    path = PurePosixPath(file.path)
    if path.is_absolute() or ".." in path.parts:
        return "lies outside of the analyzed folder"
    try:
        with (root / path).open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
    except FileNotFoundError:
        return "is gone"
    except (OSError, ValueError):
        return "cannot be read"
    return "" if digest == file.digest else "changed"
