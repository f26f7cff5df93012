"""What a function does when it runs for an object of a known class: its events, with the calls answered.

Worked out once for each function and class, however many walks come by: who answers a call depends
on nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from decompose.graph.answers import NOTHING, Answers, stored
from decompose.graph.cascades import Cascades
from decompose.graph.choices import Choices
from decompose.graph.chosen import Chosen
from decompose.graph.conditions import Conditions, RulesOut
from decompose.graph.dependency import NOBODY
from decompose.graph.doors import OPEN
from decompose.graph.effects import MODES
from decompose.graph.events import ACCESS, MEDIATED, Event, Events
from decompose.graph.handing import Handing
from decompose.graph.regions import guards, regions, row_guards, stored_rows
from decompose.graph.rows import Rows
from decompose.graph.traits import Asked, Picked, Traits
from decompose.model.program import AccessMode, Confidence, EdgeKind, NodeKind
from decompose.model.source import Site

if TYPE_CHECKING:
    from collections.abc import Iterator


_CONFIDENCES = tuple(Confidence)
_MODES = {mode: number for number, mode in enumerate(AccessMode)}


class Do(NamedTuple):
    """Something that a function does."""

    what: int  # as of an event
    line: int
    site: Site | None
    loop: int
    confidence: Confidence
    target: int  # the table, or who answers the call; NOBODY where it leads to no table
    owner: int  # class of the object that answers, NOBODY where it is not known
    sent: int  # task or queue that something is sent to
    mode: AccessMode  # of an access, as the next three
    columns: tuple[str, ...]
    locks: bool
    is_alternative: bool
    """Does the caller of a helper choose the table? See `Events.alternatives`."""
    around: tuple[int, ...]
    """Transactions of the function around it, outermost first; NOBODY: after them."""
    hands_on: bool
    """Does it hand a signal, whose receivers are known, to the program's own bus?"""
    needs: frozenset[AccessMode]
    """Of a class that a library does something for: it does this where one of these is wanted of it; empty: always."""
    told: frozenset[int] | None
    """What the call tells whom it calls to call, None where that has no choice; see `choices`.

    A receiver is also told what was done to the row: CREATED or UPDATED.
    """
    is_chosen: bool  # do the callers of this function choose it?
    when: int  # of a receiver: CREATED or UPDATED where it is done for such rows only, else 0
    is_handed: bool  # is it called only where somebody has handed it over? See `handing`
    asked: Asked | None
    """Is it asked of an object that may be the view that answers? None: it is not. See `traits`, as for the next."""
    picked: Picked | None
    """How it depends on attributes of the view that answers, None: not at all."""
    under: tuple[int, ...]
    """Conditions that it is done under; see `conditions`, as for the next."""
    rules_out: tuple[RulesOut, ...]
    """What the call rules out of whom it calls."""
    is_plain: bool
    """Is it done whoever calls, and whatever view answers?"""


