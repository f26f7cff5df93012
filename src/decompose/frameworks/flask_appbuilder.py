"""Which paths do Flask-AppBuilder's views and APIs answer?

A class derived from `BaseView` or `BaseApi` answers the paths of its `@expose`d methods under its
base: `route_base` where given, else `/api/VERSION/RESOURCE` for an API and `/CLASSNAME` for a
view. The generic methods of `ModelRestApi` and `ModelView` count as far as the class lets them in
(`include_route_methods`, `exclude_route_methods`); their handler is the class itself. Classes that
are registered (`add_view`, `add_api`) count; where no registration is seen at all, all of them do.
"""

import re
from collections.abc import Iterator

from decompose.model.facts import Op
from decompose.model.knowledge import Knowledge
from decompose.model.program import Confidence, Fact, Route
from decompose.model.source import Site
from decompose.model.unfold import unfold
from decompose.model.view import ClassView, Expression, FunctionView, ProgramView

NAME = "flask_appbuilder"
PHASE = 0
_REGISTER = ("add_api", "add_view", "add_view_no_menu", "register_view")
INTEREST = frozenset({*_REGISTER, "expose"})

_VIEW, _API = "flask_appbuilder.BaseView", "flask_appbuilder.api.BaseApi"
_MODEL_VIEW, _MODEL_API = "flask_appbuilder.ModelView", "flask_appbuilder.api.ModelRestApi"
_NAMES = (
    "BaseView SimpleFormView PublicFormView ModelView CompactCRUDMixin IndexView BaseCRUDView"
    " BaseFormView BaseModelView RestCRUDView GroupByChartView DirectByChartView MultipleView"
    " MasterDetailView"
)
KNOWLEDGE = Knowledge(
    bases={
        _MODEL_API: (_API,),
        "flask_appbuilder.api.BaseModelApi": (_API,),
        _MODEL_VIEW: (_VIEW,),
        "flask_appbuilder.IndexView": (_VIEW,),
        "flask_appbuilder.SimpleFormView": (_VIEW,),
        "flask_appbuilder.PublicFormView": (_VIEW,),
        "flask_appbuilder.MultipleView": (_VIEW,),
        "flask_appbuilder.MasterDetailView": (_VIEW,),
        "flask_appbuilder.views.UtilView": (_VIEW,),
        "flask_appbuilder.security.views.UserDBModelView": (_MODEL_VIEW,),
        "flask_appbuilder.security.views.RoleModelView": (_MODEL_VIEW,),
    },
    aliases={
        **{
            f"flask_appbuilder.{package}.{name}": f"flask_appbuilder.{name}"
            for package in ("views", "baseviews")
            for name in _NAMES.split()
        },
        "flask_appbuilder.ModelRestApi": _MODEL_API,
        "flask_appbuilder.BaseApi": _API,
    },
)

EXAMPLES = (
    (
        {
            "views.py": """
                from flask_appbuilder import BaseView, ModelRestApi, expose
                class Status(BaseView):
                    @expose("/now", methods=("GET", "POST"))
                    def now(self): ...
                class OrderApi(ModelRestApi):
                    resource_name = "order"
                    include_route_methods = {"get", "delete"} | {"refund"}
                    @expose("/<int:pk>/refund", methods=["POST"])
                    def refund(self, pk): ...
                class Hidden(BaseView):
                    @expose("/")
                    def index(self): ...
            """,
            "app.py": """
                from flask_appbuilder import AppBuilder
                from views import OrderApi, Status
                def init(appbuilder):
                    appbuilder.add_view_no_menu(Status)
                    appbuilder.add_api(OrderApi)
            """,
        },
        {
            "GET /status/now -> views.Status.now",
            "POST /status/now -> views.Status.now",
            "GET /api/v1/order/{pk} -> views.OrderApi",
            "DELETE /api/v1/order/{pk} -> views.OrderApi",
            "POST /api/v1/order/{pk}/refund -> views.OrderApi.refund (pk integer)",
        },
    ),
)

_REST = {
    "info": (("GET",), "/_info"),
    "get_list": (("GET",), "/"),
    "get": (("GET",), "/<pk>"),
    "post": (("POST",), "/"),
    "put": (("PUT",), "/<pk>"),
    "delete": (("DELETE",), "/<pk>"),
}
_CRUD = {
    "list": (("GET",), "/list/"),
    "show": (("GET",), "/show/<pk>"),
    "add": (("GET", "POST"), "/add"),
    "edit": (("GET", "POST"), "/edit/<pk>"),
    "delete": (("GET", "POST"), "/delete/<pk>"),
    "download": (("GET",), "/download/<string:filename>"),
    "action": (("GET",), "/action/<string:name>/<pk>"),
    "action_post": (("POST",), "/action_post"),
}
_PARAMETER = re.compile(r"<(?:(\w+)(?:\(.*?\))?:)?(\w+)>")
_TYPES = {"int": "integer", "float": "number"}
_Rule = tuple[tuple[str, ...], str, str, Site]
"""(HTTP methods, path, handler, place)"""


