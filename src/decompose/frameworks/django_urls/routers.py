"""Which routes does a router of Django REST framework make of the view sets registered with it?

A view set gives a list route, a detail route and one for each method marked `@action`. The API root page and the
`.json` variants that `DefaultRouter` adds are left out: nobody writes a handler for them. Programs that carry a copy
of the framework in packages of their own are read the same way: its router is known by its methods.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from decompose.frameworks.django_urls.library import (
    DETAIL_ACTIONS,
    LIST_ACTIONS,
    MIXIN_ACTIONS,
    NESTED_ROUTER,
    ROUTER,
)
from decompose.frameworks.django_urls.patterns import Template, regex_template
from decompose.frameworks.django_urls.views import Answer
from decompose.model.facts import Op
from decompose.model.forwarding import as_written, registrations
from decompose.model.unfold import aligned, strings, unfold
from decompose.model.view import ClassView, Expression, FunctionView, ProgramView

_ACTIONS = {
    "rest_framework.decorators.action": None,
    "rest_framework.decorators.list_route": False,
    "rest_framework.decorators.detail_route": True,
}
_COPIED_ACTIONS = {name.rpartition(".")[2]: detail for name, detail in _ACTIONS.items()}
_COPIES = tuple(f".decorators.{name}" for name in ("list_route", "detail_route"))
_OF_ROUTERS = frozenset({"get_lookup_regex", "get_method_map", "get_routes", "get_urls"})
"""Methods that tell the framework's router from anything else that has `register`."""
_STANDARD = frozenset({*LIST_ACTIONS.values(), *DETAIL_ACTIONS.values()})
_MAX_NESTING = 6
_HERE = Template("")


@dataclass(frozen=True, slots=True)
class Registration:
    """`router.register(prefix, view_set)`; `above` is the path of the registration that it was registered with."""

    call: Expression
    prefix: str
    view_set: ClassView
    above: Template = _HERE


Registry = Mapping[Expression, Sequence[Registration]]
"""Registrations by the call that makes their router."""

Answered = tuple[Template, Answer, Expression, str]
"""Path below the router, who answers, the registration's call, last part of the route's name."""


def registry(view: ProgramView) -> Registry:
    """All registrations of the program."""
    found = _direct(view)
    for call in view.calls("extend"):  # `router.registry.extend(other.registry)`
        registered = call.arguments[0].base if call.arguments else None
        if registered is not None and call.base is not None and call.base.attribute == "registry":
            for router in routers_of(view, call.base.base):
                for other in routers_of(view, registered):
                    found.setdefault(router, []).extend(found.get(other, ()))
    return found


def _direct(view: ProgramView) -> dict[Expression, list[Registration]]:
    """Calls of `register`, by the router.

    A function that nobody is seen to call, but takes a router to register with, is taken to be called with the one
    router that the program hands to functions of this kind.
    """
    found: dict[Expression, list[Registration]] = {}
    handed: dict[Expression, None] = {}
    left: list[Expression] = []
    for call in registrations(view.calls("register"), view):
        if call.base is None or len(call.arguments) < 2:  # noqa: PLR2004 -- prefix and view set
            continue
        routers = routers_of(view, call.base)
        for router in routers:
            found.setdefault(router, []).extend(_registered(view, call))
        for router, above in () if routers else _nested_in(view, call, _MAX_NESTING):
            found.setdefault(router, []).extend(_registered(view, call, above))
        if as_written(call) is not call:
            handed.update(dict.fromkeys(routers))
        elif not routers and _is_parameter(view, call.base):
            left.append(call)
    for router in handed if len(handed) == 1 else ():
        found[router].extend(each for call in left for each in _registered(view, call))
    return found


def _is_parameter(view: ProgramView, expression: Expression) -> bool:
    function = view.function_named(expression.owner)
    names = [name for name, _, _ in function.parameters] if function is not None else []
    return expression.op is Op.NAME and expression.text() in names


