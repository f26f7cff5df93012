"""Which URL of a Flask application is answered by which function?

Terms
-----
mount    what routes are added to: an application, a blueprint, or an `Api` or `Namespace` of
         Flask-RESTful and Flask-RESTX. It is known by the call that creates it.
prefix   what stands before a mount's rules. A blueprint has as many as it is registered times;
         one whose registration cannot be seen keeps its own and gives routes all the same.
hook     a function that runs around the requests of a mount.

A class-based view gives one route for each HTTP method that it answers. A plain class as handler
(request-handler classes wrapped by a program's own blueprint) is itself the handler, and the
framework calls its methods. A rule that starts with `!` is taken as written, without the prefix:
a common convention of programs with a blueprint class of their own. HEAD and OPTIONS, which Flask
adds by itself, and the static folder are left out.
"""

import re
from collections.abc import Iterator

from decompose.frameworks.flask.handlers import METHOD_VIEWS
from decompose.frameworks.flask.hooks import HOOKS, Routes, hooks, view_decorators
from decompose.frameworks.flask.mounts import Mounts, join
from decompose.frameworks.flask.rules import SHORTCUTS, Rule, rules
from decompose.model.knowledge import Knowledge
from decompose.model.program import Confidence, Fact, Mediated, Route
from decompose.model.view import ClassView, ProgramView

__all__ = ["EXAMPLES", "INTEREST", "KNOWLEDGE", "NAME", "PHASE", "settle"]

NAME = "flask"
PHASE = 0
INTEREST = HOOKS | {
    *SHORTCUTS,
    "Api",
    "Blueprint",
    "Flask",
    "Namespace",
    "add_namespace",
    "add_resource",
    "add_url_rule",
    "as_view",
    "init_app",
    "register_blueprint",
    "route",
}

KNOWLEDGE = Knowledge(
    functions={"werkzeug.local.LocalProxy": "called:0"},
    shared={name: name for name in ("flask.g", "flask.current_app", "flask.request", "quart.g")},
    bases={
        "flask.views.MethodView": ("flask.views.View",),
        "flask_restful.Resource": ("flask.views.MethodView",),
        "flask_restx.Resource": ("flask.views.MethodView",),
        "flask_restplus.Resource": ("flask.views.MethodView",),
    },
    aliases={
        "flask.app.Flask": "flask.Flask",
        "flask.blueprints.Blueprint": "flask.Blueprint",
        "flask.globals.current_app": "flask.current_app",
        "flask.globals.g": "flask.g",
        "flask.globals.request": "flask.request",
        "flask_restx.api.Api": "flask_restx.Api",
        "flask_restx.namespace.Namespace": "flask_restx.Namespace",
        "flask_restx.resource.Resource": "flask_restx.Resource",
        "flask_smorest.blueprint.Blueprint": "flask_smorest.Blueprint",
    },
)

