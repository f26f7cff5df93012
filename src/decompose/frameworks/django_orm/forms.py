"""Which rows do `form.save()` and `super().save()` of a model form store?

A generic view hands its form to `form_valid(self, form)`, and its serializer to `perform_create(self, serializer)`:
the class is the one that the view names. A form without a `save` of its own stores a row of its model.
"""

from collections.abc import Iterator

from decompose.frameworks.django_orm.found import access
from decompose.frameworks.django_orm.implied import FRAMEWORK
from decompose.frameworks.django_orm.library import MODEL_FORM
from decompose.frameworks.django_orm.parameters import model_of_class
from decompose.frameworks.django_orm.values import Evaluator, Kind, Value
from decompose.model.facts import Op
from decompose.model.parts import named_classes
from decompose.model.program import AccessMode, Mediated, TableAccess
from decompose.model.view import ClassView, Expression

_MAX_VIEWS = 12
_PARTS = frozenset({"serializer_class", "form_class"})
_STORING = frozenset({"perform_create", "perform_update", "form_valid", "form_invalid"})
_STORED = (AccessMode.CREATE, AccessMode.UPDATE)
_BY_CLASS = (
    "django.views.generic.CreateView",
    "django.views.generic.UpdateView",
    "rest_framework.generics.GenericAPIView",
)
"""Views of which it is told that their form or serializer stores, see `generic`."""


def form_saves(evaluator: Evaluator, call: Expression) -> Iterator[TableAccess | Mediated]:
    """What `form.save()` in a view and `super().save()` in a model form do."""
    if call.attribute != "save" or call.base is None or _is_uncommitted(call):
        return
    if call.base.attribute == "super":
        for model in _handed_up(evaluator, call):
            for mode in _STORED:
                table = evaluator.models.tables[model]
                yield access(call, table, mode, call.site, Value(Kind.ROW, model, is_sure=False))
        return
    function = evaluator.view.function_named(call.owner)
    view = evaluator.view.class_named(function.owner) if function is not None else None
    for form in handed_form(evaluator, call):
        method = form.method("save")
        if method is not None:
            yield Mediated(call.owner, method, call.site, FRAMEWORK)
        elif view is not None and MODEL_FORM in form.mro and not _is_told(view):
            for model in model_of_class(evaluator, form):
                for mode in _STORED:
                    value = Value(Kind.ROW, model, is_sure=False)
                    yield access(call, evaluator.models.tables[model], mode, call.site, value)


def handed_form(evaluator: Evaluator, call: Expression) -> list[ClassView]:
    """What `serializer` and `form` are in `perform_create(self, serializer)`: those of the view, or of views below."""
    base, view = call.base, evaluator.view
    attribute = f"{base.text()}_class" if base is not None and base.op is Op.NAME else ""
    function = view.function_named(call.owner) if attribute in _PARTS else None
    if function is None or function.name.rpartition(".")[2] not in _STORING:
        return []
    own = view.class_named(function.owner)
    families = [] if own is None else [own, *list(view.subclasses(own.name))[:_MAX_VIEWS]]
    found = {part.name: part for each in families for part in named_classes(view, each, attribute)}
    return list(found.values())


def _is_told(view: ClassView) -> bool:
    return any(base in view.mro for base in _BY_CLASS)


def _is_uncommitted(call: Expression) -> bool:
    commit = call.keywords.get("commit") or next(iter(call.arguments), None)
    return commit is not None and commit.text() == "False"


def _handed_up(evaluator: Evaluator, call: Expression) -> list[str]:
    """The models of the model form whose `save` hands on to the library's, or to a base that has no model."""
    function = evaluator.view.function_named(call.owner)
    owner = evaluator.view.class_named(function.owner) if function is not None else None
    if owner is None or MODEL_FORM not in owner.mro:
        return []
    above = [
        base
        for name in (call.callee.symbols() if call.callee is not None else ())
        if (base := evaluator.view.class_named(name.rpartition(".")[0])) is not None
    ]
    if any(model_of_class(evaluator, base) for base in above):
        return []
    return model_of_class(evaluator, owner)
