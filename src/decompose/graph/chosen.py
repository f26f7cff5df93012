"""What does a function do for an object that is told what to work with? Of what it may do for any, what is meant.

A repository's `self.model()` makes a row of any model; for the repository of orders it makes an order. Where it is not
known for which object a function runs, it may be any, and `select(self.model)` reads no table that could be named.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from decompose.graph.dependency import NOBODY
from decompose.graph.effects import MODES
from decompose.graph.events import ACCESS, Event
from decompose.graph.objects import Objects
from decompose.model.program import AccessMode, ChosenAccess, Confidence, TableAccess

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from decompose.graph.analysis import Program
    from decompose.graph.dispatch import Dispatch
    from decompose.graph.traits import Traits

_FEWEST = 2


class Chosen:
    """See the module."""

    def __init__(self, program: Program, dispatch: Dispatch, traits: Traits) -> None:
        self.objects = Objects(program, dispatch)
        self._dispatch = dispatch
        self._traits = traits
        self._rows: list[TableAccess] = []
        self._accesses: dict[int, list[ChosenAccess]] = defaultdict(list)
        for each in program.chosen_accesses:
            if each.source in program.graph.index:
                self._accesses[program.graph.index[each.source]].append(each)

    def asked(self, node: int, event: Event, owner: int) -> list[tuple[int, int]]:
        """(method, kind of its object) for each object that a call asks; none where that is not known."""
        dispatch = self._dispatch
        name, class_ = dispatch.last_name(event.target), dispatch.owner(event.target)
        found = []
        for kind in self.objects.asked(node, event.line, name, owner) if class_ != NOBODY else ():
            is_family = class_ in dispatch.order(kind) or dispatch.class_of(kind) in dispatch.order(
                class_
            )
            answer = dispatch.answering(kind, name) if is_family else NOBODY
            if answer != NOBODY:
                found.append((answer, kind))
        return found

    def access(self, row: int) -> TableAccess:
        """The access of an event that `of` has added."""
        return self._rows[NOBODY - 1 - row]

    def of(self, node: int, events: list[Event], owner: int) -> list[Event]:
        """A function's events when it runs for a kind of object."""
        traits = self.objects.traits(owner) if owner != NOBODY else {}
        if not traits:
            return events
        added = [
            event
            for access in self._accesses.get(node, ())
            for event in self._touching(access, traits.get(access.attribute, ()))
        ]
        return sorted({*self._meant(events, traits), *added})

    def _touching(self, access: ChosenAccess, classes: Iterable[int]) -> Iterator[Event]:
        for class_ in classes:
            tables = [self._traits.table(each) for each in self._dispatch.order(class_)]
            own = [each for each in tables if each != NOBODY]
            for table in own[:1] if access.mode is AccessMode.UPDATE else own:
                yield self._event(access, table)

    def _event(self, access: ChosenAccess, table: int) -> Event:
        """An access as an event; its row counts down from below NOBODY."""
        place = access.mode, access.site, access.loop_depth, Confidence.INFERRED
        self._rows.append(TableAccess(access.source, self._traits.name_of(table), *place))
        mode, row = MODES.index(access.mode), NOBODY - len(self._rows)
        sure = int(Confidence.INFERRED)
        return Event(access.site.line, ACCESS, mode, table, access.loop_depth, row, sure)

    def _meant(self, events: list[Event], traits: dict[str, tuple[int, ...]]) -> Iterator[Event]:
        """Of events on a line that are about several classes which an attribute may choose, those about its own."""
        lines: dict[int, list[Event]] = defaultdict(list)
        for event in events:
            if event.confidence < Confidence.EXACT and self._traits.subject(event) != NOBODY:
                lines[event.line].append(event)
            else:
                yield event
        for line in lines.values():
            yield from self._of_line(line, traits)

    def _of_line(self, events: list[Event], traits: dict[str, tuple[int, ...]]) -> Iterator[Event]:
        subjects = {self._traits.subject(event) for event in events}
        counts = {
            name: sum(self._is_kin(each, chosen) for each in subjects)
            for name, chosen in sorted(traits.items())
        }
        name = max(counts, key=counts.__getitem__)
        if counts[name] < _FEWEST:
            yield from events
            return
        chosen = traits[name]
        what = {
            self._what(event)
            for event in events
            if self._is_kin(self._traits.subject(event), chosen)
        }
        for event in events:
            yield from self._instead(event, chosen) if self._what(event) in what else (event,)

    def _instead(self, event: Event, chosen: Iterable[int]) -> Iterator[Event]:
        """The same event about classes that are chosen."""
        order = event.order if event.what == ACCESS else 0
        targets = (self._traits.instead(event.target, class_) for class_ in chosen)
        yield from (
            event._replace(target=target, order=order) for target in targets if target != NOBODY
        )

    def _is_kin(self, class_: int, chosen: Iterable[int]) -> bool:
        """Does a class extend a class that one of others extends as well, or have both a table?"""
        own, table = set(self._dispatch.order(class_)), self._traits.table
        is_mapped = table(class_) != NOBODY
        return any(
            (is_mapped and table(each) != NOBODY) or not own.isdisjoint(self._dispatch.order(each))
            for each in chosen
        )

    def _what(self, event: Event) -> tuple[int, int, str]:
        """What events on a line have in common that differ by a class only: a call's method, an access's mode."""
        if event.what == ACCESS:
            return event.what, event.order, ""
        is_method = self._dispatch.owner(event.target) != NOBODY
        return event.what, 0, self._dispatch.last_name(event.target) if is_method else ""
