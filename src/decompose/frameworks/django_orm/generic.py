"""What do classes read and write through code that they inherit: generic views, serializers, forms?

The class itself is named: nobody wrote a function that does it. A generic view reads its `model`, deletes where it
may; a model serializer or model form stores rows of its model where a view or a call hands it data, and reads what its
fields lead to.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from decompose.frameworks.django_orm.implied import FRAMEWORK, run_by_storing
from decompose.frameworks.django_orm.library import MODEL_FORM, MODEL_SERIALIZER
from decompose.frameworks.django_orm.relations import Relation
from decompose.frameworks.django_orm.values import Evaluator, Kind
from decompose.model.conditions import MethodGuard
from decompose.model.facts import Op
from decompose.model.parts import named_classes
from decompose.model.program import (
    AccessMode,
    Confidence,
    Mediated,
    Table,
    TableAccess,
)
from decompose.model.view import ClassView, Expression

_VIEW = "django.views.View"
_EDITS = "django.views.generic.edit.ModelFormMixin"
_READS = (
    "django.views.generic.list.MultipleObjectMixin",
    "django.views.generic.detail.SingleObjectMixin",
)
_REST = "rest_framework.mixins."
_DELETES = {
    f"{_REST}DestroyModelMixin": ("destroy", "perform_destroy"),
    "django.views.generic.edit.DeletionMixin": ("delete", "form_valid"),
}
DELETING = tuple(sorted({name for names in _DELETES.values() for name in names}))
"""Methods of views that delete, and that overrides hand on to."""
_CREATES = (f"{_REST}CreateModelMixin", "django.views.generic.CreateView")
_UPDATES = (f"{_REST}UpdateModelMixin", "django.views.generic.UpdateView")
_CREATE, _READ, _UPDATE, _DELETE = (
    AccessMode.CREATE,
    AccessMode.READ,
    AccessMode.UPDATE,
    AccessMode.DELETE,
)
Found = TableAccess | Mediated | MethodGuard
_SENDING = ("POST", "PUT")  # by PATCH single fields are sent, seldom keys
_RESERVED = frozenset({"Meta", "save", "delete"})
_SHOWN_BY_ITSELF = ("StringRelatedField", "SlugRelatedField", "HyperlinkedRelatedField")


@dataclass(frozen=True, slots=True)
class _Stored:
    """A serializer or form, the model that it stores, and the place that says so."""

    view: ClassView
    model: str
    place: Expression


def generic_accesses(evaluator: Evaluator) -> Iterator[Found]:
    """Accesses of all classes that answer through inherited code, and what runs because of them."""
    handed = _handed_up(evaluator)
    for view in evaluator.view.subclasses(_VIEW):
        yield from _view(evaluator, view, handed)
    stores = [
        stored for base in (MODEL_SERIALIZER, MODEL_FORM) for stored in _stores(evaluator, base)
    ]
    modes = _modes(evaluator, {stored.view.name for stored in stores})
    tables = {fact.name: fact for fact in evaluator.view.facts(Table) if isinstance(fact, Table)}
    for stored in stores:
        yield from _writes(evaluator, stored, modes.get(stored.view.name, []), tables)
        yield from _shown(evaluator, stored)


def _view(evaluator: Evaluator, view: ClassView, handed: AbstractSet[str]) -> Iterator[Found]:
    found = _about(evaluator, view)
    if found is None:
        return
    model, place = found
    own = view.method("get_queryset")
    has_query = view.attribute("queryset") is not None or (own is not None and own not in handed)
    if not has_query and any(base in view.mro for base in _READS):
        yield _access(evaluator, view, model, _READ, place)
    for base, methods in _DELETES.items() if _answers(view, "delete") else ():
        deleting = {method for name in methods if (method := view.method(name))}
        if base in view.mro and deleting <= handed:
            yield from _write(evaluator, view, model, _DELETE, place)
    if _EDITS in view.mro and not view.method("form_valid") and not _has_form(evaluator, view):
        mode = _UPDATE if _UPDATES[1] in view.mro else _CREATE
        yield from _write(evaluator, view, model, mode, place)


def _has_form(evaluator: Evaluator, view: ClassView) -> bool:
    """Does a form of the program store what the view is about, as it tells itself?

    A form of a library's, or of a base that nobody knows, stores the view's model.
    """
    forms = named_classes(evaluator.view, view, "form_class")
    return any(MODEL_FORM in form.mro or form.method("save") for form in forms)


def _about(evaluator: Evaluator, view: ClassView) -> tuple[str, Expression] | None:
    """The one model whose rows a view is about, and the place that says so."""
    method = evaluator.view.function_named(view.method("get_queryset") or "")
    named = view.attribute("queryset") or view.attribute("model")
    parts = (
        meta.attribute("model")
        for attribute in ("serializer_class", "form_class")
        for part in named_classes(evaluator.view, view, attribute)
        if (meta := part.inner("Meta")) is not None
    )
    for places in (method.returned if method is not None else (), [named], parts):
        known = [(place, evaluator.values(place)) for place in places if place is not None]
        models = sorted({each.model for _, values in known for each in values})
        if models:
            return (models[0], known[0][0]) if len(models) == 1 else None
    return None


def _handed_up(evaluator: Evaluator) -> frozenset[str]:
    """Methods that hand on to the library's of the same name, by `super()`."""
    return frozenset(
        call.owner
        for call in evaluator.view.calls(*DELETING, "get_queryset")
        if call.base is not None
        and call.base.attribute == "super"
        and call.owner.endswith(f".{call.attribute}")
    )


