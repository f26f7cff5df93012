"""Which tables do entry points touch, by reading and by running?

An entry point is judged by the code that answers it: functions, or the class whose object is asked, its library's
methods included; routes that ask objects of one class by one HTTP method are judged as one. What stands around it
(middleware, functions that run before each request) is left out on both sides, and is no entry point. What a deletion
looks for and takes with it, in tables that refer to the deleted rows, stands nowhere in the code: where reading does
not know it, it is counted apart. A static access counts for precision only if its line ran, and lines of calls that
lead there: for this entry point, as far as the trace tells for whom lines ran, else for anybody; where lines were not
watched, functions stand for them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from decompose.audit.ran import Ran, reaches
from decompose.graph import NOBODY, Program
from decompose.graph.doors import Door, doors
from decompose.graph.observed import Observed
from decompose.graph.sequences import Sequence, Sequences
from decompose.model.audit import Share, TableMiss, TableShares
from decompose.model.program import PREFIXES, AccessMode, NodeKind
from decompose.model.source import Site
from decompose.model.trace import Body, Trace

_SHOWN = 100
_AROUND = "middleware"
_WHOLE = ("django", "fastapi")
"""Frameworks of which a trace knows what they answer with in all that they run for a request."""
_MOST_STEPS = (
    20_000  # what shows a person the first 500 must not hide what else is said to be touched
)
_ANY = frozenset({"", "*", "ANY"})
_VERBS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
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
    ran = Ran(graph, {node for node in over.node if node != NOBODY}, lines)
    below = reaches(trace, over, ran, lambda function: seen.key(trace, over, function)[0])
    functions = ran.nodes.difference(seen.methods)
    whole = {
        graph.index[route.node]
        for route in program.routes
        if route.framework.startswith(_WHOLE) and route.node in graph.index
    }
    sequences, sums = Sequences(program, _MOST_STEPS), _Sums()
    for nodes, group in _groups(doors(program), seen).items():
        if any(node in seen.touched or node in functions for node in nodes):
            sums.doors += 1
            said = f"{group[0].kind} {group[0].name}"
            told = [sequences.of(_within(door, whole)) for door in group]
            _judge(_Judged(said, nodes, told), seen, below.of(nodes), sums)
    return TableShares(
        sums.doors,
        *(Share(*sums.recall[False]), Share(*sums.precision[False])),
        *(Share(*sums.recall[True]), Share(*sums.precision[True])),
        sums.cascades,
        tuple(sorted(sums.misses, key=_order)[:_SHOWN]),
    )


def _order(miss: TableMiss) -> tuple[bool, bool, str, str]:
    return (not miss.is_write, not miss.is_missed, miss.door, miss.table)


def _within(door: Door, whole: AbstractSet[int]) -> Door:
    """A door without what a framework runs before its code, where the trace does not tell for which door it ran."""
    if door.kind != "route" or door.node in whole:
        return door
    return replace(door, node=NOBODY)


def _groups(found: Iterable[Door], seen: "_Seen") -> dict[tuple[int, ...], list[Door]]:
    """By the keys that tell what was touched: the class that is asked and how, as far as the trace tells."""
    groups: dict[tuple[int, ...], list[Door]] = defaultdict(list)
    for door in found:
        if door.kind == _AROUND:
            continue
        nodes = door.handlers
        if door.view != NOBODY and seen.has_classes:
            nodes = seen.asked_by(door.view, door.method)
        elif not seen.has_classes:
            nodes = tuple(each for node in nodes for each in (node, *seen.methods.get(node, ())))
        groups[nodes].append(door)
    return groups


@dataclass(frozen=True, slots=True)
class _Judged:
    name: str
    nodes: tuple[int, ...]
    sequences: list[Sequence]


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
    classes: dict[tuple[int, int, str], int] = field(default_factory=dict)
    """(file, line, name) in the trace -> class."""
    methods: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Class -> its methods."""
    verbs: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    """Class -> HTTP method that it was asked by -> key in `touched`, below all nodes."""
    has_classes: bool = False
    """Does the trace tell of classes whose objects were at work?"""

    def asked_by(self, view: int, method: str) -> tuple[int, ...]:
        """Keys of a class that is asked by an HTTP method; the class, where the trace does not tell by which."""
        verbs = self.verbs.get(view)
        if verbs is None:
            return (view,)
        if method in _ANY:
            return tuple(sorted(verbs.values()))
        return tuple(verbs[each] for each in (method.lower(),) if each in verbs)

    def key(self, trace: Trace, over: Observed, function: int) -> tuple[int, int]:
        """(key in `touched`, node) of a function, or of a class that is asked by an HTTP method; NOBODY for others."""
        row = trace.functions[function]
        owner, _, verb = row.name.rpartition(".")
        class_ = self.classes.get((row.file, row.line, owner), NOBODY)
        if class_ == NOBODY or verb.upper() not in _VERBS:
            return over.node[function], over.node[function]
        return self.verbs[class_].setdefault(verb, -2 - function), class_

    def taken_along(self, nodes: Iterable[int]) -> set[str]:
        """Names of tables whose rows were deleted below some nodes."""
        return {name for node in nodes for name in self.deleted.get(node, ())}


