"""Applications for trying things out, and patterns of code: set apart, for they are no capability.

Trials stand in a package for tests, demos or examples, and no other module of the program imports
them. That they have tables and pages of their own does not matter. Patterns are what a program writes
into the projects of its users; they stand in a folder that is called so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from decompose.graph.columns import as_ints
from decompose.model.program import EdgeKind

if TYPE_CHECKING:
    from decompose.cluster.scene import Scene
    from decompose.graph.columns import Flags

_TRIED = """
benchmark benchmarks demo demos demosite example examples hacking sandbox test testapp testing
testproject tests testutils
"""
TRIED = frozenset(_TRIED.split())
_PATTERNS = """
app_template app_templates boilerplate cookiecutter project_template project_templates scaffolding
skeleton skeletons
"""
PATTERNS = frozenset(_PATTERNS.split())
MOST = 0.3
"""If so much of the lines is for tests, then testing is what the program is about."""


def trials(scene: Scene) -> dict[int, str]:
    """Atom -> why it is set apart."""
    patterns = dict.fromkeys(
        np.flatnonzero(_patterns(scene)).tolist(), "stands in a pattern that projects are made from"
    )
    atoms, known = scene.atoms, scene.known
    inside = _inside(scene)
    if not inside.any() or atoms.lines[inside].sum() > MOST * atoms.lines.sum():
        return patterns
    source, target = atoms.position[known.source], atoms.position[known.target]
    crossing = (source >= 0) & (target >= 0) & (known.edge_kind == EdgeKind.IMPORTS)
    source, target = source[crossing], target[crossing]
    is_used = np.zeros(len(atoms), dtype=np.bool_)
    is_used[target[inside[target] & ~inside[source]]] = True
    used_modules = np.unique(atoms.module[is_used & (atoms.module >= 0)])
    apart = inside & ~np.isin(atoms.module, used_modules)
    why = "stands in a package for tests, demos or examples, and nothing else uses it"
    return patterns | dict.fromkeys(np.flatnonzero(apart).tolist(), why)


def _patterns(scene: Scene) -> Flags:
    """Atoms in files below a folder of patterns; not where everything is one."""
    atoms, graph = scene.atoms, scene.program.graph
    is_pattern = np.array(
        [bool(PATTERNS.intersection(path.lower().split("/")[:-1])) for path in graph.files]
        + [False]
    )
    file = as_ints(graph.nodes.file)[atoms.node]
    found: Flags = is_pattern[file]
    return found if not found[atoms.is_module].all() else np.zeros(len(atoms), dtype=np.bool_)


def _inside(scene: Scene) -> Flags:
    """Atoms whose module stands below a package for tests, the program's own package aside."""
    atoms = scene.atoms
    of_module = [
        bool(TRIED.intersection(name.lower().split(".")[1:-1])) if is_module else False
        for name, is_module in zip(atoms.names, atoms.is_module.tolist(), strict=True)
    ]
    found: Flags = np.array([*of_module, False], dtype=np.bool_)[atoms.module]
    return found