def _answers(view: ClassView, method: str) -> bool:
    names = view.attribute("http_method_names")
    return names is None or method in [each.string() for each in names.elements]


def _access(
    evaluator: Evaluator, owner: ClassView, model: str, mode: AccessMode, place: Expression
) -> TableAccess:
    return TableAccess(
        owner.name, evaluator.models.tables[model], mode, place.site, 0, Confidence.INFERRED
    )


def _write(
    evaluator: Evaluator, owner: ClassView, model: str, mode: AccessMode, place: Expression
) -> Iterator[Found]:
    """A write of a class, and what runs as rows of the model are stored."""
    yield _access(evaluator, owner, model, mode, place)
    for target in run_by_storing(evaluator, model, mode):
        yield Mediated(owner.name, target, place.site, FRAMEWORK)


def _stores(evaluator: Evaluator, base: str) -> Iterator[_Stored]:
    for view in evaluator.view.subclasses(base):
        meta = view.inner("Meta")
        place = meta.attribute("model") if meta is not None else None
        models = sorted({each.model for each in evaluator.values(place) if each.kind is Kind.MODEL})
        if place is not None and len(models) == 1 and evaluator.models.tables[models[0]]:
            yield _Stored(view, models[0], place)


def _modes(evaluator: Evaluator, names: set[str]) -> dict[str, list[AccessMode]]:
    """What each serializer or form is used for: by the views that name it, and by calls that hand it data."""
    modes: dict[str, list[AccessMode]] = {}
    for view in evaluator.view.subclasses(_VIEW):
        used = [
            part.name
            for attribute in ("serializer_class", "form_class")
            for part in named_classes(evaluator.view, view, attribute)
        ]
        for bases, mode in ((_CREATES, _CREATE), (_UPDATES, _UPDATE)):
            if any(base in view.mro for base in bases):
                for name in used:
                    modes.setdefault(name, []).append(mode)
    for call in evaluator.view.calls_of(*sorted(names)):
        for name in call.callee.symbols() if call.callee is not None else ():
            if "data" in call.keywords or (
                call.arguments and MODEL_FORM in _lineage(evaluator, name)
            ):
                has_row = "instance" in call.keywords or (
                    "data" in call.keywords and call.arguments
                )
                modes.setdefault(name, []).append(_UPDATE if has_row else _CREATE)
    return modes


def _lineage(evaluator: Evaluator, name: str) -> Sequence[str]:
    view = evaluator.view.class_named(name)
    return view.mro if view is not None else ()


def _writes(
    evaluator: Evaluator, stored: _Stored, modes: Sequence[AccessMode], tables: dict[str, Table]
) -> Iterator[Found]:
    own = [
        mode
        for mode in dict.fromkeys(modes)
        if not stored.view.method("save" if MODEL_FORM in stored.view.mro else _METHOD_OF[mode])
    ]
    for mode in own:
        yield from _write(evaluator, stored.view, stored.model, mode, stored.place)
    table = evaluator.models.tables[stored.model]
    relations = evaluator.models.attributes[stored.model]
    fields = _field_names(stored)
    unique = {
        column.name for column in tables[table].columns if column.unique and not column.primary_key
    }
    if modes and (unique.intersection(fields) or (unique and _is_whole(stored))):
        yield _access(evaluator, stored.view, stored.model, _READ, stored.place)
    if modes and MODEL_SERIALIZER in stored.view.mro:
        yield from _looked_up(evaluator, stored)
    joined = [relations[name] for name in fields if name in relations]
    for relation in dict.fromkeys([*joined, *_related(evaluator, stored)]) if own else ():
        if relation.through:
            for mode in (_READ, _CREATE, *([_DELETE] if _UPDATE in own else [])):
                yield TableAccess(
                    stored.view.name,
                    relation.through,
                    mode,
                    stored.place.site,
                    0,
                    Confidence.INFERRED,
                )


