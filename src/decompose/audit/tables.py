"""Which tables do entry points touch, by reading and by running?

An entry point is judged by the code that answers it: functions, or the class whose object is asked, its library's
methods included. What stands around it (middleware) is left out on both sides, and is no entry point; routes that
differ in their HTTP method only are judged once. What a deletion looks for and takes with it, in tables that refer to
the deleted rows, stands nowhere in the code: where reading does not know it, it is counted apart. A static access
counts for precision only if its line ran, and lines of calls that lead there; where lines were not watched, functions
stand for them.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from decompose.graph import NOBODY, DependencyGraph, Program
from decompose.graph.doors import Door, doors
from decompose.graph.observed import Observed
from decompose.graph.sequences import Sequence, Sequences
from decompose.model.audit import Share, TableMiss, TableShares
from decompose.model.program import PREFIXES, AccessMode, NodeKind
from decompose.model.source import Site
from decompose.model.trace import Body, Trace

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
    seen = _seen(trace, over, program)
    ran = _Ran(graph, {node for node in over.node if node != NOBODY}, lines)
    sequences, sums = Sequences(program), _Sums()
    known: set[tuple[object, ...]] = set()
    for door in doors(program):
        key = (door.handlers, door.view)
        if key in known or door.kind == _AROUND or not _has_run(graph, door, seen, ran.nodes):
            continue
        known.add(key)
        sums.doors += 1
        sequence = sequences.of(replace(door, method=""))
        _judge(_Judged(f"{door.kind} {door.name}", door, sequence), seen, ran, sums)
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
class _Judged:
    name: str
    door: Door
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


@dataclass(slots=True)
class _Place:
    """A line of a function below which a table was touched."""

    node: int
    line: int


@dataclass(slots=True)
class _Seen:
    """Of each function and class: tables of the program that were touched below it; those that rows left."""

    touched: dict[int, dict[_Touched, _Place]] = field(default_factory=lambda: defaultdict(dict))
    deleted: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    references: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Table -> names of tables that it refers to."""
    methods: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Class -> its methods."""
    has_classes: bool = False
    """Does the trace tell of classes whose objects were at work?"""

    def of(self, graph: DependencyGraph, door: Door, handler: int) -> dict[_Touched, _Place]:
        """What was touched below a function that answers, for an object of the class that is asked."""
        if graph.kind(handler) is not NodeKind.CLASS:
            found = self.touched.get(handler, {})
            if door.view == NOBODY or not self.has_classes:
                return found
            asked = self.touched.get(door.view, {})
            return {touched: place for touched, place in found.items() if touched in asked}
        found = {}
        for node in (*(() if self.has_classes else self.methods.get(handler, ())), handler):
            found.update(self.touched.get(node, {}))
        return found

    def taken_along(self, handlers: Iterable[int]) -> set[str]:
        """Names of tables whose rows were deleted below some handlers."""
        found: set[str] = set()
        for handler in handlers:
            for node in (handler, *self.methods.get(handler, ())):
                found |= self.deleted.get(node, set())
        return found


def _has_run(graph: DependencyGraph, door: Door, seen: _Seen, ran: set[int]) -> bool:
    """Did the code of a door run? A class did where one of its objects asked a database, else where a method did."""
    for handler in door.handlers:
        if graph.kind(handler) is not NodeKind.CLASS:
            asked = door.view == NOBODY or not seen.has_classes or door.view in seen.touched
            if handler in ran and asked:
                return True
        elif seen.has_classes:
            if handler in seen.touched:
                return True
        elif any(method in ran for method in seen.methods.get(handler, ())):
            return True
    return False


def _seen(trace: Trace, over: Observed, program: Program) -> _Seen:
    graph = program.graph
    names = {
        name.removeprefix(PREFIXES[NodeKind.TABLE]).lower(): node
        for name, node in graph.index.items()
        if graph.nodes.kind[node] == NodeKind.TABLE
    }
    found = _Seen()
    for node, parent in enumerate(graph.nodes.parent):
        if graph.nodes.kind[node] == NodeKind.METHOD:
            found.methods[parent].append(node)
    for access in trace.accesses or ():
        name, node = access.table.lower(), over.node[access.function]
        if node == NOBODY:
            continue
        found.has_classes |= trace.functions[access.function].body is Body.CLASS
        mode = AccessMode(access.mode)
        if name in names:
            place = _Place(node, access.line)
            found.touched[node].setdefault((names[name], mode.writes), place)
        if mode is AccessMode.DELETE:
            found.deleted[node].add(name)
    for table in program.tables:
        node = names[table.name.lower()]
        for column in table.columns:
            if column.references:
                found.references[node].add(column.references.rpartition(".")[0].lower())
    return found


def _judge(judged: _Judged, seen: _Seen, ran: _Ran, sums: _Sums) -> None:
    """Compare what was seen below a door's code with what its sequence says."""
    observed: dict[_Touched, _Place] = {}
    for handler in judged.door.handlers:
        observed.update(seen.of(ran.graph, judged.door, handler))
    deleted = seen.taken_along(judged.door.handlers)
    static, likely = _static(judged.sequence, ran)
    for touched, place in sorted(observed.items(), key=lambda row: row[0]):
        if touched not in static and not deleted.isdisjoint(seen.references.get(touched[0], ())):
            sums.cascades += 1
            continue
        _count(sums.recall[touched[1]], is_found=touched in static)
        if touched not in static:
            site = ran.place(place.node, place.line)
            sums.misses.append(ran.miss(judged.name, touched, site, is_missed=True))
    for touched in sorted(likely):
        _count(sums.precision[touched[1]], is_found=touched in observed)
        if touched not in observed:
            sums.misses.append(ran.miss(judged.name, touched, static[touched], is_missed=False))


def _static(sequence: Sequence, ran: _Ran) -> tuple[dict[_Touched, Site | None], set[_Touched]]:
    """All that a sequence touches, with a place of each; and what of it was run, as far as lines tell."""
    static: dict[_Touched, Site | None] = {}
    likely: dict[_Touched, Site | None] = {}
    reached = _reached(sequence, ran)
    for step in sequence.steps:
        if step.table == NOBODY:
            continue
        touched = (step.table, step.mode.writes)
        static.setdefault(touched, step.site)
        is_run = reached[step.call] and ran.has_run(sequence.calls[step.call].node, step.site)
        if is_run and not step.later:
            likely.setdefault(touched, step.site)
    for table, mode in sequence.left_out:
        static.setdefault((table, mode.writes), None)
    return {**static, **likely}, set(likely)


def _reached(sequence: Sequence, ran: _Ran) -> list[bool]:
    """Of each call of a sequence: did the lines run that lead there, at its first place or at a later one?"""
    calls = sequence.calls
    reached = [call.parent == NOBODY for call in calls]
    again = [step for step in sequence.steps if step.again != NOBODY]
    before = -1
    while sum(reached) > before:
        before = sum(reached)
        for number, call in enumerate(calls):
            if not reached[number] and reached[call.parent]:
                reached[number] = ran.has_run(calls[call.parent].node, call.site)
        for step in again:
            if not reached[step.again] and reached[step.call]:
                reached[step.again] = ran.has_run(calls[step.call].node, step.site)
    return reached


def _count(share: list[int], *, is_found: bool) -> None:
    share[0] += is_found
    share[1] += 1