EXAMPLES = (
    # What a view's class lists as decorators is called as its view is made.
    (
        {
            "web.py": """
                from flask import Blueprint
                from flask.views import MethodView
                from guard import signed_in
                bp = Blueprint("b", __name__)
                class Orders(MethodView):
                    decorators = [signed_in]
                    def get(self): ...
                bp.add_url_rule("/orders", view_func=Orders.as_view("orders"))
            """,
            "guard.py": "def signed_in(view): return view",
        },
        {"GET /orders -> web.Orders.get ?", "web ~> guard.signed_in"},
    ),
    # A prefix given at registration replaces the blueprint's own.
    (
        {
            "shop/orders.py": """
                from http import HTTPMethod
                from flask import Blueprint
                bp = Blueprint("orders", __name__, url_prefix="/orders")
                @bp.route("/<int:pk>", methods=["GET", HTTPMethod.POST])
                def show(pk): ...
                @bp.post("/")
                def create(): ...
            """,
            "shop/app.py": """
                from flask import Flask
                from shop.orders import bp
                app = Flask(__name__)
                app.register_blueprint(bp, url_prefix="/api/orders")
                def health(): ...
                app.add_url_rule("/health", "health", health)
            """,
        },
        {
            "GET /api/orders/{pk} -> shop.orders.show (pk integer)",
            "POST /api/orders/{pk} -> shop.orders.show (pk integer)",
            "POST /api/orders/ -> shop.orders.create",
            "GET /health -> shop.app.health",
        },
    ),
    # Blueprints named in a table; class-based views; hooks of one blueprint.
    (
        {
            "desk/views.py": """
                from flask import Blueprint
                from flask.views import MethodView
                bp = Blueprint("desk", __name__)
                class Tickets(MethodView):
                    def get(self): ...
                    def post(self): ...
                class Chosen(Tickets):
                    def dispatch_request(self, *args): ...
                bp.add_url_rule("/tickets", view_func=Tickets.as_view("tickets"))
                bp.add_url_rule("/chosen", view_func=Chosen.as_view("chosen"), methods=["GET"])
                @bp.before_request
                def sign_in(): ...
            """,
            "desk/app.py": """
                from flask import Flask
                from werkzeug.utils import import_string
                ROWS = [("desk.views:bp", "/desk")]
                def create_app():
                    app = Flask("desk")
                    for dotted, prefix in ROWS:
                        app.register_blueprint(import_string(dotted), url_prefix=prefix)
                    app.add_url_rule("/ping", view_func=ping)
                    return app
                def ping(): ...
            """,
        },
        {
            "GET /desk/tickets -> desk.views.Tickets.get",
            "POST /desk/tickets -> desk.views.Tickets.post",
            "GET /ping -> desk.app.ping",
            "GET /desk/chosen -> desk.views.Chosen",
            "route:GET /desk/chosen ~> desk.views.sign_in",
            "route:GET /desk/tickets ~> desk.views.sign_in",
            "route:POST /desk/tickets ~> desk.views.sign_in",
        },
    ),
    # Prefixes of nested blueprints and of APIs add up.
    (
        {
            "store.py": """
                from flask import Blueprint, Flask
                from flask_restful import Api, Resource
                app = Flask(__name__)
                version = Blueprint("v1", __name__, url_prefix="/v1")
                items = Blueprint("items", __name__, url_prefix="/shelf")
                api = Api(items, prefix="/json")
                class Item(Resource):
                    def put(self, sku): ...
                api.add_resource(Item, "/items/<sku>", "/i/<float:sku>")
                version.register_blueprint(items)
                app.register_blueprint(version)
            """,
        },
        {
            "PUT /v1/shelf/json/items/{sku} -> store.Item.put",
            "PUT /v1/shelf/json/i/{sku} -> store.Item.put (sku number)",
        },
    ),
    # A decorator of the program's own that registers what it decorates, with the paths that it is given.
    (
        {
            "store.py": """
                from flask import Blueprint, Flask
                from flask_restful import Api, Resource
                app = Flask(__name__)
                items = Blueprint("items", __name__, url_prefix="/shelf")
                api = Api(items)
                def resource(*urls, **options):
                    def register(one):
                        api.add_resource(one, *urls, **options)
                        return one
                    return register
                @resource("/items/<sku>", "/i/<sku>")
                class Item(Resource):
                    def put(self, sku): ...
                @resource("/orders")
                class Orders(Resource):
                    def get(self): ...
                app.register_blueprint(items)
            """,
        },
        {
            "PUT /shelf/items/{sku} -> store.Item.put",
            "PUT /shelf/i/{sku} -> store.Item.put",
            "GET /shelf/orders -> store.Orders.get",
        },
    ),
    # Rules that are put together in a loop.
    (
        {
            "badges.py": """
                from flask import Blueprint
                bp = Blueprint("badges", __name__)
                def badges(): ...
                for kind in ("event", "room"):
                    if kind == "event":
                        prefix = "/events/<int:event>"
                    else:
                        prefix = f"/rooms/<int:room>"
                    prefix += "/badges"
                    bp.add_url_rule(prefix + "/", "badges", badges)
            """,
        },
        {
            "GET /events/{event}/badges/ -> badges.badges (event integer) ?",
            "GET /rooms/{room}/badges/ -> badges.badges (room integer) ?",
        },
    ),
    # Helpers that forward their parameters to a registration.
    (
        {
            "shop.py": """
                from flask import Flask
                app = Flask(__name__)
                def orders(): ...
                def order(pk): ...
                def bills(): ...
                def offer(target, path, view, **options):
                    target.add_url_rule(f"/shop{path}", view_func=view, **options)
                def offer_both(path, listed, one):
                    offer(app, path, listed)
                    offer(app, path + "/<int:pk>", view=one)
                offer_both("/orders", orders, order)
                offer(app, "/bills", bills)
                def page(path, **options):
                    return app.route("/pages" + path, **options)
                @page("/<name>", methods=["POST"])
                def edit(name): ...
                RULES = [("/old-orders", orders), ("/old-bills", bills)]
                for path, view in RULES:
                    app.add_url_rule(path, view_func=view)
            """,
        },
        {
            "GET /shop/orders -> shop.orders",
            "GET /shop/orders/{pk} -> shop.order (pk integer)",
            "GET /shop/bills -> shop.bills",
            "POST /pages/{name} -> shop.edit",
            "GET /old-orders -> shop.orders",
            "GET /old-bills -> shop.bills",
        },
    ),
    # A blueprint of the program's own that adds each rule under prefixes which a block sets.
    (
        {
            "web.py": """
                from contextlib import contextmanager
                from flask import Blueprint
                class TwofoldBlueprint(Blueprint):
                    def __init__(self, *args, **kwargs):
                        self.before = ""
                        self.other = None
                        super().__init__(*args, **kwargs)
                    def add_url_rule(self, rule, endpoint=None, view_func=None, **options):
                        super().add_url_rule(self.before + rule, endpoint, view_func, **options)
                        if self.other:
                            super().add_url_rule(self.other + rule, endpoint, view_func, **options)
                    @contextmanager
                    def under(self, other, before=""):
                        self.other, self.before = other, before
                        yield
                        self.other, self.before = None, ""
                bp = TwofoldBlueprint("users", __name__, url_prefix="/users")
                def listed(): ...
                def tokens(): ...
                bp.add_url_rule("/", "list", listed)
                with bp.under("/<int:pk>", "/me"):
                    bp.add_url_rule("/tokens", "tokens", tokens)
            """,
        },
        {
            "GET /users/ -> web.listed ?",
            "GET /users/me/tokens -> web.tokens ?",
            "GET /users/{pk}/tokens -> web.tokens (pk integer) ?",
        },
    ),
    # A class that handles requests, wrapped by an own blueprint that is registered out of sight.
    (
        {
            "app/web.py": """
                from flask import Blueprint
                class HandlerBlueprint(Blueprint):
                    def add_url_rule(self, rule, endpoint=None, view_func=None, **options):
                        super().add_url_rule(rule, endpoint, wrap(view_func), **options)
                def wrap(handler):
                    return lambda **values: handler().process()
            """,
            "app/rooms.py": """
                from app.web import HandlerBlueprint
                class ListRooms:
                    def process(self): ...
                bp = HandlerBlueprint("rooms", __name__, url_prefix="/rooms")
                bp.add_url_rule("/", "list", ListRooms)
                bp.add_url_rule("!/admin/rooms", "admin", ListRooms, methods=("POST",))
            """,
        },
        {
            "GET /rooms/ -> app.rooms.ListRooms ?",
            "POST /admin/rooms -> app.rooms.ListRooms ?",
            "app.rooms.ListRooms ~> app.rooms.ListRooms.process",
        },
    ),
    # A table of rules with their methods; a blueprint that is a class of its own.
    (
        {
            "shop.py": """
                from flask import Blueprint, Flask
                from flask.views import MethodView
                app = Flask(__name__)
                class Orders(MethodView):
                    def get(self): ...
                    def post(self): ...
                RULES = [
                    ("/orders", "list", Orders.as_view("list"), ["GET"]),
                    ("/orders/new", "new", Orders.as_view("new"), ["POST"]),
                ]
                for rule, endpoint, view, methods in RULES:
                    app.add_url_rule(rule, endpoint, view, methods=methods)
                class Shop(Blueprint):
                    def __init__(self, prefix):
                        super().__init__("shop", __name__, url_prefix=prefix)
                        self.add_url_rule("/", "index", self.index)
                    def index(self): ...
                app.register_blueprint(Shop("/shop"))
            """,
        },
        {
            "GET /orders -> shop.Orders.get",
            "POST /orders/new -> shop.Orders.post",
            "GET /shop/ -> shop.Shop.index",
        },
    ),
)

