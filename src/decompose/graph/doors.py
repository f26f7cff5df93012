"""Where does the outside world start the program, and which code answers there?

A class that answers a route is asked through its methods: those of the route's HTTP method, and
those that no other route or verb has for itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from decompose.graph.dependency import NOBODY, DependencyGraph
from decompose.model.program import PREFIXES, AccessMode, EdgeKind, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.graph.analysis import Program

VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})
OPEN = frozenset({"", "*", "ANY"})
"""Instead of an HTTP method, where that is left open."""
_FIRST = ("__init__", "setup", "dispatch", "initial", "check", "get", "has", "filter", "before")
_LAST = ("perform", "form_valid", "save", "after", "teardown")
ACTIONS = {
    "list": ("GET",),
    "retrieve": ("GET",),
    "create": ("POST",),
    "perform_create": ("POST",),
    "update": ("PUT", "PATCH"),
    "perform_update": ("PUT", "PATCH"),
    "partial_update": ("PATCH",),
    "destroy": ("DELETE",),
    "perform_destroy": ("DELETE",),
    "form_valid": ("POST", "PUT"),
    "form_invalid": ("POST", "PUT"),
}
"""Methods that frameworks' generic classes call, and for which HTTP methods."""
_REST = frozenset({"POST", "PUT", "DELETE"})
_WRITES = {
    "POST": frozenset({AccessMode.CREATE}),
    "PUT": frozenset({AccessMode.UPDATE, AccessMode.CREATE}),
    "PATCH": frozenset({AccessMode.UPDATE, AccessMode.CREATE}),
    "DELETE": frozenset({AccessMode.DELETE}),
}
_ALL = frozenset(AccessMode)
_MAX_HOPS = 4  # schedule -> task -> handler needs two


@dataclass(frozen=True, slots=True, order=True)
class Door:
    """A route, task, command, schedule, signal's or queue's receiver. `handlers`: nodes of the code that answers.

    The middleware around routes is one of its own, as all of them share it.
    """

    kind: str  # "route", "task", "command", "operation", "schedule", "signal", "consumer", "middleware"
    name: str  # "GET /orders/", a task's name, …; "signal → receiver" for receivers
    node: int  # its node, NOBODY where it has none
    handlers: tuple[int, ...]
    method: str = ""  # HTTP method of a route, "" or "*" where it is open
    view: int = NOBODY  # node of the class whose object is asked


def doors(program: Program) -> tuple[Door, ...]:
    """All of them, sorted by kind and name."""
    graph = program.graph
    return tuple(sorted({door for door in _doors(program, graph) if door.handlers}))


def _doors(program: Program, graph: DependencyGraph) -> Iterator[Door]:
    index = graph.index
    for route in program.routes:
        found = _code(graph, index.get(route.handler, NOBODY))
        yield Door(
            "route",
            f"{route.method} {route.path}",
            index.get(route.node, NOBODY),
            found,
            route.method,
            index.get(route.view, NOBODY),
        )
    for kind, facts in (
        (NodeKind.TASK, program.tasks),
        (NodeKind.COMMAND, program.commands),
        (NodeKind.OPERATION, program.operations),
        (NodeKind.SCHEDULE, program.schedules),
    ):
        for name in sorted({fact.name for fact in facts}):
            node = index.get(PREFIXES[kind] + name, NOBODY)
            yield Door(kind.name.lower(), name, node, answering(graph, node))
    passing = {each.node: None for each in program.routes}
    around = Around(graph)
    for node in sorted({each for name in passing for each in around.of(index.get(name, NOBODY))}):
        yield Door("middleware", graph.nodes.names[node], NOBODY, (node,))
    for handler in program.handlers:
        prefix, _, name = handler.signal.partition(":")
        found = _code(graph, index.get(handler.handler, NOBODY))
        kind_name = "consumer" if prefix == "queue" else "signal"
        yield Door(
            kind_name, f"{name} → {handler.handler}", index.get(handler.signal, NOBODY), found
        )


