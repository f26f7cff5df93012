"""Which columns has a model's table?

Its own, those of its abstract bases, the link to a concrete parent, the key that Django adds, translations.
"""

from collections.abc import Sequence
from dataclasses import replace

from decompose.frameworks.django_models.fields import Field, field_of, last
from decompose.frameworks.django_models.library import (
    LIBRARY_FIELDS,
    LIBRARY_KEYS,
    LIBRARY_PARENTS,
    library_table,
)
from decompose.frameworks.django_models.schema import Model, Schema, concrete, option, target_of
from decompose.model.program import Column


def fields_of(schema: Schema, model: Model) -> tuple[Field, ...]:
    """Fields with a place in the model's own tables, the primary key included, bases' first."""
    known = schema.fields.get(model.view.name)
    if known is None:
        schema.fields[model.view.name] = ()  # a relation that leads back here finds the default key
        known = schema.fields[model.view.name] = tuple(_own_fields(schema, model))
    return known


def _own_fields(schema: Schema, model: Model) -> list[Field]:
    parents = _parents(schema, model)
    declared = _declared(schema, model, parents)
    links = [
        _parent_link(parent) for parent in parents if not _has_link(schema, model, declared, parent)
    ]
    fields = [*links, *declared]
    if not any(one.primary_key for one in fields):
        fields = _with_key(schema, fields)
    if option(schema.program, model.view, "order_with_respect_to") is not None:
        fields.append(Field("_order", "column", "OrderWrt", column="_order"))
    for name in schema.translated.get(model.view.name, ()):
        fields.extend(_translations(schema, fields, name))
    return fields


def _translations(schema: Schema, fields: Sequence[Field], name: str) -> list[Field]:
    """A column for each language (`title_pt_br`) that django-modeltranslation adds to a field."""
    one = next((each for each in fields if each.name == name), None)
    if one is None:
        return []
    names = [f"{name}_{language.replace('-', '_')}" for language in schema.languages]
    suffix = one.column.removeprefix(name)
    return [
        replace(
            one, name=each, column=each + suffix, nullable=True, unique=False, primary_key=False
        )
        for each in names
    ]


def _parents(schema: Schema, model: Model) -> list[str]:
    """The nearest concrete models among the bases."""
    lineage = lineage_of(schema, model)
    models = [schema.models[name] for name in lineage[1:] if name in schema.models]
    above = {name for base in models if base.is_concrete for name in base.view.mro[1:]}
    own = [base.view.name for base in models if base.is_concrete]
    foreign = [name for name in lineage[1:] if name in LIBRARY_PARENTS]
    return [name for name in [*own, *foreign[:1]] if name not in above]


def lineage_of(schema: Schema, model: Model) -> Sequence[str]:
    """The MRO, where a base may be one of several classes only by the one that is called as it is written.

    if is_swapped: from base import BasePage as Page
    else: from pages import Page
    """
    dropped: set[str] = set()
    kept: set[str] = set()
    for name in model.view.mro:
        found = schema.program.class_named(name)
        for base in found.bases if found is not None else ():
            symbols = [symbol for symbol in base.symbols() if symbol in schema.models]
            called_so = [symbol for symbol in symbols if last(symbol) == base.attribute]
            chosen = called_so if len(symbols) > 1 and len(called_so) == 1 else symbols
            kept.update(each for symbol in chosen for each in schema.models[symbol].view.mro)
            dropped.update(set(symbols) - set(chosen))
    return [name for name in model.view.mro if name not in dropped - kept]


def _declared(schema: Schema, model: Model, parents: Sequence[str]) -> list[Field]:
    """What the model and its abstract bases declare; what a concrete parent has stays in the parent's table."""
    inherited = {
        name
        for parent in parents
        if parent in schema.models
        for name in schema.models[parent].view.mro
    }
    found: dict[str, Field] = {}
    for base in reversed(lineage_of(schema, model)):
        if base not in inherited:
            if LIBRARY_PARENTS.isdisjoint(parents):
                found.update((one.name, one) for one in LIBRARY_FIELDS.get(base, ()))
            _read_class(schema, base, found)
    return list(found.values())


def _read_class(schema: Schema, base: str, found: dict[str, Field]) -> None:
    """Add the fields that one class of the MRO writes; whatever else has the name of an inherited one hides it."""
    declaring = schema.models.get(base)
    if declaring is None:
        return
    for name in declaring.view.methods():
        found.pop(name, None)
    for name, value, _ in declaring.view.assigned():
        one = field_of(schema.program, name, value, schema.presets) if value is not None else None
        if one is not None:
            found.pop(name, None)
            found[name] = one
        elif value is not None:
            found.pop(name, None)


def _has_link(schema: Schema, model: Model, declared: Sequence[Field], parent: str) -> bool:
    """Does a field of its own say that it is the link to the parent?"""
    links = [
        one
        for one in declared
        if one.type == "OneToOneField" and (one.parent_link or one.primary_key)
    ]
    return any(target_of(schema, model, one.target) == parent for one in links)


def _parent_link(parent: str) -> Field:
    name = f"{last(parent).lower()}_ptr"
    column = f"{name}_id"
    return Field(
        name,
        "foreign",
        "OneToOneField",
        0,
        column,
        parent,
        unique=True,
        on_delete="CASCADE",
        parent_link=True,
    )


def _with_key(schema: Schema, fields: list[Field]) -> list[Field]:
    """The first link to a parent is the key; without one Django adds `id`."""
    position = next((place for place, one in enumerate(fields) if one.parent_link), None)
    if position is None:
        return [Field("id", "column", schema.key_type, column="id", primary_key=True), *fields]
    return [
        replace(one, primary_key=True) if place == position else one
        for place, one in enumerate(fields)
    ]


def column_of(schema: Schema, model: Model, one: Field) -> Column:
    """The column of a field in the model's table."""
    return Column(
        one.column,
        one.type,
        one.line or model.view.site.line,
        one.primary_key,
        one.nullable,
        one.unique or one.primary_key,
        _references(schema, model, one),
        one.on_delete,
    )


def _references(schema: Schema, model: Model, one: Field) -> str:
    """What a foreign key points to as "table.column", "" where it cannot be told."""
    target = target_of(schema, model, one.target) if one.kind == "foreign" else ""
    found = concrete(schema, target)
    if found is not None:
        return f"{found.table}.{_target_column(schema, found, one.to_field)}"
    table = library_table(target)
    return f"{table}.{one.to_field or LIBRARY_KEYS.get(table, 'id')}" if table else ""


def _target_column(schema: Schema, target: Model, to_field: str) -> str:
    """The column that a foreign key to a model refers to: its primary key unless a field is named."""
    fields = fields_of(schema, target)
    wanted = (
        one.column for one in fields if (one.name == to_field if to_field else one.primary_key)
    )
    return next(wanted, to_field or "id")
