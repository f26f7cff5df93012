"""Which methods of a serializer does Django REST framework call, and from where?

`serializer.is_valid()` calls `validate`, `validate_<field>` and what fields do with their input; `serializer.save()`
calls `create` or `update`; `serializer.data` calls `to_representation` and the getters of method fields. Nested
serializers take part. (Routes, permissions and the rest of a request are told with the URLs.)
"""

from collections.abc import Iterator, Sequence

from decompose.model.facts import Op
from decompose.model.knowledge import Knowledge
from decompose.model.program import Mediated, Route
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
            "urls.py": """
                from django.urls import path
                from api import Orders
                urlpatterns = [path("orders/", Orders.as_view())]
            """,
        },
        {
            "api.show ~> api.LineSerializer.get_total",
            "api.take ~> api.OrderSerializer.validate_number",
            "api.take ~> api.UpperField.to_internal_value",
            "api.take ~> api.OrderSerializer.create",
            "api.Orders.perform_create ~> api.OrderSerializer.create",
            "api.OrderSerializer ~> api.LineSerializer",
            "route:POST /orders/ ~> api.UpperField.to_internal_value",
            "route:POST /orders/ ~> api.OrderSerializer.validate_number",
            "route:POST /orders/ ~> api.LineSerializer.get_total",
        },
    ),
)

_CHECKS = ("to_internal_value", "run_validation", "run_validators", "validate", "__init__")
_SHOWS = ("to_representation", "get_attribute")
_STORES = ("create", "update")
_TAKING = frozenset({"POST", "PUT", "PATCH"})
_MAX_NESTING = 6


def settle(view: ProgramView) -> Iterator[Mediated]:
    """Calls of serializers' methods that are written nowhere."""
    if next(iter(view.subclasses(_BASE)), None) is None:
        return
    for call in view.calls("save", "is_valid"):
        for serializer in _serializers(view, call.base):
            if call.attribute == "save":
                targets = _storing(serializer, _wanted(call))
            else:
                targets = _methods(view, serializer, _CHECKS, "validate_", _MAX_NESTING)
            yield from _mediated(call.owner, targets, call.site)
    for use in view.loads("data"):
        for serializer in _serializers(view, use.base):
            shown = _methods(view, serializer, _SHOWS, "get_", _MAX_NESTING)
            yield from _mediated(use.base.owner, shown, use.site)
    for serializer in view.subclasses(_BASE):
        for part, site in _nested(view, serializer):
            yield from _mediated(serializer.name, [part.name], site)
    yield from _of_routes(view)


def _nested(view: ProgramView, serializer: ClassView) -> Iterator[tuple[ClassView, Site]]:
    """Serializers that are fields of one."""
    for _, value, _ in serializer.assigned(inherited=True):
        for type_ in value.types() if value is not None else ():
            part = view.class_named(type_)
            if value is not None and part is not None and _BASE in part.mro:
                yield part, value.site


def _of_routes(view: ProgramView) -> Iterator[Mediated]:
    """What generic views ask of the fields of their serializers, whatever the view leaves to the library."""
    known: dict[tuple[str, bool], list[str]] = {}
    for route in view.facts(Route):
        if not isinstance(route, Route) or route.handler != route.view:
            continue
        owner = view.class_named(route.view)
        for serializer in _named_by(view, owner) if owner is not None else ():
            takes = route.method in _TAKING
            key = (serializer.name, takes)
            if key not in known:
                shown = _methods(view, serializer, _SHOWS, "get_", _MAX_NESTING)
                checks = _methods(view, serializer, _CHECKS, "validate_", _MAX_NESTING)
                known[key] = [*(checks if takes else ()), *shown]
            yield from _mediated(route.node, known[key], route.site)


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


def _methods(
    view: ProgramView, serializer: ClassView, names: Sequence[str], prefix: str, depth: int
) -> list[str]:
    """Methods of a serializer and its fields: those of the given names and, of the serializer, with the prefix."""
    fields = {
        name: value for name, value, _ in serializer.assigned(inherited=True) if value is not None
    }
    per_field = [f"{prefix}{name}" for name in fields]
    if prefix == "validate_":
        per_field = sorted(
            name for name in _all_methods(view, serializer) if name.startswith(prefix)
        )
    found = [method for name in (*names, *per_field) if (method := serializer.method(name))]
    for value in fields.values() if depth else ():
        for type_ in value.types():
            part = view.class_named(type_)
            if part is not None and _BASE in part.mro:
                found.extend(_methods(view, part, names, prefix, depth - 1))
            elif part is not None and _FIELD in part.mro:
                found.extend(method for name in names if (method := part.method(name)))
    return found


def _all_methods(view: ProgramView, serializer: ClassView) -> set[str]:
    bases = (view.class_named(name) for name in serializer.mro)
    return {name for base in bases if base is not None for name in base.methods()}
