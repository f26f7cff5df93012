"""What does it cost that requests write tables of several services one after the other?

Until the last of its services has written, other requests see what such a request has half done. Its saga cost is
the number of these clashes (Santos & Rito Silva 2020; Almeida & Rito Silva 2020).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

Table = TypeVar("Table", bound="Hashable")
Entry = TypeVar("Entry", bound="Hashable")


def pruned_runs(
    accesses: Sequence[tuple[Table, bool]], owner: Mapping[Table, str]
) -> list[tuple[str, list[tuple[Table, bool]]]]:
    """Maximal runs of accesses within one service: (service, first read and first write a table).

    `accesses`: tables, and whether they are written. After a write nothing of the same table is kept: the run
    already holds its row.
    """
    runs: list[tuple[str, list[tuple[Table, bool]]]] = []
    known: set[tuple[Table, bool]] = set()  # those of the last run
    for access in accesses:
        table, _ = access
        service = owner.get(table, "")
        if not runs or runs[-1][0] != service:
            runs.append((service, []))
            known = set()
        if access not in known and (table, True) not in known:
            known.add(access)
            runs[-1][1].append(access)
    return runs


def saga_costs(
    accesses: Mapping[Entry, Sequence[tuple[Table, bool]]], owner: Mapping[Table, str]
) -> dict[Entry, int]:
    """Cost of each entry point: 0 in one service, else the clashes of its runs with others.

    A clash is another distributed entry point that touches the same table in the opposite mode. Entry points that
    share their accesses share the work.
    """
    runs = {id(each): pruned_runs(each, owner) for each in accesses.values()}
    rows = {
        key: [access for _, run in found for access in run]
        for key, found in runs.items()
        if len({service for service, _ in found}) > 1
    }
    split = [rows[id(each)] for each in accesses.values() if id(each) in rows]
    touched = Counter(access for each in split for access in set(each))
    costs = {key: _clashes(each, touched) for key, each in rows.items()}
    return {entry: costs.get(id(each), 0) for entry, each in accesses.items()}


def _clashes(rows: Sequence[tuple[Table, bool]], touched: Mapping[tuple[Table, bool], int]) -> int:
    """Others that touch, in the opposite mode, what an entry point does: itself is none of them."""
    own = set(rows)
    opposite = [(table, not writes) for table, writes in rows]
    return sum(touched.get(each, 0) - (each in own) for each in opposite)
