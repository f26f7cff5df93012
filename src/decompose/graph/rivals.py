"""The decompositions that a proposal has to beat: trivial ones, and what anybody gets for free.

All of them place the same members as the proposal: what it sets aside as shared or unused is set
aside for them too, so that the figures differ by the cut alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from decompose.graph.columns import Ints
from decompose.graph.dependency import NOBODY
from decompose.graph.figures import Ground, bills, spread
from decompose.graph.leiden import leiden, undirected
from decompose.graph.quotient import merged
from decompose.model.program import PREFIXES, NodeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from decompose.graph.analysis import Program

Path = tuple[str, ...]

_CODE = int(NodeKind.METHOD)  # and the kinds below it
RANDOM_RUNS = 3
"""Random partitions of the same sizes whose figures are averaged."""


def rivals(program: Program, found: Ground, labels: Ints) -> dict[str, list[Ints]]:
    """Name -> labels of nodes; several where the figures are to be averaged."""
    placed = found.members[labels[found.members] >= 0]
    return {
        "one service": [_labelled(found, placed, np.zeros(len(placed), dtype=np.int64))],
        "singletons": [_labelled(found, placed, np.arange(len(placed)))],
        "random": [
            _labelled(found, placed, np.random.default_rng(run).permutation(labels[placed]))
            for run in range(RANDOM_RUNS)
        ],
        "packages": [_labelled(found, placed, packages(program, found, placed))],
        "leiden": [_labelled(found, placed, plain_leiden(program, found, placed))],
    }


def chance_bill(found: Ground, labels: Ints) -> dict[str, float]:
    """What random partitions with the sizes of some labels pay, mean of RANDOM_RUNS."""
    return chance_bills(found, [labels])[0]


def chance_bills(found: Ground, labelings: Sequence[Ints]) -> list[dict[str, float]]:
    """The same for several labelings."""
    paid = bills(found, [each for labels in labelings for each in _shuffled(found, labels)])
    return [
        {item: sum(each[item] for each in runs) / len(runs) for item in runs[0]}
        for first in range(0, len(paid), RANDOM_RUNS)
        for runs in [paid[first : first + RANDOM_RUNS]]
    ]


def _shuffled(found: Ground, labels: Ints) -> list[Ints]:
    placed = found.members[labels[found.members] >= 0]
    return [
        _labelled(found, placed, np.random.default_rng(100 + run).permutation(labels[placed]))
        for run in range(RANDOM_RUNS)
    ]


def _labelled(found: Ground, placed: Ints, label: Ints) -> Ints:
    of_atom = np.full(len(found.known.kind), NOBODY, dtype=np.int64)
    of_atom[placed] = label
    return spread(found, of_atom)


def plain_leiden(program: Program, found: Ground, placed: Ints) -> Ints:
    """Modularity, seed 0, on the same coupling: modules as nodes, one edge for each pair."""
    _, home = np.unique(_modules(program, found, placed), return_inverse=True)
    size = int(home.max(initial=-1)) + 1
    at = np.full(len(found.known.kind), NOBODY, dtype=np.int64)
    at[placed] = home
    source = at[found.members[found.coupling.source]]
    target = at[found.members[found.coupling.target]]
    both = (source >= 0) & (target >= 0)
    pairs = merged(source[both], target[both], np.ones(int(both.sum())), size)
    modules = leiden(undirected(pairs[0], pairs[1], np.ones(len(pairs[0])), size))
    label: Ints = modules[home]
    return label


def _modules(program: Program, found: Ground, placed: Ints) -> Ints:
    """The module of each atom, its model's for a table; a table without a model is one itself."""
    graph = program.graph
    names = graph.nodes.names
    models = {PREFIXES[NodeKind.TABLE] + table.name: table.model for table in program.tables}
    nodes = (graph.index.get(models.get(names[atom], ""), int(atom)) for atom in placed.tolist())
    kinds = found.known.kind.tolist()
    return np.array(
        [graph.module_of(node) if kinds[node] <= _CODE else node for node in nodes],
        dtype=np.int64,
    )


def packages(program: Program, found: Ground, placed: Ints) -> Ints:
    """The Django apps (packages that hold models); else children of the deepest package common to all.

    A table goes with its model.
    """
    names = program.graph.nodes.names
    is_code = found.known.kind <= NodeKind.METHOD
    paths: list[Path] = [
        tuple(names[module].split(".")) if is_code[module] else ()
        for module in _modules(program, found, placed).tolist()
    ]
    depth = _common_depth([path for path in paths if path])
    apps = _apps(program)
    heads = [".".join(_app(path, apps) or path[: depth + 1]) for path in paths]
    _, label = np.unique(np.array(heads, dtype=np.str_), return_inverse=True)
    return label.astype(np.int64)


def _apps(program: Program) -> set[Path]:
    """Packages that hold a module or package `models` with tables."""
    found: set[Path] = set()
    for table in program.tables:
        path = tuple(table.model.split("."))
        if "models" in path[1:-1]:
            found.add(path[: path.index("models", 1)])
    return found


def _app(path: Path, apps: set[Path]) -> Path:
    """The innermost app around a module, () if there is none."""
    while path and path not in apps:
        path = path[:-1]
    return path


def _common_depth(paths: list[Path]) -> int:
    """How many leading names all paths share, the packages' own `__init__` aside."""
    inner = [path for path in paths if len(path) > 1] or paths
    first, last = min(inner, default=()), max(inner, default=())
    depth = 0
    while depth < min(len(first), len(last)) - 1 and first[depth] == last[depth]:
        depth += 1
    return depth
