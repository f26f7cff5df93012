"""Functions that Flask calls around a request: before, after, on errors, for templates."""

from collections.abc import Iterator, Sequence

from decompose.frameworks.flask.mounts import BLUEPRINT, Mounts, key
from decompose.model.program import Fact, Mediated, Route
from decompose.model.source import Site
from decompose.model.view import Expression, ProgramView

_OWN = frozenset(
    {
        "after_request",
        "before_request",
        "context_processor",
        "teardown_request",
        "url_value_preprocessor",
    }
)
_EVERY = frozenset(
    {
        "after_app_request",
        "app_context_processor",
        "app_url_value_preprocessor",
        "before_app_request",
        "before_first_request",
        "teardown_app_request",
        "teardown_appcontext",
    }
)
_APART = frozenset(
    {
        "add_template_filter",
        "add_template_global",
        "app_errorhandler",
        "app_template_filter",
        "app_template_global",
        "errorhandler",
        "register_error_handler",
        "template_filter",
        "template_global",
        "user_loader",
    }
)
HOOKS = _OWN | _EVERY | _APART

Routes = list[tuple[Route, frozenset[str]]]
"""Routes, each with the keys of the mounts around it."""


def hooks(mounts: Mounts, routes: Routes) -> Iterator[Fact]:
    """Calls from routes to the hooks around them; other hooks are called on behalf of the module with them."""
    for function, decorator in mounts.view.decorated(*sorted(HOOKS)):
        if _belongs(mounts, decorator.base):
            yield from _called(mounts, routes, decorator, function.name)
    for call in mounts.view.calls(*sorted(HOOKS)):
        given = (
            call.arguments[-1:] if call.attribute != "add_template_filter" else call.arguments[:1]
        )
        for target in _functions(mounts, given) if _belongs(mounts, call.base) else ():
            yield from _called(mounts, routes, call, target)


def view_decorators(view: ProgramView) -> Iterator[Fact]:
    """`Orders.as_view("orders")` calls what the class lists as `decorators`."""
    for call in view.calls("as_view"):
        at_once = view.function_named(call.owner) is None
        for target in dict.fromkeys(_listed(view, call)):
            yield Mediated(call.owner, target, call.site, "flask", at_once=at_once)


def _listed(view: ProgramView, call: Expression) -> Iterator[str]:
    for name in call.base.symbols() if call.base is not None else ():
        found = view.class_named(name)
        given = found.attribute("decorators") if found is not None else None
        for each in given.elements if given is not None else ():
            yield from (one for one in each.symbols() if view.function_named(one) is not None)


def _functions(mounts: Mounts, given: Sequence[Expression]) -> Iterator[str]:
    for argument in given:
        for name in argument.symbols():
            if mounts.view.function_named(name) is not None:
                yield name


def _belongs(mounts: Mounts, base: Expression | None) -> bool:
    """Is it, as far as one can tell, an application or a blueprint (or an extension of one)?"""
    if base is None:
        return False
    if mounts.of(base) or mounts.is_mount(base):
        return True
    types = base.types()
    return any(name.startswith("flask") for name in types) if types else True


def _called(mounts: Mounts, routes: Routes, hook: Expression, target: str) -> Iterator[Fact]:
    if hook.attribute in _APART:
        if mounts.view.has_module(hook.owner):  # a function that registers another does not call it
            yield Mediated(hook.owner, target, hook.site, "flask")
        return
    found = mounts.of(hook.base)
    scoped = (
        hook.attribute in _OWN and found and all(mounts.kind(each) == BLUEPRINT for each in found)
    )
    wanted = {key(each) for each in found} if scoped else None
    yield from _from_routes(routes, wanted, target, hook.site)


def _from_routes(
    routes: Routes, wanted: set[str] | None, target: str, site: Site
) -> Iterator[Fact]:
    for node in dict.fromkeys(
        route.node for route, around in routes if wanted is None or wanted & around
    ):
        yield Mediated(node, target, site, "flask")
