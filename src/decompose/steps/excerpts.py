"""The line of code behind a piece of evidence, as long as it still says what was analyzed."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from decompose.model.source import Site, SourceFile
from decompose.source import LARGEST_FILE, read_file
from decompose.source.read import decode

_LONGEST = 160
_FILES_AT_HAND = 256


def excerpts(root: Path, files: Sequence[SourceFile]) -> Callable[[Site], str]:
    """A function from a site to its line, "" where the file is gone, changed, or outside the tree."""
    digests = {file.path: file.digest for file in files}
    place = root.resolve()

    @lru_cache(maxsize=_FILES_AT_HAND)
    def lines(path: str) -> Sequence[str]:
        return _lines(place, path, digests)

    def line(site: Site) -> str:
        found = lines(site.path)
        return found[site.line - 1].strip()[:_LONGEST] if 0 < site.line <= len(found) else ""

    return line


def _lines(place: Path, path: str, digests: Mapping[str, str]) -> Sequence[str]:
    """The lines of an analyzed file; an analysis that came from elsewhere may name any path."""
    target = (place / path).resolve()
    if not digests.get(path) or not target.is_relative_to(place):
        return ()
    try:
        data = read_file(str(target), largest=LARGEST_FILE)
    except OSError:
        return ()
    if hashlib.sha256(data).hexdigest() != digests[path]:
        return ()
    return decode(data, path).text.split("\n")
