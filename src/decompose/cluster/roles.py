"""What is not a capability: shared kernel, and what wires everything together.

Gluing parts together is the nature of utilities, base classes, settings, middlewares, and of the
modules that assemble the program. Left in the graph they draw strangers into one service; made a
service of their own they become a `utils` that everybody calls over the network. They go into a
library that every service gets.

A unit is *shared* if it has no data and no doors (tables, table accesses, entry points), does not
depend on units that have, and is used from everywhere: by many units that fall into several
clusters, none of them with most of the users. What only shared units use is shared too.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from decompose.cluster.homes import homes, is_telling
from decompose.cluster.words import is_technical, stem
from decompose.graph.columns import Flags, Floats, Ints, has_kind
from decompose.model.program import EdgeKind

if TYPE_CHECKING:
    from decompose.cluster.evidence import Scene
    from decompose.cluster.evidence.ties import Matrix

MIN_USERS = 6
USERS_SHARE = 0.02
"""A shared unit has at least so many users, absolutely and as a share of all units."""
MIN_CLUSTERS = 4
TOP_SHARE = 0.35
"""Its users fall into so many clusters, and none of these holds more than this share of them."""
TECHNICAL_USERS = 3
TECHNICAL_CLUSTERS = 2
TECHNICAL_TOP_SHARE = 0.5
"""The same for a unit that is named after technique (`utils`, `mixins`, `settings`)."""
DOMAIN_SHARE = 0.2
"""Of what it uses itself at most this share may have data."""
MOSTLY = 0.7
"""A package about something is a library if this share of it is; else it keeps what it has."""
MAX_SHARE = 0.3
"""No more than this share of all lines is shared: the most used first."""
WIRING_PARTS = 6
WIRING_TOP = 0.5
"""What assembles the program uses so many units, none of its clusters having more than this."""

RUNS = (
    EdgeKind.IMPORTS,
    EdgeKind.CALLS,
    EdgeKind.INSTANTIATES,
    EdgeKind.INHERITS,
    EdgeKind.USES,
)


@dataclass(frozen=True)
class Roles:
    """Unit -> why it is shared, for those that are."""

    reasons: dict[int, str]

    def is_shared(self, count: int) -> Flags:
        """A flag for each unit."""
        found = np.zeros(count, dtype=np.bool_)
        found[list(self.reasons)] = True
        return found


def recognise(scene: Scene, label: Ints) -> Roles:
    """The shared units of a program, seen from a provisional clustering of all units."""
    if not scene.units.count:
        return Roles({})
    used = usage(scene)
    has_data = with_data(scene)
    spread = _Spread.of(used, label)
    is_technical = technical(scene)
    shared = _used_everywhere(spread, is_technical) & ~has_data
    shared &= _domain_share(used, has_data) <= DOMAIN_SHARE
    shared = _capped(shared, spread.total, scene.units.lines)
    reasons = _reasons(spread, shared)
    for unit in _only_behind(used, shared, has_data, packages(scene)):
        reasons[unit] = "used by the shared library only"
    for unit in _wiring(used, label, has_data):
        reasons.setdefault(unit, "assembles the program from its parts: each service has its own")
    for unit in _at_home(scene, reasons):
        del reasons[unit]
    return Roles(dict(sorted(reasons.items())))


def loose_kernel(scene: Scene, territory: Ints) -> dict[int, str]:
    """Whole modules in no territory, without data and doors: their authors meant them for everybody."""
    used, has_data = usage(scene), with_data(scene)
    inside = np.flatnonzero(territory >= 0)
    size = int(territory.max(initial=0)) + 1
    member = csr_array(
        (np.ones(len(inside)), (inside, territory[inside])), shape=(len(territory), size)
    )
    users = np.diff((used.T @ member).tocsr().indptr)
    text = (
        "has no data of its own and stands in no package about something; {} such packages use it"
    )
    is_part = np.zeros(len(territory), dtype=np.bool_)
    is_part[scene.units.of[scene.units.is_divided]] = True
    loose = np.flatnonzero((territory < 0) & ~has_data & ~is_part)
    return {int(unit): text.format(users[unit] or "no") for unit in loose}


def _at_home(scene: Scene, reasons: dict[int, str]) -> list[int]:
    """Shared units in a package about something that is not shared for the most part.

    What everybody uses of `notifications` is the face of that capability, no library of its own.
    """
    lines = scene.units.lines + 1
    found = {unit: home for unit, home in homes(scene).items() if is_telling(home)}
    whole: dict[str, float] = defaultdict(float)
    shared: dict[str, float] = defaultdict(float)
    for unit, home in found.items():
        whole[home] += lines[unit]
        shared[home] += lines[unit] if unit in reasons else 0.0
    return [
        unit
        for unit in reasons
        if unit in found and shared[found[unit]] < MOSTLY * whole[found[unit]]
    ]


def usage(scene: Scene) -> Matrix:
    """(user, used) -> 1, over units."""
    known, atoms, units = scene.known, scene.atoms, scene.units
    source, target = atoms.position[known.source], atoms.position[known.target]
    chosen = (source >= 0) & (target >= 0) & has_kind(known.edge_kind, *RUNS)
    imports = known.edge_kind == EdgeKind.IMPORTS
    chosen &= ~(imports & units.is_divided[source])
    user, target_unit = units.of[source[chosen]], units.of[target[chosen]]
    other = user != target_unit
    found = csr_array(
        (np.ones(int(other.sum())), (user[other], target_unit[other])),
        shape=(units.count, units.count),
    )
    found.data[:] = 1
    return found


def with_data(scene: Scene) -> Flags:
    """Units that own or touch tables, or answer the outside world."""
    known, atoms, units = scene.known, scene.atoms, scene.units
    found = np.zeros(units.count, dtype=np.bool_)
    found[units.of[atoms.is_table]] = True
    touches = has_kind(known.edge_kind, EdgeKind.READS, EdgeKind.WRITES)
    touching = atoms.position[known.source[touches]]
    found[units.of[touching[touching >= 0]]] = True
    answering = np.array(sorted(set(atoms.answering.values())), dtype=np.int64)
    found[units.of[answering]] = True
    return found


def technical(scene: Scene) -> Flags:
    """Units whose module is named after technique, and definitions so named."""
    atoms, units = scene.atoms, scene.units
    found = np.ones(units.count, dtype=np.bool_)
    for atom, name in enumerate(atoms.names):
        if atoms.is_module[atom] or units.is_divided[atom]:
            place = int(atoms.module[atom]) if atoms.module[atom] >= 0 else atom
            last = atoms.names[place].rpartition(".")[2].strip("_")
            found[units.of[atom]] &= bool(name) and is_technical(stem(last))
    return found


@dataclass(frozen=True)
class _Spread:
    """How the users of each unit fall into clusters."""

    total: Floats
    clusters: Floats
    top_share: Floats

    @classmethod
    def of(cls, used: Matrix, label: Ints) -> _Spread:
        size = int(label.max(initial=-1)) + 1
        member = csr_array(
            (np.ones(len(label)), (np.arange(len(label)), label)), shape=(len(label), size)
        )
        counts = (used.T @ member).tocsr()
        total = np.asarray(counts.sum(axis=1)).ravel()
        top = counts.max(axis=1).toarray().ravel()
        return cls(total, np.diff(counts.indptr).astype(np.float64), top / np.maximum(total, 1))


def _used_everywhere(spread: _Spread, technical_name: Flags) -> Flags:
    least = np.maximum(MIN_USERS, USERS_SHARE * len(spread.total))
    top = np.where(technical_name, TECHNICAL_TOP_SHARE, TOP_SHARE)
    found: Flags = spread.total >= np.where(technical_name, TECHNICAL_USERS, least)
    found &= spread.clusters >= np.where(technical_name, TECHNICAL_CLUSTERS, MIN_CLUSTERS)
    return found & (spread.top_share <= top)


def _domain_share(used: Matrix, has_data: Flags) -> Floats:
    with_domain = used @ has_data.astype(np.float64)
    found: Floats = with_domain / np.maximum(np.asarray(used.sum(axis=1)).ravel(), 1)
    return found


def _capped(shared: Flags, users: Floats, lines: Floats) -> Flags:
    found = np.zeros(len(shared), dtype=np.bool_)
    chosen = np.flatnonzero(shared)
    chosen = chosen[np.argsort(-users[chosen], kind="stable")]
    fits = np.cumsum(lines[chosen]) <= MAX_SHARE * lines.sum()
    found[chosen[fits]] = True
    return found


def _reasons(spread: _Spread, shared: Flags) -> dict[int, str]:
    text = "used by {:.0f} parts in {:.0f} areas of the program, has no data of its own"
    return {
        int(unit): text.format(spread.total[unit], spread.clusters[unit])
        for unit in np.flatnonzero(shared)
    }


def _only_behind(used: Matrix, shared: Flags, has_data: Flags, package: Ints) -> list[int]:
    """Units without data that nobody but shared units use, one of them in the same package."""
    behind = shared.copy()
    users = np.asarray(used.sum(axis=0)).ravel()
    neighbour = used.tocoo()
    close = package[neighbour.row] == package[neighbour.col]
    while True:
        by_shared = used.T @ behind.astype(np.float64)
        near = np.zeros(len(shared), dtype=np.bool_)
        near[neighbour.col[close & behind[neighbour.row]]] = True
        grown = behind | ((users > 0) & (by_shared == users) & near & ~has_data)
        if (grown == behind).all():
            return [int(unit) for unit in np.flatnonzero(behind & ~shared)]
        behind = grown


def packages(scene: Scene) -> Ints:
    """The number of each unit's package; units without one have the same."""
    atoms = scene.atoms
    number: dict[str, int] = {"": 0}
    found = np.zeros(scene.units.count, dtype=np.int64)
    for atom in range(len(atoms) - 1, -1, -1):
        if atoms.module[atom] >= 0:
            name = atoms.names[atoms.module[atom]].rpartition(".")[0]
            found[scene.units.of[atom]] = number.setdefault(name, len(number))
    return found


def _wiring(used: Matrix, label: Ints, has_data: Flags) -> list[int]:
    """Units that use parts of many clusters and are hardly used themselves."""
    spread = _Spread.of(used.T.tocsr(), label)
    users = np.asarray(used.sum(axis=0)).ravel()
    clusters = max(MIN_CLUSTERS, 0.25 * (int(label.max(initial=0)) + 1))
    found = (spread.total >= WIRING_PARTS) & (spread.clusters >= clusters)
    found &= (spread.top_share <= WIRING_TOP) & (users <= 1) & ~has_data
    return [int(unit) for unit in np.flatnonzero(found)]
