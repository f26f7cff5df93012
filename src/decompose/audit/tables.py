"""Which tables do entry points touch, by reading and by running?

An entry point is judged by the code that answers it: a function, or those methods of a class that ran. What stands
around it (middleware) is left out on both sides, and is no entry point. What a deletion looks for and takes with it,
in tables that refer to the deleted rows, stands nowhere in the code: where reading does not know it, it is counted
apart. A static access counts for precision only if its line ran, or, where lines were not watched, its function.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from decompose.graph import NOBODY, DependencyGraph, Program
from decompose.graph.doors import doors
from decompose.graph.observed import Observed
from decompose.graph.sequences import Sequence, Sequences
from decompose.model.audit import Share, TableMiss, TableShares
from decompose.model.program import PREFIXES, AccessMode, EdgeKind, NodeKind
from decompose.model.source import Site
from decompose.model.trace import Trace

_SHOWN = 100
_AROUND = "middleware"
_Touched = tuple[int, bool]  # node of a table, is it written?


@dataclass(slots=True)
class _Sums:
    """(found, of) of recall and precision, by whether it is about writes."""

    recall: dict[bool, list[int]] = field(default_factory=lambda: {False: [0, 0], True: [0, 0]})
    precision: dict[bool, list[int]] = field(default_factory=lambda: {False: [0, 0], True: [0, 0]})
    misses: list[TableMiss] = field(default_factory=list)
    doors: int = 0
    cascades: int = 0


def tables(
    trace: Trace, over: Observed, program: Program, lines: dict[int, set[int]]
) -> TableShares | None:
    """Shares over all entry points whose code ran; None for a trace without SQL."""
    if trace.accesses is None:
        return None
    graph = program.graph
    seen = _seen(trace, over, graph)
    ran = {node for node in over.node if node != NOBODY}
    sequences, sums = Sequences(program), _Sums()
    known: set[tuple[int, ...]] = set()
    for door in doors(program):
        nodes = tuple(sorted(_answering(graph, door.handlers, ran)))
        if not nodes or nodes in known or door.kind == _AROUND:
            continue
        known.add(nodes)
        sequence = sequences.of_nodes(nodes)
        if sequence.cut:
            continue
        sums.doors += 1
        said = f"{door.kind} {door.name}"
        _judge(_Door(said, nodes, sequence), seen, _Ran(graph, ran, lines), sums)
    return TableShares(
        sums.doors,
        *(Share(*sums.recall[False]), Share(*sums.precision[False])),
        *(Share(*sums.recall[True]), Share(*sums.precision[True])),
        sums.cascades,
        tuple(sorted(sums.misses, key=_order)[:_SHOWN]),
    )


def _order(miss: TableMiss) -> tuple[bool, bool, str, str]:
    return (not miss.is_write, not miss.is_missed, miss.door, miss.table)


@dataclass(frozen=True, slots=True)
class _Door:
    name: str
    nodes: tuple[int, ...]
    sequence: Sequence


@dataclass(frozen=True, slots=True)
class _Ran:
    """What ran: functions, and lines where they were watched."""

    graph: DependencyGraph
    nodes: set[int]
    lines: dict[int, set[int]]

    def has_run(self, node: int, site: Site | None) -> bool:
        """Did the line of a place in a function run?"""
        file = self.graph.nodes.file[node]
        if site is None or file == NOBODY or file not in self.lines:
            return node in self.nodes
        if self.graph.files[file] != site.path:
            return node in self.nodes
        return site.line in self.lines[file]

    def place(self, node: int, line: int) -> Site | None:
        """A line of a function."""
        site = self.graph.site(node)
        return None if site is None else Site(site.path, line)

    def miss(
        self, door: str, touched: _Touched, site: Site | None, *, is_missed: bool
    ) -> TableMiss:
        """A difference between both sides."""
        name = self.graph.nodes.names[touched[0]].removeprefix(PREFIXES[NodeKind.TABLE])
        return TableMiss(door, name, touched[1], is_missed, site)


def _answering(graph: DependencyGraph, handlers: Iterable[int], ran: set[int]) -> Iterator[int]:
    """The functions of a door that ran."""
    for handler in handlers:
        if graph.kind(handler) is not NodeKind.CLASS:
            if handler in ran:
                yield handler
            continue
        for node in ran:
            if graph.nodes.parent[node] == handler and graph.kind(node) is NodeKind.METHOD:
                yield node


@dataclass(slots=True)
class _Seen:
    """Of each function: tables of the program that were touched below it, with a line; those that rows left."""

    touched: dict[int, dict[_Touched, int]] = field(default_factory=lambda: defaultdict(dict))
    deleted: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    references: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Table -> tables that it refers to."""


def _seen(trace: Trace, over: Observed, graph: DependencyGraph) -> _Seen:
    names = {
        name.removeprefix(PREFIXES[NodeKind.TABLE]).lower(): node
        for name, node in graph.index.items()
        if graph.nodes.kind[node] == NodeKind.TABLE
    }
    found = _Seen()
    for access in trace.accesses or ():
        table, node = names.get(access.table.lower()), over.node[access.function]
        if table is not None and node != NOBODY:
            mode = AccessMode(access.mode)
            found.touched[node].setdefault((table, mode.writes), access.line)
            if mode is AccessMode.DELETE:
                found.deleted[node].add(table)
    for edge in graph:
        if edge.kind is EdgeKind.REFERENCES:
            found.references[edge.source].add(edge.target)
    return found


def _judge(door: _Door, seen: _Seen, ran: _Ran, sums: _Sums) -> None:
    """Compare what was seen below a door's code with what its sequence says."""
    observed: dict[_Touched, Site | None] = {}
    deleted: set[int] = set()
    for node in door.nodes:
        deleted |= seen.deleted.get(node, set())
        for touched, line in seen.touched.get(node, {}).items():
            observed.setdefault(touched, ran.place(node, line))
    static, likely = _static(door.sequence, ran)
    for touched, site in sorted(observed.items(), key=lambda row: row[0]):
        if touched not in static and not deleted.isdisjoint(seen.references.get(touched[0], ())):
            sums.cascades += 1
            continue
        _count(sums.recall[touched[1]], is_found=touched in static)
        if touched not in static:
            sums.misses.append(ran.miss(door.name, touched, site, is_missed=True))
    for touched in sorted(likely):
        _count(sums.precision[touched[1]], is_found=touched in observed)
        if touched not in observed:
            sums.misses.append(ran.miss(door.name, touched, static[touched], is_missed=False))


def _static(sequence: Sequence, ran: _Ran) -> tuple[dict[_Touched, Site | None], set[_Touched]]:
    """All that a sequence touches, with a place of each; and what of it was run, as far as lines tell."""
    static: dict[_Touched, Site | None] = {}
    likely: set[_Touched] = set()
    for step in sequence.steps:
        if step.table == NOBODY:
            continue
        touched = (step.table, step.mode.writes)
        static.setdefault(touched, step.site)
        if not step.later and ran.has_run(sequence.calls[step.call].node, step.site):
            likely.add(touched)
    return static, likely


def _count(share: list[int], *, is_found: bool) -> None:
    share[0] += is_found
    share[1] += 1