def routers_of(view: ProgramView, expression: Expression | None) -> list[Expression]:
    """The calls that make the routers that an expression may stand for."""
    if expression is None:
        return []
    return [
        each
        for each in unfold(expression, view)
        if each.callee is not None and _makes_router(view, each)
    ]


def _makes_router(view: ProgramView, call: Expression) -> bool:
    for type_ in call.types():
        found = view.class_named(type_)
        if found is None and type_.endswith("Router"):
            return True
        if found is not None and (ROUTER in found.mro or _is_copy(found)):
            return True
    return False


def _is_copy(found: ClassView) -> bool:
    """Is it the framework's router, copied into the program?"""
    return all(found.method(name) for name in _OF_ROUTERS)


def _nested_in(
    view: ProgramView, call: Expression, depth: int
) -> Iterator[tuple[Expression, Template]]:
    """(router, path above) of `router.register("orders", …).register("lines", …, parents_query_lookups=["order"])`.

    This is how drf-extensions nests: what `register` gives back takes registrations, too.
    """
    for outer in unfold(call.base, view) if call.base is not None and depth else ():
        if outer.callee is None or outer.callee.attribute != "register" or not outer.arguments:
            continue
        lookups = call.keywords.get("parents_query_lookups")
        last = lookups.elements[-1].string() if lookups is not None and lookups.elements else None
        key = f"parent_lookup_{last or 'pk'}"
        inner = regex_template(outer.arguments[0].string() or "") + Template(
            f"/{{{key}}}/", ((key, "string"),)
        )
        for router in routers_of(view, outer.base):
            yield router, inner
        for router, above in _nested_in(view, outer, depth - 1):
            yield router, above + inner


def _registered(
    view: ProgramView, call: Expression, above: Template = _HERE
) -> Iterator[Registration]:
    prefixes = strings(call.arguments[0], view)
    sets = [name for each in unfold(call.arguments[1], view) for name in each.symbols()[:1]]
    for prefix, name in aligned(prefixes, sets):
        found = view.class_named(name)
        if found is not None:
            yield Registration(call, prefix or "", found, above)


def router_routes(view: ProgramView, known: Registry, router: Expression) -> Iterator[Answered]:
    """The routes of a router, relative to where its URLs are included."""
    above = _above(view, known, router, _MAX_NESTING)
    slash = "" if _is_false(router.keywords.get("trailing_slash")) else "/"
    for each in known.get(router, ()):
        base = above + each.above + regex_template(each.prefix)
        detail = base + Template("/" if base.path else "") + _lookup(each.view_set)
        yield from _standard(each, base, detail, slash)
        yield from _extra(view, each, base, detail, slash)


def _above(view: ProgramView, known: Registry, router: Expression, depth: int) -> Template:
    """What a nested router puts before its prefixes: `domains/{domain_pk}/`."""
    arguments = router.arguments
    if depth == 0 or len(arguments) < 2 or not _is_nested(view, router):  # noqa: PLR2004 -- parent, its prefix
        return Template("")
    prefix = arguments[1].string() or ""
    lookup = router.keywords.get("lookup", arguments[2] if len(arguments) > 2 else None)  # noqa: PLR2004
    name = (lookup.string() if lookup is not None else None) or "nested_1"
    for parent in routers_of(view, arguments[0]):
        for each in known.get(parent, ()):
            if each.prefix == prefix:
                key = f"{name}_{_lookup_field(each.view_set)}"
                inner = Template(f"{regex_template(prefix).path}/{{{key}}}/", ((key, "string"),))
                return _above(view, known, parent, depth - 1) + inner
    return Template(f"{prefix}/{{{name}_pk}}/", ((f"{name}_pk", "string"),))


def _is_nested(view: ProgramView, router: Expression) -> bool:
    for type_ in router.types():
        found = view.class_named(type_)
        if NESTED_ROUTER in found.mro if found is not None else "Nested" in type_:
            return True
    return False