def settle(view: ProgramView) -> Iterator[Fact]:
    """Yield the routes of registered classes."""
    registered = _registered(view)
    found: dict[Fact, None] = {}
    for each in view.subclasses(_VIEW, _API):
        if each.name in registered:
            found.update(dict.fromkeys(_routes(each, view, Confidence.EXACT)))
        elif not registered:
            found.update(dict.fromkeys(_routes(each, view, Confidence.INFERRED)))
    yield from found


def _registered(view: ProgramView) -> set[str]:
    found: set[str] = set()
    for call in view.calls(*_REGISTER):
        for value in unfold(call.arguments[0], view) if call.arguments else ():
            found.update(value.symbols())
            found.update(value.types())
    return found


def _routes(found: ClassView, view: ProgramView, confidence: Confidence) -> Iterator[Route]:
    base = _base(found)
    included = _names(found, "include_route_methods")
    excluded = _names(found, "exclude_route_methods") or set()
    for name, (methods, path, handler, site) in _rules(found, view).items():
        if name in excluded or (included is not None and name not in included):
            continue
        raw = f"{base.rstrip('/')}/{path.lstrip('/')}"
        parameters = tuple(
            (word, _TYPES.get(kind, "string")) for kind, word in _PARAMETER.findall(raw)
        )
        for method in methods:
            spelled = _PARAMETER.sub(r"{\2}", raw)
            yield Route(
                method,
                spelled,
                handler,
                site,
                NAME,
                name,
                parameters,
                raw,
                confidence,
                found.name,
            )


def _rules(found: ClassView, view: ProgramView) -> dict[str, _Rule]:
    """What its methods answer, by their names: the library's generic ones, then the program's own."""
    rules: dict[str, _Rule] = {}
    generic = _REST if _MODEL_API in found.mro else _CRUD if _MODEL_VIEW in found.mro else {}
    for name, (methods, path) in generic.items():
        rules[name] = (methods, path, found.method(name) or found.name, found.site)
    for base in reversed(found.mro):
        own = view.class_named(base)
        for name, method in own.methods().items() if own is not None else ():
            for position, rule in enumerate(_exposed(method)):
                rules[name if position == 0 else f"{name} {position}"] = rule
    return rules


def _exposed(method: FunctionView) -> Iterator[_Rule]:
    for decorator in method.decorators:
        if decorator.op is not Op.CALL or decorator.attribute != "expose":
            continue
        given = decorator.arguments[0] if decorator.arguments else decorator.keywords.get("url")
        path = given.string() if given is not None else "/"
        methods = decorator.keywords.get("methods")
        if methods is None and len(decorator.arguments) > 1:
            methods = decorator.arguments[1]
        listed = _texts(methods) if methods is not None else []
        if path is not None:
            yield tuple(listed) or ("GET",), path, method.name, decorator.site


def _base(found: ClassView) -> str:
    given = _text(found, "route_base")
    if given is not None:
        return given.rstrip("/") or "/"
    short = found.name.rpartition(".")[2].lower()
    if _API in found.mro:
        resource = (_text(found, "resource_name") or short).lower()
        return f"/api/{_text(found, 'version') or 'v1'}/{resource}"
    return f"/{short}"


def _text(found: ClassView, name: str) -> str | None:
    value = found.attribute(name)
    return value.string() if value is not None else None


def _names(found: ClassView, attribute: str) -> set[str] | None:
    """Texts in a set that is put together from sets and constants; None where it is not given."""
    value = found.attribute(attribute)
    return None if value is None else set(_texts(value)) or None


def _texts(value: Expression, depth: int = 6) -> list[str]:
    text = value.string()
    if text is not None:
        return [text]
    if depth == 0:
        return []
    parts = list(value.elements)
    if value.op in (Op.NAME, Op.ATTRIBUTE):
        parts = [each for each in value.bound() if each.op not in (Op.NAME, Op.ATTRIBUTE)]
    elif value.op is Op.CALL:
        parts = list(value.arguments)
    elif value.op is Op.STAR and value.base is not None:
        parts = [value.base]
    return [each for part in parts for each in _texts(part, depth - 1)]
