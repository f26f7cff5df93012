"""What SQLAlchemy, Flask-SQLAlchemy and SQLModel give back: the types of sessions, queries and relationships.

A statement stands for its own result: `session.execute(select(Order))` is again `Select[Order]`,
of which `.scalars()` is the same and `.all()` a list of orders.
"""

from collections.abc import Mapping

from decompose.model.knowledge import Knowledge
from decompose.model.program import Column

_QUERY = "sqlalchemy.orm.Query"
_SELECT = "sqlalchemy.Select"


def _words(text: str) -> list[str]:
    return text.split()


_CHAINED = _words(
    """
    add_columns autoflush correlate correlate_except cte distinct enable_eagerloads
    except_ execution_options exists filter filter_by for_update from_self
    from_statement group_by having intersect join join_from limit offset options
    order_by outerjoin outerjoin_from params populate_existing prefix_with
    reset_joinpoint select_from slice sort subquery union union_all where with_entities
    with_for_update with_hint with_labels yield_per unique scalars mappings tuples
    freeze columns partitions options correlate alias
    """
)
_ONE = _words(
    """
    first first_or_404 get get_or_404 one one_or_404 one_or_none scalar scalar_one
    scalar_one_or_none
    """
)
_RESULTS = {
    **dict.fromkeys(_CHAINED, "same"),
    **dict.fromkeys(_ONE, "item"),
    "all": "items",
    "fetchall": "items",
    "fetchmany": "items",
    "fetchone": "item",
    "paginate": "of:flask_sqlalchemy.Pagination",
    "*iter": "item",
    "__iter__": "items",
}
_SESSION = {
    "query": f"of:{_QUERY}:0",
    "get": "argument:0",
    "get_one": "argument:0",
    "merge": "argument:0",
    "execute": "argument:0",
    "exec": "argument:0",
    "scalars": "argument:0",
    "stream": "argument:0",
    "stream_scalars": "argument:0",
    "scalar": "within:0",
    "begin": "same",
    "begin_nested": "same",
    "__enter__": "same",
    "__aenter__": "same",
}
_SESSIONS = (
    "sqlalchemy.orm.Session",
    "sqlalchemy.orm.scoped_session",
    "sqlalchemy.ext.asyncio.AsyncSession",
    "sqlalchemy.ext.asyncio.async_scoped_session",
    "sqlmodel.Session",
    "sqlmodel.ext.asyncio.session.AsyncSession",
)
_TYPES = _words(
    """
    BigInteger Boolean CheckConstraint Column Date DateTime Enum Float ForeignKey
    ForeignKeyConstraint Index Integer Interval JSON LargeBinary MetaData Numeric
    PrimaryKeyConstraint SmallInteger String Table Text Time Unicode UniqueConstraint
    and_ case cast delete desc event exists func insert literal not_ null or_ select
    text update
    """
)
_ORM = _words(
    """
    aliased backref contains_eager deferred joinedload lazyload relationship
    selectinload subqueryload
    """
)
_FACTORIES = (
    ("sqlalchemy.orm.sessionmaker", "sqlalchemy.orm.Session"),
    ("sqlalchemy.ext.asyncio.async_sessionmaker", "sqlalchemy.ext.asyncio.AsyncSession"),
)
_STATEMENTS = ("select", "Select", "insert", "update", "delete")
_DIALECTS = ("postgresql", "mysql", "sqlite")

