"""Which path of a FastAPI or Starlette application is answered by which function?

Terms
-----
router      what endpoints are added to: an application or an `APIRouter`. It is known by the call
            that creates it; its prefix is what all inclusions around it add up to.
dependency  a function that FastAPI calls before an endpoint, named by `Depends(…)` in a parameter,
            a decorator, a router or the application; dependencies have dependencies.

Middleware, lifespan, exception handlers and background tasks are calls through the framework. The
pages that FastAPI adds by itself (`/docs`, `/openapi.json`) are left out. A web socket's method is
`WEBSOCKET`.
"""

import re
from collections.abc import Iterator

from decompose.frameworks.fastapi.depends import Dependencies, background
from decompose.frameworks.fastapi.endpoints import NAMES, Endpoint, endpoints
from decompose.frameworks.fastapi.route_class import RouteClasses
from decompose.frameworks.fastapi.routers import Prefix, Routers, argument
from decompose.model.knowledge import Knowledge
from decompose.model.program import Confidence, Fact, Mediated, Route
from decompose.model.view import Expression, ProgramView

__all__ = ["EXAMPLES", "INTEREST", "KNOWLEDGE", "NAME", "PHASE", "settle"]

NAME = "fastapi"
PHASE = 0
_HOOKS = frozenset({"exception_handler", "middleware", "on_event"})
INTEREST = (
    NAMES
    | _HOOKS
    | {
        "APIRouter",
        "BackgroundTask",
        "Depends",
        "FastAPI",
        "Router",
        "Security",
        "Starlette",
        "add_event_handler",
        "add_exception_handler",
        "add_middleware",
        "add_task",
        "include_router",
        "mount",
    }
)

KNOWLEDGE = Knowledge(
    functions={"fastapi.Depends": "called:0", "fastapi.Security": "called:0"},
    shared={
        f"{owner}.state": f"{owner.rpartition('.')[2]}.state"
        for owner in (
            *("fastapi.Request", "fastapi.requests.Request", "starlette.requests.Request"),
            *("fastapi.WebSocket", "starlette.websockets.WebSocket"),
            "starlette.requests.HTTPConnection",
        )
    },
    bases={
        "fastapi.FastAPI": ("starlette.applications.Starlette",),
        "fastapi.APIRouter": ("starlette.routing.Router",),
    },
    aliases={
        "fastapi.applications.FastAPI": "fastapi.FastAPI",
        "fastapi.routing.APIRouter": "fastapi.APIRouter",
        "fastapi.params.Depends": "fastapi.Depends",
        "fastapi.param_functions.Depends": "fastapi.Depends",
        "fastapi.param_functions.Security": "fastapi.Security",
        "fastapi.background.BackgroundTasks": "fastapi.BackgroundTasks",
        "starlette.background.BackgroundTasks": "fastapi.BackgroundTasks",
    },
)

