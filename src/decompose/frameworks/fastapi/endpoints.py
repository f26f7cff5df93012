"""Endpoints as a program writes them: decorators, `add_api_route`, lists of `Route(…)`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from decompose.frameworks.fastapi.routers import Routers, argument, known, texts
from decompose.model.facts import Op
from decompose.model.forwarding import registrations
from decompose.model.source import Site
from decompose.model.unfold import aligned, unfold
from decompose.model.verbs import listed_verbs
from decompose.model.view import ClassView, Expression, ProgramView

VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
DECORATORS = (*VERBS, "api_route", "route", "websocket", "websocket_route")
_ADDERS = ("add_api_route", "add_route", "add_api_websocket_route", "add_websocket_route")
NAMES = frozenset({*DECORATORS, *_ADDERS, "Route", "WebSocketRoute", "Mount"})
_CLASSES = ("starlette.endpoints.HTTPEndpoint",)
WEBSOCKET = "WEBSOCKET"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path as written, with its router's creation (None: one that is not seen)."""

    router: Expression | None
    path: str
    handlers: tuple[tuple[str, str], ...]  # (HTTP method, dotted handler)
    name: str
    site: Site
    certain: bool
    dependencies: tuple[Expression, ...] = ()


def endpoints(routers: Routers) -> Iterator[Endpoint]:
    """All endpoints, those of decorated functions first."""
    yield from _decorated(routers)
    yield from _added(routers)
    yield from _listed(routers)


def _decorated(routers: Routers) -> Iterator[Endpoint]:
    for function, decorator in routers.view.decorated(*DECORATORS):
        if decorator.op is not Op.CALL:
            continue
        methods = _methods(decorator)
        handlers = [(each, function.name) for each in methods]
        path = known(argument(decorator, 0, "path"), routers.view)
        yield from _on_router(routers, decorator, handlers, path)


def _added(routers: Routers) -> Iterator[Endpoint]:
    """`add_api_route(path, endpoint)`, also for the rows of a table."""
    view = routers.view
    for call in registrations(view.calls(*_ADDERS), view):
        path, given = argument(call, 0, "path"), argument(call, 1, "endpoint")
        given = given or call.keywords.get("route")
        if given is None or path is None:
            continue
        single = len(given.symbols()) == 1
        for text, each in aligned(texts(path, view), [given] if single else unfold(given, view)):
            handlers = list(_handlers(each, _methods(call), view))
            yield from _on_router(routers, call, handlers, text)


def _on_router(
    routers: Routers, call: Expression, handlers: Sequence[tuple[str, str]], path: str | None
) -> Iterator[Endpoint]:
    around = call.keywords.get("dependencies")
    inner = tuple(around.elements) if around is not None else ()
    name = _name(call, handlers)
    for router, certain in _targets(routers, call) if path is not None else ():
        yield Endpoint(router, path or "", tuple(handlers), name, call.site, certain, inner)


def _targets(routers: Routers, call: Expression) -> list[tuple[Expression | None, bool]]:
    found: list[Expression] = routers.of(call.base)
    if found:
        return [(router, True) for router in found]
    if call.base is not None and routers.is_router(call.base):
        return [(None, True)]
    return []


def _name(call: Expression, handlers: Sequence[tuple[str, str]]) -> str:
    given = call.keywords.get("name")
    named = given.string() if given is not None else None
    return named or next((handler.rpartition(".")[2] for _, handler in handlers), "")


def _methods(call: Expression) -> tuple[str, ...]:
    if call.attribute in VERBS:
        return (call.attribute.upper(),)
    if "websocket" in call.attribute.lower():
        return (WEBSOCKET,)
    given = call.keywords.get("methods")
    return (listed_verbs(given) or ("*",)) if given is not None else ("GET",)


def _handlers(
    given: Expression, methods: tuple[str, ...], view: ProgramView
) -> Iterator[tuple[str, str]]:
    for name in given.symbols():
        found = view.class_named(name)
        if found is None:
            yield from ((method, name) for method in methods)
        else:
            yield from _class_handlers(found, methods)


def _class_handlers(found: ClassView, methods: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    answered = [(verb.upper(), handler) for verb in VERBS if (handler := found.method(verb))]
    if any(base in _CLASSES for base in found.mro) and answered:
        yield from answered
        return
    called = found.method("__call__") or found.name
    yield from ((method, called) for method in methods)


def _listed(routers: Routers) -> Iterator[Endpoint]:
    """`routes=[Route("/a", a), Mount("/b", routes=[…])]` of Starlette."""
    for call in routers.view.calls("FastAPI", "Starlette", "Router", "APIRouter"):
        given = call.keywords.get("routes")
        if given is not None and routers.kind(call):
            yield from _in_list(routers, given, call, "", 0)


def _in_list(
    routers: Routers, given: Expression, router: Expression, prefix: str, depth: int
) -> Iterator[Endpoint]:
    for value in given.bound() if depth < 5 else ():  # noqa: PLR2004 -- mounts hardly nest deeper
        for each in value.elements:
            path = known(argument(each, 0, "path"), routers.view) or ""
            if each.attribute == "Mount" and "routes" in each.keywords:
                inner = each.keywords["routes"]
                yield from _in_list(routers, inner, router, prefix + path.rstrip("/"), depth + 1)
            elif each.attribute in ("Route", "WebSocketRoute", "APIRoute"):
                target = argument(each, 1, "endpoint")
                handlers = list(_handlers(target, _methods(each), routers.view)) if target else []
                name = _name(each, handlers)
                yield Endpoint(
                    router, prefix + path, tuple(handlers), name, each.site, certain=True
                )