KNOWLEDGE = Knowledge(
    creating=frozenset({"declared_attr", "directive", "cascading"}),
    classes={
        "sqlalchemy.orm.DeclarativeBase": {"query": f"of:{_QUERY}"},
        "flask_sqlalchemy.Model": {"query": f"of:{_QUERY}|by:query_class"},
        "flask_appbuilder.Model": {"query": f"of:{_QUERY}|by:query_class"},
    },
    instances={
        _QUERY: _RESULTS,
        _SELECT: _RESULTS,
        "sqlalchemy.orm.Collection": {"*iter": "item", "pop": "item", "copy": "same"},
        "flask_sqlalchemy.Pagination": {"items": "items", "*iter": "item"},
        **dict.fromkeys(_SESSIONS, _SESSION),
        **{
            factory: {"__call__": f"is:{made}", "begin": f"is:{made}"}
            for factory, made in _FACTORIES
        },
        "sqlalchemy.orm.scoped_session": {**_SESSION, "__call__": "same"},
        "flask_sqlalchemy.SQLAlchemy": {"session": "is:sqlalchemy.orm.scoped_session"},
        "sqlalchemy.Engine": {
            "begin": "is:sqlalchemy.Connection",
            "connect": "is:sqlalchemy.Connection",
        },
    },
    functions={
        "sqlalchemy.orm.declarative_base": "is:sqlalchemy.orm.DeclarativeBase",
        "sqlalchemy.ext.automap.automap_base": "is:sqlalchemy.orm.DeclarativeBase",
        "sqlalchemy.create_engine": "is:sqlalchemy.Engine",
        "sqlalchemy.orm.sessionmaker": "is:sqlalchemy.orm.sessionmaker",
        "sqlalchemy.ext.asyncio.async_sessionmaker": "is:sqlalchemy.ext.asyncio.async_sessionmaker",
        "sqlalchemy.orm.scoped_session": "is:sqlalchemy.orm.scoped_session",
        "sqlalchemy.orm.object_session": "is:sqlalchemy.orm.Session",
        "sqlalchemy.select": f"of:{_SELECT}:0",
        "sqlalchemy.orm.aliased": "argument:0",
        "sqlalchemy.orm.with_polymorphic": "argument:0",
    },
    untyped={
        name: result
        for name, result in _SESSION.items()
        if result.partition(":")[0] in ("of", "argument", "within")
    },
    descriptors={
        "sqlalchemy.orm.relationship": "argument:0|of:sqlalchemy.orm.Collection:0",
    },
    reverses={
        "sqlalchemy.orm.relationship": ("backref", "", "item|of:sqlalchemy.orm.Collection"),
    },
    wrappers=frozenset({"sqlalchemy.orm.Mapped", "sqlalchemy.orm.MappedColumn"}),
    bases={
        "sqlalchemy.orm.DeclarativeBaseNoMeta": ("sqlalchemy.orm.DeclarativeBase",),
        "sqlalchemy.ext.asyncio.AsyncSession": ("sqlalchemy.orm.Session",),
        "sqlmodel.Session": ("sqlalchemy.orm.Session",),
        "sqlalchemy.dialects.postgresql.JSONB": ("sqlalchemy.JSON",),
        "flask_appbuilder.SQLA": ("flask_sqlalchemy.SQLAlchemy",),
    },
    aliases={
        "sqlalchemy.ext.declarative.declarative_base": "sqlalchemy.orm.declarative_base",
        "sqlalchemy.ext.declarative.api.declarative_base": "sqlalchemy.orm.declarative_base",
        "sqlalchemy.orm.decl_api.declarative_base": "sqlalchemy.orm.declarative_base",
        "sqlalchemy.ext.declarative.declared_attr": "sqlalchemy.orm.declared_attr",
        "sqlalchemy.ext.declarative.as_declarative": "sqlalchemy.orm.as_declarative",
        "sqlalchemy.orm.decl_api.DeclarativeBase": "sqlalchemy.orm.DeclarativeBase",
        "sqlalchemy.orm.session.Session": "sqlalchemy.orm.Session",
        "sqlalchemy.orm.session.object_session": "sqlalchemy.orm.object_session",
        "sqlalchemy.orm.scoping.scoped_session": "sqlalchemy.orm.scoped_session",
        "sqlalchemy.orm.query.Query": _QUERY,
        "sqlalchemy.orm.session.sessionmaker": "sqlalchemy.orm.sessionmaker",
        "sqlalchemy.orm.relation": "sqlalchemy.orm.relationship",
        "sqlalchemy.schema.Column": "sqlalchemy.Column",
        "sqlalchemy.schema.ForeignKey": "sqlalchemy.ForeignKey",
        "sqlalchemy.schema.MetaData": "sqlalchemy.MetaData",
        "sqlalchemy.schema.Table": "sqlalchemy.Table",
        "sqlalchemy.sql.schema.Column": "sqlalchemy.Column",
        "sqlalchemy.sql.schema.Table": "sqlalchemy.Table",
        "sqlalchemy.sql.text": "sqlalchemy.text",
        "sqlalchemy.sql.func": "sqlalchemy.func",
        "sqlalchemy.sql.expression.func": "sqlalchemy.func",
        "sqlalchemy.sql.expression.text": "sqlalchemy.text",
        "sqlalchemy.sql.elements.TextClause": "sqlalchemy.TextClause",
        "sqlalchemy.future.select": "sqlalchemy.select",
        "sqlmodel.select": "sqlalchemy.select",
        "sqlmodel.text": "sqlalchemy.text",
        **{
            f"{package}.{name}": f"sqlalchemy.{name}"
            for package in ("sqlalchemy.sql", "sqlalchemy.sql.expression")
            for name in _STATEMENTS
        },
        **{f"sqlalchemy.dialects.{dialect}.insert": "sqlalchemy.insert" for dialect in _DIALECTS},
        **{f"flask_sqlalchemy.SQLAlchemy.{name}": f"sqlalchemy.{name}" for name in _TYPES},
        **{f"flask_sqlalchemy.SQLAlchemy.{name}": f"sqlalchemy.orm.{name}" for name in _ORM},
        "flask_sqlalchemy.SQLAlchemy.Model": "flask_sqlalchemy.Model",
        "flask_sqlalchemy.model.Model": "flask_sqlalchemy.Model",
        "flask_sqlalchemy.extension.SQLAlchemy": "flask_sqlalchemy.SQLAlchemy",
        "flask_appbuilder.models.sqla.Model": "flask_appbuilder.Model",
        "flask_appbuilder.models.sqla.SQLA": "flask_appbuilder.SQLA",
        "flask_appbuilder.models.sqla.base.SQLA": "flask_appbuilder.SQLA",
        "sqlmodel.main.SQLModel": "sqlmodel.SQLModel",
    },
)


def _stamps(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "DateTime", 0, nullable=True) for name in names)


LIBRARY_COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "oslo_db.sqlalchemy.models.TimestampMixin": _stamps("created_at", "updated_at"),
    "oslo_db.sqlalchemy.models.SoftDeleteMixin": (
        *_stamps("deleted_at"),
        Column("deleted", "Integer", 0, nullable=True),
    ),
    "sqlalchemy_utils.Timestamp": _stamps("created", "updated"),
    "sqlalchemy_utils.models.Timestamp": _stamps("created", "updated"),
    "flask_dance.consumer.storage.sqla.OAuthConsumerMixin": (
        Column("id", "Integer", 0, primary_key=True),
        Column("provider", "String", 0),
        *_stamps("created_at"),
        Column("token", "JSON", 0),
    ),
}
"""Columns that mixins of libraries bring."""
