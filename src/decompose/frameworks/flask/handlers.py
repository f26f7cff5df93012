"""Who answers? The functions and methods behind what is given as a view function."""

from collections.abc import Iterator

from decompose.model.facts import Op
from decompose.model.verbs import listed_verbs
from decompose.model.view import ClassView, Expression, ProgramView

VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
METHOD_VIEWS = (
    "flask.views.MethodView",
    "quart.views.MethodView",
    "flask_restful.Resource",
    "flask_restx.Resource",
    "flask_restplus.Resource",
)
_VIEWS = ("flask.views.View", "quart.views.View")
UNKNOWN = ("*",)
"""Methods are listed, which ones is not seen."""


def handlers_of(
    value: Expression, methods: tuple[str, ...] | None, view: ProgramView
) -> Iterator[tuple[str, str]]:
    """(HTTP method, dotted handler) of what is given as view function."""
    for name in _symbols(value):
        found = view.class_named(name)
        if found is not None:
            yield from class_handlers(found, methods)
        else:
            yield from ((method, name) for method in methods or ("GET",))


def _symbols(value: Expression) -> tuple[str, ...]:
    """The program's functions and classes behind a view: bare, `X.as_view(…)`, or wrapped."""
    if value.op is Op.CALL:
        if value.attribute == "as_view" and value.base is not None:
            return value.base.symbols()
        wrapped = [name for argument in value.arguments for name in _symbols(argument)]
        made = value.callee.symbols() if value.callee is not None else ()
        return tuple(wrapped) or value.symbols() or made
    if value.op is Op.LAMBDA:
        return (value.owner,)
    return value.symbols()


def class_handlers(found: ClassView, methods: tuple[str, ...] | None) -> Iterator[tuple[str, str]]:
    """(HTTP method, dotted handler) of a class-based view, or of a class that handles requests.

    The class answers where it has its own way of choosing a method.
    """
    own = found.method("dispatch_request")
    if any(base in METHOD_VIEWS for base in found.mro):
        methods = None if methods == UNKNOWN else methods
        answered = {verb.upper(): found.method(verb) for verb in VERBS}
        listed = _class_methods(found)
        for method, handler in answered.items():
            if handler is not None and (methods is None or method in methods):
                yield method, found.name if own else handler
            elif handler is None and method in (methods or listed):
                yield method, found.name
        return
    handler = own if set(found.mro) & set(_VIEWS) else None
    for method in methods or _class_methods(found) or ("GET",):
        yield method, handler or found.name


def _class_methods(found: ClassView) -> tuple[str, ...]:
    given = found.attribute("methods")
    return spelled(given) if given is not None else ()


def methods_of(decorator: Expression) -> tuple[str, ...]:
    """The HTTP methods of a decorator."""
    if decorator.attribute in VERBS:
        return (decorator.attribute.upper(),)
    return explicit(decorator) or ("GET",)


def explicit(call: Expression) -> tuple[str, ...] | None:
    """The HTTP methods that a call lists, None where it lists none."""
    given = call.keywords.get("methods")
    return None if given is None else spelled(given) or UNKNOWN


def spelled(given: Expression) -> tuple[str, ...]:
    """HTTP methods as listed, sorted; HEAD and OPTIONS only where nothing else is."""
    found = sorted(listed_verbs(given))
    kept = [method for method in found if method not in ("HEAD", "OPTIONS")]
    return tuple(kept or found)