class Plans:
    """See the module."""

    def __init__(self, events: Events) -> None:
        self.events = events
        self.program = events.program
        self._graph = events.program.graph
        self.choices = Choices(events.program.graph)
        self.cascades = Cascades(events.program)
        self.handing = Handing(events.program.graph)
        self.conditions = Conditions(events)
        self._regions = regions(events.program)
        self._guards = guards(events.program)
        self._row_guards = row_guards(events.program)
        self._known: dict[tuple[int, int, str], tuple[Do, ...]] = {}  # "": whatever the method
        self._sites: dict[tuple[int, int], Site | None] = {}
        self._told: dict[tuple[int, ...], bool] = {}
        self.receivers = self._receivers()
        self._traits = Traits(events.program, events.dispatch)
        self._chosen = Chosen(events.program, events.dispatch, self._traits)
        self._answers = Answers(events, self._traits, self._chosen)

    def _receivers(self) -> frozenset[int]:
        """Functions that receive signals of known names; who takes all (`"*"`) is none, whatever is sent."""
        edges, nodes = self._graph.edges, self._graph.nodes
        received = [
            (nodes.names[edges.source[e]], edges.target[e])
            for e, kind in enumerate(edges.kind)
            if kind == EdgeKind.CONSUMES and nodes.kind[edges.source[e]] == NodeKind.SIGNAL
        ]
        everything = {function for signal, function in received if "*" in signal}
        return frozenset(function for _, function in received) - everything

    def of(self, node: int, owner: int, method: str) -> tuple[Do, ...]:
        """What a node does for an object of a class; `method`: HTTP method that a class which answers is asked by."""
        known = self._known.get((node, owner, ""))
        if known is not None:
            return known
        by_method = node in self._guards or self._answers.asks_by_method(node, owner)
        key = (node, owner, (method or "*") if by_method else "")
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = tuple(self._worked_out(*key))
        return known

    def is_told(self, caller: int, line: int, node: int, do: Do) -> bool:
        """Does who calls a helper in a line say which table it touches, and is it this access that is not meant?"""
        mode = _MODES[do.mode]
        key = (caller, line, node, do.line, do.target, mode)
        known = self._told.get(key)
        if known is None:
            told = self.events.touched_at(caller, line)
            tables = {table for table, _ in told}
            is_asked = not tables.isdisjoint(self._choice(node, do.line))
            is_other = do.target not in tables or (do.target, mode) in told
            known = self._told[key] = is_asked and is_other
        return known

    def _choice(self, node: int, line: int) -> set[int]:
        """The tables among which the callers of a helper choose in a line."""
        rows = self.events.alternatives(node)
        return {
            each.target for each in self.events.of(node) if each.row in rows and each.line == line
        }

    def _asked(self, node: int, owner: int, event: Event, answer: tuple[int, int]) -> Asked | None:
        target, class_ = answer
        dispatch = self.events.dispatch
        defining = dispatch.owner(target)
        if defining not in self._traits.views or class_ == owner != NOBODY:
            return None
        if not event.order:
            return Asked(defining, overrides=False)
        name = dispatch.last_name(event.target)
        called = self.events.called_at(node).get((event.line, name), NOBODY)
        return Asked(called, overrides=True)

    def asked(self, do: Do, asked: Asked, view: int) -> Do | None:
        """What is done where an object of a view's family is asked, while that view answers: the object is the view."""
        answer = self._traits.answer(view, do.target, asked)
        if answer == NOBODY:
            return do
        if asked.overrides and (asked.of != NOBODY or do.target != answer):
            return None
        return do._replace(target=answer, owner=view)

    def meant(self, do: Do, picked: Picked, owner: int, view: int) -> Do | None:
        """What is done for a view that chooses by attributes, where `do` is one of several; None: nothing."""
        own = self._traits.of(owner, picked.trait) or self._traits.of(view, picked.trait)
        if not own or picked.subject in own:
            return do
        if not picked.is_first or not picked.others.isdisjoint(own):
            return None
        target = self._traits.instead(do.target, own[0])
        if target == NOBODY:
            return None
        if do.what == ACCESS:
            return do._replace(target=target)
        return do._replace(target=target, owner=own[0]) if self.events.matters(target) else None

    def site(self, node: int, line: int) -> Site | None:
        """A line of the file that a node stands in, None where it stands in none."""
        file = self._graph.nodes.file[node]
        if file == NOBODY or not line:
            return None
        known = self._sites.get((file, line))
        if known is None:
            known = self._sites[file, line] = Site(self._graph.files[file], line)
        return known

    def _worked_out(self, node: int, owner: int, method: str) -> Iterator[Do]:
        answered: set[tuple[int, str]] = set()  # calls of a mixin
        kinds = self._graph.nodes.kind
        events = [each for each in self.events.of(node) if self._runs(node, each.line, method)]
        events = self._chosen.of(node, events, owner)
        by_line = stored(events) if kinds[node] == NodeKind.CLASS else {}
        picked = self._traits.picked(events)
        signalling = {each.line for each in events if kinds[each.target] == NodeKind.SIGNAL}
        rows = Rows(self._traits, self.events, node, owner)
        for event in events:
            around = self._around(node, event.line)
            if event.what == ACCESS:
                if rows.is_anothers(event):
                    continue
                needs = frozenset({MODES[event.order]} if kinds[node] == NodeKind.CLASS else ())
                depends = picked.get((event.line, event.target))
                yield self._access(node, event, around, needs, depends)
                continue
            hands_on = event.line in signalling and kinds[event.target] != NodeKind.SIGNAL
            needs = by_line.get(event.line, NOTHING)
            depends = picked.get((event.line, event.target))
            for answer in self._answers.of(node, owner, method, event, answered):
                found = rows.stored(event, answer)
                if found[0] != NOBODY and self.events.matters(found[0]):
                    do = self._call((node, owner), event, found, needs, depends)
                    told = self._told_by((node, events), event.line, found[0])
                    yield do._replace(
                        around=around, hands_on=hands_on and event.line > 0, told=told
                    )

    def _call(
        self,
        caller: tuple[int, int],
        event: Event,
        answer: tuple[int, int],
        needs: frozenset[AccessMode],
        picked: Picked | None,
    ) -> Do:
        """A call, as far as it does not depend on what stands around it. `caller`, `answer`: with their classes."""
        node, owner = caller
        target, class_ = answer
        asked = self._asked(node, owner, event, answer)
        when = self._when(node, event.line)
        is_chosen = target in self.choices.of(node)
        is_handed = target in self.handing.of(node)
        under = self.conditions.governing(node, event.line)
        is_open = bool(needs or when or under) or is_chosen or is_handed or event.what == MEDIATED
        is_sent = self._graph.nodes.kind[event.target] in (NodeKind.TASK, NodeKind.QUEUE)
        return Do(
            what=event.what,
            line=event.line,
            site=self.site(node, event.line),
            loop=event.loop,
            confidence=_CONFIDENCES[event.confidence],
            target=target,
            owner=class_,
            sent=event.target if is_sent else NOBODY,
            mode=AccessMode.READ,
            columns=(),
            locks=False,
            is_alternative=False,
            around=(),
            hands_on=False,
            needs=needs,
            told=None,
            is_chosen=is_chosen,
            when=when,
            is_handed=is_handed,
            asked=asked,
            picked=picked,
            under=under,
            rules_out=self.conditions.told(node, event.line, target),
            is_plain=not is_open and asked is None and picked is None,
        )

    def _told_by(
        self, caller: tuple[int, list[Event]], line: int, target: int
    ) -> frozenset[int] | None:
        """What a call tells whom it calls; `caller`: with what it does."""
        node, events = caller
        told = self.choices.told(node, line, target)
        if target not in self._row_guards:
            return told
        return stored_rows(events, line).union(told or ()) or None

    def _when(self, node: int, line: int) -> int:
        """What must have been done to the row that a receiver hears of: CREATED, UPDATED, or 0 for anything."""
        lines = self._row_guards.get(node, ())
        return next((mark for first, last, mark in lines if first <= line <= last), 0)

    def _runs(self, node: int, line: int, method: str) -> bool:
        """Does a line run when a request comes by an HTTP method?"""
        if method in OPEN:
            return True
        guards = self._guards.get(node, ())
        return all(method in by for first, last, by in guards if first <= line <= last)

    def _access(
        self,
        node: int,
        event: Event,
        around: tuple[int, ...],
        needs: frozenset[AccessMode],
        picked: Picked | None,
    ) -> Do:
        when = self._when(node, event.line)
        under = self.conditions.governing(node, event.line)
        is_given = event.row < NOBODY
        access = self._chosen.access(event.row) if is_given else self.program.accesses[event.row]
        return Do(
            what=ACCESS,
            line=event.line,
            site=access.site,
            loop=event.loop,
            confidence=_CONFIDENCES[event.confidence],
            target=event.target,
            owner=NOBODY,
            sent=NOBODY,
            mode=access.mode,
            columns=access.columns,
            locks=access.locks,
            is_alternative=event.row in self.events.alternatives(node),
            around=around,
            hands_on=False,
            needs=needs,
            told=None,
            is_chosen=False,
            when=when,
            is_handed=False,
            asked=None,
            picked=picked,
            under=under,
            rules_out=(),
            is_plain=not needs and not when and not under and picked is None,
        )

    def _around(self, node: int, line: int) -> tuple[int, ...]:
        regions = self._regions.get(node)
        if not regions:
            return ()
        begins = self._graph.nodes.line[node]
        return tuple(
            number
            for first, last, number in regions
            if first <= line <= last or (line == 0 and first <= begins)
        )
