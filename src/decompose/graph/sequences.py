"""In which order does an entry point, or a transaction, touch tables, and by which calls does it get there?

Terms
-----
sequence  steps in source order, branches in textual order. A callee is expanded where it is first
          called and referred to later; consecutive repeats of (table, mode, place) are one step.
call      an expansion: a function, and the call that it is expanded in. The path to a step is the
          chain of its calls. Methods are expanded anew for objects of another class, as far as
          the class is known: what `self.step()` does depends on it.
around    the innermost transaction that a step runs in; transactions that enclose each other are
          listed with the sequence.

What runs only after a commit (`AfterCommit`) is part of the sequence and of no transaction. Tasks
and queues are not waited for: what runs because of them is `later`, and in no transaction either.
A helper whose callers choose the table adds nothing where they say which.

Functions that lead to no table are not walked at all, and a walk ends after MAX_STEPS steps, so the
cost is bounded by the number of entry points.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from decompose.graph.dependency import NOBODY
from decompose.graph.doors import allowed, answers_to, around_of, is_rest, phase
from decompose.graph.effects import Touched
from decompose.graph.events import ACCESS, SEND, Event, Events
from decompose.model.program import AccessMode, Confidence, EdgeKind, NodeKind
from decompose.model.source import Site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from decompose.graph.analysis import Program
    from decompose.graph.doors import Door

MAX_STEPS = 500
"""A sequence is cut after so many steps; `Sequence.cut` says so, and `left_out` what is missing."""
MAX_CALLS = 4 * MAX_STEPS
"""Calls expanded in one sequence."""


@dataclass(frozen=True, slots=True)
class Step:
    """A table touched, a call that was expanded before (`again`), or something sent (`sent`)."""

    call: int  # position in `Sequence.calls`: where it stands
    site: Site | None
    loop_depth: int  # loops of the callers around it included
    around: int  # position in the program's transactions, NOBODY for none
    confidence: Confidence
    table: int = NOBODY  # node
    mode: AccessMode = AccessMode.READ
    columns: tuple[str, ...] = ()
    locks: bool = False
    again: int = NOBODY  # position in `Sequence.calls`
    sent: int = NOBODY  # node of a task or queue
    later: bool = False  # in a task that something before has sent


@dataclass(frozen=True, slots=True)
class Call:
    """A function where it is first called. `parent`: position of the caller, NOBODY for what is started."""

    node: int
    parent: int
    site: Site | None
    loop_depth: int
    confidence: Confidence
    later: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """See the module. `around`: transaction -> the one it is nested in, or NOBODY."""

    calls: tuple[Call, ...]
    steps: tuple[Step, ...]
    around: tuple[tuple[int, int], ...] = ()
    cut: bool = False
    left_out: frozenset[Touched] = frozenset()  # where it was cut

    def touched(self, *, later: bool = True) -> frozenset[Touched]:
        """Every (table, mode), those left out included; with `later`, also what tasks do that it sends."""
        return self.left_out | {
            (step.table, step.mode)
            for step in self.steps
            if step.table != NOBODY and (later or not step.later)
        }

    def path(self, call: int) -> list[Call]:
        """The calls from the start to a call."""
        found: list[Call] = []
        while call != NOBODY:
            found.append(self.calls[call])
            call = self.calls[call].parent
        return found[::-1]


@dataclass
class Sequences:
    """Sequences of a program; sequences of equal handlers are worked out once."""

    program: Program
    events: Events = field(init=False)
    _known: dict[tuple[object, ...], Sequence] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.events = Events(self.program)
        self.regions = _regions(self.program)
        self._verbs: dict[int, set[str]] = defaultdict(set)
        index = self.program.graph.index
        for route in self.program.routes:
            if route.handler in index:
                self._verbs[index[route.handler]].add(route.method)

    def of(self, door: Door) -> Sequence:
        """What happens when the outside world comes in."""
        started = self.started(door)
        kinds = self.program.graph.nodes.kind
        through_class = any(kinds[node] == NodeKind.CLASS for node in started)
        key = (started, door.method if through_class else "", door.view)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _Walk(self, door.method).run(started, door.view)
        return known

    def started(self, door: Door) -> tuple[int, ...]:
        """The code that a door starts, in order: what the framework calls before the handler, the handler, the rest."""
        graph = self.program.graph
        edges, names = graph.edges, graph.nodes.names
        found = set(door.handlers)
        if door.kind in ("route", "command") and door.node != NOBODY:
            found.update(
                edges.target[edge]
                for edge in graph.edges_from(door.node)
                if edges.kind[edge] == EdgeKind.CALLS and edges.confidence[edge]
            )
        ranked = [
            (phase(names[node].rpartition(".")[2]) if node not in door.handlers else 1, node)
            for node in found
        ]
        before = around_of(graph, door.node) if door.kind == "route" else ()
        return (*before, *(node for _, node in sorted(ranked) if node not in before))

    def of_nodes(self, nodes: Iterable[int]) -> Sequence:
        """What happens when some code runs."""
        return _Walk(self, "").run(tuple(nodes))

    def of_transaction(self, number: int) -> Sequence:
        """What happens inside the program's transaction of a number."""
        key = (number,)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _Walk(self, "").inside(number)
        return known

    def site(self, node: int, line: int) -> Site | None:
        """A line of the file that a node stands in, None where it stands in none."""
        graph = self.program.graph
        file = graph.nodes.file[node]
        return None if file == NOBODY or not line else Site(graph.files[file], line)

    def modes(self, node: int, method: str) -> frozenset[AccessMode]:
        """What generic code may do on behalf of a class that is asked by an HTTP method."""
        return allowed(method, is_rest=is_rest(frozenset(self._verbs.get(node, ()))))


