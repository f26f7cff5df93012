"""Which methods of models answer calls on rows that only the ORM tells the model of?

    order = self.get_object()     of a generic view: by its queryset
    order.cancel()                is `Order.cancel`

What the linker knows itself is left to it.
"""

from collections.abc import Iterator

from decompose.frameworks.django_orm.implied import FRAMEWORK
from decompose.frameworks.django_orm.library import MODEL, QUERY_METHODS, ROW_METHODS
from decompose.frameworks.django_orm.values import Evaluator, Kind
from decompose.model.program import Mediated

_ROWS = frozenset({Kind.ROW, Kind.NEW})


def answered(evaluator: Evaluator) -> Iterator[Mediated]:
    """Calls of models' own methods, by rows whose model the linker does not know."""
    view = evaluator.view
    own = {name for model in view.subclasses(MODEL) for name in model.methods()}
    names = {name for name in own if not name.startswith("__")} - QUERY_METHODS - set(ROW_METHODS)
    for call in view.calls(*sorted(names)):
        if call.base is None or (call.callee is not None and call.callee.symbols()):
            continue
        models = {value.model for value in evaluator.values(call.base) if value.kind in _ROWS}
        for name in sorted(models):
            model = view.class_named(name)
            method = model.method(call.attribute) if model is not None else None
            if method is not None and method != call.owner:
                yield Mediated(call.owner, method, call.site, FRAMEWORK)
