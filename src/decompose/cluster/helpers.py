"""Clusters that look like services and are none: libraries of the program, and bags of commands.

A *library* has no data, no doors and hardly any use for the services; these use it, several of them. Run as
a service it would be called over the network for what is a function call. It joins the shared library,
unless its authors have given it a package that is named after something, and that one does not stand among
the program's own foundations (`core.ui`, `utils.cloud`). So does what others wrote and the program keeps a
copy of (`vendor`).

A *bag of commands* is where a program keeps commands of all kinds: no table, no door but commands. Each of
its modules follows what it works on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from decompose.cluster.extent import SAME, same_packages
from decompose.cluster.placement import SHARED_LABEL, Placement
from decompose.cluster.roles import RUNS
from decompose.cluster.words import PLAIN, is_technical, stems
from decompose.graph.columns import Flags, Floats, Ints, has_kind
from decompose.model.program import EdgeKind, NodeKind

if TYPE_CHECKING:
    from collections.abc import Collection

    from decompose.cluster.scene import Scene

FEWEST_USERS = 2
"""So many services use a library,"""
TOP_USER = 0.9
"""none of them with more than this share of the uses."""
NEEDS = 0.3
"""At most this share of what goes over its boundary goes out."""
LARGEST = 0.1
"""What is larger than this share of the code is more than a helper."""
FOUNDATIONS = frozenset(
    [
        "base",
        "common",
        "core",
        "foundation",
        "helpers",
        "lib",
        "libs",
        "shared",
        "support",
        "util",
        "utils",
    ]
)
"""Packages for what everything else stands on."""
NEEDS_AMONG = 0.5
"""What stands there may need more of the services than other libraries, and look at their tables."""
COPIES = frozenset(["vendor", "vendored", "vendors", "third_party", "thirdparty"])
"""Packages for code of others."""
COMMANDS = ".management.commands"
"""Where a framework wants commands to stand, whatever they are about."""
BAG = 0.5
"""So many of the modules of a bag of commands stand there."""


def dissolve_helpers(scene: Scene, placed: Placement, fixed: Collection[int]) -> None:
    """Give libraries to the shared library, and commands to what they work on; nothing else moves.

    `fixed`: atoms that a person placed; they stay.
    """
    kept = sorted(fixed)
    labels, reasons = placed.label[kept].copy(), {a: placed.reasons[a] for a in kept}
    if scene.use_paths:
        _shelve_copies(scene, placed)
        _dissolve_libraries(scene, placed)
        _scatter_commands(scene, placed)
    placed.label[kept] = labels
    placed.reasons.update(reasons)


def _shelve_copies(scene: Scene, placed: Placement) -> None:
    atoms = scene.atoms
    holds = np.zeros(len(atoms), dtype=np.bool_)
    holds[[*np.flatnonzero(atoms.is_table), *atoms.answering.values()]] = True
    for atom in np.flatnonzero((placed.label >= 0) & (atoms.module >= 0) & ~holds).tolist():
        parts = atoms.names[atoms.module[atom]].lower().split(".")
        if COPIES.intersection(parts[1:]):
            placed.label[atom] = SHARED_LABEL
            placed.reasons[atom] = "a copy of somebody else's library that the program keeps"


def _dissolve_libraries(scene: Scene, placed: Placement) -> None:
    size = int(placed.label.max(initial=-1)) + 1
    if size <= FEWEST_USERS:
        return
    uses = uses_between(scene, placed.label, size)
    lines = np.bincount(
        placed.label[placed.label >= 0], scene.atoms.lines[placed.label >= 0], minlength=size
    )
    outward, inward = uses.sum(axis=1), uses.sum(axis=0)
    users, top = (uses > 0).sum(axis=0), uses.max(axis=0)
    packages = same_packages(scene, placed.label, SAME)
    among = np.zeros(size, dtype=np.bool_)
    among[[each for each, found in packages.items() if any(map(_is_foundation, found))]] = True
    about = np.zeros(size, dtype=np.bool_)
    about[[each for each, found in packages.items() if _is_about_something(found)]] = True

    found = ~holding(scene, placed.label, size) & (lines > 0) & (users >= FEWEST_USERS)
    found &= lines <= LARGEST * lines.sum()
    found &= outward <= np.where(among, NEEDS_AMONG, NEEDS) * (outward + inward)
    found &= among | (~about & ~_touching(scene, placed.label, size) & (top <= TOP_USER * inward))
    for service in np.flatnonzero(found).tolist():
        why = f"has no data and no doors of its own; {users[service]} services use it"
        inside = np.flatnonzero(placed.label == service)
        placed.label[inside] = SHARED_LABEL
        placed.reasons.update(dict.fromkeys(inside.tolist(), why))


def _is_foundation(package: str) -> bool:
    """Does it stand in a package for what everything else stands on?"""
    return not FOUNDATIONS.isdisjoint(package.split(".")[1:-1])


def _is_about_something(packages: list[str]) -> bool:
    """Is one of them named after something?"""
    return any(map(_says_something, stems(" ".join(each.rpartition(".")[2] for each in packages))))


def _says_something(word: str) -> bool:
    return not is_technical(word) and word not in PLAIN


def uses_between(scene: Scene, label: Ints, size: int) -> Floats:
    """(using service, used service) -> how many pairs of atoms."""
    known, atoms = scene.known, scene.atoms
    source, target = atoms.position[known.source], atoms.position[known.target]
    chosen = (source >= 0) & (target >= 0) & has_kind(known.edge_kind, *RUNS)
    a, b = label[source[chosen]], label[target[chosen]]
    other = (a >= 0) & (b >= 0) & (a != b)
    pairs = csr_array((np.ones(int(other.sum())), (a[other], b[other])), shape=(size, size))
    found: Floats = pairs.toarray()
    return found


def holding(scene: Scene, label: Ints, size: int) -> Flags:
    """Services that keep tables, or answer the outside world."""
    atoms = scene.atoms
    doors = np.array(sorted(set(atoms.answering.values())), dtype=np.int64)
    return _those(label[np.concatenate([np.flatnonzero(atoms.is_table), doors])], size)


def _touching(scene: Scene, label: Ints, size: int) -> Flags:
    """Services that read or write tables."""
    known, atoms = scene.known, scene.atoms
    touches = has_kind(known.edge_kind, EdgeKind.READS, EdgeKind.WRITES)
    touching = atoms.position[known.source[touches]]
    return _those(label[touching[touching >= 0]], size)


def _those(services: Ints, size: int) -> Flags:
    found = np.zeros(size, dtype=np.bool_)
    found[services[services >= 0]] = True
    return found


@dataclass(frozen=True)
class _Doors:
    """Services by the kinds of what they answer, and modules that answer commands."""

    others: set[int]
    modules: Ints


def _scatter_commands(scene: Scene, placed: Placement) -> None:
    atoms = scene.atoms
    doors = _doors(scene, placed.label)
    size = int(placed.label.max(initial=-1)) + 1
    tables = set(placed.label[atoms.is_table].tolist())
    for service in sorted(set(placed.label[doors.modules].tolist()) - doors.others - tables):
        inside = np.flatnonzero(placed.label == service)
        modules = np.unique(atoms.module[inside])
        places = [COMMANDS in atoms.names[module] for module in modules.tolist()]
        if service < 0 or float(np.mean(places)) < BAG:
            continue
        pull = _pull(scene, placed.label, inside, size)
        for module in modules.tolist():
            _follow(placed, inside[atoms.module[inside] == module], pull[module])


def _doors(scene: Scene, label: Ints) -> _Doors:
    kinds, atoms = scene.known.kind, scene.atoms
    commands = [a for node, a in atoms.answering.items() if kinds[node] == NodeKind.COMMAND]
    others = {
        int(label[a]) for node, a in atoms.answering.items() if kinds[node] != NodeKind.COMMAND
    }
    return _Doors(others, np.unique(atoms.module[np.array(commands, dtype=np.int64)]))


def _pull(scene: Scene, label: Ints, inside: Ints, size: int) -> Floats:
    """(module, service) -> how many things its atoms use or touch there; none in its own service."""
    known, atoms = scene.known, scene.atoms
    is_inside = np.zeros(len(atoms) + 1, dtype=np.bool_)
    is_inside[inside] = True
    source, target = atoms.position[known.source], atoms.position[known.target]
    chosen = is_inside[source] & (target >= 0) & ~is_inside[target]
    to = label[target[chosen]]
    found = np.zeros((len(atoms), size))
    np.add.at(found, (atoms.module[source[chosen]][to >= 0], to[to >= 0]), 1)
    return found


def _follow(placed: Placement, members: Ints, pull: Floats) -> None:
    best = int(pull.argmax())
    is_drawn = pull[best] > 0
    placed.label[members] = best if is_drawn else SHARED_LABEL
    why = "a command follows what it works on" if is_drawn else "commands that work on no service"
    placed.reasons.update(dict.fromkeys(members.tolist(), why))