def _seen(trace: Trace, over: Observed, program: Program) -> _Seen:
    graph = program.graph
    found = _Seen()
    for node, parent in enumerate(graph.nodes.parent):
        if graph.nodes.kind[node] == NodeKind.METHOD:
            found.methods[parent].append(node)
    for number, function in enumerate(trace.functions):
        if function.body is Body.CLASS and over.node[number] != NOBODY:
            found.classes[function.file, function.line, function.name] = over.node[number]
    names = {
        name.removeprefix(PREFIXES[NodeKind.TABLE]).lower(): node
        for name, node in graph.index.items()
        if graph.nodes.kind[node] == NodeKind.TABLE
    }
    _add_touched(found, trace, over, names)
    for table in program.tables:
        for column in table.columns:
            if column.references:
                target = column.references.rpartition(".")[0].lower()
                found.references[names[table.name.lower()]].add(target)
    return found


def _add_touched(found: _Seen, trace: Trace, over: Observed, names: Mapping[str, int]) -> None:
    """Add what functions and classes touched; `names`: name of a table in lower case -> node."""
    for access in trace.accesses or ():
        key, node = found.key(trace, over, access.function)
        if key == NOBODY:
            continue
        found.has_classes |= trace.functions[access.function].body is Body.CLASS
        mode, name = AccessMode(access.mode), access.table.lower()
        if name in names:
            place = _Place(node, access.line)
            found.touched[key].setdefault((names[name], mode.writes), place)
        if mode is AccessMode.DELETE:
            found.deleted[key].add(name)


def _judge(judged: _Judged, seen: _Seen, ran: Ran, sums: _Sums) -> None:
    """Compare what was seen below a door's code with what its sequence says."""
    observed: dict[_Touched, _Place] = {}
    for node in judged.nodes:
        observed.update(seen.touched.get(node, {}))
    deleted = seen.taken_along(judged.nodes)
    static: dict[_Touched, Site | None] = {}
    likely: dict[_Touched, Site | None] = {}
    for sequence in judged.sequences:
        _static(sequence, ran, static, likely)
    for touched, place in sorted(observed.items(), key=lambda row: row[0]):
        if touched not in static and not deleted.isdisjoint(seen.references.get(touched[0], ())):
            sums.cascades += 1
            continue
        _count(sums.recall[touched[1]], is_found=touched in static)
        if touched not in static:
            site = ran.place(place.node, place.line)
            sums.misses.append(_miss(judged.name, touched, site, ran, is_missed=True))
    for touched in sorted(likely):
        _count(sums.precision[touched[1]], is_found=touched in observed)
        if touched not in observed:
            sums.misses.append(_miss(judged.name, touched, likely[touched], ran, is_missed=False))


def _miss(
    door: str, touched: _Touched, site: Site | None, ran: Ran, *, is_missed: bool
) -> TableMiss:
    """A difference between both sides."""
    name = ran.graph.nodes.names[touched[0]].removeprefix(PREFIXES[NodeKind.TABLE])
    return TableMiss(door, name, touched[1], is_missed, site)


def _static(
    sequence: Sequence,
    ran: Ran,
    static: dict[_Touched, Site | None],
    likely: dict[_Touched, Site | None],
) -> None:
    """Add all that a sequence touches, with a place of each, and what of it was run, as far as lines tell."""
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


def _reached(sequence: Sequence, ran: Ran) -> list[bool]:
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
