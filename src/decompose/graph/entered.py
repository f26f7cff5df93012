"""What runs first where a framework calls a function that decorators stand around?

    @requires("mail")     # the route of `send` is answered by the wrapper that `requires` makes,
    def send(request): …  # which calls `send`

The graph says who answers a route, a task or a signal: the function. Who is *called* is the outermost of the program's
wrappers that it hangs on.
"""

from collections import defaultdict

from decompose.graph.dependency import BY_LANGUAGE, DependencyGraph
from decompose.model.program import WRAPPER, EdgeKind


class Entered:
    """Finds the outermost wrappers of decorated functions."""

    def __init__(self, graph: DependencyGraph) -> None:
        self.graph = graph
        self._wrappers = _wrappers(graph)
        self._outermost: dict[int, tuple[int, ...]] = {}

    def by_framework(self, function: int) -> tuple[int, ...]:
        """What a framework enters that calls a function: the function itself where nothing is around it."""
        known = self._outermost.get(function)
        if known is None:
            around = self._wrappers.get(function, ())
            inner = {each for wrapper in around for each in self._called(wrapper)}
            outer = tuple(each for each in around if each not in inner)
            known = self._outermost[function] = outer or (function,)
        return known

    def through(self, edge: int) -> tuple[int, ...]:
        """What the call of an edge to code enters; one that is written, or leaves a wrapper, leads where it says."""
        edges = self.graph.edges
        source, target = edges.source[edge], edges.target[edge]
        if target not in self._wrappers or source in self._wrappers[target]:
            return (target,)
        is_sent = edges.kind[edge] not in (EdgeKind.CALLS, EdgeKind.INSTANTIATES)
        if not is_sent and self.graph.mediators[edges.mediator[edge]] in BY_LANGUAGE:
            return (target,)
        return self.by_framework(target)

    def _called(self, node: int) -> list[int]:
        edges = self.graph.edges
        return [
            edges.target[edge]
            for edge in self.graph.edges_from(node)
            if edges.kind[edge] == EdgeKind.CALLS and edges.target[edge] != node
        ]


def _wrappers(graph: DependencyGraph) -> dict[int, list[int]]:
    """Decorated function -> the wrappers that it hangs on."""
    found: dict[int, list[int]] = defaultdict(list)
    if WRAPPER in graph.mediators:
        number, edges = graph.mediators.index(WRAPPER), graph.edges
        for edge, mediator in enumerate(edges.mediator):
            if mediator == number:
                found[edges.source[edge]].append(edges.target[edge])
    return dict(found)
