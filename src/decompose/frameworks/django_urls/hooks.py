"""Which methods does the framework call beside the handler itself, and from where does a view ask it to go on?

`super().get_context_data()` and `self.render_to_response(…)` run the library's part of a view, which calls the program
again; so does `super().dispatch(…)`, whose answer is any of the view's handlers.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from decompose.frameworks.django_urls.flows import PLAIN, REST, answering, asks_itself, reached
from decompose.frameworks.django_urls.generic import ASKED as GENERIC_ASKED
from decompose.frameworks.django_urls.library import API_VIEW, FEED, VIEW
from decompose.frameworks.django_urls.parts import Parts
from decompose.frameworks.django_urls.views import VERBS, Answer
from decompose.model.asked import ACTIONS, OPEN, Asked
from decompose.model.facts import Op
from decompose.model.program import Mediated
from decompose.model.view import ClassView, Expression, ProgramView

ASKED = frozenset({*GENERIC_ASKED, *PLAIN, *REST}) - {"as_view"}
"""Methods of the library that a program's view may call by name."""
_OF_FEEDS = frozenset(
    {"__call__", "get_object", "get_feed", "get_context_data", "feed_extra_kwargs", "items"}
    | {"title", "link", "feed_url", "description", "subtitle", "categories", "ttl"}
    | {"author_name", "author_email", "author_link", "feed_guid", "feed_copyright"}
)
_OF_ITEMS = "item_"
_MOST_VIEWS = 12
_MOST_WRAPPERS = 4


@dataclass(slots=True)
class Hooks:
    """Methods of the program that Django or Django REST framework calls for an answer, worked out once a view."""

    view: ProgramView
    parts: Parts = field(init=False)
    _met: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parts = Parts(self.view)

    def of(self, answer: Answer) -> list[str]:
        """The methods that a request meets, once each, in order, without the handler itself."""
        found = self.view.class_named(answer.view) if answer.view else None
        if found is None:
            function = self.view.function_named(answer.handler)
            return list(self.parts.of_function(function)) if function is not None else []
        verb = answer.method.lower()
        last = answer.handler.rpartition(".")[2] if answer.handler != answer.view else ""
        action = answer.action or (last if API_VIEW in found.mro and last != verb else "")
        key = (answer.view, verb, action)
        if key not in self._met:
            is_feed = FEED in found.mro
            met = _fed(self.view, found) if is_feed else answering(self.parts, found, verb, action)
            self._met[key] = list(met)
        return [each for each in self._met[key] if each != answer.handler]


def _fed(view: ProgramView, found: ClassView) -> Iterator[str]:
    """What a feed asks of its class, for itself and each of its items."""
    for base in found.mro:
        own = view.class_named(base)
        for name in own.methods() if own is not None else ():
            if name in _OF_FEEDS or name.startswith(_OF_ITEMS):
                yield found.method(name) or ""


def asked(parts: Parts, answering: Iterable[str], framework: str) -> Iterator[Mediated]:
    """Calls of the program from its own views, through the library's part of them.

    `answering`: classes that answer routes, views though what they inherit may not be known.
    """
    view = parts.view
    below = _below(view, answering)
    if not below:
        return
    for call in view.calls(*sorted(ASKED)):
        base, name = call.base, call.attribute
        owner = call.owner.rpartition(".")[0]
        if base is None or owner not in below or not _is_own(base):
            continue
        targets: dict[str, None] = {}
        for found in below[owner]:
            after = owner if base.op is Op.CALL else ""
            if _is_librarys(view, found, name, after):
                within = _within(call.owner.rpartition(".")[2])
                targets.update(reached(parts, found, (name,), asked=within))
                if name == "get_queryset" and asks_itself(found):
                    targets[found.name] = None
        for target in targets:
            if target != call.owner:
                yield Mediated(call.owner, target, call.site, framework)


def _within(method: str) -> Asked:
    """What is asked for where a method of a view set goes on: its own action."""
    is_action = any(method in actions for actions in ACTIONS.values())
    return Asked("", frozenset({method})) if is_action else OPEN


def handed_over(parts: Parts, framework: str) -> Iterator[Mediated]:
    """`return Show.as_view()(request)`: a function that answers by a class of views."""
    view = parts.view
    for call in view.calls("as_view"):
        function = view.function_named(call.owner)
        if function is None or call.base is None or not _is_answer(call, function.returned):
            continue
        for name in call.base.symbols():
            found = view.class_named(name)
            if found is not None and VIEW in found.mro:
                own = [method for verb in VERBS if (method := found.method(verb))]
                for target in dict.fromkeys([*answering(parts, found, "*", ""), name, *own]):
                    yield Mediated(call.owner, target, call.site, framework)


def _is_answer(made: Expression, returned: Iterable[Expression]) -> bool:
    """Is what `as_view()` makes called at once, or by a name of its own?"""
    callees = [each.callee for each in returned if each.op is Op.CALL and each.callee is not None]
    return any(each == made or made in each.bound() for each in callees)


def _is_own(base: Expression) -> bool:
    """`super()` or `self`."""
    if base.op is Op.CALL:
        return base.attribute == "super"
    return base.op is Op.NAME and base.text() == "self"


def _below(view: ProgramView, answering: Iterable[str]) -> dict[str, list[ClassView]]:
    """Class of the program -> views that have it in their MRO, itself first."""
    found: dict[str, list[ClassView]] = {}
    views = {each.name: each for each in view.subclasses(VIEW, API_VIEW)}
    others = (view.class_named(name) for name in answering if name not in views)
    views.update({each.name: each for each in others if each is not None})
    for _, each in sorted(views.items()):
        for base in each.mro:
            row = found.setdefault(base, [])
            if base == each.name:
                row.insert(0, each)
            elif len(row) < _MOST_VIEWS:
                row.append(each)
    return found


def _is_librarys(view: ProgramView, found: ClassView, name: str, after: str) -> bool:
    """Is a method, looked for behind one class of the MRO, left to the library?"""
    order: Sequence[str] = found.mro
    if after:
        order = order[order.index(after) + 1 :]
    bases = (view.class_named(base) for base in order)
    return not any(name in base.methods() for base in bases if base is not None)


def wrappers(view: ProgramView, given: Expression | None) -> Iterator[str]:
    """Functions of the program's own decorators around what stands as the view: `guarded(Show.as_view())`."""
    for _ in range(_MOST_WRAPPERS):
        if given is None or given.op is not Op.CALL or given.callee is None:
            return
        for name in given.callee.symbols():
            function = view.function_named(name)
            values = function.returned if function is not None else ()
            inner = (each for value in values for each in value.symbols())
            yield from (each for each in inner if each.startswith(f"{name}."))
        given = given.arguments[0] if given.arguments else None