_PARAMETER = re.compile(r"<(?:([a-zA-Z_]\w*)(?:\((.*?)\))?:)?([a-zA-Z_]\w*)>")
_SLASHES = re.compile(r"/+")  # Werkzeug merges them
_TYPES = {"int": "integer", "float": "number"}


def settle(view: ProgramView) -> Iterator[Fact]:
    """Yield routes, the hooks around them, and how request-handler classes are entered."""
    mounts = Mounts(view)
    if not mounts.exist:
        return
    routes: Routes = []
    found: dict[Fact, None] = {}
    for rule in rules(mounts):
        for route in _routes(rule, mounts):
            routes.append((route, mounts.around(rule.mount)))
            found[route] = None
        found.update(dict.fromkeys(_entered(rule, view)))
    found.update(dict.fromkeys(hooks(mounts, routes)))
    found.update(dict.fromkeys(view_decorators(view)))
    yield from found


def _routes(rule: Rule, mounts: Mounts) -> Iterator[Route]:
    for prefix, registered in mounts.prefixes(rule.mount):
        raw = rule.text[1:] if rule.text.startswith("!") else join(prefix, rule.text)
        raw = _SLASHES.sub("/", f"/{raw}")
        sure = rule.certain and (registered or rule.mount is None)
        confidence = Confidence.EXACT if sure else Confidence.INFERRED
        path, typed = _openapi(raw)
        for method, handler in rule.handlers:
            yield Route(
                method, path, handler, rule.site, NAME, rule.endpoint, typed, raw, confidence
            )


def _openapi(raw: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A rule in OpenAPI spelling, and the types of its parameters."""
    typed = [(name, _TYPES.get(kind, "string")) for kind, _, name in _PARAMETER.findall(raw)]
    return _PARAMETER.sub(lambda match: "{" + match[3] + "}", raw), tuple(typed)


def _entered(rule: Rule, view: ProgramView) -> Iterator[Fact]:
    """How a plain class that handles requests is entered: by its methods."""
    for handler in dict.fromkeys(handler for _, handler in rule.handlers):
        found = view.class_named(handler)
        if found is None or any(base in METHOD_VIEWS for base in found.mro):
            continue
        for name in _method_names(found, view):
            target = found.method(name)
            if target is not None:
                yield Mediated(handler, target, rule.site, NAME)


def _method_names(found: ClassView, view: ProgramView) -> list[str]:
    """Names of its methods and of those of its bases, but for the bases that all handlers share."""
    names: dict[str, None] = {}
    for base in found.mro:
        known = view.class_named(base)
        has_base = known is not None and any(view.class_named(each) for each in known.mro[1:])
        if known is not None and (base == found.name or has_base):
            names.update(dict.fromkeys(known.methods()))
    return list(names)
