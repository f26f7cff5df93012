"""Which methods of a serializer does Django REST framework call, and from where?

`serializer.is_valid()` calls `validate`, `validate_<field>` and what fields do with their input; `serializer.save()`
calls `create` or `update`; `serializer.data` calls `to_representation` and the getters of method fields. Nested
serializers take part. (Routes, permissions and the rest of a request are told with the URLs.)
"""

from collections.abc import Iterator, Sequence

from decompose.model.facts import Op
from decompose.model.knowledge import Knowledge
from decompose.model.program import Mediated
from decompose.model.serialized import CHECKS, SHOWS, called_methods
from decompose.model.source import Site
from decompose.model.view import ClassView, Expression, ProgramView

NAME = "django.rest"
PHASE = 1
INTEREST = frozenset({"save", "is_valid"})

_SERIALIZER = "rest_framework.serializers.Serializer"
_MODEL_SERIALIZER = "rest_framework.serializers.ModelSerializer"
_BASE = "rest_framework.serializers.BaseSerializer"
_FIELD = "rest_framework.serializers.Field"
_FIELDS = (
    *(
        "BooleanField",
        "CharField",
        "ChoiceField",
        "DateField",
        "DateTimeField",
        "DecimalField",
        "DictField",
    ),
    *(
        "DurationField",
        "EmailField",
        "FileField",
        "FloatField",
        "HiddenField",
        "ImageField",
        "IntegerField",
    ),
    *("JSONField", "ListField", "ModelField", "MultipleChoiceField", "ReadOnlyField", "RegexField"),
    *("SerializerMethodField", "SlugField", "TimeField", "URLField", "UUIDField", "RelatedField"),
)
_RELATED = (
    "HyperlinkedRelatedField",
    "PrimaryKeyRelatedField",
    "SlugRelatedField",
    "StringRelatedField",
)
_ROW = "named:Meta.model"
KNOWLEDGE = Knowledge(
    instances={
        _MODEL_SERIALIZER: dict.fromkeys(["instance", "save", "create", "update"], _ROW),
    },
    handed={_MODEL_SERIALIZER: {"update:0": _ROW, "to_representation:0": _ROW}},
    bases={
        _SERIALIZER: (_BASE,),
        _BASE: (_FIELD,),
        "rest_framework.serializers.ListSerializer": (_BASE,),
        **{f"rest_framework.serializers.{name}": (_FIELD,) for name in _FIELDS},
        **{
            f"rest_framework.serializers.{name}": ("rest_framework.serializers.RelatedField",)
            for name in _RELATED
        },
    },
    aliases={
        "rest_framework.fields.Field": _FIELD,
        **{
            f"rest_framework.fields.{name}": f"rest_framework.serializers.{name}"
            for name in _FIELDS
        },
        **{
            f"rest_framework.relations.{name}": f"rest_framework.serializers.{name}"
            for name in _RELATED
        },
    },
)

EXAMPLES = (
    (
        {
            "api.py": """
                from rest_framework import generics, serializers
                class UpperField(serializers.CharField):
                    def to_internal_value(self, data): ...
                class LineSerializer(serializers.Serializer):
                    total = serializers.SerializerMethodField()
                    def get_total(self, line): ...
                class OrderSerializer(serializers.Serializer):
                    number = UpperField()
                    lines = LineSerializer(many=True)
                    def validate_number(self, value): ...
                    def create(self, data): ...
                    def helper(self): ...
                def show(order):
                    return OrderSerializer(order).data
                def take(data):
                    serializer = OrderSerializer(data=data)
                    serializer.is_valid(raise_exception=True)
                    return serializer.save()
                class Orders(generics.CreateAPIView):
                    serializer_class = OrderSerializer
                    def perform_create(self, serializer):
                        serializer.save(owner=self.request.user)
            """,
        },
        {
            "api.show ~> api.LineSerializer.get_total",
            "api.take ~> api.OrderSerializer.validate_number",
            "api.take ~> api.UpperField.to_internal_value",
            "api.take ~> api.OrderSerializer.create",
            "api.Orders.perform_create ~> api.OrderSerializer.create",
            "api.OrderSerializer ~> api.LineSerializer",
        },
    ),
)

