"""Which tables are there, and which point to which? As a Mermaid ER diagram or as DBML (dbdiagram.io).

Names are strangers' text: Mermaid takes any entity name in quotes but only words for attributes,
so what does not fit is spelled out in a comment; DBML has no escape for a quote inside of a name.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from decompose.export.options import ExportOptions, Form
from decompose.graph import Analysis
from decompose.graph.ownership import Owner, table_owners
from decompose.model.program import Column, Table

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
_NOT_A_WORD = re.compile(r"[^A-Za-z0-9_\-]")
_NOT_A_NAME = re.compile(r'["%\\]')


@dataclass(frozen=True, slots=True)
class _Key:
    """A foreign key between two tables of the program."""

    source: Table
    column: Column
    target: str
    target_column: str


def render(analysis: Analysis, options: ExportOptions) -> str:
    """Mermaid unless DBML is asked for; all tables, sorted by name."""
    tables = sorted(analysis.program.tables, key=lambda table: table.name)
    owners = table_owners(analysis.program, analysis.partition)
    write = _dbml if options.form is Form.DBML else _mermaid
    return "\n".join(write(tables, owners)) + "\n"


def _unique(names: Iterable[str], clean: Callable[[str], str]) -> dict[str, str]:
    """Name -> how it is written; two that would be written alike are numbered."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        shown = clean(name)
        number = 2
        while shown in taken:
            shown = clean(f"{name}_{number}")
            number += 1
        taken.add(shown)
        found[name] = shown
    return found


def _keys(tables: Sequence[Table]) -> Iterator[_Key]:
    known = {table.name: {column.name for column in table.columns} for table in tables}
    for table in tables:
        for column in table.columns:
            target, _, name = column.references.rpartition(".")
            if target in known:
                yield _Key(table, column, target, name if name in known[target] else "")


def _plain(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()


# Mermaid


def _mermaid(tables: Sequence[Table], owners: dict[str, Owner]) -> Iterator[str]:
    entity = _unique((table.name for table in tables), _entity)
    yield "erDiagram"
    for table in tables:
        owner = owners[table.name]
        yield f"  %% {_comment(owner.service) or 'nobody'}: {_comment(owner.reason)}"
        name = f'"{entity[table.name]}"'
        yield f"  {name} {{" if table.columns else f"  {name}"
        yield from (f"    {_attribute(column)}" for column in table.columns)
        if table.columns:
            yield "  }"
    for key in _keys(tables):
        one = "|o" if key.column.nullable else "||"
        many = "o|" if key.column.unique or _is_alone(key) else "o{"
        ends = f'"{entity[key.target]}" {one}--{many} "{entity[key.source.name]}"'
        yield f"  {ends} : {_quoted(key.column.name)}"


def _is_alone(key: _Key) -> bool:
    """Is the key the whole primary key, as of a table that extends another?"""
    return [each.name for each in key.source.columns if each.primary_key] == [key.column.name]


def _comment(text: str) -> str:
    return _plain(text).replace("{", "(").replace("}", ")")


def _entity(name: str) -> str:
    return _NOT_A_NAME.sub("_", _plain(name)) or "_"


def _quoted(text: str) -> str:
    return '"' + _plain(text).replace('"', "'").replace("\\", "/") + '"'


def _word(text: str, fallback: str) -> str:
    """A word of Mermaid's: it begins with a letter."""
    word = _NOT_A_WORD.sub("_", _plain(text))
    return word if word[:1].isalpha() and word[:1].isascii() else f"{fallback}{word}"


def _attribute(column: Column) -> str:
    marks = ["PK"] * column.primary_key + ["FK"] * bool(column.references)
    marks += ["UK"] * (column.unique and not column.primary_key)
    name, kind = _word(column.name, "c"), _word(column.type or "unknown", "t")
    note = "" if name == column.name else f" {_quoted(column.name)}"
    return f"{kind} {name} {', '.join(marks)}".rstrip() + note


# DBML


def _dbml(tables: Sequence[Table], owners: dict[str, Owner]) -> Iterator[str]:
    names = _unique((table.name for table in tables), _dotted)
    columns = {
        table.name: _unique((column.name for column in table.columns), _name) for table in tables
    }
    for table in tables:
        owner = owners[table.name]
        note = f"{owner.service or 'nobody'}: {owner.reason}"
        if not table.columns:  # DBML knows no table without any
            yield f"// {_name(table.name)} ({_plain(note)}) has no columns that are known\n"
            continue
        yield f"Table {names[table.name]} {{"
        yield from (
            f'  "{columns[table.name][each.name]}" {_settings(each)}' for each in table.columns
        )
        yield f"  Note: {_text(note)}"
        yield "}\n"
    for key in _keys(tables):
        if key.target_column:
            one = _is_alone(key) or key.column.unique
            left = f'{names[key.source.name]}."{columns[key.source.name][key.column.name]}"'
            right = f'{names[key.target]}."{columns[key.target][key.target_column]}"'
            action = f" [delete: {_ON_DELETE[_action(key)]}]" if _action(key) in _ON_DELETE else ""
            yield f"Ref: {left} {'-' if one else '>'} {right}{action}"
    yield from _groups(tables, owners, names)


def _groups(
    tables: Sequence[Table], owners: dict[str, Owner], names: dict[str, str]
) -> Iterator[str]:
    """The tables of each owner."""
    services = sorted({owners[table.name].service for table in tables if table.columns} - {""})
    for service, shown in _unique(services, _name).items():
        yield f'\nTableGroup "{shown}" {{'
        for table in tables:
            if table.columns and owners[table.name].service == service:
                yield f"  {names[table.name]}"
        yield "}"


_ON_DELETE = {
    "CASCADE": "cascade",
    "PROTECT": "restrict",
    "RESTRICT": "restrict",
    "SET_NULL": "set null",
    "SET NULL": "set null",
    "SET_DEFAULT": "set default",
    "DO_NOTHING": "no action",
    "NO ACTION": "no action",
}


def _action(key: _Key) -> str:
    return key.column.on_delete.upper().rpartition(".")[2]


def _name(name: str) -> str:
    return _plain(name).replace('"', "'").replace("\\", "/") or "_"


def _dotted(name: str) -> str:
    """`schema.table` is two names."""
    schema, _, table = name.partition(".")
    whole = not (schema and table) or "." in table
    return f'"{_name(name)}"' if whole else f'"{_name(schema)}"."{_name(table)}"'


def _text(text: str) -> str:
    return "'" + _plain(text).replace("\\", "\\\\").replace("'", "\\'") + "'"


def _settings(column: Column) -> str:
    marks = ["pk"] * column.primary_key + ["unique"] * (column.unique and not column.primary_key)
    marks += ["not null"] * (not column.nullable and not column.primary_key)
    shown = f" [{', '.join(marks)}]" if marks else ""
    return f'"{_name(column.type or "unknown")}"{shown}'
