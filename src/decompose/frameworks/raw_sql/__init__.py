"""Which tables does SQL in strings read, write and create?

Any text that is executed and parses counts, whatever the framework: constants, f-strings and other
joined strings (unknown parts are holes), statements that a helper is given by its callers. An
access belongs to the function that holds the text, or passes it on. Tables that only SQL knows
become tables without a model; those of the database itself and of migrations do not.

SQL files declare tables too; who names one of them, or a query in it, runs it.

Known to miss: SQL in templates, and built piece by piece in loops.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from decompose.frameworks.raw_sql.files import read_files, statements, used
from decompose.frameworks.raw_sql.parse import Declared, Meaning, looks_like_sql, meaning
from decompose.frameworks.raw_sql.texts import Parameter, Text, filled, parameters, rendered, texts
from decompose.model.program import (
    AccessMode,
    Confidence,
    Fact,
    Join,
    Table,
    TableAccess,
)
from decompose.model.source import Site
from decompose.model.view import Expression, FunctionView, ProgramView

__all__ = ["EXAMPLES", "INTEREST", "NAME", "PHASE", "settle"]

NAME = "sql"
PHASE = 1
_EXECUTES = frozenset(
    {
        "DDL",
        "RawSQL",
        "exec",
        "exec_driver_sql",
        "execute",
        "execute_sql",
        "executemany",
        "executescript",
        "fetch",
        "fetch_all",
        "fetch_one",
        "fetch_val",
        "fetchall",
        "fetchrow",
        "fetchval",
        "iterate",
        "mogrify",
        "query",
        "raw",
        "read_sql",
        "read_sql_query",
        "scalar",
        "scalars",
        "text",
    }
)
_FRAMES = {"to_sql": AccessMode.CREATE, "read_sql_table": AccessMode.READ}
INTEREST = _EXECUTES | frozenset(_FRAMES)
_HISTORY = frozenset({"migrations", "alembic", "versions", "south_migrations"})
_MAX_ROUNDS = 4

EXAMPLES = (
    (
        {
            "report.py": """
                import sqlite3
                SCHEMA = "CREATE TABLE visits (id INTEGER PRIMARY KEY, page_id INT REFERENCES pages(id))"
                TOP = "SELECT p.url FROM pages p JOIN visits v ON v.page_id = p.id"
                def install(connection):
                    connection.executescript(SCHEMA)
                def top(cursor):
                    cursor.execute(TOP)
                def forget(cursor, days):
                    cursor.execute("DELETE FROM visits WHERE age > %s" % days)
                def seen(cursor, page):
                    for _ in range(3):
                        cursor.execute(f"INSERT INTO visits (page_id) VALUES ({page})")
            """,
        },
        {
            "table visits: id* page_id",
            "key visits.page_id -> pages.id",
            "table pages ?",
            "report.top reads pages",
            "report.top reads visits",
            "report.top joins pages visits",
            "report.forget deletes visits",
            "report.seen creates visits in loop",
        },
    ),
    # Statements that a helper is given, whole or in part.
    (
        {
            "db.py": """
                from sqlalchemy import text
                def run(session, statement):
                    return session.execute(text(statement))
                def clear(session, table):
                    session.execute(text(f"DELETE FROM {table} WHERE old"))
            """,
            "work.py": """
                import db
                OPEN = "SELECT id FROM orders"
                def listing(session):
                    return db.run(session, OPEN)
                def tidy(session):
                    db.clear(session, "baskets")
            """,
        },
        {
            "table orders ?",
            "table baskets ?",
            "work.listing reads orders",
            "work.tidy deletes baskets",
        },
    ),
    # SQL files: tables in order of path, queries by name, a file that is run as a whole.
    (
        {
            "db/0001.sql": """
                CREATE TABLE IF NOT EXISTS "public"."pages" (id serial PRIMARY KEY, url text NOT NULL);
                CREATE TABLE visits (id int, page int, at timestamp DEFAULT now());
                ALTER TABLE ONLY public.visits ADD CONSTRAINT visits_pk PRIMARY KEY (id);
                ALTER TABLE visits ADD CONSTRAINT fk FOREIGN KEY (page) REFERENCES public.pages(id);
            """,
            "db/0002.sql": "ALTER TABLE visits ADD COLUMN agent text, DROP COLUMN at;",
            "db/0002.down.sql": "DROP TABLE visits;",
            "db/queries.sql": """
                -- name: most_seen
                SELECT url FROM pages JOIN visits ON page = pages.id;
                -- name: forget_all
                DELETE FROM visits;
            """,
            "db/tidy.sql": "DELETE FROM pages WHERE id NOT IN (SELECT page FROM visits)",
            "work.py": """
                from pathlib import Path
                import runner
                def top(): return runner.run("most_seen")
                def tidy(cursor): cursor.execute(Path("db/tidy.sql").read_text())
            """,
        },
        {
            "table pages: id* url",
            "table visits: id* page agent",
            "key visits.page -> pages.id",
            "work.top reads pages",
            "work.top reads visits",
            "work.top joins pages visits",
            "work.tidy deletes pages",
            "work.tidy reads visits",
        },
    ),
)


def settle(view: ProgramView) -> Iterator[Fact]:
    """Yield accesses and joins, and tables that only SQL knows."""
    found = _Found(view)
    files = read_files(view)
    for declared, site in files.tables.values():
        found.declare(declared, site)
    for call in view.calls(*sorted(_EXECUTES)):
        _execute(found, call)
    for call in view.calls(*sorted(_FRAMES)):
        name = call.arguments[0].string() if call.arguments else None
        if name and not _is_history(call):
            found.access(call, name, _FRAMES[call.attribute])
    for written, text in used(files, view):
        for statement in statements(text):
            what = meaning(statement, view.dialect)
            found.add(written, replace(what, declared=[]))
    yield from found.facts()


@dataclass(slots=True)
class _Found:
    """What the program's SQL does, under the names that other readers know."""

    view: ProgramView
    known: dict[str, str] = field(default_factory=dict)  # lower case -> name
    accesses: dict[tuple[str, str, AccessMode], TableAccess] = field(default_factory=dict)
    joins: dict[Join, None] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    temporary: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for fact in self.view.facts(Table):
            if isinstance(fact, Table):
                self.known.setdefault(fact.name.lower(), fact.name)
                self.known.setdefault(fact.name.rpartition(".")[2].lower(), fact.name)

    def name(self, spelled: str, site: Site) -> str:
        """The known name of a table, however it is spelled; a new one becomes known."""
        lower = spelled.lower()
        found = self.known.get(lower) or self.known.get(lower.rpartition(".")[2])
        if found is not None:
            return found
        self.known[lower] = spelled
        self.tables[spelled] = Table(spelled, "", site, NAME, confidence=Confidence.INFERRED)
        return spelled

    def declare(self, declared: Declared, site: Site) -> None:
        """Note a table that a CREATE TABLE makes, if no model does."""
        name = self.known.setdefault(declared.name.lower(), declared.name)
        table = self.tables.get(name)
        if name == declared.name and (table is None or not table.columns):
            columns = tuple(
                replace(column, line=column.line or site.line) for column in declared.columns
            )
            if table is not None or not self._is_modelled(name):
                self.tables[name] = Table(name, "", site, NAME, columns)

    def _is_modelled(self, name: str) -> bool:
        return any(isinstance(fact, Table) and fact.name == name for fact in self.view.facts(Table))

    def access(self, call: Expression, spelled: str, mode: AccessMode) -> None:
        """Note what a call does."""
        name = self.name(spelled, call.site)
        key = (call.owner, name, mode)
        made = TableAccess(call.owner, name, mode, call.site, call.loop_depth)
        known = self.accesses.get(key)
        if known is None:
            self.accesses[key] = made
        elif made.loop_depth > known.loop_depth:
            self.accesses[key] = replace(known, loop_depth=made.loop_depth)

    def add(self, call: Expression, what: Meaning, before: Meaning | None = None) -> None:
        """Note all that a text does, but for what another text did already."""
        for declared in what.declared:
            self.declare(declared, call.site)
        self.temporary |= what.temporary
        for name, mode in what.accesses:
            is_new = before is None or (name, mode) not in before.accesses
            if is_new and self._is_believed(name, what):
                self.access(call, name, mode)
        for names in what.joins:
            first, *others = [self.name(name, call.site) for name in names]
            for other in others:
                self.joins.setdefault(Join(call.owner, first, other, call.site))

    def _is_believed(self, name: str, what: Meaning) -> bool:
        """What a mere search gives must be a table by what others say; temporary ones are nobody's."""
        lower = name.lower()
        if lower in self.temporary:
            return False
        return not what.is_guess or lower in self.known or lower.rpartition(".")[2] in self.known

    def facts(self) -> Iterator[Fact]:
        """All of them, and the tables that keys of created tables lead to."""
        for table in list(self.tables.values()):
            for column in table.columns:
                if column.references:
                    self.name(column.references.rpartition(".")[0], table.site)
        yield from self.tables.values()
        yield from self.accesses.values()
        yield from self.joins