EXAMPLES = (
    # A class of routers that a function makes.
    (
        {
            "kit.py": """
                from fastapi import APIRouter
                def router_class(route_class) -> type[APIRouter]:
                    class Own(APIRouter):
                        def __init__(self, *args, **kwargs):
                            super().__init__(*args, route_class=route_class, **kwargs)
                    return Own
            """,
            "web.py": """
                from fastapi import FastAPI
                from kit import router_class
                Router = router_class(object)
                router = Router(prefix="/v1")
                @router.get("/orders")
                def orders(): ...
                app = FastAPI()
                app.include_router(router)
            """,
        },
        {"GET /v1/orders -> web.orders"},
    ),
    # A class of routes of its own: asked as endpoints are added and routers included, it answers.
    (
        {
            "web.py": """
                from fastapi import APIRouter, FastAPI
                from fastapi.routing import APIRoute
                class Timed(APIRoute):
                    def get_route_handler(self):
                        handler = super().get_route_handler()
                        async def timed(request):
                            return await handler(request)
                        return timed
                inner = APIRouter(route_class=Timed)
                outer = APIRouter()
                @inner.get("/a")
                async def a(): ...
                @outer.get("/b")
                def b(): ...
                outer.include_router(inner)
                def create():
                    app = FastAPI()
                    app.include_router(outer)
                    return app
            """,
        },
        {
            "GET /a -> web.a",
            "GET /b -> web.b",
            "web ~> web.Timed.get_route_handler",
            "web.create ~> web.Timed.get_route_handler",
            "web.Timed.get_route_handler.timed => route:GET /a",
        },
    ),
    # A class-based view: what its attributes depend on runs for each of its routes.
    (
        {
            "desk.py": """
                from fastapi import APIRouter, Depends
                from fastapi_utils.cbv import cbv
                router = APIRouter()
                def session(): ...
                def get_user(session=Depends(session)): ...
                class Signed:
                    user: object = Depends(get_user)
                @cbv(router)
                class Tickets(Signed):
                    @router.get("/tickets")
                    def listing(self): ...
            """,
        },
        {
            "GET /tickets -> desk.Tickets.listing ?",
            "desk.Tickets.listing ~> desk.get_user",
            "desk.get_user ~> desk.session",
        },
    ),
    # Prefixes of nested routers add up; routers named in a table; dependencies of dependencies.
    (
        {
            "shop/orders.py": """
                from fastapi import APIRouter, Depends
                router = APIRouter(prefix="/orders")
                def session(): ...
                def user(session=Depends(session)): ...
                @router.get("/{order_id}")
                async def show(order_id: int, user=Depends(user)): ...
                @router.post("")
                def create(): ...
            """,
            "shop/main.py": """
                import importlib
                from fastapi import APIRouter, FastAPI
                ROWS = [("shop.orders", "/v1"), ("shop.orders", "/v2")]
                def load():
                    for dotted, prefix in ROWS:
                        yield importlib.import_module(dotted).router, prefix
                def create_app():
                    app = FastAPI()
                    api = APIRouter()
                    for router, prefix in load():
                        api.include_router(router, prefix=prefix)
                    app.include_router(api, prefix="/api")
                    return app
            """,
        },
        {
            "GET /api/v1/orders/{order_id} -> shop.orders.show (order_id integer)",
            "GET /api/v2/orders/{order_id} -> shop.orders.show (order_id integer)",
            "POST /api/v1/orders -> shop.orders.create",
            "POST /api/v2/orders -> shop.orders.create",
            "shop.orders.show ~> shop.orders.user",
            "shop.orders.user ~> shop.orders.session",
        },
    ),
    # Dependencies of decorators, classes and factories; hooks; tasks in the background.
    (
        {
            "main.py": """
                from typing import Annotated
                from fastapi import BackgroundTasks, Depends, FastAPI
                def signed_in(): ...
                app = FastAPI(dependencies=[Depends(signed_in)])
                class Page:
                    def __init__(self, number: int = 1): ...
                def needs(role):
                    def check(): ...
                    return check
                Staff = Annotated[str, Depends(needs("staff"))]
                def mail(): ...
                @app.get("/a", dependencies=[Depends(signed_in)])
                def listing(staff: Staff, later: BackgroundTasks, page: Page = Depends()):
                    later.add_task(mail)
                @app.websocket("/live")
                async def live(socket): ...
                @app.middleware("http")
                async def timed(request, call_next): ...
                @app.exception_handler(ValueError)
                async def wrong(request, error): ...
            """,
        },
        {
            "GET /a -> main.listing",
            "WEBSOCKET /live -> main.live",
            "route:GET /a ~> main.signed_in",
            "route:WEBSOCKET /live ~> main.signed_in",
            "main.listing ~> main.needs.check",
            "main.listing ~> main.Page.__init__",
            "main.listing ~> main.mail",
            "route:GET /a ~> main.timed",
            "main ~> main.wrong",
        },
    ),
    # Starlette: lists of routes, mounts, classes that answer.
    (
        {
            "web.py": """
                from starlette.applications import Starlette
                from starlette.endpoints import HTTPEndpoint
                from starlette.routing import Mount, Route
                async def home(request): ...
                class Item(HTTPEndpoint):
                    async def put(self, request): ...
                routes = [Route("/", home), Mount("/items", routes=[Route("/{sku:int}", Item)])]
                app = Starlette(routes=routes)
            """,
        },
        {"GET / -> web.home", "PUT /items/{sku} -> web.Item.put (sku integer)"},
    ),
    # Routers included in loops and by helpers, endpoints added by a helper.
    (
        {
            "shop.py": """
                from fastapi import APIRouter, FastAPI
                app = FastAPI()
                orders = APIRouter(prefix="/orders")
                bills = APIRouter(prefix="/bills")
                mails = APIRouter(prefix="/mails")
                @orders.get("/")
                def list_orders(): ...
                @bills.post("/")
                def add_bill(): ...
                @mails.get("/")
                def list_mails(): ...
                def offer(router, path, endpoint):
                    router.add_api_route(path, endpoint, methods=["DELETE"])
                def drop(): ...
                offer(orders, "/{pk}", drop)
                for router in (orders, bills):
                    app.include_router(router, prefix="/v1")
                def include(target, child, prefix):
                    target.include_router(child, prefix=prefix)
                include(app, mails, "/v2")
            """,
        },
        {
            "GET /v1/orders/ -> shop.list_orders",
            "DELETE /v1/orders/{pk} -> shop.drop",
            "POST /v1/bills/ -> shop.add_bill",
            "GET /v2/mails/ -> shop.list_mails",
        },
    ),
)

