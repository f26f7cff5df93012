"""What does a framework enter to have a function run?

    @requires("mail")     # the route of `send` is answered by the wrapper that `requires` makes,
    def send(request): …  # which calls `send`

    def show(user: Annotated[User, Depends(signed_in)]): …   # `signed_in` is called first, and not by `show`

The graph says who answers a route, a task or a signal: the function. Who is *called* is the outermost of the program's
wrappers that it hangs on, and before that what the function declares to depend on.
"""

from collections import defaultdict

from decompose.graph.dependency import BY_LANGUAGE, DependencyGraph
from decompose.model.program import DECLARED, WRAPPER, EdgeKind


class Entered:
    """Finds what stands before and around functions."""

    def __init__(self, graph: DependencyGraph) -> None:
        self.graph = graph
        self._wrappers = _wrappers(graph)
        self._mediators = frozenset(
            number for number, name in enumerate(graph.mediators) if name.endswith(DECLARED)
        )
        self._entered: dict[int, tuple[int, ...]] = {}

    def by_framework(self, function: int) -> tuple[int, ...]:
        """What a framework enters that calls a function: what it declares, and the function or what is around it."""
        known = self._entered.get(function)
        if known is None:
            around = self._wrappers.get(function, ())
            inner = {each for wrapper in around for each in self._called(wrapper)}
            outer = [each for each in around if each not in inner]
            known = self._entered[function] = (*self._declared(function), *(outer or [function]))
        return known

    def _declared(self, function: int) -> dict[int, None]:
        """What a function depends on, and what that depends on."""
        found: dict[int, None] = {}
        waiting = [function] if self._mediators else []
        for each in waiting:
            for edge in self.graph.edges_from(each):
                target = self.graph.edges.target[edge]
                if self.graph.edges.mediator[edge] in self._mediators and target not in found:
                    found[target] = None
                    waiting.append(target)
        return found

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
