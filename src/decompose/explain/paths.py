"""The shortest ways along which code runs, or depends, from one set of nodes to another."""

from collections import deque
from collections.abc import Callable, Iterable

from decompose.explain.scene import Scene
from decompose.explain.values import Hop
from decompose.graph.dependency import NOBODY
from decompose.graph.doors import Door, answers_to
from decompose.model.program import Confidence, EdgeKind, NodeKind

RUNS = frozenset(
    {
        EdgeKind.CALLS,
        EdgeKind.INSTANTIATES,
        EdgeKind.READS,
        EdgeKind.WRITES,
        EdgeKind.PUBLISHES,
        EdgeKind.CONSUMES,
        EdgeKind.EXPOSES,
    }
)
"""Edges along which code runs, now or later."""
DEPENDS = frozenset(EdgeKind)

Next = dict[int, int]
"""Node -> the edge that leads nearer to what was asked for, NOBODY there itself."""


def towards(scene: Scene, targets: Iterable[int], kinds: frozenset[EdgeKind] = RUNS) -> Next:
    """From where some nodes are reached, and by which edge first; breadth first, in order of numbers."""
    graph = scene.graph
    edges = graph.edges
    wanted = {int(kind) for kind in kinds}
    found: Next = dict.fromkeys(sorted(targets), NOBODY)
    waiting = deque(found)
    while waiting:
        node = waiting.popleft()
        for edge in graph.edges_to(node):
            source = edges.source[edge]
            if source in found or edges.kind[edge] not in wanted:
                continue
            if edges.confidence[edge] > Confidence.NAME_ONLY:
                found[source] = edge
                waiting.append(source)
    return found


def length(scene: Scene, found: Next, node: int) -> int:
    """How many edges a node is away."""
    count = 0
    while (edge := found[node]) != NOBODY:
        node = scene.graph.edges.target[edge]
        count += 1
    return count


def path(scene: Scene, found: Next, node: int) -> tuple[Hop, ...]:
    """The nodes from one to what was asked for."""
    hops = [Hop(scene.name(node), None)]
    while (edge := found[node]) != NOBODY:
        node = scene.graph.edges.target[edge]
        site = next((site for site, _ in scene.graph.sites(edge)), None)
        hops.append(Hop(scene.name(node), scene.place(site) if site is not None else None))
    return tuple(hops)


def entered(scene: Scene, found: Next) -> list[tuple[int, Door, int]]:
    """(length, door, node started) for each door from which something is reached; the nearest first."""
    rows = []
    measured = _measured(scene, found)
    for door in scene.doors:
        reached = [(measured(node), node) for node in _started(scene, door) if node in found]
        if reached:
            away, node = min(reached)
            rows.append((away, door, node))
    return sorted(rows)


def _measured(scene: Scene, found: Next) -> Callable[[int], int]:
    known: dict[int, int] = {}

    def measure(node: int) -> int:
        if node not in known:
            known[node] = length(scene, found, node)
        return known[node]

    return measure


def _started(scene: Scene, door: Door) -> list[int]:
    """What a door starts; methods of a class where no reader has said which."""
    started = list(scene.sequences.started(door))
    kinds, names = scene.graph.nodes.kind, scene.graph.nodes.names
    if any(kinds[node] == NodeKind.METHOD for node in started):
        return started
    methods = [method for node in started for method in scene.sequences.events.methods(node)]
    fitting = [each for each in methods if answers_to(names[each].rpartition(".")[2], door.method)]
    return [*started, *fitting]