_STORES = ("create", "update")


def settle(view: ProgramView) -> Iterator[Mediated]:
    """Calls of serializers' methods that are written nowhere."""
    if next(iter(view.subclasses(_BASE)), None) is None:
        return
    for call in view.calls("save", "is_valid"):
        for serializer in _serializers(view, call.base):
            if call.attribute == "save":
                targets = _storing(serializer, _wanted(call))
            else:
                targets = called_methods(view, serializer, CHECKS)
            yield from _mediated(call.owner, targets, call.site)
    for use in view.loads("data"):
        for serializer in _serializers(view, use.base):
            shown = called_methods(view, serializer, SHOWS)
            yield from _mediated(use.base.owner, shown, use.site)
    for serializer in view.subclasses(_BASE):
        for part, site in _nested(view, serializer):
            yield from _mediated(serializer.name, [part.name], site)


def _nested(view: ProgramView, serializer: ClassView) -> Iterator[tuple[ClassView, Site]]:
    """Serializers that are fields of one."""
    for _, value, _ in serializer.assigned(inherited=True):
        for type_ in value.types() if value is not None else ():
            part = view.class_named(type_)
            if value is not None and part is not None and _BASE in part.mro:
                yield part, value.site


def _wanted(call: Expression) -> Sequence[str]:
    """Which of both `serializer.save()` calls, as far as it shows: one that was given a row updates it."""
    view_method = call.owner.rpartition(".")[2].removeprefix("perform_")
    if view_method in _STORES:
        return (view_method,)
    made = [each for each in call.base.bound() if each.op is Op.CALL] if call.base else []
    if not made or any(each.attribute == "get_serializer" for each in made):
        return _STORES
    has_row = [bool(each.arguments) or "instance" in each.keywords for each in made]
    return [name for name, wanted in zip(_STORES, (False, True), strict=True) if wanted in has_row]


def _storing(serializer: ClassView, names: Sequence[str]) -> list[str]:
    """What stores: methods, and the class itself for those that it leaves to the library."""
    own = {name: serializer.method(name) for name in names}
    is_left = _MODEL_SERIALIZER in serializer.mro and not all(own.values())
    return [*filter(None, own.values()), *([serializer.name] if is_left else [])]


def _mediated(source: str, targets: Sequence[str], site: Site) -> Iterator[Mediated]:
    for target in dict.fromkeys(targets):
        if target != source:
            yield Mediated(source, target, site, NAME)


def _serializers(view: ProgramView, expression: Expression | None) -> Iterator[ClassView]:
    """Serializers of the program that an expression may be an instance of."""
    if expression is None:
        return
    typed = [view.class_named(type_) for type_ in expression.types()]
    found = [each for each in typed if each is not None and _BASE in each.mro]
    yield from found or _of_view(view, expression)


def _of_view(view: ProgramView, expression: Expression) -> Iterator[ClassView]:
    """`self.get_serializer(…)`, and the parameter `serializer` of a view's method: the class that the view names."""
    made = [
        each
        for each in expression.bound()
        if each.op is Op.CALL and each.attribute == "get_serializer"
    ]
    is_parameter = (
        expression.op is Op.NAME
        and expression.text() == "serializer"
        and expression.bound()[0] == expression
    )
    function = view.function_named(expression.owner) if made or is_parameter else None
    owner = view.class_named(function.owner) if function is not None else None
    if owner is not None:
        yield from _named_by(view, owner)


def _named_by(view: ProgramView, owner: ClassView) -> Iterator[ClassView]:
    """The serializer that a view names."""
    named = owner.attribute("serializer_class")
    for name in named.symbols() if named is not None else ():
        serializer = view.class_named(name)
        if serializer is not None:
            yield serializer
