"""Which function of a Django Ninja API answers which path?

    router = Router(auth=Token())          api.add_router("/orders/", "shop.api.router")
    @router.get("/{int:key}")              path("api/", api.urls)

What stands before an API's paths is read from `path(…)` and from the `include(…)` of the modules that they stand in.
`auth=` of APIs, routers and operations is called before the function.

Known to miss: class-based controllers of django-ninja-extra.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from decompose.model.facts import Op
from decompose.model.forwarding import registrations
from decompose.model.program import Confidence, Fact, Mediated, Route
from decompose.model.unfold import strings, unfold
from decompose.model.verbs import listed_verbs
from decompose.model.view import Expression, FunctionView, ProgramView

NAME = "ninja"
PHASE = 0
VERBS = ("get", "post", "put", "patch", "delete")
INTEREST = frozenset(
    {*VERBS, "api_operation", "add_router", "NinjaAPI", "Router", "path", "include"}
)
_API, _ROUTER = "ninja.NinjaAPI", "ninja.Router"
_KINDS = {
    _API: _API,
    "ninja.main.NinjaAPI": _API,
    "ninja_extra.NinjaExtraAPI": _API,
    _ROUTER: _ROUTER,
    "ninja.router.Router": _ROUTER,
}
_MOST_DEPTH = 6
_PARAMETER = re.compile(r"\{(?:(\w+):)?(\w+)\}")
_TYPES = {"int": "integer", "float": "number"}

EXAMPLES = (
    (
        {
            "shop/urls.py": """
                from django.urls import include, path
                urlpatterns = [path("shop/", include("shop.api"))]
            """,
            "shop/api.py": """
                from django.urls import path
                from ninja import NinjaAPI, Router
                from shop.orders import router as orders
                class Token:
                    def __call__(self, request): ...
                api = NinjaAPI()
                bills = Router(auth=Token())
                @bills.api_operation(["POST", "PATCH"], "")
                def change(request): ...
                @api.get("/ping")
                def ping(request): ...
                orders.add_router("/bills", bills)
                api.add_router("/orders/", "shop.orders.router")
                urlpatterns = [path("api/", api.urls)]
            """,
            "shop/orders.py": """
                from ninja import Router
                router = Router()
                def staff(request): ...
                @router.get("/{int:key}", auth=staff)
                def show(request, key: int): ...
            """,
        },
        {
            "GET /shop/api/ping -> shop.api.ping",
            "GET /shop/api/orders/{key} -> shop.orders.show (key integer)",
            "POST /shop/api/orders/bills -> shop.api.change",
            "PATCH /shop/api/orders/bills -> shop.api.change",
            "route:GET /shop/api/orders/{key} ~> shop.orders.staff",
            "route:POST /shop/api/orders/bills ~> shop.api.Token.__call__",
            "route:PATCH /shop/api/orders/bills ~> shop.api.Token.__call__",
        },
    ),
)


@dataclass(frozen=True, slots=True)
class _Prefix:
    """What stands before the paths of a router, whether that is sure, and what checks who asks."""

    text: str
    certain: bool
    guards: tuple[Expression, ...] = ()


@dataclass(slots=True)
class _Routers:
    """The APIs and routers of a program, and how they hang together."""

    view: ProgramView
    _parents: dict[Expression, list[tuple[Expression | None, str, Expression]]] = field(
        default_factory=dict
    )
    _roots: dict[Expression, list[str]] = field(default_factory=dict)
    exist: bool = False

    def __post_init__(self) -> None:
        self.exist = any(self.kind(call) for call in self.view.calls("NinjaAPI", "Router"))
        if not self.exist:
            return
        for call in registrations(self.view.calls("add_router"), self.view):
            self._add(call)
        for call in self.view.calls("path"):
            self._mount(call)

    def kind(self, value: Expression) -> str:
        """`_API` or `_ROUTER` for the call that creates one, "" for anything else."""
        name = value.callee.name() if value.op is Op.CALL and value.callee is not None else None
        own = self.view.class_named(name) if name else None
        names = own.mro if own is not None else (name or "",)
        return next((_KINDS[each] for each in names if each in _KINDS), "")

    def of(self, expression: Expression | None) -> list[Expression]:
        """The creations that an expression may stand for, or that the text in it names."""
        if expression is None:
            return []
        text = expression.string()
        module, _, name = (text or "").rpartition(".")
        values = list(self.view.module_value(module, name)) if text else [expression]
        found = (each for value in values for each in unfold(value, self.view))
        return [each for each in found if self.kind(each)]

    def is_router(self, expression: Expression | None) -> bool:
        """Is it known by its type to be one, though not which?"""
        return expression is not None and any(each in _KINDS for each in expression.types())

    def prefixes(self, router: Expression | None, depth: int = _MOST_DEPTH) -> list[_Prefix]:
        """What stands before a router's paths, once for each way that it is reached."""
        if router is None or depth == 0:
            return [_Prefix("", certain=False)]
        guards = _guards(router)
        if self.kind(router) == _API:
            roots = self._roots.get(router, ())
            found = [_Prefix(text, certain=True, guards=guards) for text in roots]
        else:
            found = [
                _Prefix(_joined(outer.text, text), outer.certain, (*outer.guards, *around, *guards))
                for parent, text, call in self._parents.get(router, ())
                for around in (_guards(call),)
                for outer in self.prefixes(parent, depth - 1)
            ]
        return found or [_Prefix("", certain=False, guards=guards)]

    def _add(self, call: Expression) -> None:
        """`parent.add_router("/prefix", child)`."""
        child = call.arguments[1] if len(call.arguments) > 1 else call.keywords.get("router")
        given = call.arguments[0] if call.arguments else call.keywords.get("prefix")
        parents: list[Expression | None] = [*self.of(call.base)]
        if not parents and self.is_router(call.base):
            parents = [None]
        texts = strings(given, self.view) if given is not None else [""]
        for router in self.of(child):
            rows = self._parents.setdefault(router, [])
            rows.extend((parent, texts[0] or "", call) for parent in parents)

    def _mount(self, call: Expression) -> None:
        """`path("api/", api.urls)`."""
        given = call.arguments[1] if len(call.arguments) > 1 else call.keywords.get("view")
        if given is None or given.attribute != "urls" or not call.arguments:
            return
        own = call.arguments[0].string() or ""
        for api in self.of(given.base):
            for outer in self._before(call.module, _MOST_DEPTH):
                self._roots.setdefault(api, []).append(_joined(outer, own))

    def _before(self, module: str, depth: int) -> list[str]:
        """What stands before the patterns of a module that others include."""
        found: list[str] = []
        for call in self.view.calls("path") if depth else ():
            for given in call.arguments[1:2]:
                named = given.arguments[0] if given.arguments else None
                is_include = given.attribute == "include" and named is not None
                if is_include and named is not None and _names(named, module):
                    text = call.arguments[0].string() or ""
                    outer = self._before(call.module, depth - 1)
                    found.extend(_joined(each, text) for each in outer)
        return found or [""]


