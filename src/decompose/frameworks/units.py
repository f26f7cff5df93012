"""Which lines run in one transaction, by the smaller mappers and by plain database drivers?

begin    a block over `db.atomic()` (peewee), `in_transaction()` (Tortoise), `db_session` (Pony), a driver's
         `connection.transaction()`; a function under the same as a decorator.
session  a block over a driver's connection, which commits when it is left (sqlite3, psycopg); the lines up to a
         driver's `commit()` of the same function.

Known to miss: connections whose driver nothing shows, and autocommit.
"""

from collections.abc import Iterator

from decompose.model.facts import Op
from decompose.model.knowledge import Knowledge
from decompose.model.program import Fact, Transaction
from decompose.model.view import Expression, ProgramView

NAME = "units"
PHASE = 1
_BLOCKS = frozenset({"atomic", "transaction", "savepoint", "manual_commit"})
_SCOPES = frozenset(
    {
        "tortoise.transactions.in_transaction",
        "tortoise.transactions.atomic",
        "pony.orm.db_session",
        "pony.orm.core.db_session",
    }
)
_MAPPERS = (
    "peewee.",
    "playhouse.",
    "peewee_async.",
    "aiopg.",
    "psycopg.",
    "asyncpg.",
    "databases.",
)
_DRIVERS = {
    "sqlite3.connect": "sqlite3.Connection",
    "psycopg2.connect": "psycopg2.connection",
    "psycopg.connect": "psycopg.Connection",
    "pymysql.connect": "pymysql.Connection",
    "MySQLdb.connect": "MySQLdb.Connection",
    "mysql.connector.connect": "mysql.connector.Connection",
    "cx_Oracle.connect": "cx_Oracle.Connection",
    "oracledb.connect": "oracledb.Connection",
    "pyodbc.connect": "pyodbc.Connection",
    "asyncpg.connect": "asyncpg.Connection",
    "aiosqlite.connect": "aiosqlite.Connection",
}
_CONNECTIONS = frozenset(_DRIVERS.values())
_COMMIT_ON_EXIT = frozenset({"sqlite3.Connection", "psycopg2.connection", "psycopg.Connection"})
INTEREST = frozenset({"atomic", "db_session", "commit"})
KNOWLEDGE = Knowledge(functions={name: f"is:{kind}" for name, kind in _DRIVERS.items()})

EXAMPLES = (
    (
        {
            "blog.py": """
                from peewee import Model, SqliteDatabase
                db = SqliteDatabase("x")
                class Post(Model):
                    class Meta:
                        database = db
                def add():
                    with db.atomic():
                        Post.create()
                @db.atomic()
                def drop():
                    Post.delete().execute()
            """,
            "bank.py": """
                import sqlite3
                from tortoise.transactions import atomic, in_transaction
                from pony.orm import db_session
                async def pay():
                    async with in_transaction():
                        pass
                @atomic()
                async def refund(): ...
                @db_session
                def close(): ...
                def count():
                    with db_session:
                        pass
                def log(text):
                    connection = sqlite3.connect("x")
                    connection.execute("INSERT INTO log VALUES (1)")
                    connection.commit()
                def note():
                    connection = sqlite3.connect("x")
                    with connection:
                        connection.execute("INSERT INTO log VALUES (2)")
                def other(context):
                    with context.transaction():
                        context.commit()
            """,
        },
        {
            "blog.add opens begin 8-9",
            "blog.drop opens begin 10-12",
            "bank.pay opens begin 6-7",
            "bank.refund opens begin 8-9",
            "bank.close opens begin 10-11",
            "bank.count opens begin 13-14",
            "bank.log opens session 15-18",
            "bank.note opens session 21-22",
        },
    ),
)


def settle(view: ProgramView) -> Iterator[Fact]:
    """Blocks, decorated functions, and sections that end in a commit."""
    inside: set[tuple[str, int]] = set()
    for context, first, last in view.with_blocks():
        kind = _kind(context)
        if kind:
            inside.update((context.owner, line) for line in range(first, last + 1))
            yield Transaction(context.owner, kind, context.site, last, NAME)
    for function, decorator in view.decorated("atomic", "db_session"):
        if _kind(decorator):
            yield Transaction(function.name, "begin", decorator.site, function.last_line, NAME)
    yield from _sections(view, inside)


def _kind(context: Expression) -> str:
    target = context.callee or context
    if (target.name() or "") in _SCOPES:
        return "begin"
    base = context.base
    if context.op is Op.CALL and context.attribute in _BLOCKS and base is not None:
        kinds = base.types()
        is_known = any(kind.startswith(_MAPPERS) or kind in _CONNECTIONS for kind in kinds)
        return "begin" if is_known else ""
    return "session" if _COMMIT_ON_EXIT.intersection(context.types()) else ""


def _sections(view: ProgramView, inside: set[tuple[str, int]]) -> Iterator[Transaction]:
    """The lines up to each commit of a driver's connection."""
    begins: dict[str, int] = {}
    for call in view.calls("commit"):
        base, owner = call.base, call.owner
        if base is None or call.arguments or (owner, call.site.line) in inside:
            continue
        function = view.function_named(owner)
        if function is not None and _CONNECTIONS.intersection(base.types()):
            first = begins.get(owner, function.site.line)
            yield Transaction(owner, "session", call.site, call.site.line, NAME, begins=first)
            begins[owner] = call.site.line + 1
