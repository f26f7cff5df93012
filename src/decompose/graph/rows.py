"""Whose row is it that a function stores, and whose methods run because of that?

A mapper calls `save` of what is stored, and bases that many models share have it: which model is meant, the line
says by the table that it writes. A method of such a base touches "its own" table, which is another one for each model:
for an object of a known class it is that one.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from decompose.graph.dependency import NOBODY
from decompose.graph.effects import MODES
from decompose.graph.events import ACCESS

if TYPE_CHECKING:
    from decompose.graph.events import Event, Events
    from decompose.graph.traits import Traits


class Rows:
    """The rows of one function that runs for an object of a class, NOBODY where that is not known."""

    def __init__(self, traits: Traits, events: Events, node: int, owner: int) -> None:
        self._traits = traits
        self._dispatch = events.dispatch
        self._base = events.dispatch.owner(node)
        self._own = self._own_table(owner)
        self._touched: dict[tuple[int, int], set[int]] = defaultdict(set)
        self._written: dict[int, set[int]] = defaultdict(set)
        for event in events.of(node):
            if event.what == ACCESS:
                self._touched[event.line, event.order].add(event.target)
                if MODES[event.order].writes:
                    self._written[event.line].add(event.target)

    def _own_table(self, owner: int) -> int:
        """The table of the object whose method it is, NOBODY where the method's class has a table itself, or none."""
        if NOBODY in (owner, self._base) or self._traits.table(self._base) != NOBODY:
            return NOBODY
        return self._traits.table(owner)

    def is_anothers(self, event: Event) -> bool:
        """Does it touch the table of another model of the base whose method it is, where it touches the object's?"""
        if self._own in (NOBODY, event.target):
            return False
        model = self._traits.model(event.target)
        is_beside = self._own in self._touched[event.line, event.order]
        return is_beside and model != NOBODY and self._base in self._dispatch.order(model)

    def stored(self, event: Event, answer: tuple[int, int]) -> tuple[int, int]:
        """(who runs because a row is stored, the class of that row), instead of an answer that does not know."""
        owner = self._dispatch.owner(event.target)
        if event.what == ACCESS or owner == NOBODY or self._traits.table(owner) != NOBODY:
            return answer
        name = self._dispatch.last_name(event.target)
        models = {
            model
            for table in self._written.get(event.line, ())
            if (model := self._traits.model(table)) != NOBODY
            and self._dispatch.answering(model, name) == event.target
        }
        return (event.target, models.pop()) if len(models) == 1 else answer
