"""Rules as a program writes them: decorators, `add_url_rule`, `add_resource`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from decompose.frameworks.flask.handlers import (
    METHOD_VIEWS,
    class_handlers,
    explicit,
    handlers_of,
    methods_of,
    spelled,
)
from decompose.frameworks.flask.mounts import Mounts, known
from decompose.frameworks.flask.overrides import Overrides
from decompose.model.facts import Op
from decompose.model.forwarding import registrations, seen_from
from decompose.model.source import Site
from decompose.model.unfold import aligned, strings, unfold
from decompose.model.view import Expression, FunctionView, ProgramView

SHORTCUTS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as written, with its mount's creation (None: an application that is not seen)."""

    mount: Expression | None
    text: str
    handlers: tuple[tuple[str, str], ...]  # (HTTP method, dotted handler)
    endpoint: str
    site: Site
    certain: bool


def rules(mounts: Mounts) -> Iterator[Rule]:
    """All rules, those of decorated functions first."""
    yield from _decorated(mounts)
    yield from _class_decorated(mounts)
    yield from _added(mounts, Overrides(mounts.view))
    yield from _resources(mounts)


def _decorated(mounts: Mounts) -> Iterator[Rule]:
    for function, decorator in (
        *mounts.view.decorated("route", *SHORTCUTS),
        *_decorated_by_helpers(mounts.view),
    ):
        methods = methods_of(decorator)
        handlers = tuple((method, function.name) for method in methods)
        endpoint = _word(decorator, "endpoint") or function.name.rpartition(".")[2]
        yield from _rules(mounts, decorator, handlers, endpoint)


def _decorated_by_helpers(view: ProgramView) -> Iterator[tuple[FunctionView, Expression]]:
    """Functions with a decorator of the program that is `route(…)` of something: as its caller makes it."""
    helpers: dict[str, tuple[FunctionView, Expression]] = {}
    for call in view.calls("route"):
        helper = view.function_named(call.owner)
        if helper is not None and call in helper.returned:
            helpers[helper.name] = (helper, call)
    names = sorted({name.rpartition(".")[2] for name in helpers})
    for function, decorator in view.decorated(*names) if names else ():
        for symbol in decorator.callee.symbols() if decorator.callee is not None else ():
            if symbol in helpers:
                yield function, seen_from(helpers[symbol][1], helpers[symbol][0], decorator, view)


def _class_decorated(mounts: Mounts) -> Iterator[Rule]:
    """`@namespace.route("/…") class Orders(Resource)`."""
    for found in mounts.view.subclasses(*METHOD_VIEWS):
        for decorator in found.decorators:
            if decorator.attribute == "route":
                handlers = tuple(class_handlers(found, explicit(decorator)))
                endpoint = _word(decorator, "endpoint") or found.name.rpartition(".")[2]
                yield from _rules(mounts, decorator, handlers, endpoint)


def _rules(
    mounts: Mounts, call: Expression, handlers: tuple[tuple[str, str], ...], endpoint: str
) -> Iterator[Rule]:
    """The rules of a decorator: one for each text and each mount that it may belong to."""
    if call.op is not Op.CALL:
        return
    given = call.arguments or [
        call.keywords[word] for word in ("rule", "path") if word in call.keywords
    ]
    texts = [text for text in (known(each, mounts.view) for each in given) if text is not None]
    for mount, certain in _targets(mounts, call):
        for text in texts:
            name = mounts.name(mount) + endpoint
            yield Rule(mount, text, handlers, name, call.site, certain)


def _targets(mounts: Mounts, call: Expression) -> list[tuple[Expression | None, bool]]:
    """The mounts that a call adds rules to; (None, …) for an application that is not seen."""
    found: list[Expression] = mounts.of(call.base)
    if found:
        return [(mount, True) for mount in found]
    if call.base is None or (call.attribute in SHORTCUTS and not mounts.is_mount(call.base)):
        return []
    if call.base.types():
        return [(None, True)] if mounts.is_mount(call.base) else []
    likely = call.base.attribute.lower().endswith(("app", "bp", "blueprint", "application"))
    return [(None, False)] if likely else []


def _added(mounts: Mounts, overrides: Overrides) -> Iterator[Rule]:
    """`add_url_rule(rule, endpoint, view_func, methods=…)`, also for the rows of a table."""
    for call in registrations(mounts.view.calls("add_url_rule"), mounts.view):
        given = _argument(call, 2, "view_func")
        rule = _argument(call, 0, "rule")
        if given is None or rule is None:
            continue
        texts, views = _texts(rule, mounts.view), _views(given, mounts.view)
        columns = aligned([*aligned(texts, views)], _listed_methods(call, mounts.view))
        for (text, each), methods in columns:
            handlers = tuple(handlers_of(each, methods, mounts.view))
            endpoint = _word(call, "endpoint", 1) or _last(handlers)
            for mount, certain in _targets(mounts, call) if text is not None else ():
                name = mounts.name(mount) + endpoint
                for made in overrides.texts(mounts.class_of(mount), call, text or ""):
                    yield Rule(mount, made, handlers, name, call.site, certain)


def _listed_methods(call: Expression, view: ProgramView) -> list[tuple[str, ...] | None]:
    """The HTTP methods that a call lists, or those of the rows of a table."""
    given = call.keywords.get("methods")
    rows = [] if given is None else [spelled(each) for each in unfold(given, view)]
    return [*rows] if rows and all(rows) else [explicit(call)]


def _texts(expression: Expression, view: ProgramView) -> list[str | None]:
    found = strings(expression, view)
    return found if any(text is not None for text in found) else [known(expression, view)]


def _views(expression: Expression, view: ProgramView) -> list[Expression]:
    return [expression] if len(expression.symbols()) == 1 else unfold(expression, view)


def _last(handlers: Iterable[tuple[str, str]]) -> str:
    return next((handler.rpartition(".")[2] for _, handler in handlers), "")


def _resources(mounts: Mounts) -> Iterator[Rule]:
    """`api.add_resource(Orders, "/orders", "/o")`."""
    for call in registrations(mounts.view.calls("add_resource"), mounts.view):
        if not call.arguments:
            continue
        handlers = tuple(handlers_of(call.arguments[0], None, mounts.view))
        texts = [text for each in call.arguments[1:] for text in strings(each, mounts.view) if text]
        targets = _targets(mounts, call) or [(None, False)]
        for mount, certain in targets if handlers else ():
            name = _word(call, "endpoint") or _last(handlers).lower()
            for text in texts:
                yield Rule(mount, text, handlers, name, call.site, certain)


def _argument(call: Expression, position: int, word: str) -> Expression | None:
    if len(call.arguments) > position:
        return call.arguments[position]
    return call.keywords.get(word)


def _word(call: Expression, word: str, position: int = 99) -> str:
    given = _argument(call, position, word)
    return (given.string() or "") if given is not None else ""
