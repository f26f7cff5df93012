"""Which nodes and edges of a graph are what ran? A trace laid over the program that was read.

A trace may have been made from another folder than the analysis (`src` of a checkout, or the checkout around it): the
two are aligned by where most of their files have the same names.
"""

import posixpath
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from decompose.graph.dependency import NOBODY, DependencyGraph
from decompose.model.program import NodeKind
from decompose.model.source import FileRole, SourceFile
from decompose.model.trace import Body, Trace, TracedCall, TracedFunction

_MODULE = "<module>"


@dataclass(slots=True)
class Observed:
    """A trace in terms of a graph."""

    node: list[int]
    """Function of the trace -> node whose text it is (of a lambda: the code around it), NOBODY where there is none."""
    path: list[str | None]
    """File of the trace -> path in the analysis, None for a file that was not analyzed."""
    stale: tuple[str, ...]
    """Paths of files whose bytes are others than those that ran."""
    is_foreign: bool
    """Is it a trace of another program? Few of its files are known, and none of them by its bytes."""
    unknown: dict[str, int] = field(default_factory=dict)
    """Why functions of the trace have no node -> how many of them."""

    def calls(self, trace: Trace) -> Iterator[tuple[int, int, TracedCall]]:
        """(caller's node, callee's node, call) of all calls between nodes, each by its function or module."""
        for call in trace.calls:
            caller, callee = self.node[call.caller], self.node[call.callee]
            if NOBODY not in (caller, callee):
                yield caller, callee, call


def observed(trace: Trace, graph: DependencyGraph, files: Sequence[SourceFile]) -> Observed:
    """Lay a trace over a graph; `files` are those of the analysis."""
    known = {file.path: file for file in files}
    paths = _aligned([file.path for file in trace.files], list(known))
    stale = tuple(
        sorted(
            path
            for path, file in zip(paths, trace.files, strict=True)
            if path is not None and known[path].digest != file.digest
        )
    )
    found = Observed(
        [NOBODY] * len(trace.functions), paths, stale, _is_foreign(trace, paths, known)
    )
    lost: Counter[str] = Counter()
    for number, function in enumerate(trace.functions):
        path = paths[function.file]
        file = None if path is None else known[path]
        if file is None or file.role is FileRole.VENDORED:
            lost["their files were not read"] += 1
            continue
        node = found.node[number] = _node(graph, file.module, function)
        if node == NOBODY:
            lost["there is no such definition"] += 1
    found.unknown = dict(sorted(lost.items()))
    return found


def _is_foreign(trace: Trace, paths: Sequence[str | None], known: Mapping[str, SourceFile]) -> bool:
    rows = [
        (known.get(path or ""), file.digest)
        for path, file in zip(paths, trace.files, strict=True)
        if not file.is_test
    ]
    met = [(file, digest) for file, digest in rows if file is not None and file.size]
    is_known = any(file.digest == digest for file, digest in met)
    return bool(rows) and not is_known and len(met) * 2 < len(rows)


def scope(graph: DependencyGraph, node: int) -> int:
    """The function or module whose code a node's text is part of: a class's text runs in the scope around it."""
    nodes = graph.nodes
    while nodes.kind[node] == NodeKind.CLASS and nodes.parent[node] >= 0:
        node = nodes.parent[node]
    return node


def _node(graph: DependencyGraph, module: str, function: TracedFunction) -> int:
    """The node of a code object's text."""
    if function.body is Body.MODULE:
        return graph.index.get(module, NOBODY)
    parts = [part for part in function.name.split(".") if not part.startswith("<")]
    qualified = ".".join(parts)
    if not qualified:
        return graph.index.get(module, NOBODY)
    for name in (f"{module}.__init__.{qualified}", f"{module}.{qualified}"):
        node = graph.index.get(name, NOBODY)
        if node != NOBODY and graph.nodes.kind[node] != NodeKind.MODULE:
            return node
    return NOBODY


def _aligned(traced: Sequence[str], analyzed: Sequence[str]) -> list[str | None]:
    """Traced paths as the analysis has them."""
    known = set(analyzed)
    above, below = _shift(traced, analyzed)
    return [moved if (moved := _moved(path, above, below)) in known else None for path in traced]


def _moved(path: str, above: str, below: str) -> str:
    """A path after taking `above` off its beginning, or putting `below` before it."""
    if above:
        return path.removeprefix(above) if path.startswith(above) else "/"
    return below + path


def _shift(traced: Sequence[str], analyzed: Sequence[str]) -> tuple[str, str]:
    """What to take off traced paths, and what to put before them: what makes most files meet."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for path in analyzed:
        by_name[posixpath.basename(path)].append(path)
    votes: Counter[tuple[str, str]] = Counter()
    for path in traced:
        for other in by_name.get(posixpath.basename(path), ())[:_MOST_CANDIDATES]:
            if path == other:
                votes["", ""] += 1
            elif path.endswith(f"/{other}"):
                votes[path.removesuffix(other), ""] += 1
            elif other.endswith(f"/{path}"):
                votes["", other.removesuffix(path)] += 1
    if not votes:
        return "", ""
    return min(votes, key=lambda shift: (-votes[shift], shift))


_MOST_CANDIDATES = 200
"""A file named `__init__.py` has thousands of namesakes; others settle the question sooner."""
