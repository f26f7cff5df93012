"""Which classes are mapped, to which tables, and from which of their bases do columns come?

Terms
-----
declarative  a class whose bases include SQLAlchemy's declarative base, however it was made.
parent       the nearest mapped class among a class's bases. A child without a table name shares
             its parent's table (single-table inheritance); one with a name joins to it.
source       a class whose attributes become columns of another's table: itself, its mixins and
             abstract bases, but for those that its parent has already.
"""

from dataclasses import dataclass, field, replace

from decompose.frameworks.sqlalchemy.columns import (
    MAKERS,
    Declared,
    declared,
    from_function,
    of_field,
)
from decompose.frameworks.sqlalchemy.flags import Flags
from decompose.frameworks.sqlalchemy.library import LIBRARY_COLUMNS
from decompose.frameworks.sqlalchemy.names import implied_name, own_value, schema_name, table_name
from decompose.model.facts import Op
from decompose.model.view import ClassView, Expression, ProgramView

DECLARATIVE = (
    "sqlalchemy.orm.DeclarativeBase",
    "flask_sqlalchemy.Model",
    "flask_appbuilder.Model",
    "sqlmodel.SQLModel",
)
_IMPLICIT = frozenset({"flask_sqlalchemy.Model", "flask_appbuilder.Model"})
_MAPPERS = frozenset({"mapped", "mapped_as_dataclass"})
_HISTORY = frozenset({"alembic", "migrations"})
_IGNORED = frozenset({"metadata", "registry", "type_annotation_map", "query_class"})


@dataclass(slots=True)
class Mapping:
    """A mapped class. `table`: its own or its parent's; `own` says which; `certain`: spelled out."""

    view: ClassView
    table: str
    own: bool
    certain: bool
    parent: "Mapping | None"
    columns: dict[str, Declared] = field(default_factory=dict)


@dataclass(slots=True)
class Schema:
    """All mapped classes by dotted name, found on demand."""

    view: ProgramView
    default_schema: str = ""
    mappings: dict[str, Mapping] = field(default_factory=dict)
    flags: Flags = field(init=False)
    _seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.flags = Flags(self.view)

    def read(self) -> "Schema":
        """Find all mapped classes."""
        self.default_schema = _default_schema(self.view)
        for found in self.view.classes():
            if not is_history(found.module):
                self.mapping(found.name)
        return self

    def mapping(self, name: str) -> Mapping | None:
        """How a class is mapped; None for one that is not."""
        if name not in self._seen:
            self._seen.add(name)
            found = self.view.class_named(name)
            made = self._map(found) if found is not None and found.name == name else None
            if made is not None:
                self.mappings[name] = made
        return self.mappings.get(name)

    def _map(self, found: ClassView) -> Mapping | None:
        if not self._is_declarative(found) or _is_abstract(found):
            return None
        if "sqlmodel.SQLModel" in found.mro and not _has_table(found):
            return None
        parent = next(filter(None, map(self.mapping, found.mro[1:])), None)
        sources = self._sources(found, parent)
        columns = self._columns(sources, found)
        name, certain = self._name(found, sources, parent, columns)
        if name and not _is_qualified(name):
            schema = schema_name(sources, self.view) or self.default_schema
            name = f"{schema}.{name}" if schema else name
        if name:
            return Mapping(found, name, own=True, certain=certain, parent=parent, columns=columns)
        if parent is None:
            return None
        return Mapping(
            found, parent.table, own=False, certain=parent.certain, parent=parent, columns=columns
        )

    def _is_declarative(self, found: ClassView) -> bool:
        if any(base in DECLARATIVE for base in found.mro[1:]):
            return True
        if any(each.attribute in _MAPPERS for each in found.decorators):
            return True
        bases = map(self.view.class_named, found.mro[1:])
        return any(base is not None and _is_base(base) for base in bases) or _looks_mapped(found)

    def _sources(self, found: ClassView, parent: Mapping | None) -> list[ClassView]:
        covered = set(parent.view.mro) if parent is not None else set()
        above = [*found.mro[1:], *self._given_bases(found)]
        bases = [self.view.class_named(name) for name in above if name not in covered]
        return [found, *(base for base in bases if base is not None)]

    def _given_bases(self, found: ClassView) -> list[str]:
        """The MRO of `Model` in `Base = declarative_base(cls=Model)`, which no class statement shows."""
        names: dict[str, None] = {}
        classes = (self.view.class_named(name) for name in found.mro)
        for base in (base for each in classes if each is not None for base in each.bases):
            for made in base.bound():
                given = made.keywords.get("cls") if made.attribute == "declarative_base" else None
                for symbol in given.symbols() if given is not None else ():
                    own = self.view.class_named(symbol)
                    names.update(dict.fromkeys(own.mro if own is not None else ()))
        return list(names)

    def _name(
        self,
        found: ClassView,
        sources: list[ClassView],
        parent: Mapping | None,
        columns: dict[str, Declared],
    ) -> tuple[str, bool]:
        """(table name, is it spelled out); ("", …) where the class has no table of its own."""
        computed = [self.view.class_named(name) for name in found.mro[1:]]
        inherited = [base for base in computed if base and "__tablename__" in base.methods()]
        for source in (*sources, *inherited):
            name = table_name(source, found)
            if name is not None:
                return (name, True) if name else (implied_name(found), False)
        table = own_value(found, "__table__")
        if table is not None:
            return _core_name(table), True
        if "sqlmodel.SQLModel" in found.mro:
            return found.name.rpartition(".")[2].lower(), True
        has_key = any(each.column.primary_key for each in columns.values())
        if _IMPLICIT & set(found.mro) and has_key and (parent is None or _owns_key(columns)):
            return implied_name(found), True
        return "", True

    def _columns(self, sources: list[ClassView], found: ClassView) -> dict[str, Declared]:
        covered = {base for source in sources for base in source.mro}
        columns = {
            column.name: Declared(column.name, replace(column, line=found.site.line))
            for base in reversed([*found.mro, *self._given_bases(found)])
            if base in covered
            for column in LIBRARY_COLUMNS.get(base, ())
        }
        fields = "sqlmodel.SQLModel" in found.mro
        for source in reversed(sources):
            for attribute, value, annotation in source.assigned():
                if attribute.startswith("__") or attribute in _IGNORED:
                    continue
                read = of_field if fields else declared
                _put(columns, attribute, read(attribute, value, annotation, self.view))
            for attribute, method in source.methods().items():
                if any("declared_attr" in each.text() for each in method.decorators):
                    given = self.flags.returned(method, found)
                    _put(columns, attribute, from_function(attribute, method, given, self.view))
        return columns


