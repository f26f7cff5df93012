"""Which classes are models of the smaller mappers, with which tables, columns and relations?"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from decompose.frameworks.records.styles import PEEWEE, PONY, TORTOISE, Style
from decompose.model.facts import Op
from decompose.model.program import Column, Table
from decompose.model.view import ClassView, Expression, ProgramView

_RELATED = {"ListField", "SortedListField", "MapField"}
_TORTOISE_KEYS = ("pk", "primary_key")


@dataclass(frozen=True, slots=True)
class Relation:
    """What an attribute of a row leads to; `through`: the table between."""

    target: str
    is_many: bool = False
    through: str = ""


@dataclass(slots=True)
class Model:
    """A model with a table."""

    view: ClassView
    table: str
    key: str = ""
    columns: list[Column] = field(default_factory=list)
    relations: dict[str, Relation] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    """Column of a foreign key -> model that it refers to."""
    attributes: set[str] = field(default_factory=set)
    """Attributes that stand for columns."""


@dataclass(slots=True)
class Schema:
    """The models of one style."""

    program: ProgramView
    style: Style
    models: dict[str, Model] = field(default_factory=dict)
    joins: dict[str, tuple[tuple[str, str], str, Expression]] = field(default_factory=dict)
    """Table between two models -> (the models, attribute, its value)."""
    _short: dict[str, list[str]] = field(default_factory=dict)

    def read(self) -> "Schema":
        """Find models, then their columns, which refer to other models."""
        found = list(self.program.subclasses(*self.style.bases))
        above = {base for each in found for base in each.mro[1:]}
        for each in found:
            if not self._is_abstract(each, is_base=each.name in above):
                self.models[each.name] = Model(each, "")
                self._short.setdefault(_last(each.name), []).append(each.name)
        for model in self.models.values():
            model.table = self._table(model.view)
        for model in self.models.values():
            self._read(model)
        for model in self.models.values():
            model.columns = [self._with_reference(model, column) for column in model.columns]
        return self

    def tables(self) -> Iterator[Table]:
        """Tables of models, each once, then those between two models."""
        merged: dict[str, Table] = {}
        for name, model in sorted(self.models.items(), key=lambda each: len(each[1].view.mro)):
            known = merged.get(model.table)
            if known is None:
                site, columns = model.view.site, tuple(model.columns)
                merged[model.table] = Table(model.table, name, site, self.style.name, columns)
            elif self.style.inherits:
                names = {column.name for column in known.columns}
                kind = [Column("classtype", "str", known.site.line)] if self.style is PONY else []
                more = tuple(each for each in [*kind, *model.columns] if each.name not in names)
                merged[model.table] = replace(known, columns=(*known.columns, *more))
        yield from merged.values()
        for table, (sides, name, call) in self.joins.items():
            if table not in merged:
                yield self._join(table, sides, name, call)

    def _is_abstract(self, found: ClassView, *, is_base: bool) -> bool:
        given = self._option(found, "abstract", inherited=False)
        if given is not None:
            return given.literal() is True
        return is_base and not any(self._is_field(value) for _, value, _ in found.assigned())

    def _is_field(self, value: Expression | None) -> bool:
        if value is None or value.op is not Op.CALL:
            return False
        name = value.attribute
        return self.style.columns(name) or name in self.style.foreign | self.style.many

    def _option(self, found: ClassView, name: str, *, inherited: bool) -> Expression | None:
        """An option in the inner class `Meta`, the dict `meta`, or the body itself."""
        if self.style.options == "Meta":
            meta = found.inner("Meta")
            own = meta is not None and meta.name == f"{found.name}.Meta"
            return meta.attribute(name) if meta is not None and (own or inherited) else None
        for attribute, value, _ in found.assigned():
            if not self.style.options and attribute == name:
                return value
            if self.style.options and attribute == self.style.options and value is not None:
                for key, each in zip(value.keys, value.elements, strict=False):
                    if key.string() == name:
                        return each
        return None

    def _table(self, found: ClassView) -> str:
        for option in self.style.table_options:
            given = self._option(found, option, inherited=False)
            if given is not None:
                parts = [each.string() or "" for each in given.elements] or [given.string() or ""]
                if all(parts):
                    return ".".join(parts)
        if self.style.inherits:
            for base in found.mro[1:]:
                if base in self.models:
                    return self._table(self.models[base].view)
        return self.style.table(_last(found.name))

    def _read(self, model: Model) -> None:
        for name, value, _ in model.view.assigned(inherited=True):
            if value is None or value.op is not Op.CALL:
                continue
            column = self._column(model, name, value)
            if column is not None:
                model.columns = [each for each in model.columns if each.name != column.name]
                model.columns.append(column)
                model.attributes.add(name)
        composite = self._composite(model)
        if composite:
            model.columns = [
                replace(each, primary_key=each.name in composite) for each in model.columns
            ]
        keys = [column.name for column in model.columns if column.primary_key]
        if not keys:
            name, type_ = self.style.key
            line = model.view.site.line
            model.columns.insert(0, Column(name, type_, line, primary_key=True, unique=True))
            keys = [name]
        model.key = keys[0]

    def _composite(self, model: Model) -> set[str]:
        """`CompositeKey("a", "b")` of peewee."""
        given = self._option(model.view, "primary_key", inherited=True)
        if self.style is not PEEWEE or given is None or given.op is not Op.CALL:
            return set()
        names = {each.string() or "" for each in given.arguments}
        return {*names, *(self.style.foreign_column(name) for name in names)}

    def _column(self, model: Model, name: str, call: Expression) -> Column | None:
        style, kind = self.style, call.attribute
        target = self._target(model, call)
        inner = call.arguments[0] if kind in _RELATED and call.arguments else None
        if inner is not None and inner.op is Op.CALL and inner.attribute in style.foreign:
            target = self._target(model, inner)
        if kind in style.many:
            self._many(model, name, call, target)
            return None
        is_foreign = kind in style.foreign or bool(target)
        if not is_foreign and not style.columns(kind):
            return None
        column = self._named(call) or (style.foreign_column(name) if is_foreign else name)
        if target:
            model.relations[name] = Relation(target)
            model.targets[column] = target
            self._back(model, call, target)
        primary = call.attribute == "PrimaryKey" or any(
            self._is_true(call, word) for word in _TORTOISE_KEYS
        )
        return Column(
            column,
            kind if style is not PONY else _first_text(call) or kind,
            call.site.line,
            primary_key=primary,
            nullable=self._is_true(call, "null") or kind == "Optional",
            unique=primary or self._is_true(call, "unique") or kind == "OneToOneField",
            on_delete=self._on_delete(call) if target else "",
        )

    def _named(self, call: Expression) -> str:
        for word in self.style.column_keywords:
            given = call.keywords.get(word)
            if given is not None and given.string():
                return given.string() or ""
        return ""

    def _is_true(self, call: Expression, word: str) -> bool:
        given = call.keywords.get(word)
        return given is not None and given.literal() is True

    def _on_delete(self, call: Expression) -> str:
        for word in self.style.on_delete:
            given = call.keywords.get(word)
            if given is not None:
                return (given.string() or given.attribute).upper().replace(" ", "_")
        return "CASCADE" if self.style is TORTOISE else ""

    def _target(self, model: Model, call: Expression) -> str:
        """The model that a relation leads to, "" for plain columns."""
        kinds = self.style.foreign | self.style.many
        if self.style is not PONY and call.attribute not in kinds:
            return ""
        for given in (*call.arguments[:1], *call.keywords.values()):
            text = given.string()
            if text == "self":
                return model.view.name
            if text is not None:
                found = self._short.get(_last(text), [])
                near = [name for name in found if name.startswith(f"{model.view.module}.")]
                if near or found:
                    return (near or found)[0]
            for symbol in given.symbols():
                if symbol in self.models:
                    return symbol
            if call.arguments:
                break
        return ""

    def _back(self, model: Model, call: Expression, target: str) -> None:
        short = _last(model.view.name).lower()
        name = self.style.back_default.format(short)
        for word in self.style.back_keywords:
            given = call.keywords.get(word)
            name = (given.string() or name) if given is not None else name
        if name:
            relation = Relation(model.view.name, is_many=call.attribute != "OneToOneField")
            self.models[target].relations.setdefault(name, relation)

    def _many(self, model: Model, name: str, call: Expression, target: str) -> None:
        """A table between two models; of Pony's two sets the one whose class comes first makes it."""
        if not target:
            return
        if self.style is PONY and not self._is_mutual(model, target):
            model.relations[name] = Relation(target, is_many=True)
            return
        own, other = model.view.name, target
        if self.style is PONY:
            own, other = sorted((own, other), key=_last)
        table = self._join_name(own, other, call)
        model.relations[name] = Relation(target, is_many=True, through=table)
        self._back_many(model, call, target, table)
        self.joins.setdefault(table, ((own, other), name, call))

    def _join(self, table: str, sides: tuple[str, str], name: str, call: Expression) -> Table:
        """The table itself; its keys refer to what both sides' tables have as theirs."""
        columns = [
            Column(
                _last(each).lower() + ("" if self.style is PONY else "_id"),
                "ForeignKeyField",
                call.site.line,
                primary_key=self.style is PONY,
                references=f"{self.models[each].table}.{self.models[each].key}",
            )
            for each in sides
        ]
        if self.style is PEEWEE:
            key = Column("id", "AutoField", call.site.line, primary_key=True, unique=True)
            columns.insert(0, key)
        owner = f"{sides[0]}.{name}"
        return Table(table, "", call.site, self.style.name, tuple(columns), implicit_of=owner)

    def _join_name(self, own: str, other: str, call: Expression) -> str:
        for word in ("through", "table", "through_model"):
            given = call.keywords.get(word)
            if given is not None:
                symbols = [name for name in given.symbols() if name in self.models]
                text = self.models[symbols[0]].table if symbols else given.string()
                if text:
                    return text
        left, right = self.models[own].table, self.models[other].table
        return f"{left}_{right}_through" if self.style is PEEWEE else f"{left}_{right}"

    def _back_many(self, model: Model, call: Expression, target: str, table: str) -> None:
        for word in self.style.back_keywords:
            given = call.keywords.get(word)
            if given is not None and given.string():
                back = Relation(model.view.name, is_many=True, through=table)
                self.models[target].relations.setdefault(given.string() or "", back)

    def _is_mutual(self, model: Model, target: str) -> bool:
        """Have both entities a set of the other?"""
        found = self.models[target].view
        return any(
            value is not None
            and value.op is Op.CALL
            and value.attribute == "Set"
            and self._target(self.models[target], value) == model.view.name
            for _, value, _ in found.assigned(inherited=True)
        )

    def _with_reference(self, model: Model, column: Column) -> Column:
        target = self.models.get(model.targets.get(column.name, ""))
        return replace(column, references=f"{target.table}.{target.key}") if target else column


def _first_text(call: Expression) -> str:
    return call.arguments[0].text() if call.arguments else ""


def _last(name: str) -> str:
    return name.rpartition(".")[2]