def _looked_up(evaluator: Evaluator, stored: _Stored) -> Iterator[Found]:
    """Rows that keys in the input point to: they are looked up as it is checked, for methods that send some."""
    meta = stored.view.inner("Meta")
    listed = None if meta is None else meta.attribute("fields") or meta.attribute("exclude")
    if meta is None or listed is None or listed.site.line == stored.place.site.line:
        return
    read_only = _listed(meta, "read_only_fields")
    tables = [
        evaluator.models.tables[relation.target]
        for name, relation in _relations(evaluator, stored)
        if not relation.through and name not in read_only
    ]
    for table in dict.fromkeys(filter(None, tables)):
        place = listed.site
        yield TableAccess(stored.view.name, table, _READ, place, 0, Confidence.INFERRED)
    if any(tables):
        yield MethodGuard(stored.view.name, _SENDING, listed.site, listed.site.line)


_METHOD_OF = {_CREATE: "create", _UPDATE: "update"}


def _field_names(stored: _Stored) -> list[str]:
    """Fields that are stored, as far as `Meta` lists them."""
    meta = stored.view.inner("Meta")
    if meta is None:
        return []
    read_only = _listed(meta, "read_only_fields")
    return [name for name in _listed(meta, "fields") if name not in read_only]


def _listed(meta: ClassView, attribute: str) -> list[str]:
    value = meta.attribute(attribute)
    return [text for each in value.elements if (text := each.string())] if value else []


def _is_whole(stored: _Stored) -> bool:
    """Are all fields of the model fields of a serializer or form?"""
    meta = stored.view.inner("Meta")
    given = meta.attribute("fields") if meta is not None else None
    return given is not None and given.string() == "__all__"


def _related(evaluator: Evaluator, stored: _Stored) -> list[Relation]:
    """Relations of the model that are fields of a serializer or form without being written out there."""
    return [relation for _, relation in _relations(evaluator, stored)]


def _relations(evaluator: Evaluator, stored: _Stored) -> Iterator[tuple[str, Relation]]:
    """The same, with their names."""
    meta = stored.view.inner("Meta")
    given = meta.attribute("fields") if meta is not None else None
    if meta is None or (given is None and meta.attribute("exclude") is None):
        return
    is_whole = given is None or _is_whole(stored)
    declared = {name for name, _, _ in stored.view.assigned(inherited=True)}
    relations = evaluator.models.attributes[stored.model]
    model = evaluator.view.class_named(stored.model)
    fields = [name for name, _, _ in model.assigned(inherited=True)] if model is not None else []
    for name in fields if is_whole else _listed(meta, "fields"):
        relation = relations.get(name)
        if relation is None or name in declared or name in _listed(meta, "exclude"):
            continue
        if relation.target and name in fields:
            yield name, relation


def _shown(evaluator: Evaluator, stored: _Stored) -> Iterator[Found]:
    """Rows of other tables that fields show: nested serializers, `source="customer.email"`, what a form lets choose."""
    yield from _asked(evaluator, stored)
    for relation in _related(evaluator, stored):
        if relation.through or MODEL_FORM in stored.view.mro:
            for table in (relation.through, evaluator.models.tables[relation.target]):
                if table:
                    yield TableAccess(
                        stored.view.name, table, _READ, stored.place.site, 0, Confidence.INFERRED
                    )
    for name, call, _ in stored.view.assigned():
        if call is None or call.op is not Op.CALL or "queryset" in call.keywords:
            continue
        source = call.keywords.get("source")
        path = ((source.string() or "") if source is not None else name).split(".")
        is_shown = len(path) > 1 or source is not None or _shows_row(evaluator, call)
        for table in _along(evaluator, stored.model, path) if is_shown else ():
            yield TableAccess(stored.view.name, table, _READ, call.site, 0, Confidence.INFERRED)


def _asked(evaluator: Evaluator, stored: _Stored) -> Iterator[Mediated]:
    """Methods and properties of the model that fields show: those listed by name, or named as their source."""
    model, meta = evaluator.view.class_named(stored.model), stored.view.inner("Meta")
    listed = meta.attribute("fields") if meta is not None else None
    declared = {name: call for name, call, _ in stored.view.assigned() if call is not None}
    for name in dict.fromkeys([*_field_names(stored), *declared]):
        call = declared.get(name)
        source = call.keywords.get("source") if call is not None else None
        path = (source.string() if source is not None else None) or name
        method = (
            model.method(path)
            if model is not None and not stored.view.method(f"get_{name}")
            else None
        )
        place = call or listed
        if method is not None and place is not None and model is not None and path not in _RESERVED:
            yield Mediated(stored.view.name, method, place.site, FRAMEWORK)


def _shows_row(evaluator: Evaluator, call: Expression) -> bool:
    name = (call.callee.name() if call.callee is not None else None) or ""
    return name.endswith(_SHOWN_BY_ITSELF) or evaluator.view.class_named(name) is not None


def _along(evaluator: Evaluator, model: str, path: Sequence[str]) -> Iterator[str]:
    for part in path:
        relation = evaluator.models.attributes.get(model, {}).get(part)
        if relation is None or not relation.target:
            return
        if relation.through:
            yield relation.through
        yield evaluator.models.tables[relation.target]
        model = relation.target
