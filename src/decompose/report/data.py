"""Who owns which table, and who else touches it? Tables × services, each cell with its lines."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from decompose.model.partition import SHARED
from decompose.model.program import PREFIXES, NodeKind, Table, TableAccess
from decompose.model.source import Site
from decompose.report import limits
from decompose.report.limits import Cuts
from decompose.report.lookup import Lookup, Place

READ, WRITE = "R", "W"


@dataclass(frozen=True, slots=True)
class AccessView:
    """One place that touches a table."""

    source: str
    mode: str
    place: Place
    in_loop: bool


@dataclass(frozen=True, slots=True)
class Touch:
    """What one service does to one table. `text`: "", "R", "W" or "RW"."""

    service: str
    title: str
    text: str
    is_owner: bool
    is_foreign_write: bool
    accesses: tuple[AccessView, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Key:
    """A foreign key; `crosses` where the other table has another owner."""

    column: str
    target: str
    target_anchor: str
    target_owner: str
    crosses: bool
    place: Place


@dataclass(frozen=True, slots=True)
class TableView:
    """A table with its owner, and what each column of the matrix does to it."""

    name: str
    anchor: str
    model: str
    site: str
    owner: str
    owner_title: str
    owner_anchor: str
    reason: str
    touches: tuple[Touch, ...]
    keys: tuple[Key, ...]
    columns: int

    @property
    def touching(self) -> int:
        """How many of the matrix's columns touch it."""
        return sum(bool(touch.text) for touch in self.touches)


@dataclass(frozen=True, slots=True)
class DataView:
    """The matrix. `services`: its columns, (name, title, anchor)."""

    services: tuple[tuple[str, str, str], ...]
    tables: tuple[TableView, ...]
    total: int
    foreign_writes: int
    foreign_reads: int


def data(lookup: Lookup, cuts: Cuts) -> DataView:
    """Tables grouped by owner; where there are too many, those that most services touch."""
    accesses = _accesses(lookup)
    columns = _columns(lookup, accesses)
    views = [_view(lookup, name, columns, accesses.get(name, {})) for name in lookup.tables]
    most_shared = sorted(views, key=lambda view: (-view.touching, view.name))
    kept = set(cuts.head([v.name for v in most_shared], limits.TABLES, "tables"))
    place = {service: number for number, (service, _, _) in enumerate(columns)}
    shown = sorted(
        (view for view in views if view.name in kept),
        key=lambda view: (place.get(view.owner, len(place)), view.name),
    )
    return DataView(
        services=columns,
        tables=tuple(shown),
        total=len(views),
        foreign_writes=sum(any(t.is_foreign_write for t in view.touches) for view in views),
        foreign_reads=sum(
            any(t.text == READ and not t.is_owner for t in view.touches) for view in views
        ),
    )


def _accesses(lookup: Lookup) -> dict[str, dict[str, list[TableAccess]]]:
    """Table -> service -> accesses."""
    found: dict[str, dict[str, list[TableAccess]]] = defaultdict(lambda: defaultdict(list))
    for access in lookup.analysis.program.accesses:
        table = access.table.removeprefix(PREFIXES[NodeKind.TABLE])
        found[table][lookup.service_of(access.source)].append(access)
    return found


def _columns(
    lookup: Lookup, accesses: Mapping[str, Mapping[str, object]]
) -> tuple[tuple[str, str, str], ...]:
    """All services; the shared library too, where its code touches a table."""
    touching = {service for by_service in accesses.values() for service in by_service}
    names = [*lookup.services, *([SHARED] if SHARED in touching else [])]
    return tuple((name, lookup.title(name), lookup.anchor(name)) for name in names)


def _view(
    lookup: Lookup,
    name: str,
    columns: Sequence[tuple[str, str, str]],
    accesses: Mapping[str, Sequence[TableAccess]],
) -> TableView:
    table = lookup.declared.get(name)
    owner = lookup.service_of(PREFIXES[NodeKind.TABLE] + name)
    reasons = lookup.analysis.partition.table_reasons
    return TableView(
        name=name,
        anchor=lookup.table_anchor(name),
        model=table.model or table.implicit_of if table else "",
        site=str(table.site) if table else "",
        owner=owner,
        owner_title=lookup.title(owner),
        owner_anchor=lookup.anchor(owner),
        reason=reasons.get(name) or reasons.get(PREFIXES[NodeKind.TABLE] + name, ""),
        touches=tuple(
            _touch(lookup, (service, title), owner, accesses.get(service, ()))
            for service, title, _ in columns
        ),
        keys=_keys(lookup, table, owner) if table else (),
        columns=len(table.columns) if table else 0,
    )


def _touch(
    lookup: Lookup, column: tuple[str, str], owner: str, accesses: Sequence[TableAccess]
) -> Touch:
    service, title = column
    is_owner = service == owner
    writes = any(access.mode.writes for access in accesses)
    reads = any(not access.mode.writes for access in accesses)
    costliest = sorted(accesses, key=lambda a: (not a.mode.writes, a.site, a.source, a.mode))
    shown = costliest[: limits.ACCESSES]
    return Touch(
        service=service,
        title=title,
        text=READ * reads + WRITE * writes,
        is_owner=is_owner,
        is_foreign_write=writes and not is_owner,
        accesses=tuple(
            AccessView(a.source, a.mode.value, lookup.place(a.site), a.loop_depth > 0)
            for a in shown
        ),
        more=len(accesses) - len(shown),
    )


def _keys(lookup: Lookup, table: Table, owner: str) -> tuple[Key, ...]:
    keys = []
    for column in table.columns:
        if not column.references:
            continue
        target = column.references.rpartition(".")[0] or column.references
        other = lookup.service_of(PREFIXES[NodeKind.TABLE] + target)
        keys.append(
            Key(
                column=column.name,
                target=column.references,
                target_anchor=lookup.table_anchor(target) if target in lookup.tables else "",
                target_owner=lookup.title(other),
                crosses=bool(owner and other and owner != other),
                place=lookup.place(Site(table.site.path, column.line)),
            )
        )
    return tuple(keys)
