"""Which classes does a view name as its parts (serializer, permissions, form), and what of them is called?

A part that a REST view does not name is the one that settings give (`DEFAULT_PERMISSION_CLASSES`). What a part leaves
to the library stands at its class: a serializer without a `create` of its own is named itself where it creates.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from decompose.frameworks.django_urls.generic import Flow
from decompose.frameworks.django_urls.library import API_VIEW
from decompose.model.asked import OPEN, Asked, Regions
from decompose.model.parts import classes_in, parts_given
from decompose.model.serialized import CHECKS, SHOWS, called_methods
from decompose.model.view import ClassView, Expression, FunctionView, ProgramView

_PART: Mapping[str, Sequence[str]] = {
    "is_valid": ("clean", "full_clean", "_post_clean", "_clean_form", "*clean_"),
    "serializer_class:is_valid": ("to_internal_value", "run_validation", "validate", "*validate_"),
    "to_representation": ("to_representation", "*get_"),
    "authenticate": ("authenticate", "authenticate_credentials", "authenticate_header"),
    "allow_request": ("allow_request", "get_cache_key", "get_rate", "wait"),
    "filterset_class:filter_queryset": ("filter_queryset", "__init__", "qs", "*filter_"),
    "paginate_queryset": ("paginate_queryset", "get_page_size", "get_page_number"),
}
"""What asking a part for something calls of the program's, where that is more than the method of that name."""
_BY_ITSELF = frozenset(
    {"serializer_class:to_representation", "serializer_class:create", "serializer_class:update"}
)
"""What the library does for a class that has no method for it."""
_ALSO = frozenset({"form_class:__init__", "form_class:save"})
"""What stands at the class of a model form as well: it offers rows to choose from, and stores what was chosen."""
_MODEL_FORMS = frozenset({"django.forms.ModelForm", "django.forms.models.ModelForm"})
_DEFAULTS = {
    "authentication_classes": "DEFAULT_AUTHENTICATION_CLASSES",
    "permission_classes": "DEFAULT_PERMISSION_CLASSES",
    "throttle_classes": "DEFAULT_THROTTLE_CLASSES",
    "filter_backends": "DEFAULT_FILTER_BACKENDS",
    "pagination_class": "DEFAULT_PAGINATION_CLASS",
}
_OF_FUNCTIONS = (
    "authentication_classes:authenticate",
    "permission_classes:has_permission",
    "throttle_classes:allow_request",
)
"""What a view that is a function asks of its parts (`@api_view`)."""
_API_VIEW = "rest_framework.decorators.api_view"
_DECORATORS = "rest_framework.decorators."
_OF_FIELDS = {"serializer_class:is_valid": CHECKS, "serializer_class:to_representation": SHOWS}


@dataclass(slots=True)
class Parts:
    """The parts of a program's views."""

    view: ProgramView
    flows: dict[tuple[str, ...], Flow] = field(default_factory=dict)
    """Bases of libraries -> what those call on a view."""
    _defaults: dict[str, list[ClassView]] | None = None
    _beginning: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _regions: Regions = field(init=False)

    def __post_init__(self) -> None:
        self._regions = Regions(self.view)

    def methods(self, found: ClassView, step: str, asked: Asked = OPEN) -> Iterator[str]:
        """Methods of the classes that a view names as one of its parts; `step`: `attribute:name`."""
        attribute, _, _ = step.partition(":")
        for part in self.classes(found, attribute, asked):
            yield from self._called(part, step)

    def of_function(self, function: FunctionView) -> Iterator[str]:
        """What the library calls before a view that is a function, if it is one of its own."""
        named = {}
        is_view = False
        for decorator in function.decorators:
            target = decorator.callee or decorator
            name = target.name() or ""
            is_view = is_view or name == _API_VIEW
            if name.startswith(_DECORATORS) and decorator.arguments:
                named[name.removeprefix(_DECORATORS)] = decorator.arguments[0]
        for step in _OF_FUNCTIONS if is_view else ():
            attribute, _, _ = step.partition(":")
            given = named.get(attribute)
            parts = self.default(attribute) if given is None else classes_in(self.view, [given])
            for part in parts:
                yield from self._called(part, step)

    def classes(self, found: ClassView, attribute: str, asked: Asked) -> Iterator[ClassView]:
        """Program classes that a class attribute names: one, a list, or a combination (`IsAdmin | ReadOnly`)."""
        given = self._regions.running(parts_given(self.view, found, attribute), asked)
        if given or API_VIEW not in found.mro:
            yield from classes_in(self.view, given)
        else:
            yield from self.default(attribute)

    def default(self, attribute: str) -> Sequence[ClassView]:
        """The classes that settings give to views that name none."""
        if self._defaults is None:
            self._defaults = dict(self._settings())
        return self._defaults.get(attribute, ())

    def _settings(self) -> Iterator[tuple[str, list[ClassView]]]:
        given = [
            value
            for module in self.view.modules()
            for value in self.view.module_value(module, "REST_FRAMEWORK")
        ]
        for attribute, key in _DEFAULTS.items():
            values = [
                element
                for value in given
                for name, element in zip(value.keys, value.elements, strict=False)
                if name.string() == key
            ]
            names = [text for value in values for text in _texts(value)]
            found = (self.view.class_named(self.view.lookup(name) or "") for name in names)
            known = {each.name: each for each in found if each is not None}
            yield attribute, list(known.values())

    def _called(self, part: ClassView, step: str) -> Iterator[str]:
        _, _, name = step.partition(":")
        wanted = _PART.get(step, _PART.get(name, (name,)))
        is_stored = step in _ALSO and not _MODEL_FORMS.isdisjoint(part.mro)
        if is_stored or (step in _BY_ITSELF and not part.method(name)):
            yield part.name
        for each in wanted:
            if each.startswith("*"):
                yield from self._starting(part, each[1:])
            elif method := part.method(each):
                yield method
        if step in _OF_FIELDS:
            yield from called_methods(self.view, part, _OF_FIELDS[step])

    def _starting(self, part: ClassView, prefix: str) -> list[str]:
        """Methods of a class whose names begin alike."""
        key = (part.name, prefix)
        if key not in self._beginning:
            bases = (self.view.class_named(base) for base in part.mro)
            names = {name for base in bases if base is not None for name in base.methods()}
            wanted = sorted(name for name in names if name.startswith(prefix))
            self._beginning[key] = [method for each in wanted if (method := part.method(each))]
        return self._beginning[key]


def _texts(value: Expression) -> Iterator[str]:
    """A dotted name, or a list of them."""
    for each in [value, *value.elements] if value.string() is None else [value]:
        text = each.string()
        if text:
            yield text
