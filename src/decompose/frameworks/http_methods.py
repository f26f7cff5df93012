"""Which lines run for some HTTP methods only? One function often answers several.

    if request.method == "POST":          these lines for POST
    if request.method in SAFE_METHODS:    these for GET, HEAD, OPTIONS
        return form                       and as this returns, what follows for all others

Also what holds something after POST only (`request.POST`, `form.validate_on_submit()`), and the actions of view
sets (`self.action == "list"`), as far as their names tell the method. Receivers of saved rows ask alike whether the
row is new: `if created:`, where that is a parameter.
"""

from collections.abc import Iterator

from decompose.model.conditions import NEW_ROW, OLD_ROW, MethodGuard
from decompose.model.source import Site
from decompose.model.view import Expression, ProgramView

NAME = "http.methods"
PHASE = 0
INTEREST: frozenset[str] = frozenset()

_VERBS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")
_SAFE = ("GET", "HEAD", "OPTIONS")
_LIBRARY = {
    "rest_framework.permissions.SAFE_METHODS": _SAFE,
    "werkzeug.http.SAFE_METHODS": _SAFE,
}
_ACTION = "action:"
_CREATED = "created"
_ACTIONS = {
    "list": ("GET", "HEAD"),
    "retrieve": ("GET", "HEAD"),
    "create": ("POST",),
    "update": ("PUT", "PATCH"),
    "partial_update": ("PATCH",),
    "destroy": ("DELETE",),
}

EXAMPLES = (
    (
        {
            "views.py": """
                from rest_framework.permissions import SAFE_METHODS
                CHANGES = ("POST", "PUT")
                def edit(request):
                    if request.method == "POST":
                        save()
                    else:
                        show()
                def log(request, card):
                    if card.method == "visa":
                        pay()
                    if request.method in SAFE_METHODS:
                        return None
                    write()
                def form(request, form):
                    if not form.validate_on_submit():
                        return None
                    if request.method.lower() not in ("put", "patch") and form.ok:
                        new()
                    if request.method in CHANGES:
                        change()
                class Orders:
                    def get_queryset(self):
                        if self.action == "list":
                            return few()
                        return all()
                def on_saved(sender, instance, created, **kwargs):
                    if not created or instance.quiet:
                        return
                    welcome()
                def made(order, created):
                    if created:
                        count()
                def stored(sender, instance, created, **kwargs):
                    if created and instance.open:
                        count()
                    else:
                        change()
            """,
        },
        {
            "views.edit for POST 6-6",
            "views.edit for DELETE, GET, HEAD, OPTIONS, PATCH, PUT, TRACE 8-8",
            "views.log for GET, HEAD, OPTIONS 13-13",
            "views.log for DELETE, PATCH, POST, PUT, TRACE 14-14",
            "views.form for DELETE, PATCH, POST, PUT 18-21",
            "views.form for DELETE, GET, HEAD, OPTIONS, POST, TRACE 19-19",
            "views.form for DELETE, GET, HEAD, OPTIONS, POST, TRACE 18-18",
            "views.form for POST, PUT 21-21",
            "views.Orders.get_queryset for GET, HEAD 25-25",
            "views.on_saved for CREATE 28-28",
            "views.on_saved for CREATE 30-30",
            "views.stored for CREATE 35-35",
            "views.stored for CREATE 36-36",
        },
    ),
)


def settle(view: ProgramView) -> Iterator[MethodGuard]:
    """Guards of all functions."""
    for names, first, last, is_not in view.asked():
        is_row = names.string() == _CREATED
        methods = _rows(names, view, is_not) if is_row else _methods(names, is_not=is_not)
        if methods:
            yield MethodGuard(names.owner, methods, Site(names.site.path, first), last)


def _rows(names: Expression, view: ProgramView, is_not: bool) -> tuple[str, ...]:  # noqa: FBT001 -- as it is told
    """Are the lines for new rows only, or for others?"""
    function = view.function_named(names.owner)
    given = {name for name, _, _ in function.parameters} if function is not None else set()
    is_receiver = given.issuperset(("sender", "instance", _CREATED))
    return ((OLD_ROW if is_not else NEW_ROW),) if is_receiver else ()


def _methods(names: Expression, *, is_not: bool) -> tuple[str, ...]:
    text = names.string()
    if text is not None and text.startswith(_ACTION):
        actions = text.removeprefix(_ACTION).split(",")
        known = all(action in _ACTIONS for action in actions) and not is_not
        return tuple(sorted({m for each in actions for m in _ACTIONS[each]})) if known else ()
    told = set(text.upper().split(",")) if text is not None else _named(names)
    if not told or not told.issubset(_VERBS):
        return ()
    return tuple(each for each in _VERBS if (each in told) is not is_not)


def _named(names: Expression) -> set[str]:
    """The methods that a constant lists."""
    known = _LIBRARY.get(names.name() or "")
    if known is not None:
        return set(known)
    parts = [part.string() for each in names.bound() for part in each.elements]
    return {part.upper() for part in parts if part} if all(parts) else set()
