"""What nothing reaches: set apart, but only where even a name in a string would show a use.

A definition is unused if no edge enters it, it answers nobody, declares no table, is no special
method, overrides nothing, and its name is spoken nowhere else in the program. A module is unused if
all that it defines is, nothing imports it, its own code does nothing, and it is not of a kind that
tools start or load by convention: who loads a module that registers something is rarely written in
the code. Names that many places define are a convention too, and never unused.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from decompose.graph.columns import as_ints
from decompose.model.program import EdgeKind, NodeKind

if TYPE_CHECKING:
    from decompose.cluster.evidence import Scene
    from decompose.graph.columns import Flags, Ints

_STARTED = """
__init__ __main__ admin app apps asgi celery cli conftest fabfile gunicorn main manage models run
server settings setup signals tasks urls version wsgi
"""
STARTED = frozenset(_STARTED.split())
"""Modules that frameworks, servers and people start or load by their name."""
STARTED_ENDING = ("_app", "_asgi", "_cli", "_main", "_wsgi")
LINES = 1 << 32
"""More lines than a file has."""


def unused(scene: Scene) -> dict[int, str]:
    """Atom -> why it counts as unused."""
    reached = _reached(scene)
    spoken = _spoken(scene)
    found: dict[int, str] = {}
    for atom in np.flatnonzero(~reached & (scene.atoms.kind != NodeKind.TABLE)).tolist():
        if not scene.atoms.is_module[atom] and _is_silent(scene, atom, spoken):
            found[atom] = "nothing in the program refers to it, not even by its name in a string"
    return {**found, **_modules(scene, found, reached, spoken)}


def _reached(scene: Scene) -> Flags:
    """Atoms that something outside of them uses, that answer, or that hold data."""
    known, atoms = scene.known, scene.atoms
    found: Flags = atoms.is_table.copy()
    source, target = known.atom[known.source], atoms.position[known.target]
    target_atom = known.atom[known.target]
    outside = (target >= 0) & (source != target_atom)
    found[target[outside]] = True
    found[list(atoms.answering.values())] = True
    answers = (known.edge_kind == EdgeKind.CONSUMES) & (target >= 0)
    found[target[answers]] = True
    found[_registered(scene)] = True
    inherits = (known.edge_kind == EdgeKind.INHERITS) & (atoms.position[known.source] >= 0)
    found[atoms.position[known.source[inherits]]] = True  # a subclass may be found by its base
    return found


def _registered(scene: Scene) -> Ints:
    """Definitions with module-level code between them and the one above: decorators, which register."""
    atoms, nodes = scene.atoms, scene.program.graph.nodes
    defined = np.flatnonzero(~atoms.is_module & ~atoms.is_table & (atoms.module >= 0))
    module = atoms.node[atoms.module[defined]]
    first = module * LINES + as_ints(nodes.line)[atoms.node[defined]]
    order = np.argsort(first, kind="stable")
    first, module = first[order], module[order]
    last = module * LINES + as_ints(nodes.end_line)[atoms.node[defined[order]]]
    above = np.maximum(np.append(-1, last[:-1]), module * LINES)
    used = _module_level_lines(scene)
    nearest = np.append(-1, used)[np.searchsorted(used, first, side="right")]
    registered: Ints = np.sort(defined[order][nearest > above])
    return registered


def _module_level_lines(scene: Scene) -> Ints:
    """Module node * LINES + line, where a module's own code uses something, linked or not."""
    edges, known = scene.program.graph.edges, scene.known
    starts = as_ints(edges.site_start)
    source = np.repeat(known.source, np.diff(starts))
    own = (known.kind[source] == NodeKind.MODULE) & np.repeat(
        known.edge_kind != EdgeKind.IMPORTS, np.diff(starts)
    )
    linked = source[own] * LINES + as_ints(edges.site_line)[own]
    rest = scene.program.unlinked
    node, line = np.array(rest.source, np.int64), np.array(rest.line, np.int64)
    return np.unique(np.concatenate([linked, node * LINES + line]))


def _spoken(scene: Scene) -> Counter[str]:
    """How many atoms speak a name, as an identifier or inside a string; their own names count."""
    said: Counter[str] = Counter(chain.from_iterable(scene.program.words.values()))
    for name in list(said):
        for part in name.replace(":", ".").split(".")[-1:]:
            if part != name:
                said[part] += 1
    said.update(name.rpartition(".")[2] for name in scene.atoms.names)
    return said


def _is_silent(scene: Scene, atom: int, spoken: Counter[str]) -> bool:
    name = scene.atoms.names[atom].rpartition(".")[2]
    own = int(name in scene.program.words.get(int(scene.atoms.node[atom]), ()))
    if name.startswith("__") or name == "main":
        return False
    return spoken[name] - own <= 1  # its own definition


def _modules(
    scene: Scene, silent: dict[int, str], reached: Flags, spoken: Counter[str]
) -> dict[int, str]:
    atoms = scene.atoms
    alive = {
        int(atoms.module[atom])
        for atom in range(len(atoms))
        if not atoms.is_module[atom] and atom not in silent and atoms.module[atom] >= 0
    }
    found: dict[int, str] = {}
    acting = set((_module_level_lines(scene) // LINES).tolist())
    candidates = np.flatnonzero(atoms.is_module & ~reached).tolist()
    for atom in (each for each in candidates if int(atoms.node[each]) not in acting):
        name = atoms.names[atom].rpartition(".")[2]
        is_package = scene.program.graph.files[scene.known.file[atoms.node[atom]]].endswith(
            "__init__.py"
        )
        is_started = name in STARTED or name.endswith(STARTED_ENDING)
        if not (atom in alive or is_started or is_package) and spoken[name] <= 1:
            found[atom] = "nothing imports it, and nothing in it is used or named anywhere else"
    return found
