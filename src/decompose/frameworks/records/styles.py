"""How do the smaller object mappers spell models, fields, relations and queries? One `Style` each.

Sources: the documentation of peewee 3, Tortoise ORM 0.2x, Pony 0.7 and MongoEngine 0.2x.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from decompose.model.program import AccessMode

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<!^)(?=[A-Z][a-z])")
_CREATE, _READ = (AccessMode.CREATE,), (AccessMode.READ,)
_UPDATE, _DELETE = (AccessMode.UPDATE,), (AccessMode.DELETE,)
Modes = tuple[AccessMode, ...]


@dataclass(frozen=True, slots=True)
class Style:
    """One mapper. Names of fields are the last part of the callable that makes them."""

    name: str
    bases: tuple[str, ...]
    """Dotted classes that models derive from."""
    foreign: frozenset[str]
    many: frozenset[str]
    columns: Callable[[str], bool]
    """Is a callable of that name a plain column?"""
    table: Callable[[str], str]
    """Class -> default name of its table."""
    key: tuple[str, str]
    """Name and type of the primary key that is added."""
    foreign_column: Callable[[str], str]
    """Attribute -> column of a foreign key."""
    verbs: Mapping[str, Modes]
    """Method of a class, query or row -> what it does."""
    reads: frozenset[str]
    """Methods and attributes of the class itself that begin a query."""
    options: str
    """Name of the inner class, or of the dict, with options; "" where they are attributes."""
    table_options: tuple[str, ...]
    """Options that name the table."""
    column_keywords: tuple[str, ...]
    """Keywords of a field that name its column."""
    back_keywords: tuple[str, ...]
    """Keywords of a relation that name the way back."""
    back_default: str = ""
    """What the way back is called unless named; `{}` is the class in lower case."""
    on_delete: tuple[str, ...] = ("on_delete",)
    inherits: bool = False
    """Do children of a concrete model share its table?"""
    joins: frozenset[str] = field(default_factory=frozenset)
    """Methods whose arguments are models, or paths of relations, that are read too."""


def snake(name: str) -> str:
    """`OrderLine` -> `order_line`."""
    return _WORDS.sub("_", name).lower()


def _field(name: str) -> bool:
    return name.endswith("Field")


PEEWEE = Style(
    name="peewee",
    bases=("peewee.Model", "playhouse.signals.Model", "peewee_async.AioModel"),
    foreign=frozenset({"ForeignKeyField", "DeferredForeignKey"}),
    many=frozenset({"ManyToManyField"}),
    columns=_field,
    table=str.lower,
    key=("id", "AutoField"),
    foreign_column=lambda name: name if name.endswith("_id") else f"{name}_id",
    verbs={
        **dict.fromkeys(
            ("select", "get", "get_or_none", "get_by_id", "raw", "filter", "prefetch"), _READ
        ),
        **dict.fromkeys(("create", "insert", "insert_many", "insert_from", "bulk_create"), _CREATE),
        **dict.fromkeys(("replace", "replace_many"), _CREATE),
        **dict.fromkeys(("update", "bulk_update", "set_by_id", "save"), _UPDATE),
        **dict.fromkeys(("delete", "delete_by_id", "delete_instance", "truncate_table"), _DELETE),
        "get_or_create": _READ + _CREATE,
    },
    reads=frozenset(
        {"select", "get", "get_or_none", "get_by_id", "raw", "filter", "get_or_create"}
    ),
    options="Meta",
    table_options=("table_name", "db_table"),
    column_keywords=("column_name", "db_column"),
    back_keywords=("backref", "related_name"),
    back_default="{}_set",
    joins=frozenset({"join", "join_from", "select", "left_outer_join"}),
)

TORTOISE = Style(
    name="tortoise",
    bases=("tortoise.models.Model",),
    foreign=frozenset({"ForeignKeyField", "OneToOneField"}),
    many=frozenset({"ManyToManyField"}),
    columns=_field,
    table=str.lower,
    key=("id", "IntField"),
    foreign_column="{}_id".format,
    verbs={
        **dict.fromkeys(
            ("get", "get_or_none", "filter", "all", "first", "exclude", "in_bulk"), _READ
        ),
        **dict.fromkeys(("exists", "annotate", "raw", "last", "count", "fetch_related"), _READ),
        **dict.fromkeys(("refresh_from_db", "select_for_update"), _READ),
        **dict.fromkeys(("create", "bulk_create"), _CREATE),
        **dict.fromkeys(("update", "bulk_update", "save", "update_from_dict"), _UPDATE),
        "delete": _DELETE,
        "get_or_create": _READ + _CREATE,
        "update_or_create": _READ + _CREATE + _UPDATE,
    },
    reads=frozenset(
        {"get", "get_or_none", "filter", "all", "first", "exclude", "in_bulk", "exists", "annotate"}
        | {"raw", "last", "select_for_update", "get_or_create", "update_or_create"}
    ),
    options="Meta",
    table_options=("table",),
    column_keywords=("source_field", "db_column"),
    back_keywords=("related_name",),
    back_default="{}s",
    joins=frozenset(
        {"select_related", "prefetch_related", "fetch_related", "filter", "exclude", "get"}
    ),
)

PONY = Style(
    name="pony",
    bases=("pony.orm.Entity",),
    foreign=frozenset(),
    many=frozenset({"Set"}),
    columns=frozenset({"Required", "Optional", "PrimaryKey", "Discriminator"}).__contains__,
    table=str,
    key=("id", "int"),
    foreign_column=str,
    verbs={
        **dict.fromkeys(("get", "select", "select_by_sql", "get_by_sql", "exists"), _READ),
        **dict.fromkeys(("get_for_update", "select_random", "load"), _READ),
        **dict.fromkeys(("set",), _UPDATE),
        "delete": _DELETE,
    },
    reads=frozenset({"get", "select", "exists", "select_by_sql", "get_by_sql", "get_for_update"}),
    options="",
    table_options=("_table_",),
    column_keywords=("column",),
    back_keywords=("reverse",),
    inherits=True,
)

MONGOENGINE = Style(
    name="mongoengine",
    bases=("mongoengine.Document", "mongoengine.DynamicDocument"),
    foreign=frozenset({"ReferenceField", "LazyReferenceField", "CachedReferenceField"}),
    many=frozenset(),
    columns=_field,
    table=snake,
    key=("_id", "ObjectIdField"),
    foreign_column=str,
    verbs={
        **dict.fromkeys(("objects", "get", "first", "filter", "all", "count", "aggregate"), _READ),
        **dict.fromkeys(("reload", "scalar", "distinct", "in_bulk", "order_by"), _READ),
        **dict.fromkeys(("insert", "create"), _CREATE),
        **dict.fromkeys(("update", "update_one", "save", "set", "push", "inc"), _UPDATE),
        **dict.fromkeys(("modify", "find_and_modify"), _READ + _UPDATE),
        "upsert_one": _CREATE + _UPDATE,
        "delete": _DELETE,
    },
    reads=frozenset({"objects"}),
    options="meta",
    table_options=("collection",),
    column_keywords=("db_field",),
    back_keywords=(),
    on_delete=("reverse_delete_rule",),
    inherits=True,
)

STYLES = (PEEWEE, TORTOISE, PONY, MONGOENGINE)