def _regions(program: Program) -> dict[int, list[tuple[int, int, int]]]:
    """Function -> (first line, last line, transaction), outermost first; NOBODY for what runs after the commit."""
    found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    index = program.graph.index
    for number, each in enumerate(program.transactions):
        if each.source in index:
            found[index[each.source]].append((each.first_line, each.last_line, number))
    for later in program.after_commits:
        if later.source in index:
            found[index[later.source]].append((later.site.line, later.last_line, NOBODY))
    for regions in found.values():
        regions.sort(key=lambda each: (each[0], -each[1], each[2]))
    return dict(found)


@dataclass(slots=True)
class _Frame:
    """A function that is being walked."""

    events: Iterator[Event]
    node: int
    call: int
    loop: int
    around: int
    owner: int = NOBODY  # class of the object whose method it is, where that is known
    later: bool = False
    told: frozenset[tuple[int, int]] = frozenset()  # what the caller itself touches where it calls
    asked: set[tuple[int, str]] = field(default_factory=set)  # calls of a mixin that were answered


class _Walk:
    """One walk: from what is started through all that it calls."""

    def __init__(self, program: Sequences, method: str) -> None:
        self.owner = program
        self.events = program.events
        self.graph = program.program.graph
        self.accesses = program.program.accesses
        self.method = method
        self.calls: list[Call] = []
        self.steps: list[Step] = []
        self.around: dict[int, int] = {}
        self.dispatch = program.events.dispatch
        self.seen: dict[tuple[int, int], int] = {}
        self.modes: frozenset[AccessMode] | None = None
        self.cut = False

    def run(self, nodes: tuple[int, ...], view: int = NOBODY) -> Sequence:
        """From the beginning of some code, one after the other."""
        kinds, names = self.graph.nodes.kind, self.graph.nodes.names
        told = any(
            kinds[node] == NodeKind.METHOD and not names[node].endswith(".__call__")
            for node in nodes
        )
        handler = next((node for node in nodes if kinds[node] == NodeKind.CLASS), view)
        if handler != NOBODY:
            self.modes = self.owner.modes(handler, self.method)
        for node in nodes:
            asked = self.asked(node, handler)
            if self.events.matters(node) and (node, asked) not in self.seen:
                self.walk(self.enter(node, asked, NOBODY, None, NOBODY))
                if not told:
                    self.answer(node)
        return self.sequence(nodes)

    def asked(self, node: int, handler: int) -> int:
        """The class of the object that is asked: the one that answers, else the method's own if none extends it."""
        owner = self.dispatch.owner(node)
        if handler != NOBODY and (node == handler or owner in self.dispatch.order(handler)):
            return handler
        return owner if owner != NOBODY and self.dispatch.is_final(owner) else NOBODY

    def answer(self, node: int) -> None:
        """The methods of a class that the framework calls, where no reader has said which."""
        names = self.graph.nodes.names
        for method in self.events.methods(node):
            fits = answers_to(names[method].rpartition(".")[2], self.method)
            if fits and (method, node) not in self.seen and self.events.matters(method):
                called = Event(0, 0, 0, method, 0, NOBODY, Confidence.INFERRED)
                self.walk(self.enter(method, node, self.seen[node, node], called, NOBODY))

    def inside(self, number: int) -> Sequence:
        """From the lines of a transaction."""
        each = self.owner.program.transactions[number]
        node = self.graph.index.get(each.source, NOBODY)
        if node == NOBODY:
            return Sequence((), ())
        frame = self.enter(node, self.asked(node, NOBODY), NOBODY, None, number)
        lines = range(each.first_line, each.last_line + 1)
        whole = each.first_line <= self.graph.nodes.line[node]
        frame.events = (
            event
            for event in self.events.of(node)
            if event.line in lines or (whole and event.line == 0)
        )
        self.walk(frame)
        inside = [step for step in self.steps if self.encloses(number, step.around)]
        self.steps = inside
        return self.sequence(())

    def encloses(self, number: int, inner: int) -> bool:
        """Is a transaction this one, or nested in it?"""
        while inner not in (NOBODY, number):
            inner = self.around.get(inner, NOBODY)
        return inner == number

    def enter(self, node: int, owner: int, parent: int, event: Event | None, around: int) -> _Frame:
        """Expand a function, a method for an object of a class."""
        self.seen[node, owner] = len(self.calls)
        if event is None or parent == NOBODY:
            self.calls.append(Call(node, NOBODY, None, 0, Confidence.EXACT))
            return _Frame(iter(self.events.of(node)), node, len(self.calls) - 1, 0, around, owner)
        caller = self.calls[parent]
        loop = caller.loop_depth + event.loop
        later = caller.later or event.what == SEND
        site = self.owner.site(caller.node, event.line)
        self.calls.append(Call(node, parent, site, loop, Confidence(event.confidence), later))
        told = self.events.touched_at(caller.node, event.line)
        own = NOBODY if later else around
        return _Frame(
            iter(self.events.of(node)), node, len(self.calls) - 1, loop, own, owner, later, told
        )

    def walk(self, first: _Frame) -> None:
        """Depth first, without recursion: call chains of generated code are long."""
        stack = [first]
        while stack and not self.cut:
            frame = stack[-1]
            event = next(frame.events, None)
            if event is None:
                stack.pop()
                continue
            around = self.transaction(frame, event.line)
            if event.what == ACCESS:
                self.touch(frame, event, around)
            else:
                self.follow(stack, event, around)
            self.cut = len(self.steps) >= MAX_STEPS or len(self.calls) >= MAX_CALLS

    def follow(self, stack: list[_Frame], event: Event, around: int) -> None:
        """A call or something sent: expanded the first time, then referred to."""
        frame = stack[-1]
        if event.what == SEND:
            self.note(self.step(frame, event, around, sent=event.target))
        target, owner = self.answering(frame, event)
        if target == NOBODY or not self.events.matters(target):
            return
        known = self.seen.get((target, owner))
        if known is None:
            called = event._replace(target=target)
            stack.append(self.enter(target, owner, frame.call, called, around))
        elif event.what != SEND:
            self.note(self.step(frame, event, around, again=known))

    def answering(self, frame: _Frame, event: Event) -> tuple[int, int]:
        """(who answers a call, the class of its object): NOBODY where not, or where that is not known."""
        node, dispatch = event.target, self.dispatch
        kind, owner = self.graph.nodes.kind[node], dispatch.owner(node)
        if owner == NOBODY:
            is_inner = kind == NodeKind.FUNCTION and self.graph.nodes.parent[node] == frame.node
            return node, frame.owner if is_inner else node if kind == NodeKind.CLASS else NOBODY
        name = dispatch.last_name(node)
        if frame.node == frame.owner and not answers_to(name, self.method):
            return NOBODY, NOBODY  # a class that answers has methods for other requests too
        if frame.owner != NOBODY:
            if event.order:
                return self.overriding(frame, event)
            if owner in dispatch.order(frame.owner):
                is_super = name == dispatch.last_name(frame.node)
                return node if is_super else dispatch.answering(frame.owner, name), frame.owner
        return self.of_another(frame, node)

    def overriding(self, frame: _Frame, event: Event) -> tuple[int, int]:
        """One of several that may answer instead of what is called: not where the object is known.

        What is called then has an event of its own, but for a mixin that calls what it lacks.
        """
        dispatch, name = self.dispatch, self.dispatch.last_name(event.target)
        own = dispatch.order(frame.owner)
        called = self.events.called_at(frame.node).get((event.line, name))
        if called is not None:
            return (NOBODY, NOBODY) if called in own else self.of_another(frame, event.target)
        answer = dispatch.answering(frame.owner, name)
        if answer == NOBODY or dispatch.owner(frame.node) not in own:
            return self.of_another(frame, event.target)
        is_first = (event.line, name) not in frame.asked
        frame.asked.add((event.line, name))
        return (answer, frame.owner) if is_first else (NOBODY, NOBODY)

    def of_another(self, frame: _Frame, node: int) -> tuple[int, int]:
        """A method of an object that need not be the one whose method calls."""
        dispatch = self.dispatch
        owner, name = dispatch.owner(node), dispatch.last_name(node)
        if dispatch.is_final(owner):
            return node, owner
        made = dispatch.instantiated(frame.node, owner)
        return (node, NOBODY) if made == NOBODY else (dispatch.answering(made, name), made)

    def transaction(self, frame: _Frame, line: int) -> int:
        """The innermost transaction around a line; those entered on the way are noted."""
        around = frame.around
        for first, last, number in self.owner.regions.get(frame.node, ()):
            if first <= line <= last or (line == 0 and first <= self.graph.nodes.line[frame.node]):
                if number not in (NOBODY, around):
                    self.around.setdefault(number, around)
                around = number
        return around

    def touch(self, frame: _Frame, event: Event, around: int) -> None:
        """An access; one that repeats the step before only adds its columns."""
        access = self.accesses[event.row]
        generic = self.graph.nodes.kind[frame.node] == NodeKind.CLASS
        if generic and self.modes is not None and access.mode not in self.modes:
            return
        if self.is_told(frame, event):
            return
        self.note(
            Step(
                frame.call,
                access.site,
                frame.loop + event.loop,
                around,
                access.confidence,
                table=event.target,
                mode=access.mode,
                columns=access.columns,
                locks=access.locks,
                later=frame.later,
            )
        )

    def is_told(self, frame: _Frame, event: Event) -> bool:
        """Does a helper touch a table of its caller's choice, and the caller says another one, or the same?"""
        if event.row not in self.events.alternatives(frame.node):
            return False
        tables = {table for table, _ in frame.told}
        others = {
            each.target
            for each in self.events.of(frame.node)
            if each.row in self.events.alternatives(frame.node) and each.line == event.line
        }
        if tables.isdisjoint(others):
            return False
        return event.target not in tables or (event.target, event.order) in frame.told

    def step(
        self, frame: _Frame, event: Event, around: int, *, again: int = NOBODY, sent: int = NOBODY
    ) -> Step:
        site = self.owner.site(frame.node, event.line)
        confidence = Confidence(event.confidence)
        return Step(
            frame.call,
            site,
            frame.loop + event.loop,
            around,
            confidence,
            again=again,
            sent=sent,
            later=frame.later,
        )

    def note(self, step: Step) -> None:
        if self.steps and _same(self.steps[-1], step):
            self.steps[-1] = _merged(self.steps[-1], step)
        else:
            self.steps.append(step)

    def sequence(self, nodes: tuple[int, ...]) -> Sequence:
        left_out: frozenset[Touched] = frozenset()
        if self.cut:
            shown = {(step.table, step.mode) for step in self.steps}
            missing = self.events.effects.of(nodes) if nodes else frozenset()
            left_out = frozenset(each for each in missing if each not in shown)
        return Sequence(
            tuple(self.calls),
            tuple(self.steps),
            tuple(sorted(self.around.items())),
            self.cut,
            left_out,
        )


def _same(left: Step, right: Step) -> bool:
    return (left.table, left.mode, left.site, left.again, left.sent, left.around) == (
        right.table,
        right.mode,
        right.site,
        right.again,
        right.sent,
        right.around,
    )


def _merged(left: Step, right: Step) -> Step:
    return Step(
        left.call,
        left.site,
        max(left.loop_depth, right.loop_depth),
        left.around,
        max(left.confidence, right.confidence),
        left.table,
        left.mode,
        tuple(sorted({*left.columns, *right.columns})),
        left.locks or right.locks,
        left.again,
        left.sent,
        left.later,
    )
