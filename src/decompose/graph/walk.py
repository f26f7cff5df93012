"""One walk: from what is started through all that it calls, depth first, each function once.

Call chains of generated code are long, so there is no recursion; the inner loop makes a tuple a step
and nothing else, because every entry point comes by here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from decompose.graph.conditions import FIRST
from decompose.graph.dependency import NOBODY
from decompose.graph.doors import answers_to
from decompose.graph.events import ACCESS, MEDIATED, SEND
from decompose.graph.regions import CREATED, UPDATED
from decompose.graph.steps import CALLS, Call, Sequence, Step, Steps
from decompose.model.conditions import ALWAYS
from decompose.model.program import AccessMode, Confidence, NodeKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from decompose.graph.effects import Touched
    from decompose.graph.plans import Do, Plans

_READS = frozenset({AccessMode.READ})
_NOTHING: frozenset[int] = frozenset()
_FOR_ROWS = frozenset({NOBODY})
"""Stands for what is told, where a class is asked for rows alone: that leaves open what else it does."""
_NO_ACCESS = (NOBODY, AccessMode.READ, (), False)  # table, mode, columns and locks of what is none
_CLASS, _SIGNAL = int(NodeKind.CLASS), int(NodeKind.SIGNAL)
_OTHER = {CREATED: UPDATED, UPDATED: CREATED}
_row = tuple.__new__
"""A named tuple from a tuple of all its fields: what its own constructor does, without going by way of it."""


@dataclass(slots=True)
class _Frame:
    """A function that is being walked; `rest`: what of its plan the walk has not come to."""

    rest: Iterator[Do]
    node: int
    call: int
    loop: int
    around: int
    owner: int  # class of the object whose method it is, NOBODY where that is not known
    later: bool = False
    caller: int = NOBODY
    line: int = 0  # of the call
    hands_on: bool = False  # within a bus that was handed a signal
    modes: frozenset[AccessMode] | None = None  # what is wanted of a class, None: all that it does
    told: frozenset[int] | None = None  # what its callers told it to call, None: that is open


class Walk:
    """See the module."""

    def __init__(
        self,
        plans: Plans,
        method: str,
        modes: Callable[[int, str], frozenset[AccessMode]],
        most: int,
    ) -> None:
        self.plans = plans
        self.most = most
        self.events = plans.events
        self.dispatch = plans.events.dispatch
        self.program = plans.program
        self.nodes = plans.program.graph.nodes
        self.method = method
        self.modes_of = modes
        self.calls: list[Call] = []
        self.steps: list[Step] = []
        self.around: dict[int, int] = {}
        self.seen: dict[tuple[int, int, frozenset[int] | None], int] = {}
        self.modes: frozenset[AccessMode] | None = None
        self.cut = False
        self.kept: list[
            tuple[_Frame, Do]
        ] = []  # what is called as soon as somebody has handed it over
        self.around_path = _NOTHING  # conditions that the path of a request rules out
        self.view = NOBODY
        self.others: frozenset[str] = frozenset()

    def run(
        self,
        nodes: tuple[int, ...],
        view: int = NOBODY,
        around: int = NOBODY,
        actions: frozenset[str] = frozenset(),
    ) -> Sequence:
        """From the beginning of some code, one after the other.

        `view`: the class that is asked; `around`: the transaction that all of it runs in;
        `actions`: names of the methods that answer to routes of the class, this one or others.
        """
        if around != NOBODY:
            self.around[around] = NOBODY
        kinds, names = self.nodes.kind, self.nodes.names
        classes = (node for node in nodes if kinds[node] == NodeKind.CLASS)
        handler = view if view != NOBODY else next(classes, NOBODY)
        told = any(
            kinds[node] in (NodeKind.METHOD, NodeKind.CLASS)
            and node != handler
            and not names[node].endswith(".__call__")
            for node in nodes
        )
        if handler != NOBODY:
            self.modes = self.modes_of(handler, self.method)
            self.view = handler
            self.others = actions - {self.dispatch.last_name(node) for node in nodes}
        for node in nodes:
            asked = self.asked(node, handler)
            if self.events.matters(node) and (node, asked, None) not in self.seen:
                self.walk(self.begin(node, asked, around))
                if not told:
                    self.answer(node, around)
        return self.sequence(nodes)

    def asked(self, node: int, handler: int) -> int:
        """The class of the object that is asked: the one that answers, else the method's own if none extends it."""
        if self.nodes.kind[node] == NodeKind.CLASS:
            return node
        owner = self.dispatch.owner(node)
        if handler != NOBODY and (node == handler or owner in self.dispatch.order(handler)):
            return handler
        return owner if owner != NOBODY and self.dispatch.is_final(owner) else NOBODY

    def answer(self, node: int, around: int) -> None:
        """The methods of a class that the framework calls, where no reader has said which."""
        for method in self.events.methods(node):
            fits = answers_to(self.dispatch.last_name(method), self.method)
            if fits and (method, node, None) not in self.seen and self.events.matters(method):
                parent = self.seen[node, node, None]
                self.seen[method, node, None] = len(self.calls)
                self.calls.append(Call(method, parent, None, 0, Confidence.INFERRED))
                rest = iter(self.plans.of(method, node, self.method))
                self.walk(_Frame(rest, method, len(self.calls) - 1, 0, around, node))

    def inside(self, number: int) -> Sequence:
        """From the lines of a transaction."""
        each = self.program.transactions[number]
        node = self.program.graph.index.get(each.source, NOBODY)
        if node == NOBODY:
            return Sequence((), Steps())
        frame = self.begin(node, self.asked(node, NOBODY), number)
        whole = each.first_line <= self.nodes.line[node]
        frame.rest = (
            do
            for do in frame.rest
            if each.first_line <= do.line <= each.last_line or (whole and do.line == 0)
        )
        self.walk(frame)
        self.steps = [step for step in self.steps if self.encloses(number, step.around)]
        return self.sequence(())

    def encloses(self, number: int, inner: int) -> bool:
        """Is a transaction this one, or nested in it?"""
        while inner not in (NOBODY, number):
            inner = self.around.get(inner, NOBODY)
        return inner == number

    def begin(self, node: int, owner: int, around: int) -> _Frame:
        """What is started from outside."""
        self.seen[node, owner, None] = len(self.calls)
        self.calls.append(Call(node, NOBODY, None, 0, Confidence.EXACT))
        rest = iter(self.plans.of(node, owner, self.method))
        return _Frame(rest, node, len(self.calls) - 1, 0, around, owner, modes=self.modes)

    def enter(
        self, frame: _Frame, do: Do, around: int, key: tuple[int, int, frozenset[int] | None]
    ) -> _Frame:
        """Expand what a function calls, or sends to; `key`: what it is known by from then on."""
        target, owner, told = key
        loop, later = frame.loop + do.loop, frame.later or do.what == SEND
        calls = self.calls
        self.seen[key] = number = len(calls)
        calls.append(_row(Call, (target, frame.call, do.site, loop, do.confidence, later)))
        hands_on = frame.hands_on or do.hands_on
        return _Frame(
            iter(self.plans.of(target, owner, self.method)),
            target,
            number,
            loop,
            NOBODY if later else around,
            owner,
            later,
            frame.node,
            do.line,
            hands_on and self.nodes.kind[target] != _SIGNAL,
            self.wanted(frame, target, owner) if self.nodes.kind[target] == _CLASS else None,
            None if told is _FOR_ROWS else told,
        )

    def wanted(self, frame: _Frame, target: int, owner: int) -> frozenset[AccessMode] | None:
        """What is wanted of a class: of a class's parts what is wanted of it, of one that is made to read, else all.

        All is what the request's HTTP method asks of a library's code.
        """
        if self.nodes.kind[frame.node] == _CLASS:
            return frame.modes
        if target == frame.owner:
            return _READS  # a method asks the library's part of its own class for rows
        return _READS if owner == NOBODY else self.modes

    def told(self, frame: _Frame, do: Do) -> frozenset[int] | None:
        """What whom it calls is told: what to call, and which of its conditions this call rules out."""
        told = self.chosen(frame, do)
        known = frame.told or _NOTHING
        found = [each for given, each in do.rules_out if given == ALWAYS or given in known]
        if not found or (told is None and (do.target, do.owner, None) in self.seen):
            return told  # where all that it does has been walked, it is not told apart
        return frozenset(found).union(told or ())

    def chosen(self, frame: _Frame, do: Do) -> frozenset[int] | None:
        """What whom it calls is told to call; of a class instead whether only rows are wanted of it."""
        if do.told is not None:
            if not frame.told:
                return do.told
            return do.told.union([each for each in frame.told if each > FIRST])
        if self.nodes.kind[do.target] != _CLASS or (do.target, do.owner, None) in self.seen:
            return None  # all that it does has been walked
        is_for_rows = self.wanted(frame, do.target, do.owner) is _READS
        return _FOR_ROWS if is_for_rows and self.modes != _READS else None

    def walk(self, first: _Frame) -> None:
        """Until all is walked, or enough; what has been handed over meanwhile comes last."""
        self.walk_from(first)
        while given := [each for each in self.kept if not self.is_early(each[1])]:
            self.kept = [each for each in self.kept if each not in given]
            for frame, do in given:
                self.walk_from(replace(frame, rest=iter([do])))

    def is_early(self, do: Do) -> bool:
        """Is it done only once a function has run that hands another over, and none has?"""
        return do.is_handed and not self.has_run(self.plans.handing.naming(do.target))

    def has_run(self, functions: frozenset[int]) -> bool:
        """Has one of some functions run?"""
        return any(call.node in functions for call in self.calls)

    def walk_from(self, first: _Frame) -> None:
        """Depth first."""
        stack = [first]
        while stack:
            entered = self.go_on(stack[-1])
            if entered is not None:
                stack.append(entered)
            elif self.cut:
                return
            else:
                stack.pop()

    def go_on(self, frame: _Frame) -> _Frame | None:
        """Through the rest of a function, up to the next call that is to be expanded."""
        steps, calls, seen, most = self.steps, self.calls, self.seen, self.most
        kinds = self.nodes.kind
        for planned in frame.rest:
            if len(steps) >= most or len(calls) >= CALLS * most:
                self.cut = True
                return None
            is_plain = planned.is_plain and not frame.hands_on
            do = planned if is_plain else self.meant(frame, planned)
            if do is None:
                continue
            around = self.transaction(frame, do) if do.around else frame.around
            if do.what == ACCESS:
                if not (do.is_alternative and self.is_told(frame, do)):
                    what = (do.target, do.mode, do.columns, do.locks, NOBODY, NOBODY)
                    self.note(frame, do, around, what)
                continue
            if do.sent != NOBODY:
                self.note(frame, do, around, (*_NO_ACCESS, NOBODY, do.sent))
            told = do.told
            if told is not None or do.rules_out or kinds[do.target] == _CLASS:
                told = self.told(frame, do)
            key = (do.target, do.owner, told)
            known = seen.get(key)
            if known is None:
                return self.enter(frame, do, around, key)
            if do.sent == NOBODY:
                self.note(frame, do, around, (*_NO_ACCESS, known, NOBODY))
        return None

    def is_left_out(self, frame: _Frame, do: Do) -> bool:
        """Is it nothing that is wanted of a class, another caller's choice, for other rows, or a bus's for others?"""
        if do.needs and frame.modes is not None and do.needs.isdisjoint(frame.modes):
            return True
        if do.is_chosen and frame.told is not None and do.target not in frame.told:
            return True
        if do.under and not self.around_path.union(frame.told or ()).isdisjoint(do.under):
            return True
        if do.when and frame.told and _OTHER[do.when] in frame.told:
            return True
        return frame.hands_on and do.target in self.plans.receivers  # this signal's own are known

    def meant(self, frame: _Frame, do: Do) -> Do | None:
        """What is done for this caller while this view answers: its own choice, on itself; None: nothing."""
        if self.is_left_out(frame, do):
            return None
        if (do.is_handed or do.under) and self.is_early(do):
            self.kept.append((frame, do))
            return None
        found: Do | None = do
        if self.view == NOBODY or frame.later:
            return do
        if do.picked is not None:
            found = self.plans.meant(do, do.picked, frame.owner, self.view)
        elif do.asked is not None:
            found = self.plans.asked(do, do.asked, self.view)
        if found and frame.owner == self.view and self.is_of_others(found):
            return None
        return found

    def is_of_others(self, do: Do) -> bool:
        """Would a framework call it for another route of the view, or for another HTTP method?"""
        if (
            do.what != MEDIATED
            or do.owner != self.view
            or self.nodes.kind[do.target] != NodeKind.METHOD
        ):
            return False
        name = self.dispatch.last_name(do.target)
        return name in self.others or not answers_to(name, self.method)

    def transaction(self, frame: _Frame, do: Do) -> int:
        """The innermost transaction around it; those entered on the way are noted."""
        around = frame.around
        for number in do.around:
            if number not in (NOBODY, around):
                self.around.setdefault(number, around)
            around = number
        return around

    def is_told(self, frame: _Frame, do: Do) -> bool:
        """Does a helper touch a table of its caller's choice, and the caller says another one, or the same?"""
        return frame.caller != NOBODY and self.plans.is_told(
            frame.caller, frame.line, frame.node, do
        )

    def note(self, frame: _Frame, do: Do, around: int, what: tuple[object, ...]) -> None:
        """A step, or more of the one before that it repeats. `what`: its fields from `table` on, without the last."""
        loop, steps = frame.loop + do.loop, self.steps
        fixed = (frame.call, do.site, loop, around, do.confidence)
        step: Step = _row(Step, (*fixed, *what, frame.later))
        if steps and _repeats(steps[-1], step):
            steps[-1] = _merged(steps[-1], step)
        else:
            steps.append(step)

    def sequence(self, nodes: tuple[int, ...]) -> Sequence:
        """What was walked."""
        left_out: frozenset[Touched] = frozenset()
        if self.cut:
            shown = {(step.table, step.mode) for step in self.steps}
            missing = self.events.effects.of(nodes) if nodes else frozenset()
            left_out = frozenset(each for each in missing if each not in shown)
        return Sequence(
            tuple(self.calls),
            Steps(self.steps),
            tuple(sorted(self.around.items())),
            self.cut,
            left_out,
            along=self.plans.cascades.of((step.table, step.mode) for step in self.steps),
        )


def _repeats(before: Step, step: Step) -> bool:
    """Is it the same done once more in the same place?"""
    return (
        before.table == step.table
        and before.again == step.again
        and before.mode is step.mode
        and before.sent == step.sent
        and before.around == step.around
        and before.site == step.site
    )


def _merged(left: Step, right: Step) -> Step:
    return left._replace(
        loop_depth=max(left.loop_depth, right.loop_depth),
        confidence=max(left.confidence, right.confidence),
        columns=tuple(sorted({*left.columns, *right.columns})),
        locks=left.locks or right.locks,
    )
