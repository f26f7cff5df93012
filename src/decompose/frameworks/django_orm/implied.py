"""What does Django call when a row is stored or deleted: receivers of its signals, the model's own `save`?

`Order.objects.create(…)` calls `Order.save`, and both `pre_save` and `post_save` with `Order` as their sender.
`update()` and the bulk methods call neither.
"""

from collections.abc import Iterator

from decompose.frameworks.django_orm.values import Evaluator, Value
from decompose.model.program import AccessMode, Handler, Mediated
from decompose.model.view import Expression

FRAMEWORK = "django.orm"
_SILENT = frozenset(
    {
        "update",
        "aupdate",
        "bulk_create",
        "abulk_create",
        "bulk_update",
        "abulk_update",
        "_raw_delete",
    }
)
_SAVES = frozenset({"pre_save", "post_save"})
_DELETES = frozenset({"pre_delete", "post_delete"})
_MODEL_SIGNALS = "signal:django.db.models.signals."


def implied(
    evaluator: Evaluator, call: Expression, value: Value, mode: AccessMode
) -> Iterator[Mediated]:
    """What a call that stores or deletes a row of a model runs besides."""
    if call.attribute in _SILENT:
        return
    calls_own = call.attribute not in ("save", "delete")
    for target in run_by_storing(evaluator, value.model, mode, calls_own=calls_own):
        if target != call.owner:
            yield Mediated(call.owner, target, call.site, FRAMEWORK)


def run_by_storing(
    evaluator: Evaluator, name: str, mode: AccessMode, *, calls_own: bool = True
) -> list[str]:
    """What runs as a row of a model is stored or deleted; with `calls_own` also the model's own method for that."""
    model = evaluator.view.class_named(name)
    if model is None or mode is AccessMode.READ:
        return []
    is_save = mode is not AccessMode.DELETE
    own = model.method("save" if is_save else "delete") if calls_own else None
    targets = {own} if own is not None else set()
    for handlers in evaluator.handlers.values():
        targets.update(
            each.handler for each in handlers if _hears(each, model.mro, is_save=is_save)
        )
    return sorted(targets)


def _hears(handler: Handler, lineage: tuple[str, ...], *, is_save: bool) -> bool:
    signal = handler.signal.removeprefix(_MODEL_SIGNALS)
    return signal in (_SAVES if is_save else _DELETES) and (
        not handler.sender or handler.sender in lineage
    )
