"""What moves as one while clustering: whole modules, or the parts of modules that hold too much.

A module with one theme should stay whole: proposals that tear every file apart cannot be read. So a
unit is a module, except where a large module's definitions scatter over the program as soon as they
may: a god module. Its top-level definitions are units of their own, tied to their module by a
prior. A table moves with the class that declares it; what a person wants together moves together.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from decompose.graph.columns import Flags, Floats, Ints
from decompose.graph.dependency import NOBODY
from decompose.model.program import PREFIXES, EdgeKind, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from decompose.cluster.atoms import Atoms
    from decompose.graph.analysis import Program
    from decompose.graph.columns import Columns
    from decompose.model.proposal import Constraints

Value = TypeVar("Value")

MIN_DEFINITIONS = 6
MIN_LINES = 80
LINES_SHARE = 0.02
MAX_LINES = 2500
"""Modules with at least so many definitions and lines may be taken apart: at least MIN_LINES and
LINES_SHARE of the program, but MAX_LINES are always enough. What holds less is no god, and its parts
tie strangers."""
THEME = 0.3
"""A module keeps together if at least this share of its lines falls to one cluster anyway. Where half was
asked for, a few links more or less decided whether a module was torn, and the whole proposal with it."""


@dataclass(frozen=True)
class Units:
    """`of`: atom -> unit. Units are numbered in the order of their first atoms."""

    of: Ints
    count: int
    is_divided: Flags  # atom -> stands in a module that was taken apart
    center: Ints  # atom -> unit of its module's own code; NOBODY where the module is whole
    lines: Floats  # of units

    def members(self) -> list[list[int]]:
        """Atoms of each unit."""
        found: list[list[int]] = [[] for _ in range(self.count)]
        for atom, unit in enumerate(self.of):
            found[unit].append(atom)
        return found


def form(
    program: Program, known: Columns, atoms: Atoms, constraints: Constraints, is_divided: Flags
) -> Units:
    """The units, if the modules of the atoms `is_divided` are taken apart."""
    groups = {each: n for n, group in enumerate(constraints.together) for each in group}
    links = [
        *_whole_modules(atoms, is_divided),
        *_tables_with_models(program, known, atoms),
        *_private_helpers(program, known, atoms, is_divided),
        *_chains(covered(atoms, groups)),
    ]
    label = _joined(len(atoms), links)
    first_seen, of = np.unique(label, return_inverse=True)
    center = np.full(len(atoms), NOBODY, dtype=np.int64)
    center[is_divided] = of[atoms.module[is_divided]]
    return Units(
        of=of,
        count=len(first_seen),
        is_divided=is_divided,
        center=center,
        lines=np.bincount(of, atoms.lines, minlength=len(first_seen)).astype(np.float64),
    )


def divisible(atoms: Atoms, constraints: Constraints) -> Flags:
    """Atoms whose module is large enough to be taken apart."""
    known = atoms.module >= 0
    definition = known & ~atoms.is_module & ~atoms.is_table
    count = np.bincount(atoms.module[definition], minlength=len(atoms))
    lines = np.bincount(atoms.module[known], atoms.lines[known], minlength=len(atoms))
    enough = min(max(LINES_SHARE * float(atoms.lines.sum()), MIN_LINES), MAX_LINES)
    large = (count >= MIN_DEFINITIONS) & (lines >= enough)
    found: Flags = known & (large[atoms.module] | _named_apart(atoms, constraints)[atoms.module])
    return found


def scattered(atoms: Atoms, units: Units, label: Ints, constraints: Constraints) -> Flags:
    """Of the divided atoms those whose module has no theme, `label`ling units."""
    of_atom = label[units.of]
    inner = np.flatnonzero(units.is_divided)
    size = int(of_atom.max(initial=0)) + 1
    keys, where = np.unique(atoms.module[inner] * size + of_atom[inner], return_inverse=True)
    lines = np.bincount(where, atoms.lines[inner] + 1, minlength=len(keys))
    most, whole = np.zeros(len(atoms)), np.zeros(len(atoms))
    np.maximum.at(most, keys // size, lines)
    np.add.at(whole, keys // size, lines)
    apart = (most < THEME * whole) | _named_apart(atoms, constraints)
    found: Flags = units.is_divided & apart[atoms.module]
    return found


def _named_apart(atoms: Atoms, constraints: Constraints) -> Flags:
    """Modules of which a person wants a definition together with others, or apart from them."""
    found = np.zeros(len(atoms), dtype=np.bool_)
    groups = {each for group in (*constraints.together, *constraints.apart) for each in group}
    for name in sorted(groups):
        atom = atoms.named(name)
        if atom >= 0 and not atoms.is_module[atom] and atoms.module[atom] >= 0:
            found[atoms.module[atom]] = True
    return found


def covered(atoms: Atoms, prefixes: Mapping[str, Value]) -> dict[int, Value]:
    """Atom -> the value of the longest prefix (dotted, or `table:NAME`) that covers its name."""
    if not prefixes:
        return {}
    found: dict[int, Value] = {}
    for position, name in enumerate(atoms.names):
        head = name
        while head and head not in prefixes:
            head = head.rpartition(".")[0]
        if head:
            found[position] = prefixes[head]
    return found


def _whole_modules(atoms: Atoms, is_divided: Flags) -> Iterable[tuple[int, int]]:
    whole = np.flatnonzero((atoms.module >= 0) & ~is_divided)
    return zip(whole.tolist(), atoms.module[whole].tolist(), strict=True)


def _tables_with_models(
    program: Program, known: Columns, atoms: Atoms
) -> Iterable[tuple[int, int]]:
    for edge in np.flatnonzero(known.edge_kind == EdgeKind.MAPS):
        table, model = atoms.position[known.source[edge]], atoms.position[known.target[edge]]
        if table >= 0 and model >= 0:
            yield int(table), int(model)
    for each in program.tables:
        owner = atoms.named(each.implicit_of.rpartition(".")[0])
        table = atoms.named(PREFIXES[NodeKind.TABLE] + each.name)
        if each.implicit_of and owner >= 0 and table >= 0:
            yield table, owner


def _private_helpers(
    program: Program, known: Columns, atoms: Atoms, is_divided: Flags
) -> Iterable[tuple[int, int]]:
    """In a divided module, what one other definition alone uses moves with it, unless it is data."""
    source, target = atoms.position[known.source], atoms.position[known.target]
    uses = (source >= 0) & (target >= 0) & (source != target)
    source, target = source[uses], target[uses]
    is_data = np.zeros(len(atoms), dtype=np.bool_)
    is_data[
        [atoms.named(table.model) for table in program.tables if atoms.named(table.model) >= 0]
    ] = True
    local = is_divided[target] & ~atoms.is_module[target] & ~is_data[target]
    users: dict[int, set[int]] = defaultdict(set)
    for user, used in zip(source[local].tolist(), target[local].tolist(), strict=True):
        users[used].add(user)
    for used, found in sorted(users.items()):
        user = min(found)
        same_module = atoms.module[user] == atoms.module[used]
        if len(found) == 1 and same_module and not atoms.is_module[user]:
            yield used, user


def _chains(groups: Mapping[int, object]) -> Iterable[tuple[int, int]]:
    """Links between all atoms of each group."""
    first: dict[object, int] = {}
    for atom, group in groups.items():
        yield first.setdefault(group, atom), atom


def _joined(count: int, links: Iterable[tuple[int, int]]) -> Ints:
    """The smallest atom of each connected group."""
    pairs = np.array(list(links), dtype=np.int64).reshape(-1, 2)
    matrix = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    _, group = connected_components(matrix, directed=False)
    smallest = np.full(int(group.max(initial=-1)) + 1, count, dtype=np.int64)
    np.minimum.at(smallest, group, np.arange(count))
    found: Ints = smallest[group]
    return found
