"""Which functions answer for the view of a route, and to which HTTP methods?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from decompose.frameworks.django_urls.library import LIBRARY_VERBS
from decompose.model.facts import Op
from decompose.model.program import Confidence
from decompose.model.unfold import unfold
from decompose.model.view import ClassView, Expression, FunctionView, ProgramView

VERBS = ("get", "post", "put", "patch", "delete", "trace")
"""In Django's order; HEAD and OPTIONS answer by themselves and are left out."""

ANY = "*"
_SAFE = ("GET",)
_KNOWN = ("django.", "rest_framework.")
_MAX_DEPTH = 6
_DECORATED: dict[str, Sequence[str]] = {
    "django.views.decorators.http.require_GET": _SAFE,
    "django.views.decorators.http.require_POST": ("POST",),
    "django.views.decorators.http.require_safe": _SAFE,
}
_WITH_METHODS = {
    "django.views.decorators.http.require_http_methods": (),
    "rest_framework.decorators.api_view": _SAFE,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A function or class that answers to a method; `view`: the class-based view that it belongs to, or ""."""

    method: str
    handler: str
    view: str = ""
    confidence: Confidence = Confidence.EXACT
    action: str = ""
    """The action of a view set that the request is mapped to, where it is known and the handler does not tell."""


def answers(program: ProgramView, view: Expression) -> list[Answer]:
    """All answers of what stands as the view in `path(route, view)`, once each."""
    return list(dict.fromkeys(_answers(program, view, _MAX_DEPTH)))


def _answers(program: ProgramView, view: Expression, depth: int) -> Iterator[Answer]:
    if depth == 0:
        return
    text = view.string()
    if text is not None:
        yield from _named(program, program.lookup(text) or "")
        return
    if view.op is Op.LAMBDA:
        yield Answer(ANY, view.owner, confidence=Confidence.INFERRED)
        return
    if view.op is Op.CALL:
        yield from _called(program, view, depth - 1)
        return
    symbols = view.symbols()
    for name in symbols:
        yield from _named(program, name)
    if not symbols:
        yield from _behind_name(program, view, depth - 1)


def _behind_name(program: ProgramView, view: Expression, depth: int) -> Iterator[Answer]:
    """What a variable is bound to (`show = login_required(Show.as_view())`), else a library's function."""
    found = [each for each in unfold(view, program) if each.op is Op.CALL or each.symbols()]
    for each in found:
        yield from _answers(program, each, depth)
    name = view.name()
    if not found and name and not name.startswith("builtins."):
        yield Answer(ANY, name)


def _named(program: ProgramView, name: str) -> Iterator[Answer]:
    function = program.function_named(name)
    if function is not None:
        for method in _methods_of(function):
            yield Answer(method, name)
        return
    found = program.class_named(name)
    if found is not None:
        yield Answer(ANY, found.method("__call__") or found.method("__init__") or name, name)


def _methods_of(function: FunctionView) -> Sequence[str]:
    """The methods that decorators let through, without them any."""
    for decorator in function.decorators:
        name = (decorator.callee.name() if decorator.callee is not None else decorator.name()) or ""
        if name in _DECORATED:
            return _DECORATED[name]
        if name in _WITH_METHODS:
            return _listed(decorator) or _WITH_METHODS[name] or (ANY,)
    return (ANY,)


def _listed(decorator: Expression) -> Sequence[str]:
    lists = [*decorator.arguments, *decorator.keywords.values()]
    texts = [text.upper() for each in lists[:1] for one in each.bound() for text in _texts(one)]
    return [text for text in texts if text not in ("HEAD", "OPTIONS")]


def _texts(expression: Expression) -> list[str]:
    return [text for element in expression.elements if (text := element.string()) is not None]


def _called(program: ProgramView, call: Expression, depth: int) -> Iterator[Answer]:
    if call.attribute == "as_view" and call.base is not None:
        yield from _class_based(program, call, call.base)
        return
    wrapped = [
        answer for argument in call.arguments for answer in _wrapped(program, argument, depth)
    ]
    if wrapped:
        yield from wrapped
        return
    for type_ in call.types():  # an instance that can be called: `LatestFeed()`
        found = program.class_named(type_)
        if found is not None:
            yield Answer(
                "GET" if not found.method("__call__") else ANY,
                found.method("__call__") or type_,
                type_,
            )
            return
    yield from _made(program, call)


def _wrapped(program: ProgramView, argument: Expression, depth: int) -> Iterator[Answer]:
    """The view inside a decorator's call: `login_required(show)`, `cache_page(60)(Show.as_view())`."""
    is_view = argument.op is Op.CALL or any(
        program.function_named(name) for name in argument.symbols()
    )
    if is_view or (
        argument.op is Op.NAME and any(each.attribute == "as_view" for each in argument.bound())
    ):
        yield from _answers(program, argument, depth)


def _made(program: ProgramView, call: Expression) -> Iterator[Answer]:
    """A factory of views: what it returns if that is a function of its own, else the factory."""
    makers = (
        [found for name in call.callee.symbols() if (found := program.function_named(name))]
        if call.callee
        else []
    )
    for maker in makers:
        inner = [
            name
            for each in maker.returned
            for name in each.symbols()
            if program.function_named(name)
        ]
        for name in inner or [maker.name]:
            yield Answer(ANY, name, confidence=Confidence.INFERRED)


def _class_based(program: ProgramView, call: Expression, base: Expression) -> Iterator[Answer]:
    actions = call.arguments[0] if call.arguments else call.keywords.get("actions")
    names = [name for name in base.symbols() if program.class_named(name)] or _loaded(program, base)
    for name in names:
        found = program.class_named(name)
        if found is None:
            continue
        if actions is not None and actions.bound()[0].keys:
            yield from _mapped(found, actions.bound()[0])
        else:
            yield from class_answers(found, program)
    library = base.name()
    if not names and library and not library.startswith("builtins."):
        yield from _of_library(library)


def _of_library(name: str) -> Iterator[Answer]:
    for verb in sorted(LIBRARY_VERBS.get(name, ()), key=VERBS.index):
        yield Answer(verb.upper(), name)
    if name not in LIBRARY_VERBS:
        yield Answer(ANY, name, confidence=Confidence.INFERRED)


def _loaded(program: ProgramView, base: Expression) -> list[str]:
    """A class that is loaded by strings (`load("customer.views", "LoginView")`): the only one so named."""
    for call in base.bound():
        texts = [argument.string() for argument in call.arguments]
        if texts and all(texts):
            dotted = ".".join(text for text in texts if text)
            exact = program.lookup(dotted)
            found = [each.name for each in program.classes() if each.name.endswith(f".{dotted}")]
            if exact or len(found) == 1:
                return [exact or found[0]]
    return []


def _mapped(found: ClassView, actions: Expression) -> Iterator[Answer]:
    """`as_view({"get": "list"})` of a view set."""
    for key, value in zip(actions.keys, actions.elements, strict=False):
        verb, action = key.string(), value.string()
        if verb and action:
            handler = found.method(action) or found.name
            yield Answer(verb.upper(), handler, found.name, action=action)


def class_answers(found: ClassView, program: ProgramView) -> Iterator[Answer]:
    """The methods that a class-based view has, its own, inherited or a library's.

    A view of a library that is not known answers GET at least.
    """
    allowed = _allowed(found)
    generic = {verb for base in found.mro for verb in LIBRARY_VERBS.get(base, ())}
    answered = False
    for verb in VERBS:
        own = found.method(verb)
        if verb in allowed and (own or verb in generic):
            answered = True
            yield Answer(verb.upper(), own or found.name, found.name)
        elif verb == "get" and verb in allowed and _is_foreign(found, program):
            yield Answer("GET", found.name, found.name, Confidence.INFERRED)
    if not answered:
        handler = found.method("dispatch") or found.method("__call__") or found.name
        yield Answer(ANY, handler, found.name, Confidence.INFERRED)


def _is_foreign(found: ClassView, program: ProgramView) -> bool:
    """Does it inherit from a view of a library that is not known?"""
    return any(
        base.endswith("View") and not base.startswith(_KNOWN) and base not in LIBRARY_VERBS
        for base in found.mro
        if program.class_named(base) is None
    )


def _allowed(found: ClassView) -> Sequence[str]:
    names = found.attribute("http_method_names")
    listed = [text.lower() for text in _texts(names)] if names is not None else []
    return listed or VERBS
