"""Which methods of a serializer and its fields does Django REST framework call to check input, and to show a row?

Nested serializers take part, and fields of the program's own: what they do with their input may store rows.
"""

from typing import NamedTuple

from decompose.model.view import ClassView, Expression, ProgramView

SERIALIZER = "rest_framework.serializers.BaseSerializer"
FIELD = "rest_framework.serializers.Field"
_MAX_NESTING = 6


class Calls(NamedTuple):
    """Names of methods of serializers and fields; the prefix of a serializer's methods for its single fields."""

    names: tuple[str, ...]
    prefix: str


CHECKS = Calls(
    ("to_internal_value", "run_validation", "run_validators", "validate", "__init__"), "validate_"
)
SHOWS = Calls(("to_representation", "get_attribute"), "get_")


def called_methods(
    view: ProgramView, serializer: ClassView, calls: Calls, depth: int = _MAX_NESTING
) -> list[str]:
    """Methods of a serializer and its fields: those of the given names and, of the serializer, with the prefix."""
    fields = {
        name: value for name, value, _ in serializer.assigned(inherited=True) if value is not None
    }
    per_field = [f"{calls.prefix}{name}" for name in fields]
    if calls is CHECKS:
        per_field = sorted(
            name for name in _all_methods(view, serializer) if name.startswith(calls.prefix)
        )
    names = (*calls.names, *per_field)
    found = [method for name in names if (method := serializer.method(name))]
    for value in fields.values() if depth else ():
        found.extend(_of_field(view, value, calls, depth))
    return found


def _of_field(view: ProgramView, value: Expression, calls: Calls, depth: int) -> list[str]:
    found: list[str] = []
    for type_ in value.types():
        part = view.class_named(type_)
        if part is not None and SERIALIZER in part.mro:
            found.extend(called_methods(view, part, calls, depth - 1))
        elif part is not None and FIELD in part.mro:
            found.extend(method for name in calls.names if (method := part.method(name)))
    return found


def _all_methods(view: ProgramView, serializer: ClassView) -> set[str]:
    bases = (view.class_named(name) for name in serializer.mro)
    return {name for base in bases if base is not None for name in base.methods()}
