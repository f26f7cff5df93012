"""What ran is laid over what was read: counts on edges that were found, new edges for those that were not.

Three things are left out. Calls from files that changed since, whose lines and names may mean something else now: they
are told as problems. Class bodies and lambdas, which are no nodes of their own. And places where the whole program
passes through a library (a middleware's `get_response`, a test client of the program's own): what one line calls more
than `MOST_THROUGH` things with is a dispatcher, and says nothing about what it depends on.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from decompose.errors import DecomposeError
from decompose.graph import DependencyGraph, Program
from decompose.graph.added import SeenCall, with_seen
from decompose.graph.observed import Observed, observed
from decompose.model.program import Confidence, EdgeKind
from decompose.model.source import FileRole, Problem, SourceFile
from decompose.model.trace import Body, How, Trace, TracedCall

MOST_THROUGH = 8
"""What reaches more than so many is no call of one base, but hands on whatever it is given."""
_PREFERRED = (
    "",
    "python",
    "name",
    "callback",
    "override",
)  # mediators of edges, the likeliest for a direct call first
_Call = tuple[int, int, str]  # source, target, library in between


@dataclass(frozen=True, slots=True)
class Evidence:
    """A program with what was seen of it, and what could not be used."""

    program: Program
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Sums:
    """Over all traces."""

    counts: Counter[_Call] = field(default_factory=Counter)
    lines: dict[_Call, set[int]] = field(default_factory=lambda: defaultdict(set))
    imports: Counter[tuple[int, int]] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)  # path -> calls


def observe(program: Program, traces: Mapping[str, Trace], files: Sequence[SourceFile]) -> Evidence:
    """Add what some traces (by name) saw to a program. Errors: DecomposeError for one of another program."""
    graph, sums = program.graph, _Sums()
    for name, trace in traces.items():
        over = observed(trace, graph, files)
        if over.is_foreign:
            raise DecomposeError(
                "this is a trace of another program",
                where=name,
                remedy="give one of the analyzed folder, made by `decompose record`",
            )
        _add(trace, over, graph, sums)
    counts, added = _placed(graph, sums)
    problems = tuple(_stale(path, count) for path, count in sorted(sums.left_out.items()))
    return Evidence(replace(program, graph=with_seen(graph, counts, added)), problems)


def _stale(path: str, calls: int) -> Problem:
    return Problem(
        path,
        0,
        "stale-trace",
        f"this file changed since it was recorded: {calls} calls that it made are left out",
        "run `decompose record` again",
    )


def _add(trace: Trace, over: Observed, graph: DependencyGraph, sums: _Sums) -> None:
    stale = set(over.stale)
    crowded = _crowded(trace.calls)
    for source, target, call in over.calls(trace):
        path = over.path[trace.functions[call.caller].file] or ""
        body = trace.functions[call.callee].body
        if FileRole.TEST in (graph.role(source), graph.role(target)):
            continue
        if path in stale:
            sums.left_out[path] += 1
        elif call.how is How.IMPORT:
            sums.imports[graph.module_of(source), target] += call.count
        elif body not in (Body.CLASS, Body.LAMBDA) and (call.caller, call.line) not in crowded:
            key = (source, target, call.through)
            sums.counts[key] += call.count
            sums.lines[key].add(call.line)


def _crowded(calls: Iterable[TracedCall]) -> set[tuple[int, int]]:
    """(caller, line) of places where everything passes through a library."""
    reached: dict[tuple[int, int], set[int]] = defaultdict(set)
    for call in calls:
        if call.through:
            reached[call.caller, call.line].add(call.callee)
    return {place for place, callees in reached.items() if len(callees) > MOST_THROUGH}


def _placed(graph: DependencyGraph, sums: _Sums) -> tuple[Counter[int], list[SeenCall]]:
    """Counts of edges that exist, and calls that have none."""
    known = _edges(graph)
    counts: Counter[int] = Counter()
    added = []
    for key, count in sorted(sums.counts.items()):
        source, target, through = key
        edge = _best(graph, known.get((source, target), ()), through)
        if edge is None:
            lines = tuple(sorted(sums.lines[key]))
            added.append(SeenCall(source, target, through, lines, count))
        else:
            counts[edge] += count
    for edge in range(graph.edge_count):
        if graph.edges.kind[edge] == EdgeKind.IMPORTS:
            place = (graph.module_of(graph.edges.source[edge]), graph.edges.target[edge])
            counts[edge] += sums.imports.get(place, 0)
    return counts, added


def _edges(graph: DependencyGraph) -> dict[tuple[int, int], list[int]]:
    """(source, target) -> edges of calls."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for edge in range(graph.edge_count):
        if graph.edges.kind[edge] == EdgeKind.CALLS:
            found[graph.edges.source[edge], graph.edges.target[edge]].append(edge)
    return found


def _best(graph: DependencyGraph, edges: Sequence[int], through: str) -> int | None:
    """The edge that a call most likely took: as written for a direct one, mediated for one through a library."""

    def rank(edge: int) -> tuple[bool, int, int]:
        mediator = graph.mediators[graph.edges.mediator[edge]]
        is_mediated = mediator not in _PREFERRED
        sure = graph.edges.confidence[edge] > Confidence.NAME_ONLY
        place = len(_PREFERRED) if is_mediated else _PREFERRED.index(mediator)
        return (is_mediated != bool(through), place if sure else place + 10, edge)

    return min(edges, key=rank, default=None)
