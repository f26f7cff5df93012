"""Which entry point creates, reads, updates, deletes rows of which table? One row an entry point, one column a table.

Letters are C, R, U, D; small ones stand for what only happens later, in a task that is sent. A
spreadsheet must not run what strangers have written: cells that could be formulas begin with an
apostrophe.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from decompose.export.options import ExportOptions, Form
from decompose.export.text import compact, markdown
from decompose.graph import Analysis
from decompose.graph.dependency import NOBODY
from decompose.graph.doors import doors
from decompose.graph.effects import Touched
from decompose.graph.ownership import Owner, entry_labels, label_of, source_of, table_owners
from decompose.graph.sequences import sequences_of
from decompose.model.program import PREFIXES, AccessMode, NodeKind

_LETTERS = {
    AccessMode.CREATE: "C",
    AccessMode.READ: "R",
    AccessMode.UPDATE: "U",
    AccessMode.DELETE: "D",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "\uff0b", "\uff0d", "\uff1d", "\uff20")


@dataclass(frozen=True, slots=True)
class Row:
    """An entry point. `cells`: table -> letters, of those that it touches."""

    kind: str
    name: str
    service: str
    handler: str
    source: str  # "path:line"
    cells: dict[str, str]
    cut: bool


def render(analysis: Analysis, options: ExportOptions) -> str:
    """CSV, JSON or Markdown."""
    found = matrix(analysis)
    owners = table_owners(analysis.program, analysis.partition)
    if options.form is Form.JSON:
        return _json(found, owners)
    tables = [table for table in owners if any(table in row.cells for row in found)]
    if options.form is Form.MARKDOWN:
        return _markdown(found, tables, owners)
    return _csv(found, tables)


def matrix(analysis: Analysis) -> list[Row]:
    """All entry points, by kind and name; tables in order of name."""
    program = analysis.program
    sequences = sequences_of(program)
    labels = analysis.partition.labels()
    services = entry_labels(program, analysis.proposal, labels)
    names = program.graph.nodes.names
    found = []
    for door in doors(program):
        sequence = sequences.of(door)
        node = names[door.node] if door.node != NOBODY else ""
        handler = names[door.handlers[0]]
        found.append(
            Row(
                door.kind,
                door.name,
                services.get(node) or label_of(program.graph, labels, handler),
                handler,
                source_of(program.graph, handler),
                _cells(names, sequence.touched(later=False), sequence.touched()),
                sequence.cut,
            )
        )
    return found


def _cells(
    names: Sequence[str], now: frozenset[Touched], ever: frozenset[Touched]
) -> dict[str, str]:
    prefix = PREFIXES[NodeKind.TABLE]
    found: dict[str, str] = {}
    for table, name in sorted({(table, names[table].removeprefix(prefix)) for table, _ in ever}):
        found[name] = letters(
            {mode for each, mode in now if each == table},
            {mode for each, mode in ever if each == table},
        )
    return found


def letters(now: set[AccessMode], ever: set[AccessMode]) -> str:
    """`CRu`: creates and reads, and updates later."""
    return "".join(
        letter if mode in now else letter.lower()
        for mode, letter in _LETTERS.items()
        if mode in ever
    )


def _json(found: Sequence[Row], owners: dict[str, Owner]) -> str:
    tables = [
        {"name": name, "owner": owner.service, "reason": owner.reason}
        for name, owner in owners.items()
    ]
    entries = [
        {
            "kind": row.kind,
            "name": row.name,
            "service": row.service,
            "handler": row.handler,
            "source": row.source,
            "tables": row.cells,
            "cut": row.cut,
        }
        for row in found
    ]
    parts = (f' "{key}": {_listed(rows)}' for key, rows in (("tables", tables), ("rows", entries)))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _listed(rows: Sequence[object]) -> str:
    return "[\n" + ",\n".join(f"  {compact(row)}" for row in rows) + "\n ]" if rows else "[]"


def _table(found: Sequence[Row], tables: Sequence[str]) -> Iterator[list[str]]:
    yield ["kind", "name", "service", "handler", "source", *tables]
    for row in found:
        cells = [row.cells.get(table, "") for table in tables]
        yield [row.kind, row.name, row.service, row.handler, row.source, *cells]


def _csv(found: Sequence[Row], tables: Sequence[str]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in row] for row in _table(found, tables))
    return text.getvalue().encode("utf-8", "backslashreplace").decode()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, also not behind leading blanks."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def _markdown(found: Sequence[Row], tables: Sequence[str], owners: dict[str, Owner]) -> str:
    """One table for each owner: a table with hundreds of columns cannot be read."""
    parts = [
        "# Entry points and tables\n",
        "C creates, R reads, U updates, D deletes; small letters: later, in a task.\n",
    ]
    for service in sorted({owners[table].service for table in tables}):
        own = [table for table in tables if owners[table].service == service]
        touching = [row for row in found if not row.cells.keys().isdisjoint(own)]
        parts.append(f"## {markdown(service) or 'without an owner'}\n")
        parts.append("\n".join(_rows(touching, own)) + "\n")
    return "\n".join(parts)


def _rows(found: Sequence[Row], tables: Sequence[str]) -> Iterator[str]:
    head = ["entry point", "service", *tables]
    yield f"| {' | '.join(markdown(cell) for cell in head)} |"
    yield f"|{'---|' * len(head)}"
    for row in found:
        cells = [
            f"{row.kind} {row.name}",
            row.service,
            *(row.cells.get(each, "") for each in tables),
        ]
        yield f"| {' | '.join(markdown(cell) for cell in cells)} |"
