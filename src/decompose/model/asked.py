"""What runs of a function for one HTTP method, or one action of a view set?

if self.action == "list":
return Short                and as this returns, what follows for all other actions
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from decompose.model.view import Expression, ProgramView

ACTIONS = {
    "GET": ("list", "retrieve"),
    "POST": ("create",),
    "PUT": ("update",),
    "PATCH": ("partial_update",),
    "DELETE": ("destroy",),
}
"""HTTP method -> actions of view sets that answer to it, unless the route says which."""
_ACTION = "action:"


@dataclass(frozen=True, slots=True)
class Asked:
    """An HTTP method in upper case, and the actions that may answer; both empty where that is open."""

    method: str = ""
    actions: frozenset[str] = frozenset()


OPEN = Asked()


def asked_by(method: str, action: str = "") -> Asked:
    """What a request of a method asks for; `action`: where it is known."""
    name = method.upper()
    actions = (action,) if action else ACTIONS.get(name, ())
    return Asked(name if name in ACTIONS else "", frozenset(actions))


@dataclass(slots=True)
class Regions:
    """Lines of functions that run for some methods or actions only."""

    view: ProgramView
    _known: dict[str, list[tuple[int, int, str, bool]]] | None = field(default=None)

    def running(self, given: Iterable[Expression], asked: Asked) -> list[Expression]:
        """The expressions whose lines may run for what is asked."""
        return [each for each in given if asked == OPEN or self._runs(each, asked)]

    def _runs(self, expression: Expression, asked: Asked) -> bool:
        line = expression.site.line
        return all(
            _holds(text, asked, is_not=is_not)
            for first, last, text, is_not in self._of(expression.owner)
            if first <= line <= last
        )

    def _of(self, owner: str) -> list[tuple[int, int, str, bool]]:
        if self._known is None:
            self._known = {}
            for names, first, last, is_not in self.view.asked():
                text = names.string() or ""
                self._known.setdefault(names.owner, []).append((first, last, text, is_not))
        return self._known.get(owner, [])


def _holds(text: str, asked: Asked, *, is_not: bool) -> bool:
    if text.startswith(_ACTION):
        named = frozenset(text.removeprefix(_ACTION).split(","))
        possible = asked.actions - named if is_not else asked.actions & named
        return bool(possible) or not asked.actions
    named = frozenset(text.upper().split(","))
    is_told = bool(asked.method) and named <= ACTIONS.keys() | {"HEAD", "OPTIONS", "TRACE"}
    return not is_told or (asked.method in named) is not is_not
