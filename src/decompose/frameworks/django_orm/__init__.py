"""Which functions read and write which tables through Django's ORM, and in which transactions?

Terms
-----
query  a manager or queryset: what `Order.objects`, `order.lines` and their methods give
row    an instance of a model
chain  a query from where it starts to its last method; what that does is what the function does to the table
"""

from collections.abc import Iterator

from decompose.frameworks.django_orm.generic import generic_accesses
from decompose.frameworks.django_orm.library import (
    KNOWLEDGE,
    LINKING,
    MANAGER,
    QUERY_METHODS,
    QUERYSET,
    ROW_METHODS,
    SHORTCUTS,
    UPWARDS,
    USER_FUNCTIONS,
)
from decompose.frameworks.django_orm.queries import accesses
from decompose.frameworks.django_orm.relations import read_models
from decompose.frameworks.django_orm.transactions import transactions
from decompose.frameworks.django_orm.values import evaluator
from decompose.model.program import Fact
from decompose.model.view import Expression, ProgramView

__all__ = ["EXAMPLES", "INTEREST", "KNOWLEDGE", "NAME", "PHASE", "settle"]

NAME = "django.orm"
_USERS = frozenset(name.rpartition(".")[2] for name in USER_FUNCTIONS)
_SENDS = ("send", "send_robust", "asend", "asend_robust")
_METHODS = frozenset({*QUERY_METHODS, *LINKING, *ROW_METHODS, *SHORTCUTS, *UPWARDS, *_USERS})
INTEREST = frozenset({*_METHODS, *_SENDS, "register"})
PHASE = 1
EXAMPLES = ()


def settle(view: ProgramView) -> Iterator[Fact]:
    """Accesses, joins and transactions."""
    models = read_models(view)
    if models.tables:
        found = evaluator(view, models, view.calls(*_SENDS))
        yield from accesses(found, _calls(view))
        yield from generic_accesses(found)
    yield from transactions(view, NAME)


def _calls(view: ProgramView) -> list[Expression]:
    """Calls of methods that Django's classes have, and of those that the program adds to managers and querysets."""
    known = list(view.calls(*sorted(_METHODS)))
    own = [
        method.name
        for found in view.subclasses(MANAGER, QUERYSET)
        for name, method in found.methods().items()
        if name not in _METHODS and not name.startswith("__")
    ]
    return [*known, *view.calls_of(*own)]
