"""Which foreign keys run between services? No database will check them, nor cascade over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from decompose.model.partition import Finding, Severity
from decompose.model.program import PREFIXES, NodeKind
from decompose.model.source import Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.assess.split import Split
    from decompose.model.program import Column, Table

REMEDY = (
    "Keep the id as a plain column without a constraint, and check it through {owner}'s API when it "
    "is first stored; show {owner}'s data by API composition or from a read model."
)
CASCADE = (
    " Deleting has to follow by itself: {owner} publishes that the row is gone, {holder} removes or "
    "archives its own."
)
DATABASE_CASCADES = ("CASCADE", "DB_CASCADE")


class _Cut(NamedTuple):
    table: Table
    column: Column
    holder: str
    owner: str

    @property
    def cascades(self) -> bool:
        return self.column.on_delete.upper() in DATABASE_CASCADES


def findings(seen: Split) -> Iterator[Finding]:
    """Every cut foreign key, cascading ones first."""
    for cut in sorted(
        _cuts(seen), key=lambda each: (not each.cascades, each.table.name, each.column.name)
    ):
        target = cut.column.references.rpartition(".")[0]
        deletion = f", {cut.column.on_delete} on delete" if cut.column.on_delete else ""
        yield Finding(
            question="cut_foreign_keys",
            severity=Severity.HIGH if cut.cascades else Severity.MEDIUM,
            subject=f"{cut.table.name}.{cut.column.name}",
            services=(cut.holder, cut.owner),
            message=(
                f"{cut.table.name}.{cut.column.name} in {cut.holder} points to {target} in "
                f"{cut.owner}{deletion}."
            ),
            sites=(Site(cut.table.site.path, cut.column.line or cut.table.site.line),),
            remedy=(REMEDY + (CASCADE if cut.cascades else "")).format(
                owner=cut.owner, holder=cut.holder
            ),
        )


def _cuts(seen: Split) -> Iterator[_Cut]:
    index, prefix = seen.program.graph.index, PREFIXES[NodeKind.TABLE]
    for table in seen.program.tables:
        holder = _service(seen, index.get(prefix + table.name))
        for column in table.columns:
            owner = _service(seen, index.get(prefix + column.references.rpartition(".")[0]))
            if column.references and holder and owner and holder != owner:
                yield _Cut(table, column, holder, owner)


def _service(seen: Split, node: int | None) -> str:
    return seen.service(node) if node is not None else ""
