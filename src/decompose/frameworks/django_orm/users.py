"""Who is the first to ask a request for its user? Django loads the user when somebody asks for the first time.

    if request.user.is_authenticated: ...

Behind decorators, mixins and permissions of Django and Django REST framework the user has been loaded before.
"""

from collections.abc import Iterator

from decompose.frameworks.django_orm.values import Evaluator
from decompose.model.facts import Op
from decompose.model.program import AccessMode, Confidence, TableAccess
from decompose.model.view import Expression, FunctionView

_ASKED = ("is_authenticated", "is_anonymous")
_KNOWN_BEFORE = ("login_required", "permission", "user_passes_test", "api_view", "staff_member")
_LOADING = ("rest_framework.", "django.contrib.")


def first_asked(evaluator: Evaluator) -> Iterator[TableAccess]:
    """Reads of users by functions that are given nothing but a request."""
    table = evaluator.models.tables.get(evaluator.models.user)
    for use in evaluator.view.loads(*_ASKED) if table else ():
        function = evaluator.view.function_named(use.base.owner)
        if function is None or not _is_of_request(use.base) or _is_loaded(evaluator, function):
            continue
        yield TableAccess(
            function.name,
            table or "",
            AccessMode.READ,
            use.site,
            use.loop_depth,
            Confidence.INFERRED,
        )


def _is_of_request(expression: Expression) -> bool:
    """`request.user`, `self.request.user`, `getattr(request, "user", None)`, or a variable for one of them."""
    for value in expression.bound() if expression.op is Op.NAME else (expression,):
        base = value.base
        if value.op is Op.CALL and value.attribute == "getattr" and value.arguments[1:]:
            is_user, base = value.arguments[1].string() == "user", value.arguments[0]
        else:
            is_user = value.op is Op.ATTRIBUTE and value.attribute == "user"
        if is_user and base is not None and base.attribute == "request":
            return True
    return False


def _is_loaded(evaluator: Evaluator, function: FunctionView) -> bool:
    if any(word in each.text() for each in function.decorators for word in _KNOWN_BEFORE):
        return True
    owner = evaluator.view.class_named(function.owner)
    lineage = owner.mro if owner is not None else ()
    return any(base.startswith(_LOADING) for base in lineage)
