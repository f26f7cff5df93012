"""What do callers make a helper do to rows of a model that they choose? They know the table, it does not."""

from collections.abc import Iterator, Sequence

from decompose.frameworks.django_orm.found import access
from decompose.frameworks.django_orm.library import ROW_METHODS, WRITING
from decompose.frameworks.django_orm.parameters import passed
from decompose.frameworks.django_orm.values import Evaluator, Kind, ordered
from decompose.model.facts import Op
from decompose.model.program import AccessMode, TableAccess
from decompose.model.view import Expression

_READ = (AccessMode.READ,)
_GENERIC = 2
"""A helper that stores rows of so many models knows none of them."""


def handed_on(evaluator: Evaluator, calls: Sequence[Expression]) -> Iterator[TableAccess]:
    """What callers make a helper do to rows of a model that they choose: they know the table, it does not."""
    for call in calls:
        base = call.base
        while base is not None and base.op is Op.ATTRIBUTE and call.attribute not in ROW_METHODS:
            base = base.base  # `model._default_manager.filter(…)`
        function = (
            evaluator.view.function_named(base.owner)
            if base is not None and base.op is Op.NAME
            else None
        )
        names = [name for name, _, _ in function.parameters] if function is not None else []
        if base is None or function is None or base.text() not in names:
            continue
        values = evaluator.values(base)
        is_class = any(value.kind is Kind.MODEL for value in values)
        if not is_class and (
            call.attribute not in ROW_METHODS or len({value.model for value in values}) < _GENERIC
        ):
            continue
        position = names.index(base.text()) - (
            evaluator.view.class_named(function.owner) is not None
        )
        for caller in evaluator.view.calls_of(function.name):
            yield from _of_caller(evaluator, call, caller, passed(caller, base.text(), position))


def _of_caller(
    evaluator: Evaluator, call: Expression, caller: Expression, argument: Expression | None
) -> Iterator[TableAccess]:
    for value in ordered(evaluator.values(argument)):
        modes = WRITING.get(call.attribute, _READ)
        if value.kind in (Kind.ROW, Kind.NEW):
            modes = ROW_METHODS.get(call.attribute, ())
            if value.kind is Kind.NEW and modes == (AccessMode.UPDATE,):
                modes = (AccessMode.CREATE,)
        elif value.kind is not Kind.MODEL:
            continue
        for mode in modes:
            yield access(
                caller,
                evaluator.models.tables[value.model],
                mode,
                caller.site,
                value._replace(is_sure=False),
            )
