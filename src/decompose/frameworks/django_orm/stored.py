"""Which table does `row.save()` write, and in which line is that told?

Where a model's own `save` ends in `super().save()`, that line touches the table, and who calls it says nothing again.
A base that many models share cannot say whose row it is: then who calls it does, as far as the row is known there.
"""

from collections.abc import Iterator, Sequence

from decompose.frameworks.django_orm.found import access
from decompose.frameworks.django_orm.implied import implied
from decompose.frameworks.django_orm.library import ROW_METHODS, UPWARDS
from decompose.frameworks.django_orm.values import Evaluator, Kind, Value, ordered
from decompose.model.program import AccessMode, Mediated, TableAccess
from decompose.model.view import Expression


def row_method(evaluator: Evaluator, call: Expression) -> Iterator[TableAccess | Mediated]:
    """What a call of a row's method, or of the one above it by `super()`, does to its table, and what runs besides."""
    if call.base is None:
        return
    is_upwards = call.base.attribute == "super"
    for value in ordered(evaluator.values(call.base)):
        if value.kind not in (Kind.ROW, Kind.NEW):
            continue
        modes = _modes(evaluator, call, value, is_upwards=is_upwards)
        table = evaluator.models.tables[value.model]
        for mode in modes if _is_told_here(evaluator, call, value.model) else ():
            is_stored = mode in (AccessMode.CREATE, AccessMode.UPDATE)
            columns = evaluator.columns.saved(value.model, call) if is_stored else ()
            yield access(call, table, mode, call.site, value, columns)
        for mode in modes if not is_upwards else ():
            yield from implied(evaluator, call, value, mode)


def _modes(
    evaluator: Evaluator, call: Expression, value: Value, *, is_upwards: bool
) -> Sequence[AccessMode]:
    modes: Sequence[AccessMode] = ROW_METHODS.get(call.attribute, ())
    if is_upwards:
        return UPWARDS.get(call.attribute, modes)
    is_new = value.kind is Kind.NEW or _is_copy(evaluator, call)
    return (AccessMode.CREATE,) if is_new and modes == (AccessMode.UPDATE,) else modes


def _is_copy(evaluator: Evaluator, call: Expression) -> bool:
    """Is a row stored as a new one: `row.pk = None` before it, or `row.save(force_insert=True)`?"""
    forced = call.keywords.get("force_insert")
    if forced is not None and forced.literal() is True:
        return True
    lines = evaluator.unkeyed.get(
        (call.owner, call.base.text() if call.base is not None else ""), ()
    )
    return any(line < call.site.line for line in lines)


def find_unkeyed(evaluator: Evaluator) -> None:
    """Note where rows' keys are taken away."""
    for use in evaluator.view.stores("pk", "id"):
        if use.value is not None and use.value.text() == "None":
            key = (use.base.owner, use.base.text())
            evaluator.unkeyed.setdefault(key, []).append(use.site.line)


def _is_told_here(evaluator: Evaluator, call: Expression, model: str) -> bool:
    """Does no method of the program that the call leads to say of itself that it touches the model's table?"""
    if not is_own(evaluator, call):
        return True
    found = evaluator.view.class_named(model)
    if found is None:
        return False
    lineage: Sequence[str] = found.mro
    if call.base is not None and call.base.attribute == "super":
        function = evaluator.view.function_named(call.owner)
        owner = function.owner if function is not None else ""
        lineage = lineage[lineage.index(owner) + 1 :] if owner in lineage else ()
    return not any(
        (own := evaluator.view.class_named(base)) is not None
        and call.attribute in own.methods()
        and evaluator.models.concrete.get(base) == (model,)
        for base in lineage
    )


def is_own(evaluator: Evaluator, call: Expression) -> bool:
    """Does a call lead to a function of the program?"""
    return call.callee is not None and any(
        evaluator.view.function_named(name) for name in call.callee.symbols()
    )
