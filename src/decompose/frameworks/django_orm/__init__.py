"""Which functions read and write which tables through Django's ORM, and in which transactions?

Terms
-----
query  a manager or queryset: what `Order.objects`, `order.lines` and their methods give
row    an instance of a model
chain  a query from where it starts to its last method; what that does is what the function does to the table
"""

from collections.abc import Iterator
from itertools import chain

from decompose.frameworks.django_orm.answered import answered
from decompose.frameworks.django_orm.examples import EXAMPLES as EXAMPLES_OF_QUERIES
from decompose.frameworks.django_orm.examples_checked import EXAMPLES as EXAMPLES_OF_FORMS
from decompose.frameworks.django_orm.found import gathered
from decompose.frameworks.django_orm.generic import DELETING, generic_accesses
from decompose.frameworks.django_orm.inference import make_evaluator
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
from decompose.frameworks.django_orm.queries import ASKING, LISTING, accesses
from decompose.frameworks.django_orm.relations import read_models
from decompose.frameworks.django_orm.shown import shown_accesses
from decompose.frameworks.django_orm.stored import find_unkeyed
from decompose.frameworks.django_orm.transactions import transactions
from decompose.frameworks.django_orm.users import first_asked
from decompose.model.program import Fact, Join, TableAccess
from decompose.model.view import Expression, ProgramView

__all__ = ["EXAMPLES", "INTEREST", "KNOWLEDGE", "NAME", "PHASE", "settle"]

NAME = "django.orm"
_USERS = frozenset(name.rpartition(".")[2] for name in USER_FUNCTIONS)
_SENDS = ("send", "send_robust", "asend", "asend_robust")
_METHODS = frozenset({*QUERY_METHODS, *LINKING, *ROW_METHODS, *SHORTCUTS, *UPWARDS, *_USERS})
INTEREST = frozenset(
    {*_METHODS, *_SENDS, *ASKING, *DELETING, *LISTING, "register", "getattr", "on_commit"}
)
PHASE = 2
EXAMPLES = (*EXAMPLES_OF_QUERIES, *EXAMPLES_OF_FORMS)


def settle(view: ProgramView) -> Iterator[Fact]:
    """Accesses, joins and transactions."""
    models = read_models(view)
    if models.tables:
        evaluator = make_evaluator(view, models, view.calls(*_SENDS))
        find_unkeyed(evaluator)
        found = [accesses(evaluator, _calls(view)), generic_accesses(evaluator)]
        found += [answered(evaluator), first_asked(evaluator)]
        told = gathered(chain(*found, shown_accesses(evaluator)))
        yield from (fact for fact in told if not _is_foreign(fact))
    yield from transactions(view, NAME)


def _is_foreign(fact: Fact) -> bool:
    """Is it an access of a library's table, of which nothing is said?"""
    if isinstance(fact, Join):
        return not (fact.left and fact.right)
    return isinstance(fact, TableAccess) and not fact.table


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