def _code(graph: DependencyGraph, node: int) -> tuple[int, ...]:
    return (node,) if node != NOBODY and graph.kind(node).is_code else ()


def answering(graph: DependencyGraph, node: int, hops: int = _MAX_HOPS) -> tuple[int, ...]:
    """The code behind a door that is a node: a schedule leads to a task, and that to a function."""
    if node == NOBODY or hops == 0:
        return ()
    if graph.kind(node).is_code:
        return (node,)
    found: list[int] = []
    for edge in graph.edges_from(node):
        if graph.edges.kind[edge] in (EdgeKind.EXPOSES, EdgeKind.CONSUMES):
            found.extend(answering(graph, graph.edges.target[edge], hops - 1))
    return tuple(dict.fromkeys(found))


@dataclass
class Around:
    """The outermost code that requests pass through on their way to a route: middleware.

    Who hands on to the route is the innermost; those around it call it by the same framework. All routes of a
    program mostly share one chain, so each is followed once.
    """

    graph: DependencyGraph
    _known: dict[tuple[int, int], int] = field(default_factory=dict)

    def of(self, node: int) -> tuple[int, ...]:
        """What stands around a route's node."""
        edges = self.graph.edges
        found = [
            self._outermost(edges.source[edge], edges.mediator[edge])
            for edge in (self.graph.edges_to(node) if node != NOBODY else ())
            if edges.kind[edge] == EdgeKind.PASSES
        ]
        return tuple(dict.fromkeys(found))

    def _outermost(self, node: int, mediator: int) -> int:
        known = self._known.get((node, mediator))
        if known is None:
            known = self._known[node, mediator] = _outermost(self.graph, node, mediator)
        return known


def _outermost(graph: DependencyGraph, node: int, mediator: int) -> int:
    edges, kinds = graph.edges, graph.nodes.kind
    seen = {node}
    while True:
        around = [
            edges.source[edge]
            for edge in graph.edges_to(node)
            if edges.kind[edge] == EdgeKind.CALLS
            and edges.mediator[edge] == mediator
            and NodeKind.MODULE < kinds[edges.source[edge]] <= NodeKind.METHOD
            and edges.source[edge] not in seen
        ]
        if not around:
            return node
        node = around[0]
        seen.add(node)


def phase(name: str) -> int:
    """When in a request a framework calls a method of its own accord: 0 before, 1 amid, 2 after others.

    Frameworks ask for objects and forms before they store them; their names say which is which.
    """
    bare = name.lstrip("_") if not name.startswith("__") else name
    if bare.startswith(_LAST):
        return 2
    return 0 if bare.startswith(_FIRST) else 1


def answers_to(name: str, method: str) -> bool:
    """Does a framework call the method `name` of a class that answers, for an HTTP method?

    Also by the custom of a project's own base class: `_process_POST`.
    """
    if method in OPEN:
        return True
    custom = name.rpartition("_")[2]
    if custom.isupper() and custom.lower() in VERBS:
        return custom == method
    if name in VERBS:
        return name.upper() == method or (name == "get" and method == "HEAD")
    return method in ACTIONS.get(name, (method,))


def allowed(method: str, *, is_rest: bool) -> frozenset[AccessMode]:
    """What a framework's generic code does to tables when a class is asked by an HTTP method.

    `is_rest`: the class has routes of other writing methods, so that each has its own meaning.
    """
    if method in OPEN or (method == "POST" and not is_rest):
        return _ALL
    return _WRITES.get(method, frozenset()) | {AccessMode.READ}


def is_rest(methods: frozenset[str]) -> bool:
    """Do the HTTP methods that a class answers to tell creating, changing and deleting apart?

    Views of forms take PUT or DELETE for POST.
    """
    return "PATCH" in methods or methods >= _REST