_PARAMETER = re.compile(r"\{(\w+)(?::(\w+))?\}")
_CONVERTERS = {"int": "integer", "float": "number"}
_ANNOTATIONS = {"int": "integer", "float": "number", "bool": "boolean"}


def settle(view: ProgramView) -> Iterator[Fact]:
    """Yield routes, and what the framework calls around them."""
    routers = Routers(view)
    if not routers.exist:
        return
    dependencies = Dependencies(view)
    found: dict[Fact, None] = {}
    answered: list[tuple[Endpoint, Route]] = []
    for endpoint in endpoints(routers):
        for prefix in routers.prefixes(endpoint.router):
            for route in _routes(endpoint, prefix, view):
                found[route] = None
                answered.append((endpoint, route))
                around = (*prefix.dependencies, *endpoint.dependencies)
                found.update(dict.fromkeys(dependencies.of_list(route.node, around)))
                found.update(dict.fromkeys(dependencies.of_function(route.handler)))
    found.update(
        dict.fromkeys(_hooks(routers, [each for each in found if isinstance(each, Route)]))
    )
    found.update(dict.fromkeys(RouteClasses(routers).facts(answered)))
    found.update(dict.fromkeys(background(view)))
    yield from found


def _routes(endpoint: Endpoint, prefix: Prefix, view: ProgramView) -> Iterator[Route]:
    raw = prefix.text + endpoint.path or "/"
    path = _PARAMETER.sub(r"{\1}", raw)
    certain = endpoint.certain and (prefix.certain or endpoint.router is None)
    confidence = Confidence.EXACT if certain else Confidence.INFERRED
    for method, handler in endpoint.handlers:
        typed = _parameters(raw, handler, view)
        yield Route(
            method, path, handler, endpoint.site, NAME, endpoint.name, typed, raw, confidence
        )


def _parameters(raw: str, handler: str, view: ProgramView) -> tuple[tuple[str, str], ...]:
    """Path parameters with types: by converter, else by the handler's annotation."""
    function = view.function_named(handler)
    annotated = {name: each for name, each, _ in function.parameters} if function else {}
    found = []
    for name, converter in _PARAMETER.findall(raw):
        annotation = annotated.get(name)
        kind = _CONVERTERS.get(converter) or _ANNOTATIONS.get(
            annotation.attribute if annotation is not None else "", "string"
        )
        found.append((name, kind))
    return tuple(found)


def _hooks(routers: Routers, routes: list[Route]) -> Iterator[Fact]:
    """Middleware runs with each HTTP route; other hooks are called by what registers them."""
    view = routers.view
    for function, decorator in view.decorated(*sorted(_HOOKS)):
        if _belongs(routers, decorator):
            yield from _hooked(decorator, function.name, routes)
    for call in view.calls("add_exception_handler", "add_event_handler", "add_middleware"):
        for target in _registered(call, view) if _belongs(routers, call) else ():
            yield from _hooked(call, target, routes)
    for call in view.calls("FastAPI", "Starlette"):
        given = call.keywords.get("lifespan")
        for target in given.symbols() if given is not None and routers.kind(call) else ():
            yield Mediated(call.owner, target, call.site, NAME)


def _belongs(routers: Routers, call: Expression) -> bool:
    base = call.base
    if base is None:
        return False
    return bool(routers.of(base)) or routers.is_router(base) or not base.types()


def _registered(call: Expression, view: ProgramView) -> Iterator[str]:
    given = argument(call, 0 if call.attribute == "add_middleware" else 1, "handler")
    for name in given.symbols() if given is not None else ():
        found = view.class_named(name)
        if found is None:
            yield name
        else:
            methods = [found.method(each) for each in ("dispatch", "__call__")]
            yield from filter(None, methods[:1] if methods[0] else methods)


def _hooked(hook: Expression, target: str, routes: list[Route]) -> Iterator[Fact]:
    if hook.attribute not in ("middleware", "add_middleware"):
        yield Mediated(hook.owner, target, hook.site, NAME)
        return
    nodes = [route.node for route in routes if route.method != "WEBSOCKET"]
    for node in dict.fromkeys(nodes):
        yield Mediated(node, target, hook.site, NAME)