def _execute(found: _Found, call: Expression) -> None:
    given = call.arguments[0] if call.arguments else None
    if given is None or _is_history(call) or found.view.function_named(call.owner) is None:
        return
    for text in texts(given, found.view):
        whole = rendered(text)
        own = meaning(whole, found.view.dialect) if looks_like_sql(whole) else None
        if own is not None:
            found.add(call, own)
        for parameter in parameters(text):
            _follow(found, text, parameter, own)


def _follow(found: _Found, text: Text, parameter: Parameter, own: Meaning | None) -> None:
    """What the callers of a function add to its text."""
    waiting = [(parameter, text)]
    seen = {parameter}
    for _ in range(_MAX_ROUNDS):
        nearer: list[tuple[Parameter, Text]] = []
        for slot, whole in waiting:
            for call, value in _given(found.view, slot):
                more = filled(whole, slot, value)
                spelled = rendered(more)
                if looks_like_sql(spelled):
                    found.add(call, meaning(spelled, found.view.dialect), own)
                nearer.extend((each, more) for each in parameters(value) if each not in seen)
        seen.update(each for each, _ in nearer)
        waiting = nearer


def _given(view: ProgramView, slot: Parameter) -> Iterator[tuple[Expression, Text]]:
    """Calls of a function, with what they pass for a parameter."""
    function = view.function_named(slot.function)
    for call in view.calls_of(slot.function) if function is not None else ():
        given = _argument(function, slot.name, call) if function is not None else None
        for value in texts(given, view) if given is not None else ():
            yield call, value


def _argument(function: FunctionView, name: str, call: Expression) -> Expression | None:
    names = [each for each, _, _ in function.parameters]
    if name in call.keywords or name not in names:
        return call.keywords.get(name)
    position = names.index(name) - (names[0] in ("self", "cls"))
    return call.arguments[position] if 0 <= position < len(call.arguments) else None


def _is_history(call: Expression) -> bool:
    return not _HISTORY.isdisjoint(call.module.split("."))
