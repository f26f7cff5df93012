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

Middleware comes before what a route does, as a sequence of its own that the routes share. What runs
only after a commit (`AfterCommit`) is part of the sequence and of no transaction. Tasks
and queues are not waited for: what runs because of them is `later`, and in no transaction either.
What a deletion takes along in other tables is told apart (`along`), as no line does it.
A helper whose callers choose the table adds nothing where they say which.

Functions that lead to no table are not walked at all, and a walk ends after MAX_STEPS steps, so the
cost is bounded by the number of entry points.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from decompose.graph.dependency import NOBODY
from decompose.graph.doors import Around, allowed, is_rest, phase
from decompose.graph.events import Events
from decompose.graph.plans import Plans
from decompose.graph.steps import MAX_STEPS, Call, Sequence, Step
from decompose.graph.walk import Walk
from decompose.model.program import EdgeKind, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from decompose.graph.analysis import Program
    from decompose.graph.cascades import Cascades
    from decompose.graph.doors import Door
    from decompose.model.program import AccessMode
    from decompose.model.source import Site

__all__ = ["MAX_STEPS", "Call", "Sequence", "Sequences", "Step", "sequences_of"]


@dataclass
class Sequences:
    """Sequences of a program; sequences of equal handlers are worked out once.

    `most`: steps after which one is cut.
    """

    program: Program
    most: int = MAX_STEPS
    events: Events = field(init=False)
    _known: dict[tuple[object, ...], Sequence] = field(default_factory=dict)
    _of_door: dict[Door, Sequence] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.events = Events(self.program)
        self._plans = Plans(self.events)
        self._around = Around(self.program.graph)
        self._verbs: dict[int, set[str]] = defaultdict(set)
        index = self.program.graph.index
        self._requests = {
            index[each.source]: number
            for number, each in enumerate(self.program.transactions)
            if each.kind == "request" and each.source in index
        }
        actions: dict[int, set[str]] = defaultdict(set)
        for route in self.program.routes:
            if route.handler in index:
                self._verbs[index[route.handler]].add(route.method)
                if route.view in index:
                    actions[index[route.view]].add(route.handler.rpartition(".")[2])
        self._actions = {view: frozenset(names) for view, names in actions.items()}

    def of(self, door: Door) -> Sequence:
        """What happens when the outside world comes in."""
        known = self._of_door.get(door)
        if known is None:
            known = self._of_door[door] = self._worked_out(door)
        return known

    def _worked_out(self, door: Door) -> Sequence:
        started = self.started(door)
        without = self._plans.conditions.around(_path(door))
        key = (started, self._asked_by(door.method, started), door.view, without)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._walk(door.method, without).run(
                started, door.view, self._request(door), self._actions.get(door.view, frozenset())
            )
        around = self._around.of(door.node) if door.kind == "route" else ()
        if not around:
            return known
        return replace(known, before=self.of_nodes(around, door.method, without))

    def _asked_by(self, method: str, started: Iterable[int]) -> str:
        """The HTTP method, where it makes a difference."""
        kinds = self.program.graph.nodes.kind
        through_class = any(kinds[node] == NodeKind.CLASS for node in started)
        return method if through_class or self.program.guards else ""

    def _request(self, door: Door) -> int:
        """The transaction that a framework opens around the whole request, NOBODY for none."""
        if door.kind != "route":
            return NOBODY
        asked = (*door.handlers, door.view)
        return next((self._requests[node] for node in asked if node in self._requests), NOBODY)

    def started(self, door: Door) -> tuple[int, ...]:
        """The code that a door starts, in order: what the framework calls before the handler, the handler, the rest.

        The class that is asked stands for what its library's own code does besides.
        """
        graph = self.program.graph
        edges, names = graph.edges, graph.nodes.names
        found = {*door.handlers, *((door.view,) if door.view != NOBODY else ())}
        if door.kind in ("route", "command") and door.node != NOBODY:
            found.update(
                edges.target[edge]
                for edge in graph.edges_from(door.node)
                if edges.kind[edge] == EdgeKind.CALLS and edges.confidence[edge]
            )
        ranked = [
            (1 if node in door.handlers else phase(names[node].rpartition(".")[2]), node)
            for node in found
        ]
        return tuple(node for _, node in sorted(ranked))

    def of_nodes(
        self, nodes: Iterable[int], method: str = "", without: frozenset[int] = frozenset()
    ) -> Sequence:
        """What happens when some code runs, because of a request of an HTTP method where one is named.

        `without`: conditions that the path of the request rules out.
        """
        started = tuple(nodes)
        key = ("nodes", started, self._asked_by(method, ()), without)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._walk(method, without).run(started)
        return known

    def of_transaction(self, number: int) -> Sequence:
        """What happens inside the program's transaction of a number."""
        key = (number,)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._walk("").inside(number)
        return known

    @property
    def cascades(self) -> Cascades:
        """What deletions take along."""
        return self._plans.cascades

    def site(self, node: int, line: int) -> Site | None:
        """A line of the file that a node stands in, None where it stands in none."""
        return self._plans.site(node, line)

    def _walk(self, method: str, without: frozenset[int] = frozenset()) -> Walk:
        walk = Walk(self._plans, method, self.modes, self.most)
        walk.around_path = without
        return walk

    def modes(self, node: int, method: str) -> frozenset[AccessMode]:
        """What generic code may do on behalf of a class that is asked by an HTTP method."""
        return allowed(method, is_rest=is_rest(frozenset(self._verbs.get(node, ()))))


def _path(door: Door) -> str:
    """The path of a route, else ""."""
    return door.name.partition(" ")[2] if door.kind == "route" else ""


_KEPT = "_sequences"


def sequences_of(program: Program) -> Sequences:
    """The sequences of a program: kept with it, as its facts never change and several stages ask."""
    kept = vars(program)
    if _KEPT not in kept:
        kept[_KEPT] = Sequences(program)
    found: Sequences = kept[_KEPT]
    return found
