"""Which tables do libraries make of a model while the program starts? No class statement of the program shows them.

history = HistoricalRecords()             django-simple-history: a table with the model's columns and four of its own
translations = TranslatedFields(title=…)  django-parler: a row for each language
@hierarchy.add(), @hierarchy.set_global() hierarkey: a store of settings beside a model, or beside none
"""

from collections.abc import Iterator
from dataclasses import replace

from decompose.frameworks.django_models.columns import column_of, fields_of
from decompose.frameworks.django_models.fields import Field, field_of, is_true, last, text
from decompose.frameworks.django_models.library import USER_MODEL
from decompose.frameworks.django_models.schema import Model, Schema
from decompose.model.facts import Op
from decompose.model.program import Column, Table
from decompose.model.source import Site
from decompose.model.view import ClassView, Expression

INTEREST = frozenset({"register"})
FRAMEWORK = "django.models"
_HISTORY = "simple_history.models.HistoricalRecords"
_TRANSLATED = "parler.models.TranslatedFields"
_HIERARCHY = "hierarkey.models.Hierarkey"


def made_tables(schema: Schema, model: Model) -> Iterator[Table]:
    """The tables that stand beside a model's own."""
    for name, call, is_own in _assigned(schema, model):
        made_by = (call.callee.name() if call.callee is not None else None) or ""
        if made_by == _HISTORY and (is_own or is_true(call.keywords.get("inherit"))):
            yield _history(schema, model, name, call)
        elif made_by == _TRANSLATED and is_own:
            yield _translation(schema, model, name, call)
    for decorator in model.view.decorators:
        if _is_hierarchy(decorator) and decorator.attribute == "add":
            yield _store(schema, model, decorator)


def registered(schema: Schema) -> Iterator[Table]:
    """Histories of models that are handed to `simple_history.register`."""
    for call in schema.program.calls("register"):
        made_by = call.callee.name() if call.callee is not None else None
        names = call.arguments[0].symbols() if call.arguments else ()
        for name in names if made_by == "simple_history.register" else ():
            if name in schema.models and schema.models[name].is_concrete:
                yield _history(schema, schema.models[name], "history", call)


def stores(schema: Schema) -> Iterator[Table]:
    """Stores of settings that belong to no model."""
    for found in schema.program.classes():
        for decorator in found.decorators:
            if decorator.attribute == "set_global" and _is_hierarchy(decorator):
                label = schema.label_of(found.module)
                table = f"{label}_{_store_name(found, decorator)}"
                columns = _store_columns(schema, found.site.line)
                name = f"{found.name}.{_attribute(decorator)}"
                yield Table(table, "", found.site, FRAMEWORK, columns, implicit_of=name)


def _assigned(schema: Schema, model: Model) -> Iterator[tuple[str, Expression, bool]]:
    """(name, call, does the model itself assign it) of what it and its bases assign in their bodies."""
    for base in model.view.mro:
        found = schema.program.class_named(base) if base in schema.models else None
        for name, value, _ in found.assigned() if found is not None else ():
            if value is not None and value.op is Op.CALL:
                yield name, value, base == model.view.name


def _history(schema: Schema, model: Model, name: str, call: Expression) -> Table:
    left_out = call.keywords.get("excluded_fields")
    hidden = {text(each) for each in left_out.elements} if left_out is not None else set()
    copied = [
        _copied(column_of(schema, model, one))
        for one in fields_of(schema, model)
        if one.kind != "many" and one.name not in hidden
    ]
    line = call.site.line
    user = _key(
        schema,
        model,
        Field("history_user", "foreign", "ForeignKey", line, on_delete="SET_NULL"),
        USER_MODEL,
    )
    own = (
        Column("history_id", "AutoField", line, primary_key=True, unique=True),
        Column("history_date", "DateTimeField", line),
        Column("history_change_reason", "CharField", line, nullable=True),
        Column("history_type", "CharField", line),
        replace(user, nullable=True),
    )
    table = text(call.keywords.get("table_name")) or (
        f"{model.label}_{_history_name(model, call)}".lower()
    )
    return _made(model, name, call, table, (*copied, *own))


def _history_name(model: Model, call: Expression) -> str:
    given = text(call.keywords.get("custom_model_name"))
    return given or f"historical{last(model.view.name)}"


def _copied(column: Column) -> Column:
    """A column of a history: what was unique may come again, what a key led to may be gone."""
    kind = {"OneToOneField": "ForeignKey"}.get(column.type, column.type)
    on_delete = "DO_NOTHING" if column.on_delete else ""
    return replace(column, type=kind, primary_key=False, unique=False, on_delete=on_delete)


def _translation(schema: Schema, model: Model, name: str, call: Expression) -> Table:
    line = call.site.line
    fields = [field_of(schema.program, word, value) for word, value in call.keywords.items()]
    master = Field("master", "foreign", "ForeignKey", line, on_delete="CASCADE")
    columns = (
        Column("id", schema.key_type, line, primary_key=True, unique=True),
        Column("language_code", "CharField", line),
        *(
            column_of(schema, model, one)
            for one in fields
            if one is not None and one.kind != "many"
        ),
        _key(schema, model, master, model.view.name),
    )
    return _made(model, name, call, f"{model.table}_translation", columns)


def _store(schema: Schema, model: Model, decorator: Expression) -> Table:
    line = decorator.site.line
    owner = Field("object", "foreign", "ForeignKey", line, on_delete="CASCADE")
    key = _key(schema, model, owner, model.view.name)
    columns = (*_store_columns(schema, line), key)
    table = f"{model.label}_{_store_name(model.view, decorator)}"
    return _made(model, _attribute(decorator), decorator, table, columns)


def _store_columns(schema: Schema, line: int) -> tuple[Column, ...]:
    return (
        Column("id", schema.key_type, line, primary_key=True, unique=True),
        Column("key", "CharField", line),
        Column("value", "TextField", line),
    )


def _store_name(owner: ClassView, decorator: Expression) -> str:
    return f"{last(owner.name)}_{_attribute(decorator)}store".lower()


def _is_hierarchy(decorator: Expression) -> bool:
    if decorator.attribute not in ("add", "set_global") or decorator.base is None:
        return False
    return _HIERARCHY in decorator.base.types()


def _attribute(decorator: Expression) -> str:
    """What the store is called on an instance: the hierarchy's own argument."""
    for made in decorator.base.bound() if decorator.base is not None else ():
        given = made.keywords.get("attribute_name", next(iter(made.arguments), None))
        if text(given):
            return text(given)
    return "settings"


def _key(schema: Schema, model: Model, one: Field, target: str) -> Column:
    return column_of(schema, model, replace(one, column=f"{one.name}_id", target=target))


def _made(
    model: Model, name: str, call: Expression, table: str, columns: tuple[Column, ...]
) -> Table:
    site = Site(call.site.path, call.site.line)
    return Table(table, "", site, FRAMEWORK, columns, model.confidence, f"{model.view.name}.{name}")