def settle(view: ProgramView) -> Iterator[Fact]:
    """Routes, and what checks who asks before they answer."""
    routers = _Routers(view)
    if not routers.exist:
        return
    found: dict[Fact, None] = {}
    for function, decorator in view.decorated(*VERBS, "api_operation"):
        targets: list[Expression | None] = [*routers.of(decorator.base)]
        if not targets and routers.is_router(decorator.base):
            targets = [None]
        for router in targets if decorator.op is Op.CALL else ():
            for prefix in routers.prefixes(router):
                found.update(dict.fromkeys(_operation(view, function, decorator, prefix)))
    yield from found


def _operation(
    view: ProgramView, function: FunctionView, decorator: Expression, prefix: _Prefix
) -> Iterator[Fact]:
    position = 1 if decorator.attribute == "api_operation" else 0
    listed = decorator.arguments[position : position + 1]
    given = listed[0] if listed else decorator.keywords.get("path")
    own = given.string() if given is not None else None
    raw = _joined(prefix.text, own or "")
    path = raw if raw.startswith("/") else f"/{raw}"
    typed = tuple((name, _TYPES.get(kind, "string")) for kind, name in _PARAMETER.findall(path))
    name = decorator.keywords.get("url_name")
    certain = prefix.certain and own is not None
    for method in _methods(decorator):
        route = Route(
            method,
            _PARAMETER.sub(r"{\2}", path),
            function.name,
            decorator.site,
            NAME,
            (name.string() or "") if name is not None else "",
            typed,
            path,
            Confidence.EXACT if certain else Confidence.INFERRED,
        )
        yield route
        for guard in (*prefix.guards, *_guards(decorator)):
            for target in _called(view, guard):
                yield Mediated(route.node, target, decorator.site, NAME)


def _methods(decorator: Expression) -> list[str]:
    if decorator.attribute != "api_operation":
        return [decorator.attribute.upper()]
    listed = listed_verbs(decorator.arguments[0]) if decorator.arguments else ()
    return list(listed) or ["*"]


def _guards(call: Expression) -> tuple[Expression, ...]:
    """What `auth=` names: one, or a list."""
    given = call.keywords.get("auth")
    if given is None:
        return ()
    return tuple(given.elements) if given.op is Op.DISPLAY else (given,)


def _called(view: ProgramView, guard: Expression) -> Iterator[str]:
    """Functions of the program, or the methods that an authenticating object is called by."""
    yield from (name for name in guard.symbols() if view.function_named(name) is not None)
    for kind in guard.types():
        found = view.class_named(kind)
        for method in ("__call__", "authenticate"):
            target = found.method(method) if found is not None else None
            if target is not None:
                yield target


def _names(target: Expression, module: str) -> bool:
    return target.string() == module or target.name() == module


def _joined(before: str, text: str) -> str:
    if not before or not text:
        return before or text
    return f"{before.rstrip('/')}/{text.lstrip('/')}"
