"""What does a binding in the body of a model declare: a column, a foreign key, a many-to-many relation, or no field?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from decompose.model.facts import Op
from decompose.model.view import Expression, ProgramView

KEY = "django.db.models.ForeignKey"
ONE = "django.db.models.OneToOneField"
MANY = "django.db.models.ManyToManyField"
VIRTUAL = "django.contrib.contenttypes.fields.GenericForeignKey"
FIELD_BASES = {
    ONE: (KEY,),
    KEY: ("django.db.models.Field",),
    MANY: ("django.db.models.Field",),
    "mptt.fields.TreeForeignKey": (KEY,),
    "mptt.fields.TreeOneToOneField": (ONE,),
    "mptt.fields.TreeManyToManyField": (MANY,),
    "modelcluster.fields.ParentalKey": (KEY,),
    "modelcluster.fields.ParentalManyToManyField": (MANY,),
    "sortedm2m.fields.SortedManyToManyField": (MANY,),
    "smart_selects.db_fields.ChainedForeignKey": (KEY,),
    "smart_selects.db_fields.ChainedManyToManyField": (MANY,),
    "parler.fields.TranslationsForeignKey": (KEY,),
    "django.contrib.contenttypes.fields.GenericRelation": (VIRTUAL,),
    "django.db.models.CompositePrimaryKey": (VIRTUAL,),
    "taggit.managers.TaggableManager": (VIRTUAL,),
    "modelcluster.contrib.taggit.ClusterTaggableManager": (VIRTUAL,),
}
"""Fields that are no plain column, or not the way their name says."""

PRESETTING = ("setdefault", "__init__")
"""Methods that a field's `__init__` calls to set keywords itself."""
_NOT_OF_MODELS = ("django.forms.", "rest_framework.", "graphene.", "django_filters.", "wtforms.")


@dataclass(frozen=True, slots=True)
class Field:
    """A field as declared. `target`: of a relation, as written; a dotted class or "label.Model" where it is text."""

    name: str
    kind: str  # "column", "foreign" or "many"
    type: str
    line: int = 0
    column: str = ""
    target: Expression | str | None = None
    to_field: str = ""
    primary_key: bool = False
    nullable: bool = False
    unique: bool = False
    on_delete: str = ""
    parent_link: bool = False
    through: bool = False
    table: str = ""


Presets = Mapping[str, Mapping[str, Expression]]
"""`__init__` of a field's class -> keywords that it sets itself."""


def presets(view: ProgramView) -> Presets:
    """What fields of the program's own set in `__init__`, by `kwargs.setdefault(…)` or in what they hand up."""
    found: dict[str, dict[str, Expression]] = {}
    for call in view.calls(*PRESETTING):
        if not call.owner.endswith(".__init__"):
            continue
        known = found.setdefault(call.owner, {})
        if call.attribute == "setdefault" and len(call.arguments) > 1:
            known.setdefault(text(call.arguments[0]), call.arguments[1])
        elif call.attribute == "__init__":
            for word, value in call.keywords.items():
                known.setdefault(word, value)
    return found


def _keywords(view: ProgramView, call: Expression, preset: Presets) -> dict[str, Expression]:
    """The keywords of a call, after what the field's class and its bases set themselves."""
    name = (call.callee.name() if call.callee is not None else None) or ""
    found = view.class_named(name)
    keywords: dict[str, Expression] = {}
    for base in reversed(found.mro if found is not None else ()):
        keywords.update(preset.get(f"{base}.__init__", {}))
    return {**keywords, **call.keywords}


def field_of(
    view: ProgramView, name: str, call: Expression, preset: Presets = MappingProxyType({})
) -> Field | None:
    """The field that a class-level binding declares, None where it is none."""
    kind, type_ = _kind(view, call)
    if not kind:
        return None
    keywords, arguments = _keywords(view, call, preset), call.arguments
    return Field(
        name,
        kind,
        type_,
        call.site.line,
        text(keywords.get("db_column")) or (f"{name}_id" if kind == "foreign" else name),
        keywords.get("to", arguments[0] if arguments else None) if kind != "column" else None,
        text(keywords.get("to_field")),
        is_true(keywords.get("primary_key")),
        is_true(keywords.get("null")),
        is_true(keywords.get("unique")) or type_ == "OneToOneField",
        _on_delete(kind, arguments, keywords),
        is_true(keywords.get("parent_link")),
        "through" in keywords,
        text(keywords.get("db_table")).replace('"', ""),
    )


def _on_delete(
    kind: str, arguments: Sequence[Expression], keywords: Mapping[str, Expression]
) -> str:
    on_delete = keywords.get("on_delete", arguments[1] if len(arguments) > 1 else None)
    return on_delete.attribute if on_delete is not None and kind == "foreign" else ""


def _kind(view: ProgramView, call: Expression) -> tuple[str, str]:
    """("column", "foreign", "many" or "", the field's class as written)."""
    if call.op is not Op.CALL or call.callee is None:
        return "", ""
    name = call.callee.name() or ""
    field_class = view.class_named(name)
    if field_class is None and view.function_named(name) is not None:
        # A helper that makes fields: its result says which.
        made = ((_kind_of([type_]), last(type_)) for type_ in call.types())
        return next(((kind, type_) for kind, type_ in made if kind), ("", ""))
    lineage = field_class.mro if field_class is not None else (name, *FIELD_BASES.get(name, ()))
    return _kind_of(lineage), last(name)


def _kind_of(lineage: Sequence[str]) -> str:
    """The kind of a field by its class and that class's bases, nearest first; unknown libraries' by their names."""
    if not lineage or lineage[0].startswith(_NOT_OF_MODELS) or VIRTUAL in lineage:
        return ""
    for name in lineage:
        if name.endswith("ManyToManyField"):
            return "many"
        if name.endswith(("ForeignKey", "OneToOneField", ".ParentalKey")):
            return "" if "Generic" in last(name) else "foreign"
    return "column" if any(name.endswith("Field") for name in lineage) else ""


def text(expression: Expression | None) -> str:
    """The value of a string, "" where there is none."""
    return (expression.string() or "") if expression is not None else ""


def is_true(expression: Expression | None) -> bool:
    """Is it written `True`?"""
    return expression is not None and expression.literal() is True


def last(name: str) -> str:
    """The last part of a dotted name."""
    return name.rpartition(".")[2]
