"""What do SQL files say: which tables they create, and what functions do that name a file, or a query in one?

    -- name: revenue_by_month      a query of its own, known by that name wherever the program writes it
    (HERE / "totals.sql")          who names a file runs it, unless the file only creates tables or holds named queries

Files are read in order of path, as migrations are numbered; the way back (`0002.down.sql`) is left out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from decompose.frameworks.raw_sql.parse import Declared, is_own, looks_like_sql, meaning
from decompose.model.program import Column
from decompose.model.source import Site
from decompose.model.view import Expression, ProgramView

_SECTION = re.compile(r"^--+\s*:?name:?\s+([\w-]+)[^\n]*$", re.MULTILINE)
_CREATE = re.compile(r"\bcreate\s+(?:\w+\s+){0,3}table\b", re.IGNORECASE)
_ALTER = re.compile(
    r"\balter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?([\w.\"`\[\]]+)\s+([^;]*)", re.IGNORECASE
)
_ADD_COLUMN = re.compile(
    r"\badd\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?(?!constraint|primary|foreign|unique|index|key|check)"
    r"[\"`\[]?(\w+)[\"`\]]?\s+([^,;]+)",
    re.IGNORECASE,
)
_PRIMARY = re.compile(r"\bprimary\s+key\s*\(([^)]*)\)", re.IGNORECASE)
_FOREIGN = re.compile(
    r"\bforeign\s+key\s*\(\s*([^),]+)\)\s*references\s+([\w.\"`\[\]]+)\s*(?:\(([^),]*)\))?",
    re.IGNORECASE,
)
_DROP_COLUMN = re.compile(r"\bdrop\s+column\s+(?:if\s+exists\s+)?([\w\"`\[\]]+)", re.IGNORECASE)
_DROP_TABLE = re.compile(r"\bdrop\s+table\s+(?!if\s+exists)([\w.\"`\[\]]+)", re.IGNORECASE)
_BACK = re.compile(r"(?:^|[._/-])(?:down|rollback|revert|undo)(?:[._-]|\.sql$)", re.IGNORECASE)
_BACK_PART = re.compile(
    r"^--\s*(?:migrate:down|\+goose down|@down|down)\b", re.IGNORECASE | re.MULTILINE
)
_QUOTES = re.compile(r"[\"`\[\]]")
_ENDINGS = (".sql", ".ddl")
_SHORTEST_NAME = 5
_MAX_STATEMENT = 60_000


@dataclass(slots=True)
class Files:
    """The program's SQL files: queries with names, whole files, tables that they create."""

    named: dict[str, str] = field(default_factory=dict)
    """Name of a query -> its text."""
    whole: dict[str, str] = field(default_factory=dict)
    """Path -> text, of files without named queries."""
    tables: dict[str, tuple[Declared, Site]] = field(default_factory=dict)
    """Lower case -> what it is declared as, and where."""
    dialect: str = ""


def read_files(view: ProgramView) -> Files:
    """All SQL files of the program."""
    found = Files(dialect=view.dialect)
    for path, text in view.texts(*_ENDINGS):
        if _BACK.search(path):
            continue
        parts = _SECTION.split(text)
        if len(parts) > 1:
            found.named.update(zip(parts[1::2], parts[2::2], strict=True))
        else:
            found.whole[path] = text
        _declare(found, path, _BACK_PART.split(text)[0])
    return found


def used(files: Files, view: ProgramView) -> Iterator[tuple[Expression, str]]:
    """(where the program names it, text) of queries and files."""
    if not files.named and not files.whole:
        return
    names = {name for name in files.named if len(name) >= _SHORTEST_NAME}
    for written in view.strings(lambda text: text in names or text.endswith(_ENDINGS)):
        name = written.string() or ""
        if name in names:
            yield written, files.named[name]
        else:
            yield from ((written, text) for text in _fitting(files.whole, name))


def statements(text: str) -> Iterator[str]:
    """The statements of a file that read or write, one by one."""
    at = 0
    while at < len(text):
        statement = _statement(text, at)
        at += len(statement) + 1
        if looks_like_sql(statement) and not _CREATE.match(statement.strip()):
            yield statement


def _fitting(files: Mapping[str, str], name: str) -> list[str]:
    """The one file that a relative path or a bare name can mean; none where several can."""
    wanted = "/" + name.lstrip("./")
    found = [text for path, text in files.items() if f"/{path}".endswith(wanted)]
    return found if len(found) == 1 else []


def _declare(found: Files, path: str, text: str) -> None:
    for match in _CREATE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        for declared in meaning(_statement(text, match.start()), found.dialect).declared:
            columns = tuple(
                replace(column, line=line, references=_plain(column.references))
                for column in declared.columns
            )
            name = _plain(declared.name)
            if columns or name.lower() not in found.tables:
                found.tables[name.lower()] = (Declared(name, columns), Site(path, line))
    for match in _ALTER.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        _alter(found, _plain(match[1]), match[2], line)
    for match in _DROP_TABLE.finditer(text):
        found.tables.pop(_plain(match[1]).lower(), None)


def _statement(text: str, start: int) -> str:
    """From a place to the semicolon that ends the statement there, parentheses and quotes minded."""
    depth, quote = 0, ""
    for position in range(start, min(len(text), start + _MAX_STATEMENT)):
        letter = text[position]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"`":
            quote = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == ";" and depth <= 0:
            return text[start:position]
    return text[start : start + _MAX_STATEMENT]


def _alter(found: Files, name: str, action: str, line: int) -> None:
    known = found.tables.get(name.lower())
    if known is None:
        return
    declared, site = known
    columns = {column.name.lower(): column for column in declared.columns}
    for column, type_ in _ADD_COLUMN.findall(action):
        nullable = "not null" not in type_.lower()
        added = Column(column, type_.split()[0].upper(), line, nullable=nullable)
        columns.setdefault(column.lower(), added)
    for listed in _PRIMARY.findall(action):
        for column in _names(listed):
            if column in columns:
                columns[column] = replace(columns[column], primary_key=True, nullable=False)
    for own, target, key in _FOREIGN.findall(action):
        column, table = _plain(own).lower().strip(), _plain(target)
        if column in columns and is_own(table):
            columns[column] = replace(columns[column], references=f"{table}.{_plain(key) or 'id'}")
    for column in _DROP_COLUMN.findall(action):
        columns.pop(_plain(column).lower(), None)
    found.tables[name.lower()] = (Declared(declared.name, tuple(columns.values())), site)


def _names(listed: str) -> list[str]:
    return [_plain(each).strip().lower() for each in listed.split(",")]


def _plain(name: str) -> str:
    """Without quotes, and without the schema that PostgreSQL's dumps write before every name."""
    return _QUOTES.sub("", name).strip().removeprefix("public.")