def _standard(
    each: Registration, base: Template, detail: Template, slash: str
) -> Iterator[Answered]:
    given = {action for name in each.view_set.mro for action in MIXIN_ACTIONS.get(name, ())}
    for path, actions in ((base, LIST_ACTIONS), (detail, DETAIL_ACTIONS)):
        for verb, action in actions.items():
            own = each.view_set.method(action)
            if (own or action in given) and _allows(each.view_set, verb):
                handler = own or each.view_set.name
                answer = Answer(verb.upper(), handler, each.view_set.name, action=action)
                yield path + Template(slash), answer, each.call, action


def _lookup(view_set: ClassView) -> Template:
    """`{pk}`, or what the view set looks its objects up by."""
    url_name = _text(view_set, "lookup_url_kwarg") or _lookup_field(view_set)
    regex = _text(view_set, "lookup_value_regex") or "[^/.]+"
    return (
        regex_template(f"(?P<{url_name}>{regex})") if url_name.isidentifier() else Template("{pk}")
    )


def _lookup_field(view_set: ClassView) -> str:
    return _text(view_set, "lookup_field") or "pk"


def _extra(
    view: ProgramView, each: Registration, base: Template, detail: Template, slash: str
) -> Iterator[Answered]:
    """Routes of methods marked `@action`, its own and inherited."""
    for name in sorted(_method_names(view, each.view_set)):
        method = view.function_named(each.view_set.method(name) or "")
        mark = _mark(method) if method is not None and name not in _STANDARD else None
        if mark is None or method is None:
            continue
        is_detail, decorator = mark
        path = _keyword(decorator, "url_path") or name
        below = (
            (detail if is_detail else base) + Template("/") + regex_template(path) + Template(slash)
        )
        for verb, handler in _verbs(view, each.view_set, method, decorator):
            if _allows(each.view_set, verb):
                answer = Answer(verb.upper(), handler, each.view_set.name)
                yield (
                    below,
                    answer,
                    each.call,
                    _keyword(decorator, "url_name") or name.replace("_", "-"),
                )


def _method_names(view: ProgramView, view_set: ClassView) -> set[str]:
    found = (view.class_named(base) for base in view_set.mro)
    return {name for each in found if each is not None for name in each.methods()}


def _mark(method: FunctionView) -> tuple[bool, Expression] | None:
    """(is it about one object, the decorator) where a method is marked as a route of its own."""
    for decorator in method.decorators:
        name = (decorator.callee.name() if decorator.callee is not None else None) or ""
        is_copied = name not in _ACTIONS and name.endswith(_COPIES)
        if name in _ACTIONS or is_copied:
            detail = decorator.keywords.get("detail", next(iter(decorator.arguments), None))
            is_detail = _COPIED_ACTIONS[name.rpartition(".")[2]]
            return (
                detail is not None and detail.literal() is True
            ) if is_detail is None else is_detail, decorator
    return None


def _verbs(
    view: ProgramView, view_set: ClassView, method: FunctionView, decorator: Expression
) -> Iterator[tuple[str, str]]:
    listed = decorator.keywords.get("methods")
    texts = (
        [text for each in listed.bound() for one in each.elements if (text := one.string())]
        if listed
        else []
    )
    for verb in texts or ["get"]:
        yield verb.lower(), method.name
    # `@total.mapping.delete` on another method adds a method to the same path.
    short = method.name.rpartition(".")[2]
    for name in sorted(_method_names(view, view_set)):
        other = view.function_named(view_set.method(name) or "")
        for mapped in other.decorators if other is not None else ():
            if (
                mapped.base is not None
                and mapped.base.text() == f"{short}.mapping"
                and other is not None
            ):
                yield mapped.attribute, other.name


def _allows(view_set: ClassView, verb: str) -> bool:
    names = view_set.attribute("http_method_names")
    listed = (
        [text.lower() for each in names.elements if (text := each.string())]
        if names is not None
        else []
    )
    return not listed or verb in listed


def _keyword(call: Expression, name: str) -> str:
    value = call.keywords.get(name)
    return (value.string() or "") if value is not None else ""


def _text(found: ClassView, name: str) -> str:
    value = found.attribute(name)
    return (value.string() or "") if value is not None else ""


def _is_false(expression: Expression | None) -> bool:
    return expression is not None and expression.literal() is False
