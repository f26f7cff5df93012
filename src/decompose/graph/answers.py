"""Who answers a call when a function runs for an object of a known class, and for which object does that one run?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.graph.dependency import NOBODY
from decompose.graph.doors import answers_to
from decompose.graph.effects import MODES
from decompose.graph.events import ACCESS, CALL, MEDIATED, Event, Events
from decompose.model.program import AccessMode, Confidence, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from decompose.graph.chosen import Chosen
    from decompose.graph.traits import Traits

NOTHING: frozenset[AccessMode] = frozenset()
_NOT_ANSWERED = (NOBODY, NOBODY)
_DISPATCHING = "dispatch"


class Answers:
    """See the module."""

    def __init__(self, events: Events, traits: Traits, chosen: Chosen) -> None:
        self.events = events
        self._graph = events.program.graph
        self._traits = traits
        self._chosen = chosen
        self._storing: dict[int, bool] = {}

    def asks_by_method(self, node: int, owner: int) -> bool:
        """Does what it calls depend on the HTTP method? The class that answers, and what its library dispatches by."""
        if node == owner:
            return True
        return owner != NOBODY and self.events.dispatch.last_name(node) == _DISPATCHING

    def of(
        self, node: int, class_: int, method: str, event: Event, answered: set[tuple[int, str]]
    ) -> list[tuple[int, int]]:
        """(who answers a call, the class or kind of its object), for each object that it may ask."""
        objects = self._chosen.asked(node, event, class_)
        if not objects:
            return [self._answering(node, class_, method, event, answered)]
        key = (event.line, self.events.dispatch.last_name(event.target))
        is_first = key not in answered
        answered.add(key)
        return objects if is_first else []

    def _answering(
        self, node: int, class_: int, method: str, event: Event, answered: set[tuple[int, str]]
    ) -> tuple[int, int]:
        """(who answers a call, the class of its object): NOBODY where not, or where that is not known."""
        target, dispatch = event.target, self.events.dispatch
        owner = dispatch.owner(target)
        if owner == NOBODY:
            is_anothers = self._is_anothers(node, class_, event)
            return _NOT_ANSWERED if is_anothers else (target, self._beside(node, class_, event))
        name = dispatch.last_name(target)
        is_asked = node == class_ or event.what == MEDIATED
        if is_asked and self.asks_by_method(node, class_) and not answers_to(name, method):
            return _NOT_ANSWERED  # a class that answers has methods for other requests too
        if class_ == NOBODY:
            return self._of_another(node, target)
        if event.order:
            return self._overriding(node, class_, event, answered)
        is_own = owner in dispatch.order(class_)
        if is_own and name == dispatch.last_name(node):
            return target, class_  # by `super()`
        is_own |= self._is_for_itself(node, class_, event)
        own = self._of_itself(class_, event, answered) if is_own else None
        return self._of_another(node, target) if own is None else own

    def _is_anothers(self, node: int, class_: int, event: Event) -> bool:
        """Does a mixin's method ask, by way of a library, for the class that takes it in, and that is not this one?"""
        dispatch = self.events.dispatch
        mixin = dispatch.owner(node)
        is_itself = event.what == MEDIATED and mixin in dispatch.order(event.target)
        return is_itself and class_ not in (NOBODY, event.target)

    def _beside(self, node: int, class_: int, event: Event) -> int:
        """The class of the object at work in what is no method: a class, a function within a method."""
        kind, nodes = self._graph.nodes.kind[event.target], self._graph.nodes
        if kind == NodeKind.CLASS:  # making an instance stores nothing
            is_made = event.what == CALL and self._stores(event.target)
            return NOBODY if is_made else event.target
        is_inner = kind == NodeKind.FUNCTION and nodes.parent[event.target] == node
        return class_ if is_inner else NOBODY

    def _is_for_itself(self, node: int, class_: int, event: Event) -> bool:
        """Is it a call of the object's own method, of which only classes are known that extend the caller's?

        By a framework (`super().dispatch()`), or by a mixin that calls what it lacks.
        """
        dispatch = self.events.dispatch
        own = dispatch.owner(node)
        if event.what != MEDIATED and event.confidence == Confidence.EXACT:
            return False
        extends = own in dispatch.order(dispatch.owner(event.target))
        return own != NOBODY and extends and own in dispatch.order(class_)

    def _of_itself(
        self, class_: int, event: Event, answered: set[tuple[int, str]]
    ) -> tuple[int, int]:
        """The object's own method of that name, once a line."""
        name = self.events.dispatch.last_name(event.target)
        answer = self.events.dispatch.answering(class_, name)
        if answer == NOBODY or (event.line, name) in answered:
            return _NOT_ANSWERED
        answered.add((event.line, name))
        return answer, class_

    def _overriding(
        self, node: int, class_: int, event: Event, answered: set[tuple[int, str]]
    ) -> tuple[int, int]:
        """One of several that may answer instead of what is called: not where the object is known.

        What is called then has an event of its own, but for a mixin that calls what it lacks.
        """
        dispatch = self.events.dispatch
        name, own = dispatch.last_name(event.target), dispatch.order(class_)
        called = self.events.called_at(node).get((event.line, name))
        if called is not None:
            return _NOT_ANSWERED if called in own else self._of_another(node, event.target)
        answer = dispatch.answering(class_, name)
        if answer == NOBODY or dispatch.owner(node) not in own:
            return self._of_another(node, event.target)
        is_first = (event.line, name) not in answered
        answered.add((event.line, name))
        return (answer, class_) if is_first else _NOT_ANSWERED

    def _of_another(self, node: int, target: int) -> tuple[int, int]:
        """A method of an object that need not be the one whose method calls."""
        dispatch = self.events.dispatch
        owner, name = dispatch.owner(target), dispatch.last_name(target)
        if dispatch.is_final(owner):
            return target, owner
        made = dispatch.instantiated(node, owner)
        if made == NOBODY and self._traits.is_abstract(owner):
            made = dispatch.only(owner)
        return (target, NOBODY) if made == NOBODY else (dispatch.answering(made, name), made)

    def _stores(self, node: int) -> bool:
        """Does a class write to a table by what a library does for it?"""
        known = self._storing.get(node)
        if known is None:
            known = self._storing[node] = bool(stored(self.events.of(node)))
        return known


def stored(events: Iterable[Event]) -> dict[int, frozenset[AccessMode]]:
    """Line of a class -> what is written there: what hangs on the line runs because of it."""
    found: dict[int, frozenset[AccessMode]] = {}
    for event in events:
        mode = MODES[event.order] if event.what == ACCESS else AccessMode.READ
        if mode.writes:
            found[event.line] = found.get(event.line, NOTHING) | {mode}
    return found
