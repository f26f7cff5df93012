"""What does a text of SQL do to which tables? The only module that knows `sqlglot`.

A statement that no dialect parses is searched for what stands behind FROM, JOIN, INTO and UPDATE.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from decompose.model.program import AccessMode, Column

if TYPE_CHECKING:
    from sqlglot import exp

HOLE = "decompose_hole"
"""Stands for a part of a text that is not known."""
_DIALECTS = ("", "postgres", "mysql", "sqlite")
_SQL = re.compile(
    r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*\(?\s*"
    r"(select|insert|update|delete|with|replace|merge|truncate"
    r"|create(?:\s+or\s+replace)?(?:\s+\w+)?\s+(?:table|view))\b",
    re.IGNORECASE | re.DOTALL,
)
_SHAPE = re.compile(r"\b(from|into|update|table|view|set|select|join)\b", re.IGNORECASE)
_NAMED = re.compile(
    r"\b(delete\s+from|from|join|into|update|truncate\s+table)\s+([\w.\"`\[\]]+)", re.IGNORECASE
)
_COMMON = re.compile(r"(\w+)(?:\s*\([^()]*\))?\s+as\s*\(", re.IGNORECASE)
_PERCENT = re.compile(r"%(?:\(\w+\))?s")
_KEYWORDS = frozenset({"lateral", "only", "select", "set", "strict", "unnest", "values"})
_SYSTEM = ("information_schema.", "pg_", "sqlite_", "sys.", "mysql.", "performance_schema.")
_MAX_LENGTH = 60_000


@dataclass(frozen=True, slots=True)
class Declared:
    """A table that a CREATE TABLE makes."""

    name: str
    columns: tuple[Column, ...]


@dataclass(slots=True)
class Meaning:
    """What statements do: (table, mode) in order, tables that stand in one query, tables created."""

    accesses: dict[tuple[str, AccessMode], None] = field(default_factory=dict)
    joins: list[tuple[str, ...]] = field(default_factory=list)
    declared: list[Declared] = field(default_factory=list)
    temporary: set[str] = field(default_factory=set)
    """Names, in lower case, of tables that are gone with the session."""
    is_guess: bool = False
    """Not parsed, only searched for words: any name may be a slip."""


def looks_like_sql(text: str) -> bool:
    """May it be a statement? It begins like one, and holds a word that only statements hold."""
    return bool(_SQL.match(text)) and bool(_SHAPE.search(text, 1)) and len(text) < _MAX_LENGTH


@lru_cache(maxsize=4096)
def meaning(text: str, dialect: str = "") -> Meaning:
    """What a text of one or more statements does. `dialect`: the one that a person names, asked before others."""
    found = Meaning()
    statements = _parsed(_PERCENT.sub("?", text), dialect)
    if statements is None:
        found.is_guess = True
        _search(text, found)
        return found
    for statement in statements:
        _read(statement, found)
    return found


def _parsed(text: str, named: str) -> "list[exp.Expression] | None":
    import sqlglot  # noqa: PLC0415 -- half a second, wasted on programs without SQL
    from sqlglot import exp  # noqa: PLC0415 -- see above

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    for dialect in dict.fromkeys((*([named] if named else []), *_DIALECTS)):
        try:
            statements = sqlglot.parse(text, dialect=dialect or None)
        except (sqlglot.errors.SqlglotError, RecursionError, ValueError):
            continue
        found = [each for each in statements if isinstance(each, exp.Expression)]
        if not any(each.key == "command" for each in found):
            return found
    return None


def _read(statement: "exp.Expression", found: Meaning) -> None:
    from sqlglot import exp  # noqa: PLC0415 -- see above

    target = _target(statement)
    mode = _MODES.get(statement.key)
    if statement.key == "create":
        _read_create(statement, found)
        return
    if target is not None and mode is not None and _is_table(target):
        changed = _name(_meant(statement, target))
        found.accesses[changed, mode] = None
        if statement.key == "merge":
            found.accesses[changed, AccessMode.CREATE] = None
    _read_queries(statement, found, skip=target)
    if statement.key == "truncatetable":
        for table in statement.find_all(exp.Table):
            found.accesses[_name(table), AccessMode.DELETE] = None


_MODES = {
    "insert": AccessMode.CREATE,
    "update": AccessMode.UPDATE,
    "delete": AccessMode.DELETE,
    "merge": AccessMode.UPDATE,
}


def _target(statement: "exp.Expression") -> "exp.Expression | None":
    """The table that a statement changes."""
    from sqlglot import exp  # noqa: PLC0415 -- see above

    if statement.key not in _MODES:
        return None
    target = statement.this
    if isinstance(target, exp.Schema):
        target = target.this
    return target if isinstance(target, exp.Table) else None


def _meant(statement: "exp.Expression", target: "exp.Expression") -> "exp.Expression":
    """The table behind an alias: `UPDATE o SET … FROM orders o`."""
    from sqlglot import exp  # noqa: PLC0415 -- see above

    for table in statement.find_all(exp.Table):
        if table is not target and table.alias and table.alias == target.name:
            return table
    return target


def _read_queries(
    statement: "exp.Expression", found: Meaning, skip: "exp.Expression | None"
) -> None:
    """Tables that are read: all but the target and the names of common table expressions."""
    from sqlglot import exp  # noqa: PLC0415 -- see above

    if statement.key == "truncatetable":
        return
    common = {each.alias_or_name.lower() for each in statement.find_all(exp.CTE)}
    queries: dict[int, list[str]] = {}
    for table in statement.find_all(exp.Table):
        if table is skip or not _is_table(table):
            continue
        name = _name(table)
        if name.lower() not in common:
            found.accesses[name, AccessMode.READ] = None
            queries.setdefault(id(table.find_ancestor(exp.Select)), []).append(name)
    found.joins.extend(tuple(dict.fromkeys(names)) for names in queries.values())


def _read_create(statement: "exp.Expression", found: Meaning) -> None:
    from sqlglot import exp  # noqa: PLC0415 -- see above

    kind = str(statement.args.get("kind") or "").upper()
    schema = statement.this
    if kind == "TABLE" and isinstance(schema, exp.Schema) and isinstance(schema.this, exp.Table):
        name = _name(schema.this)
        if _is_temporary(statement):
            found.temporary.add(name.lower())
        elif _is_table(schema.this):
            found.declared.append(Declared(name, tuple(_columns(schema))))
    query = statement.args.get("expression")
    if query is not None:
        _read_queries(query, found, skip=None)


def _is_temporary(statement: "exp.Expression") -> bool:
    from sqlglot import exp  # noqa: PLC0415 -- see above

    properties = statement.args.get("properties")
    return properties is not None and properties.find(exp.TemporaryProperty) is not None


def _columns(schema: "exp.Schema") -> Iterator[Column]:
    from sqlglot import exp  # noqa: PLC0415 -- see above

    keys = {
        each.name.lower()
        for key in schema.expressions
        for each in (key.find(exp.PrimaryKey) or exp.Tuple()).expressions
        if isinstance(key, exp.PrimaryKey | exp.Constraint)
    }
    references = _table_references(schema)
    for column in schema.expressions:
        if isinstance(column, exp.ColumnDef):
            yield _column(column, keys, references)


def _column(column: "exp.ColumnDef", keys: set[str], references: dict[str, str]) -> Column:
    from sqlglot import exp  # noqa: PLC0415 -- see above

    kinds = [each.kind for each in column.args.get("constraints") or ()]
    primary = column.name.lower() in keys or any(
        isinstance(each, exp.PrimaryKeyColumnConstraint) for each in kinds
    )
    not_null = any(
        isinstance(each, exp.NotNullColumnConstraint) and not each.args.get("allow_null")
        for each in kinds
    )
    target = next((_reference(each) for each in kinds if isinstance(each, exp.Reference)), "")
    data_type = column.args.get("kind")
    return Column(
        column.name,
        data_type.sql() if data_type is not None else "",
        0,
        primary_key=primary,
        nullable=not (primary or not_null),
        unique=any(isinstance(each, exp.UniqueColumnConstraint) for each in kinds),
        references=target or references.get(column.name.lower(), ""),
    )


def _table_references(schema: "exp.Schema") -> dict[str, str]:
    """Columns of `FOREIGN KEY (…) REFERENCES …` constraints -> "table.column"."""
    from sqlglot import exp  # noqa: PLC0415 -- see above

    found: dict[str, str] = {}
    for key in schema.find_all(exp.ForeignKey):
        reference = key.args.get("reference")
        target = reference.this if reference is not None else None
        table = target.this if isinstance(target, exp.Schema) else target
        columns = target.expressions if isinstance(target, exp.Schema) else []
        for position, column in enumerate(key.expressions):
            if isinstance(table, exp.Table):
                named = columns[position].name if position < len(columns) else column.name
                found[column.name.lower()] = f"{_name(table)}.{named}"
    return found


def _reference(reference: "exp.Reference") -> str:
    from sqlglot import exp  # noqa: PLC0415 -- see above

    target = reference.this
    if isinstance(target, exp.Schema) and isinstance(target.this, exp.Table):
        column = target.expressions[0].name if target.expressions else "id"
        return f"{_name(target.this)}.{column}"
    return f"{_name(target)}.id" if isinstance(target, exp.Table) else ""


def _name(table: "exp.Expression") -> str:
    schema = table.args.get("db")
    return f"{schema.name}.{table.name}" if schema is not None and schema.name else table.name


def _is_table(table: "exp.Expression") -> bool:
    name = _name(table)
    return is_own(name)


def is_own(name: str) -> bool:
    """May it be a table of the program: named, and none of the database's own?"""
    return bool(name) and HOLE not in name and not name.lower().startswith(_SYSTEM)


def _search(text: str, found: Meaning) -> None:
    common = {name.lower() for name in _COMMON.findall(text)}
    for word, quoted in _NAMED.findall(text):
        name = re.sub(r"[\"`\[\]]", "", quoted)
        if is_own(name) and name.lower() not in common | _KEYWORDS:
            found.accesses[name, _WORDS.get(word.split()[0].lower(), AccessMode.READ)] = None


_WORDS = {
    "delete": AccessMode.DELETE,
    "into": AccessMode.CREATE,
    "update": AccessMode.UPDATE,
    "truncate": AccessMode.DELETE,
}