def is_history(module: str) -> bool:
    """Is it a migration? What those declare was true once."""
    return not _HISTORY.isdisjoint(module.split("."))


def _put(columns: dict[str, Declared], attribute: str, found: Declared | None) -> None:
    if found is not None:
        columns[attribute] = found


def _owns_key(columns: dict[str, Declared]) -> bool:
    return any(each.column.primary_key and each.reference is not None for each in columns.values())


def _looks_mapped(found: ClassView) -> bool:
    """A class with a table name, columns, and a base that is out of sight is mapped."""
    names = {name for name, _, _ in found.assigned()}
    if names.isdisjoint(("__tablename__", "__table__")):
        return False
    if all(base.symbols() for base in found.bases):
        return False
    values = [value for _, value, _ in found.assigned() if value is not None]
    return any(value.op is Op.CALL and value.attribute in MAKERS | {"Table"} for value in values)


def _is_abstract(found: ClassView) -> bool:
    value = own_value(found, "__abstract__")
    if value is not None:
        return value.literal() is True
    return _is_base(found) or "sqlalchemy.orm.DeclarativeBase" in _direct(found)


def _is_base(found: ClassView) -> bool:
    return any(each.attribute == "as_declarative" for each in found.decorators)


def _direct(found: ClassView) -> list[str]:
    return [name for base in found.bases if (name := base.name())]


def _has_table(found: ClassView) -> bool:
    given = found.keywords.get("table")
    return given is not None and given.literal() is True


def _core_name(table: Expression) -> str:
    for value in table.bound() if table.op in (Op.NAME, Op.ATTRIBUTE) else (table,):
        if value.op is Op.CALL and value.arguments:
            return value.arguments[0].string() or ""
    return ""


def _is_qualified(name: str) -> bool:
    return "." in name


def _default_schema(view: ProgramView) -> str:
    """`MetaData(schema="x")`, where a program has but one."""
    given = {
        call.keywords["schema"].string()
        for call in view.calls("MetaData")
        if "schema" in call.keywords
    }
    return next(iter(given)) or "" if len(given) == 1 else ""
