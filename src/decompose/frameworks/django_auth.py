"""Which back ends does Django ask who somebody is, and what they may do? Who hears that somebody came or went?

`authenticate(…)` asks every back end that settings list, in order; `get_user` the one that somebody signed in with.
"""

from collections.abc import Iterator

from decompose.model.program import Mediated, Publish
from decompose.model.view import ProgramView

NAME = "django.auth"
PHASE = 0
_ASKED = ("authenticate", "aauthenticate", "get_user", "aget_user")
_SIGNALS = {
    "login": "user_logged_in",
    "logout": "user_logged_out",
    "authenticate": "user_login_failed",
}
"""What Django's functions send; those that begin with an `a` the same."""
INTEREST = frozenset({*_ASKED, *_SIGNALS, "alogin", "alogout"})

_AUTH = "django.contrib.auth."

EXAMPLES = (
    (
        {
            "settings.py": """
                AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "people.Mail"]
            """,
            "people.py": """
                from django.contrib.auth import authenticate, get_user, login
                class Mail:
                    def authenticate(self, request, mail): ...
                    def get_user(self, key): ...
                def sign_in(request):
                    person = authenticate(request, mail=request.POST["mail"])
                    login(request, person)
                def who(request):
                    return get_user(request)
            """,
        },
        {
            "people.sign_in ~> people.Mail.authenticate",
            "people.who ~> people.Mail.get_user",
            "people.sign_in sends signal:django.contrib.auth.signals.user_login_failed",
            "people.sign_in sends signal:django.contrib.auth.signals.user_logged_in",
        },
    ),
)


def settle(view: ProgramView) -> Iterator[Mediated | Publish]:
    """Calls of the back ends, and signals of those who come and go."""
    told = [
        (call, name)
        for call in view.calls(*sorted(INTEREST))
        if call.callee is not None and (name := call.callee.name() or "").startswith(_AUTH)
    ]
    for call, name in told:
        signal = _SIGNALS.get(name.removeprefix(_AUTH)) or _SIGNALS.get(call.attribute[1:])
        if signal is not None:
            yield Publish(call.owner, f"signal:{_AUTH}signals.{signal}", call.site, NAME)
    calls = [(call, name) for call, name in told if call.attribute in _ASKED]
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
