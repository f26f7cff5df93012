"""Which classes of the program does a class name as its parts: forms, serializers, filters?"""

from collections.abc import Iterator, Sequence

from decompose.model.view import ClassView, Expression, ProgramView


def named_classes(view: ProgramView, found: ClassView, attribute: str) -> Iterator[ClassView]:
    """Classes that a class attribute names, or that its getter returns (`form_class`, `get_form_class`)."""
    return classes_in(view, parts_given(view, found, attribute))


def parts_given(view: ProgramView, found: ClassView, attribute: str) -> list[Expression]:
    """What stands as the attribute of a class, and what its getter returns."""
    value = found.attribute(attribute)
    given = [value] if value is not None else []
    method = view.function_named(found.method(f"get_{attribute}") or "")
    given.extend(method.returned if method is not None else ())
    return given


def classes_in(view: ProgramView, given: Sequence[Expression]) -> Iterator[ClassView]:
    """Classes of the program that expressions name: one, a list, or a combination (`IsAdmin | ReadOnly`)."""
    waiting = list(given)
    while waiting:
        each = waiting.pop(0)
        found = [part for name in each.symbols() if (part := view.class_named(name)) is not None]
        yield from found
        if not found:
            waiting.extend(each.elements)


def setting(view: ProgramView, name: str) -> str:
    """A string setting; a module that also lists the installed apps is believed first."""
    found = [
        (not view.module_value(module, "INSTALLED_APPS"), module, value)
        for module in view.modules()
        for expression in view.module_value(module, name)
        if (value := expression.string())
    ]
    return min(found)[2] if found else ""
