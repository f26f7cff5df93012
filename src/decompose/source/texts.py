"""Which files beside the Python ones say what the program does: SQL, templates of pages and mails, its packaging?

SQL and the files that declare a package anywhere; templates below a folder `templates` or `jinja2`, where frameworks
look for them. Files of tests and of documentation are left out. Nothing of them is trusted: they are read as text,
and only up to a size.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from decompose.model.source import TextFile
from decompose.source.read import read_file

LARGEST_TEXT = 2_000_000  # bytes; above it SQL is a dump of data, and a template is none
_SQL = (".sql", ".ddl")
_TEMPLATES = (
    ".html",
    ".htm",
    ".djhtml",
    ".jinja",
    ".jinja2",
    ".j2",
    ".txt",
    ".xml",
    ".md",
    ".mjml",
)
_PACKAGING = frozenset({"pyproject.toml", "setup.cfg"})
_TEMPLATE_FOLDERS = frozenset({"templates", "jinja2", "jinja"})
_LEFT_OUT = frozenset({"tests", "test", "testing", "docs", "doc", "examples", "node_modules"})


def is_text(folder: str, name: str) -> bool:
    """Whether a file of that name in a relative folder is one of them."""
    parts = folder.split("/")
    if name in _PACKAGING:
        return _LEFT_OUT.isdisjoint(parts)
    if not name.endswith(_SQL + _TEMPLATES) or not _LEFT_OUT.isdisjoint(parts):
        return False
    return name.endswith(_SQL) or not _TEMPLATE_FOLDERS.isdisjoint(parts)


def text_files(root: Path, paths: Iterable[str]) -> tuple[TextFile, ...]:
    """The files with their digests, sorted by path; one that cannot be read is left out."""
    found: list[TextFile] = []
    for path in sorted(paths):
        try:
            data = read_file(f"{root}/{path}", largest=LARGEST_TEXT)
        except OSError:
            continue
        found.append(TextFile(path, hashlib.sha256(data).hexdigest()))
    return tuple(found)


def read_texts(root: Path, files: Iterable[TextFile]) -> dict[str, str]:
    """The texts by path, whatever their bytes."""
    texts: dict[str, str] = {}
    for file in files:
        try:
            data = read_file(f"{root}/{file.path}", largest=LARGEST_TEXT)
        except OSError:
            continue
        texts[file.path] = data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    return texts
