"""Which back ends does Django ask who somebody is, and what they may do?

`authenticate(…)` asks every back end that settings list, in order; `get_user` the one that somebody signed in with.
"""

from collections.abc import Iterator

from decompose.model.program import Mediated
from decompose.model.view import ProgramView

NAME = "django.auth"
PHASE = 0
INTEREST = frozenset({"authenticate", "aauthenticate", "get_user", "aget_user"})

_AUTH = "django.contrib.auth."

EXAMPLES = (
    (
        {
            "settings.py": """
                AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "people.Mail"]
            """,
            "people.py": """
                from django.contrib.auth import authenticate, get_user
                class Mail:
                    def authenticate(self, request, mail): ...
                    def get_user(self, key): ...
                def sign_in(request):
                    return authenticate(request, mail=request.POST["mail"])
                def who(request):
                    return get_user(request)
            """,
        },
        {"people.sign_in ~> people.Mail.authenticate", "people.who ~> people.Mail.get_user"},
    ),
)


def settle(view: ProgramView) -> Iterator[Mediated]:
    """Calls of the back ends."""
    calls = [
        (call, name)
        for call in view.calls(*sorted(INTEREST))
        if call.callee is not None and (name := call.callee.name() or "").startswith(_AUTH)
    ]
    if not calls:
        return
    ends = [found for name in _listed(view) if (found := view.class_named(name)) is not None]
    for call, name in calls:
        asked = "get_user" if name.endswith("get_user") else "authenticate"
        for target in dict.fromkeys(method for end in ends if (method := end.method(asked))):
            if target != call.owner:
                yield Mediated(call.owner, target, call.site, NAME)


def _listed(view: ProgramView) -> list[str]:
    """The program's own back ends that settings name."""
    names: dict[str, None] = {}
    for module in view.modules():
        for value in view.module_value(module, "AUTHENTICATION_BACKENDS"):
            for element in value.elements:
                name = view.lookup(element.string() or "")
                if name:
                    names[name] = None
    return list(names)
