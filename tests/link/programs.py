"""Small programs with what they mean written on their lines.

A program is a text: `--- path` begins a file, and a line that calls something of the program ends in

    # -> a.b, c.D        it calls or instantiates exactly these (constructors: the class and its `__init__`)
    # ~> a.b             it calls these implicitly (properties, `with`, overrides); both may stand on a line

Lines without such a mark must call nothing of the program.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from decompose.extract import ModuleName, extract
from decompose.frameworks import readers
from decompose.graph import Program
from decompose.link import link
from decompose.model.facts import ModuleFacts
from decompose.model.program import Confidence, EdgeKind, NodeKind
from decompose.model.source import FileRole, SourceFile
from decompose.source.parse import parse

MARK = re.compile(r"#\s*(?:->\s*([^~#]+?))?\s*(?:~>\s*(.+))?$")
CALLS = (EdgeKind.CALLS, EdgeKind.INSTANTIATES)


@dataclass(frozen=True)
class Line:
    """What a line of a program calls."""

    path: str
    number: int
    direct: frozenset[str]
    implicit: frozenset[str]


def files_of(text: str) -> dict[str, str]:
    """The files of a program text; one without a header is `app.py`."""
    found: dict[str, list[str]] = {}
    path = "app.py"
    for line in text.strip("\n").split("\n"):
        if line.startswith("--- "):
            path = line[4:].strip()
            found[path] = []
        else:
            found.setdefault(path, []).append(line)
    return {path: "\n".join(lines) + "\n" for path, lines in found.items()}


def facts_of(path: str, text: str) -> ModuleFacts:
    """The facts of one file."""
    parts = path.removesuffix(".py").split("/")
    is_package = parts[-1] == "__init__"
    module = ".".join(parts[:-1] if is_package else parts)
    tree = parse(text.encode(), path).tree
    return extract(tree, ModuleName(path, module, is_package), line_count=text.count("\n"))


def linked(text: str) -> Program:
    """The linked program of a text."""
    facts = [facts_of(path, source) for path, source in sorted(files_of(text).items())]
    files = [
        SourceFile(each.path, each.module, _role(each.path), each.is_package, 0) for each in facts
    ]
    return link(facts, files, readers())


def _role(path: str) -> FileRole:
    return FileRole.TEST if path.startswith("tests/") else FileRole.PROGRAM


def expected(text: str) -> set[Line]:
    """What the marks of a program text say."""
    return set(_marked(text))


def _marked(text: str) -> Iterator[Line]:
    for path, source in files_of(text).items():
        for number, line in enumerate(source.split("\n"), 1):
            found = MARK.search(line)
            if found and (found[1] or found[2]):
                yield Line(path, number, _names(found[1]), _names(found[2]))


def _names(text: str | None) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split(",")) if text else frozenset()


def called(program: Program) -> set[Line]:
    """What each line calls of the program's own definitions, as linked."""
    rows: dict[tuple[str, int], tuple[set[str], set[str]]] = {}
    graph = program.graph
    for edge in graph:
        if edge.kind not in CALLS or graph.kind(edge.target) is NodeKind.EXTERNAL:
            continue
        if edge.confidence is Confidence.NAME_ONLY:
            continue
        for site, _ in graph.sites(edge.index):
            row = rows.setdefault((site.path, site.line), (set(), set()))
            row[bool(edge.mediated_by)].add(graph.nodes.names[edge.target])
    return {
        Line(path, number, frozenset(direct), frozenset(implicit))
        for (path, number), (direct, implicit) in rows.items()
    }
