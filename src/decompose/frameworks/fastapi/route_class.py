"""Routers with a class of routes of their own: `APIRouter(route_class=Logged)`.

FastAPI asks such a class for the handler of each endpoint as the endpoint is added, and again wherever the router is
included; that handler then answers the requests, and calls what FastAPI would have called: endpoints that are `async`,
for the others run in a thread of their own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from decompose.frameworks.fastapi.endpoints import DECORATORS, Endpoint
from decompose.frameworks.fastapi.routers import Routers, argument
from decompose.model.program import Fact, Mediated, Route
from decompose.model.view import ClassView, Expression

_HANDLER = "get_route_handler"
_MADE = ("__init__", _HANDLER)
_NAME = "fastapi"


@dataclass(slots=True)
class RouteClasses:
    """The classes of routes that routers are given, by the calls that create the routers."""

    routers: Routers
    own: dict[Expression, tuple[ClassView, ...]] = field(default_factory=dict)

    def facts(self, answered: Iterable[tuple[Endpoint, Route]]) -> Iterator[Fact]:
        """Calls of the classes as endpoints are added and routers included, and of what their handlers answer."""
        view = self.routers.view
        for _, decorator in view.decorated(*DECORATORS):
            yield from self._made(decorator, self.routers.of(decorator.base))
        for call in view.calls("include_router"):
            yield from self._made(call, self._inside(argument(call, 0, "router")))
        for endpoint, route in answered:
            function = view.function_named(route.handler)
            if function is None or not function.is_async:
                continue
            for found in self._of(endpoint.router):
                for handler in self._handlers(found):
                    yield Mediated(handler, route.node, endpoint.site, _NAME, passes=True)

    def _of(self, router: Expression | None) -> tuple[ClassView, ...]:
        if router is None:
            return ()
        if router not in self.own:
            given = router.keywords.get("route_class")
            names = given.symbols() if given is not None else ()
            known = (self.routers.view.class_named(name) for name in names)
            self.own[router] = tuple(each for each in known if each is not None)
        return self.own[router]

    def _made(self, call: Expression, routers: Iterable[Expression]) -> Iterator[Fact]:
        at_once = self.routers.view.function_named(call.owner) is None
        for found in dict.fromkeys(each for router in routers for each in self._of(router)):
            for method in filter(None, map(found.method, _MADE)):
                yield Mediated(call.owner, method, call.site, _NAME, at_once=at_once)

    def _inside(self, included: Expression | None) -> list[Expression]:
        """A router and all that are included in it."""
        found = self.routers.of(included)
        for router in found:
            found.extend(each for each in self.routers.children(router) if each not in found)
        return found

    def _handlers(self, found: ClassView) -> Iterator[str]:
        """The functions that answer requests in the end: what the class's method returns."""
        method = self.routers.view.function_named(found.method(_HANDLER) or "")
        for value in method.returned if method is not None else ():
            yield from (each for each in value.symbols() if self.routers.view.function_named(each))
