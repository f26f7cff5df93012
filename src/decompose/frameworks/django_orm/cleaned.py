"""Which rows does checked input hold? What a field of a form or serializer lets choose is a row.

form.cleaned_data["customer"]           of `customer = ModelChoiceField(Customer.objects.all())`
serializer.validated_data.get("lines")  of the model's relation of that name, where no field is written out
"""

from collections.abc import Iterable, Iterator

from decompose.frameworks.django_orm.forms import view_forms
from decompose.frameworks.django_orm.parameters import model_of_class
from decompose.frameworks.django_orm.values import (
    NONE,
    Evaluator,
    Kind,
    Value,
    Values,
    as_kind,
    unsure,
)
from decompose.model.facts import Op
from decompose.model.serialized import SERIALIZER
from decompose.model.view import ClassView, Expression

_CHECKED = ("cleaned_data", "validated_data")
_HANDED = frozenset({"validated_data", "attrs"})
"""Parameters by which a serializer's own methods are handed what was checked."""
_MANY = ("Multiple", "ManyRelated")


def cleaned(evaluator: Evaluator, mapping: Expression, key: str | None) -> Values:
    """What stands under a key of checked input."""
    if not key:
        return NONE
    found = {value for each in _owners(evaluator, mapping) for value in _of(evaluator, each, key)}
    return unsure(found)


def _owners(evaluator: Evaluator, mapping: Expression) -> Iterator[ClassView]:
    """The forms and serializers whose input it is."""
    for each in mapping.bound() if mapping.op is Op.NAME else (mapping,):
        if each.op is Op.ATTRIBUTE and each.attribute in _CHECKED and each.base is not None:
            typed = [evaluator.view.class_named(name) for name in each.base.types()]
            known = [form for form in typed if form is not None]
            yield from known or view_forms(evaluator, each.base)
        elif each.op is Op.NAME and each.text() in _HANDED:
            function = evaluator.view.function_named(each.owner)
            owner = evaluator.view.class_named(function.owner) if function is not None else None
            if owner is not None and SERIALIZER in owner.mro:
                yield owner


def _of(evaluator: Evaluator, owner: ClassView, key: str) -> Iterable[Value]:
    field = owner.attribute(key)
    if field is not None and field.op is Op.CALL:
        return _chosen(evaluator, field)
    relations = (
        relation
        for model in model_of_class(evaluator, owner)
        if (relation := evaluator.models.attributes.get(model, {}).get(key)) is not None
    )
    return [
        Value(Kind.QUERY if each.is_many else Kind.ROW, each.target)
        for each in relations
        if each.target
    ]


def _chosen(evaluator: Evaluator, field: Expression) -> Values:
    """What a field of rows gives: one, or several."""
    given = field.keywords.get("queryset") or next(iter(field.arguments), None)
    found = [each for each in evaluator.values(given) if each.kind is Kind.QUERY]
    name = (field.callee.name() if field.callee is not None else None) or ""
    is_many = any(word in name for word in _MANY) or "many" in field.keywords
    return as_kind(Kind.QUERY if is_many else Kind.ROW, found)
