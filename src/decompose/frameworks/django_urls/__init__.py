"""Which URL is answered by which view? Django's URLconfs and the routers of Django REST framework.

Terms
-----
pattern   a call of `path`, `re_path` or `url`: a piece of a path with a view, or with what it includes
URLconf   a list of patterns; a module with `urlpatterns`, a list, a router's `urls`
root      the URLconf that settings name in ROOT_URLCONF; one that nobody includes is taken for a root too, as its
          prefix cannot be seen (plug-ins), and so are patterns that stand in no URLconf; both are inferred

A class-based view gives a route for each HTTP method that it answers; HEAD and OPTIONS are left out. What a request
calls besides the handler itself (`get_queryset`, `form_valid`, permissions, serializers) is mediated: `hooks`.
"""

from collections.abc import Iterator

from decompose.frameworks.django_urls.examples import EXAMPLES
from decompose.frameworks.django_urls.hooks import ASKED, Hooks, asked, handed_over, wrappers
from decompose.frameworks.django_urls.library import KNOWLEDGE
from decompose.frameworks.django_urls.tree import endpoints
from decompose.model.program import Fact, Mediated, Route
from decompose.model.view import Expression, ProgramView

__all__ = ["EXAMPLES", "INTEREST", "KNOWLEDGE", "NAME", "PHASE", "settle"]

NAME = "django.urls"
INTEREST = ASKED | {"path", "re_path", "url", "include", "register", "append", "extend", "insert"}
PHASE = 0

_BOTH = 2  # a route and a view


def settle(view: ProgramView) -> Iterator[Fact]:
    """Routes, and what the framework calls to answer them; the surer one of two that are the same."""
    seen: set[tuple[str, str]] = set()
    hooks = Hooks(view)
    answering: dict[str, None] = {}
    for found in sorted(
        endpoints(view), key=lambda each: -min(each.confidence, each.answer.confidence)
    ):
        answer = found.answer
        route = Route(
            answer.method,
            found.path.path,
            answer.handler,
            found.call.site,
            NAME,
            found.name,
            found.path.parameters,
            found.raw,
            min(found.confidence, answer.confidence),
            answer.view,
        )
        if (route.node, route.handler) in seen:
            continue
        seen.add((route.node, route.handler))
        yield route
        around = dict.fromkeys(wrappers(view, _view_given(found.call)))
        for target in (*around, *hooks.of(answer)):
            yield Mediated(route.node, target, route.site, NAME)
        for wrapper in around:
            for target in hooks.of(answer):
                yield Mediated(wrapper, target, route.site, NAME)
        answering[answer.view] = None
    yield from asked(hooks.parts, answering, NAME)
    yield from handed_over(hooks.parts, NAME)


def _view_given(call: Expression) -> Expression | None:
    given = call.keywords.get("view")
    return given if given is not None or len(call.arguments) < _BOTH else call.arguments[1]
