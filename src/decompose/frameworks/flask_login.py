"""What does Flask-Login ask of the program's users?

Its mixin answers `is_authenticated` by `is_active`, which the program may have written; signing somebody in asks for
both, and for the key that `get_id` gives.
"""

from collections.abc import Iterator

from decompose.model.knowledge import Knowledge
from decompose.model.program import Mediated
from decompose.model.view import ClassView, Expression, ProgramView

NAME = "flask_login"
PHASE = 0
INTEREST = frozenset({"login_user"})

KNOWLEDGE = Knowledge(
    aliases={"flask_login.utils.current_user": "flask_login.current_user"},
    supplied={
        "flask_login.current_user": "user_loader",
        "flask_jwt_extended.current_user": "user_lookup_loader",
    },
)

_USER = "flask_login.UserMixin"
_CURRENT = "flask_login.current_user"

EXAMPLES = (
    (
        {
            "people.py": """
                from flask_login import UserMixin, current_user, login_user
                class Person(UserMixin):
                    @property
                    def is_active(self): ...
                    def get_id(self): ...
                def greet():
                    return current_user.is_authenticated
                def enter(person: Person):
                    login_user(person)
                def other(thing):
                    return thing.is_authenticated
            """,
        },
        {
            "people.greet ~> people.Person.is_active",
            "people.enter ~> people.Person.is_active",
            "people.enter ~> people.Person.get_id",
        },
    ),
)


def settle(view: ProgramView) -> Iterator[Mediated]:
    """Calls of users' methods through the library."""
    users = list(view.subclasses(_USER, "flask_login.mixins.UserMixin"))
    if not users:
        return
    for use in view.loads("is_authenticated"):
        for user in _meant(use.base, users):
            if user.method("is_authenticated") is None:
                yield from _asked(use.base, user, ("is_active",))
    for call in view.calls("login_user"):
        for argument in call.arguments[:1]:
            known = [user for user in users if user.name in argument.types()]
            for user in known or users:
                yield from _asked(call, user, ("is_active", "get_id"))


def _meant(base: Expression, users: list[ClassView]) -> list[ClassView]:
    """The classes of users that stand before the dot; any for the one who is signed in."""
    name = base.name() or ""
    if name == _CURRENT or name.endswith("flask_login.utils.current_user"):
        return users
    types = base.types()
    return [user for user in users if user.name in types]


def _asked(place: Expression, user: ClassView, names: tuple[str, ...]) -> Iterator[Mediated]:
    for name in names:
        method = user.method(name)
        if method and method != place.owner:
            yield Mediated(place.owner, method, place.site, NAME)
