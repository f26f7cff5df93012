"""What does Django call when a row is stored or deleted: receivers of its signals, the model's own `save`?

`Order.objects.create(…)` calls `Order.save`, and both `pre_save` and `post_save` with `Order` as their sender.
`update()` and the bulk methods call neither.
"""

from collections.abc import Iterator

from decompose.frameworks.django_orm.values import Evaluator, Value
from decompose.model.program import AccessMode, Handler, Mediated
from decompose.model.view import Expression

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
    evaluator: Evaluator, call: Expression, value: Value, mode: AccessMode, framework: str
) -> Iterator[Mediated]:
    """What a call that stores or deletes a row of a model runs besides."""
    if call.attribute in _SILENT or mode is AccessMode.READ:
        return
    model = evaluator.view.class_named(value.model)
    if model is None:
        return
    is_save = mode is not AccessMode.DELETE
    own = model.method("save" if is_save else "delete")
    targets = [own] if own is not None and call.attribute not in ("save", "delete") else []
    for handlers in evaluator.handlers.values():
        targets.extend(
            each.handler for each in handlers if _hears(each, model.mro, is_save=is_save)
        )
    for target in sorted(set(targets) - {call.owner}):
        yield Mediated(call.owner, target, call.site, framework)


def _hears(handler: Handler, lineage: tuple[str, ...], *, is_save: bool) -> bool:
    signal = handler.signal.removeprefix(_MODEL_SIGNALS)
    return signal in (_SAVES if is_save else _DELETES) and (
        not handler.sender or handler.sender in lineage
    )
