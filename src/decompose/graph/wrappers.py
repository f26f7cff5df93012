"""What do decorators put around functions, and what do they call by way of that?

A wrapper calls whatever it is put around. For each caller that is one function, which hangs on its wrappers; so a
function leads to its wrappers, and these lead neither to what hangs on them nor to each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from decompose.model.program import WRAPPER, EdgeKind

if TYPE_CHECKING:
    from decompose.graph.columns import Flags
    from decompose.graph.dependency import DependencyGraph


def handed_on(graph: DependencyGraph) -> dict[int, set[int]]:
    """Wrapper -> what it may call: the functions that hang on it, and the other wrappers that these hang on."""
    around = hanging(graph)
    wrappers: dict[int, set[int]] = {}
    for wrapper, functions in around.items():
        for function in functions:
            wrappers.setdefault(function, set()).add(wrapper)
    return {
        wrapper: functions.union(*(wrappers[each] for each in functions))
        for wrapper, functions in around.items()
    }


def entered(graph: DependencyGraph, followed: Flags) -> Flags:
    """The edges among those followed by which wrappers are entered: from what hangs on them, not from another one."""
    edges = graph.edges
    found = followed | _hangs(graph)
    for wrapper, others in handed_on(graph).items():
        for edge in graph.edges_from(wrapper):
            if edges.kind[edge] == EdgeKind.CALLS and edges.target[edge] in others:
                found[edge] = False
    return found


def hanging(graph: DependencyGraph) -> dict[int, set[int]]:
    """Wrapper -> the functions that it is put around."""
    edges = graph.edges
    found: dict[int, set[int]] = {}
    for edge in np.flatnonzero(_hangs(graph)).tolist():
        found.setdefault(edges.target[edge], set()).add(edges.source[edge])
    return found


def _hangs(graph: DependencyGraph) -> Flags:
    mediators = np.frombuffer(graph.edges.mediator, dtype=np.intc)
    number = graph.mediators.index(WRAPPER) if WRAPPER in graph.mediators else -1
    found: Flags = mediators == number
    return found
