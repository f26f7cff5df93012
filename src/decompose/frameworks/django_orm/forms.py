"""Which rows do `form.save()` and `super().save()` of a model form store?

A generic view hands its form to `form_valid(self, form)`, and its serializer to `perform_create(self, serializer)`:
the class is the one that the view names. A form without a `save` of its own stores a row of its model.
"""

from collections.abc import Iterator, Sequence

from decompose.frameworks.django_orm.found import access
from decompose.frameworks.django_orm.implied import FRAMEWORK
from decompose.frameworks.django_orm.library import MODEL_FORM
from decompose.frameworks.django_orm.parameters import model_of_class
from decompose.frameworks.django_orm.values import Evaluator, Kind, Value
from decompose.model.facts import Op
from decompose.model.parts import named_classes
from decompose.model.program import AccessMode, Confidence, Mediated, TableAccess
from decompose.model.view import ClassView, Expression

_MAX_VIEWS = 12
_PARTS = frozenset({"serializer_class", "form_class"})
_STORING = frozenset({"perform_create", "perform_update", "form_valid", "form_invalid"})
_STORED = (AccessMode.CREATE, AccessMode.UPDATE)
_FACTORIES = {
    "modelformset_factory": 0,
    "inlineformset_factory": 1,
    "generic_inlineformset_factory": 0,
}
"""Position of the model whose rows the forms of a set store."""
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
    for table in _stored_by_set(evaluator, call.base):
        for mode in (*_STORED, AccessMode.DELETE):
            yield TableAccess(
                call.owner, table, mode, call.site, call.loop_depth, Confidence.INFERRED
            )
    handed = handed_form(evaluator, call)
    for form in handed:
        method = form.method("save")
        if method is not None:
            yield Mediated(call.owner, method, call.site, FRAMEWORK)
    yield from _of_forms(evaluator, call, handed or _typed(evaluator, call.base))


def _of_forms(
    evaluator: Evaluator, call: Expression, forms: Sequence[ClassView]
) -> Iterator[TableAccess]:
    """What model forms store that have no `save` of their own, but for views of which that is told."""
    function = evaluator.view.function_named(call.owner)
    view = evaluator.view.class_named(function.owner) if function is not None else None
    if view is not None and any(base in view.mro for base in _BY_CLASS):
        return
    for form in forms:
        if MODEL_FORM in form.mro and form.method("save") is None:
            for model in model_of_class(evaluator, form):
                for mode in _STORED:
                    value = Value(Kind.ROW, model, is_sure=False)
                    yield access(call, evaluator.models.tables[model], mode, call.site, value)


def _typed(evaluator: Evaluator, base: Expression) -> list[ClassView]:
    """Forms by the linker's types: `form = OrderForm(request.POST)`."""
    found = (evaluator.view.class_named(each) for each in base.types())
    return [each for each in found if each is not None]


def _stored_by_set(evaluator: Evaluator, base: Expression) -> list[str]:
    """Tables of the rows of `formset = inlineformset_factory(Order, Line)(request.POST)`."""
    made = [each.callee for each in base.bound() if each.op is Op.CALL and each.callee is not None]
    factories = [each for callee in made for each in (callee, *callee.bound())]
    tables = [
        evaluator.models.tables[value.model]
        for each in factories
        if each.op is Op.CALL and each.attribute in _FACTORIES
        for value in sorted(evaluator.values(_model_of_set(each)), key=repr)
        if value.kind is Kind.MODEL
    ]
    return [table for table in dict.fromkeys(tables) if table]


def _model_of_set(factory: Expression) -> Expression | None:
    position = _FACTORIES[factory.attribute]
    given = factory.arguments[position] if position < len(factory.arguments) else None
    return factory.keywords.get("model", given)


def handed_form(evaluator: Evaluator, call: Expression) -> list[ClassView]:
    """What `serializer` and `form` are in `perform_create(self, serializer)`: those of the view, or of views below."""
    return [] if call.base is None else view_forms(evaluator, call.base)


def view_forms(evaluator: Evaluator, base: Expression) -> list[ClassView]:
    """The same, of the parameter."""
    view = evaluator.view
    attribute = f"{base.text()}_class" if base.op is Op.NAME else ""
    function = view.function_named(base.owner) if attribute in _PARTS else None
    if function is None or function.name.rpartition(".")[2] not in _STORING:
        return []
    own = view.class_named(function.owner)
    families = [] if own is None else [own, *list(view.subclasses(own.name))[:_MAX_VIEWS]]
    found = {part.name: part for each in families for part in named_classes(view, each, attribute)}
    return list(found.values())


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
