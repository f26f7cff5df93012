"""Which path of an aiohttp, Tornado or Falcon server is answered by which function?

    app.router.add_get("/orders/{key}", show)      web.get("/orders", list_orders)      @routes.post("/orders")
    Application([(r"/orders/([0-9]+)", Orders)])   app.add_route("/orders", OrdersResource())

A class answers by its methods: `get` … of aiohttp's and Tornado's, `on_get` … of Falcon's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from decompose.model.knowledge import Knowledge
from decompose.model.program import Confidence, Fact, Mediated, Route
from decompose.model.source import Site
from decompose.model.unfold import strings, unfold
from decompose.model.view import ClassView, Expression, ProgramView

NAME = "aiohttp"
PHASE = 0
_VERBS = ("get", "post", "put", "patch", "delete")
_ADDS = {f"add_{verb}": verb.upper() for verb in _VERBS}
INTEREST = frozenset(
    {*_ADDS, *_VERBS, "add_route", "add_view", "view", "Application", "add_handlers"}
)

_WEB = "aiohttp.web."
_TABLE = "aiohttp.web.RouteTableDef"
_TORNADO = "tornado.web.RequestHandler"
TORNADO = "tornado"
FALCON = "falcon"
KNOWLEDGE = Knowledge(
    aliases={
        "aiohttp.web_urldispatcher.View": "aiohttp.web.View",
        "aiohttp.web_routedef.RouteTableDef": _TABLE,
    },
    bases={"tornado.websocket.WebSocketHandler": (_TORNADO,)},
)

EXAMPLES = (
    (
        {
            "server.py": """
                from aiohttp import web
                routes = web.RouteTableDef()
                async def show(request): ...
                async def listed(request): ...
                @routes.post("/orders")
                async def add(request): ...
                class Stock(web.View):
                    async def get(self): ...
                    async def put(self): ...
                def make():
                    app = web.Application()
                    app.router.add_get(r"/orders/{key:[0-9]+}", show)
                    app.add_routes([web.get("/orders", listed), web.view("/stock", Stock)])
                    return app
            """,
        },
        {
            "GET /orders/{key} -> server.show",
            "GET /orders -> server.listed",
            "POST /orders -> server.add",
            "GET /stock -> server.Stock.get",
            "PUT /stock -> server.Stock.put",
        },
    ),
    (
        {
            "desk.py": """
                import tornado.web
                class Base(tornado.web.RequestHandler):
                    def prepare(self): ...
                class Order(Base):
                    def get(self, key): ...
                    def delete(self, key): ...
                def make():
                    return tornado.web.Application([(r"/orders/([0-9]+)/?$", Order)])
            """,
            "api.py": """
                import falcon
                class Things:
                    def on_get(self, request, response): ...
                    def on_post(self, request, response): ...
                app = falcon.App()
                app.add_route("/things/{key:int}", Things())
            """,
        },
        {
            "GET /orders/{0} -> desk.Order.get",
            "DELETE /orders/{0} -> desk.Order.delete",
            "route:GET /orders/{0} ~> desk.Base.prepare",
            "route:DELETE /orders/{0} ~> desk.Base.prepare",
            "GET /things/{key} -> api.Things.on_get",
            "POST /things/{key} -> api.Things.on_post",
        },
    ),
)

_PARAMETER = re.compile(r"\{(\w+)(?::[^{}]*)?\}")
_GROUP = re.compile(r"\((?:\?P<(\w+)>)?[^()]*\)")
_HOOKS = ("initialize", "prepare", "on_finish", "check_xsrf_cookie", "set_default_headers")


@dataclass(frozen=True, slots=True)
class _Found:
    """One path as written, who answers, the HTTP method ("" for those that the class has), and where."""

    path: Expression
    answers: tuple[str, ...]
    verb: str
    site: Site
    framework: str


def settle(view: ProgramView) -> Iterator[Fact]:
    """Routes, and what Tornado calls around the handlers."""
    for found in (*_aiohttp(view), *_tornado(view), *_falcon(view)):
        for text in strings(found.path, view):
            path = _openapi(text or "", found.framework)
            sure = Confidence.EXACT if text is not None else Confidence.INFERRED
            for verb, handler in _handlers(view, found):
                framework, raw = found.framework, text or ""
                route = Route(verb, path, handler, found.site, framework, raw=raw, confidence=sure)
                yield route
                for hook in _hooks(view, found) if framework == TORNADO else ():
                    yield Mediated(route.node, hook, found.site, framework)


def _aiohttp(view: ProgramView) -> Iterator[_Found]:
    for call in view.calls(*_ADDS, "add_view"):
        if len(call.arguments) > 1 and call.base is not None and call.base.attribute == "router":
            yield _found(call.arguments, _ADDS.get(call.attribute, ""), call, NAME)
    for call in view.calls(*_VERBS, "view"):
        if call.base is None or call.base.attribute != "web":  # asking for its meaning costs more
            continue
        named = (call.callee.name() or "") if call.callee is not None else ""
        if named.startswith(_WEB) and len(call.arguments) > 1:
            verb = "" if call.attribute == "view" else call.attribute.upper()
            yield _found(call.arguments, verb, call, NAME)
    for function, use in view.decorated(*_VERBS):
        if use.base is not None and use.arguments and _TABLE in use.base.types():
            path, verb = use.arguments[0], use.attribute.upper()
            yield _Found(path, (function.name,), verb, use.site, NAME)


def _tornado(view: ProgramView) -> Iterator[_Found]:
    if next(view.subclasses(_TORNADO), None) is None:
        return
    for call in view.calls("Application", "add_handlers"):
        for argument in call.arguments:
            rows = (row for value in unfold(argument, view) for row in value.elements)
            for row in rows:
                parts = row.elements or row.arguments
                if len(parts) > 1:
                    yield _found(parts, "", row, TORNADO)


def _falcon(view: ProgramView) -> Iterator[_Found]:
    for call in view.calls("add_route"):
        if len(call.arguments) > 1:
            answering = [view.class_named(kind) for kind in call.arguments[1].types()]
            named = [each.name for each in answering if each is not None and _is_resource(each)]
            if named:
                yield _Found(call.arguments[0], tuple(named), "", call.site, FALCON)


def _found(parts: Sequence[Expression], verb: str, use: Expression, framework: str) -> _Found:
    return _Found(parts[0], parts[1].symbols(), verb, use.site, framework)


def _is_resource(found: ClassView) -> bool:
    return any(found.method(f"on_{verb}") for verb in _VERBS)


def _handlers(view: ProgramView, found: _Found) -> Iterator[tuple[str, str]]:
    """(HTTP method, dotted handler)."""
    prefix = "on_" if found.framework == FALCON else ""
    for name in found.answers:
        if view.function_named(name) is not None:
            yield found.verb or "*", name
            continue
        owner = view.class_named(name)
        for verb in _VERBS if owner is not None else ():
            method = owner.method(f"{prefix}{verb}") if owner is not None else None
            if method and verb.upper() in (found.verb or verb.upper()):
                yield verb.upper(), method


def _hooks(view: ProgramView, found: _Found) -> list[str]:
    owners = [owner for name in found.answers if (owner := view.class_named(name)) is not None]
    return [method for owner in owners for name in _HOOKS if (method := owner.method(name))]


def _openapi(raw: str, framework: str) -> str:
    """A path in OpenAPI spelling; groups of Tornado's regular expressions are numbered where they have no name."""
    if framework != TORNADO:
        return _PARAMETER.sub(r"{\1}", raw)
    numbers = count()
    named = _GROUP.sub(lambda group: "{" + (group[1] or str(next(numbers))) + "}", raw)
    return named.removeprefix("^").removesuffix("$").removesuffix("/?") or "/"
