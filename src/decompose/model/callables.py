"""Which functions of the program does calling an expression run? What readers find in lists of callables."""

from collections.abc import Iterator

from decompose.model.view import Expression, ProgramView


def listed(view: ProgramView, given: Expression | None) -> Iterator[str]:
    """Functions in a list, and `__call__` of the instances in it: `validators=[positive, Range(1, 9)]`."""
    lists = given.bound() if given is not None else ()
    for each in (element for value in lists for element in value.elements):
        yield from (name for name in each.symbols() if view.function_named(name) is not None)
        for type_ in each.types():
            found = view.class_named(type_)
            method = found.method("__call__") if found is not None else None
            if method:
                yield method
