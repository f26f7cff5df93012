"""Who hands requests on to whom: the middleware that Django's settings list, outermost first.

A middleware of the program that calls the next one (`self.get_response(request)`) calls, through Django, the next one
of the program; the innermost hands on to every route. What an older kind only offers (`process_request`, …) is called
by the one around it. A middleware may be a class, or a function that returns a function.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from decompose.model.facts import Op
from decompose.model.program import Mediated, Route
from decompose.model.source import Site
from decompose.model.view import Expression, ProgramView

NAME = "django.middleware"
PHASE = 1
INTEREST: frozenset[str] = frozenset()

EXAMPLES = (
    (
        {
            "settings.py": """
                INSTALLED_APPS = []
                MIDDLEWARE = [
                    "django.middleware.common.CommonMiddleware",
                    "shop.middleware.Outer",
                    "shop.middleware.Old",
                    "shop.middleware.inner",
                ]
                ROOT_URLCONF = "shop.urls"
            """,
            "shop/middleware.py": """
                from django.utils.deprecation import MiddlewareMixin
                class Outer:
                    def __init__(self, get_response):
                        self.get_response = get_response
                    def __call__(self, request):
                        return self.get_response(request)
                    def process_exception(self, request, exception): ...
                class Old(MiddlewareMixin):
                    def process_request(self, request): ...
                def inner(get_response):
                    def middleware(request):
                        return get_response(request)
                    return middleware
            """,
            "shop/urls.py": """
                from django.contrib import admin
                from django.urls import path
                from shop.views import show
                urlpatterns = [path("show/", show)]
            """,
            "shop/views.py": "def show(request): ...",
            "shop/admin.py": """
                from django.contrib import admin
                class OrderAdmin(admin.ModelAdmin):
                    def get_queryset(self, request): ...
            """,
        },
        {
            "shop.middleware.Outer.__call__ ~> shop.middleware.Old.process_request",
            "shop.middleware.Outer.__call__ ~> shop.middleware.inner.middleware",
            "shop.middleware.inner.middleware ~> shop.middleware.Outer.process_exception",
            "shop.middleware.inner.middleware => route:* /show/",
            "shop.middleware.inner.middleware => shop.admin.OrderAdmin",
        },
    ),
)

_SETTINGS = ("MIDDLEWARE", "MIDDLEWARE_CLASSES")
_AROUND = ("process_request", "process_response")
_INNERMOST = ("process_view", "process_exception", "process_template_response")


@dataclass(frozen=True, slots=True)
class _Link:
    """One middleware: what runs when it is called, and what else Django asks of it."""

    called: str  # "" where only a library's code is called
    around: tuple[str, ...]
    innermost: tuple[str, ...]
    site: Site


def settle(view: ProgramView) -> Iterator[Mediated]:
    """Calls from middleware to middleware, and what the innermost hands on to."""
    for chain in _chains(view):
        callers = [link for link in chain if link.called]
        if not callers:
            continue
        yield from _along(chain)
        innermost = callers[-1]
        for target in dict.fromkeys(each for link in chain for each in link.innermost):
            if target != innermost.called:
                yield Mediated(innermost.called, target, innermost.site, NAME)
        for behind in _behind(view):
            yield Mediated(innermost.called, behind, innermost.site, NAME, passes=True)


def _along(chain: Sequence[_Link]) -> Iterator[Mediated]:
    """What each middleware finds when it calls the next."""
    caller: _Link | None = None
    for link in chain:
        for target in (*link.around, link.called):
            if caller is not None and target:
                yield Mediated(caller.called, target, caller.site, NAME)
        caller = link if link.called else caller


def _behind(view: ProgramView) -> Iterator[str]:
    """Routes, and the classes that Django's admin calls for its own routes."""
    routes = (fact for fact in view.facts(Route) if isinstance(fact, Route))
    yield from dict.fromkeys(each.node for each in routes if each.framework.startswith("django"))
    called = (fact for fact in view.facts(Mediated) if isinstance(fact, Mediated))
    yield from dict.fromkeys(each.source for each in called if each.framework == "django.admin")


def _chains(view: ProgramView) -> Iterator[list[_Link]]:
    """The middleware of each module of settings, outermost first; each list once."""
    seen: set[tuple[str, ...]] = set()
    for module in view.modules():
        values = [value for name in _SETTINGS for value in view.module_value(module, name)]
        names = [name for value in values for name in _names(value, view)]
        if names and tuple(names) not in seen:
            seen.add(tuple(names))
            yield [link for name in dict.fromkeys(names) for link in _link(view, name)]


def _names(value: Expression, view: ProgramView) -> Iterator[str]:
    """Dotted names of the program's own in a list, a tuple, or several joined."""
    if value.op is Op.STRING:
        name = view.lookup(value.string() or "")
        if name:
            yield name
    for each in value.elements:
        inner = each.bound() if each.op in (Op.NAME, Op.ATTRIBUTE) else [each]
        for part in inner:
            yield from _names(part, view) if part != value else ()


def _link(view: ProgramView, name: str) -> Iterator[_Link]:
    function = view.function_named(name)
    if function is not None:
        inner = [each for value in function.returned for each in value.symbols()]
        called = next((each for each in inner if view.function_named(each) is not None), "")
        yield _Link(called, (), (), function.site)
    found = view.class_named(name)
    if found is not None:
        around = tuple(method for each in _AROUND if (method := found.method(each)))
        innermost = tuple(method for each in _INNERMOST if (method := found.method(each)))
        yield _Link(found.method("__call__") or "", around, innermost, found.site)
