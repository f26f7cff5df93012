"""Which URL patterns stand in which order under which prefix? Walks from URLconf to URLconf along `include`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from decompose.frameworks.django_urls.patterns import Template, path_template, regex_template
from decompose.frameworks.django_urls.routers import (
    Answered,
    Registry,
    registry,
    router_routes,
    routers_of,
)
from decompose.frameworks.django_urls.views import Answer, answers
from decompose.model.facts import Op
from decompose.model.forwarding import as_written, registrations
from decompose.model.program import Confidence
from decompose.model.unfold import strings, unfold
from decompose.model.view import ClassView, Expression, ProgramView

_PATTERNS = {"django.urls.path": path_template, "django.urls.re_path": regex_template}
_INCLUDE = "django.urls.include"
_LANGUAGE = "django.conf.urls.i18n.i18n_patterns"
_OFFERED = ("urls", "urlpatterns")  # attributes of objects that give patterns
_MAX_DEPTH = 24
_MAX_STEPS = 300_000
_MOST_OF_A_LABEL = 3
"""A label names one app, or a configuration and its heirs; one that fits many names none of them."""
_ROOT = Template("/")
_UNKNOWN = Template("{unknown}", (("unknown", "string"),))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A pattern with a view, its whole path, and who answers."""

    call: Expression
    path: Template
    answer: Answer
    name: str
    raw: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a pattern says by itself, wherever it is included."""

    routes: Sequence[tuple[Template, str | None]]
    """Its piece of a path, and as written; None where that is not known."""
    view: Expression
    included: Expression | None
    """What it includes; None where it has a view."""
    name: str


@dataclass(slots=True)
class Known:
    """What does not depend on where the walk stands, asked once however many paths lead there."""

    answers: dict[Expression, Sequence[Answer]] = field(default_factory=dict)
    """Who answers, by the view that a pattern names."""
    patterns: dict[Expression, Pattern | None] = field(default_factory=dict)
    values: dict[Expression, list[Expression]] = field(default_factory=dict)
    names: dict[Expression, str | None] = field(default_factory=dict)
    """Of what is called, by the call."""
    routed: dict[Expression, Sequence[Answered]] = field(default_factory=dict)
    """Routes by their router."""


@dataclass(slots=True)
class Walk:
    """What a walk over all URLconfs has seen so far."""

    view: ProgramView
    routers: Registry
    added: Mapping[tuple[str, str], Sequence[Expression]]
    """Patterns that `append`, `extend` and `insert` add to a list: (function or module, variable) -> arguments."""
    seen: set[Expression] = field(default_factory=set)
    """Calls that make patterns."""
    active: set[Expression | str] = field(default_factory=set)
    """Lists of patterns and modules that are being walked: one that leads to itself ends there."""
    steps: int = _MAX_STEPS
    """How many lists may still be walked: each may stand in many places, and those again."""
    included: set[str] = field(default_factory=set)
    """Modules that another URLconf includes."""
    known: Known = field(default_factory=Known)
    is_survey: bool = False
    """Is only asked what can be reached? Then a list is walked once, however many paths lead to it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the walk stands: below a prefix, this many steps from the root."""

    prefix: Template = _ROOT
    raw: str = ""
    confidence: Confidence = Confidence.EXACT
    depth: int = 0

    def below(self, piece: Template, raw: str, *, sure: bool = True) -> "Place":
        """The place below a piece of a path."""
        confidence = self.confidence if sure else Confidence.INFERRED
        return Place(self.prefix + piece, self.raw + raw, confidence, self.depth + 1)


def endpoints(view: ProgramView) -> Iterator[Endpoint]:
    """All endpoints: from the root URLconf, from those that nobody includes, then those that stand nowhere."""
    if not any(_is_pattern(call) for call in view.calls("path", "re_path", "url")):
        return
    walk = Walk(view, registry(view), _added(view))
    walk.included.update(_included_modules(view))
    for module, confidence in _roots(walk):
        yield from _module(walk, module, Place(confidence=confidence))
    stray = [
        call
        for call in view.calls("path", "re_path", "url")
        if _is_pattern(call) and call not in walk.seen
    ]
    held = _held(walk, stray)
    for call in stray:
        if call not in held and call not in walk.seen:
            for each in registrations([call], view):
                yield from _pattern(walk, each, Place(confidence=Confidence.INFERRED))


def _added(view: ProgramView) -> dict[tuple[str, str], list[Expression]]:
    found: dict[tuple[str, str], list[Expression]] = {}
    for call in view.calls("append", "extend", "insert"):
        if call.base is not None and call.base.op is Op.NAME and call.arguments:
            found.setdefault((call.owner, call.base.text()), []).append(call.arguments[-1])
    return found


def _included_modules(view: ProgramView) -> Iterator[str]:
    for call in view.calls("include"):
        for target in call.arguments[:1]:
            first = target.elements[0] if target.op is Op.DISPLAY and target.elements else target
            for module in _modules(view, first):
                if module != call.module:
                    yield module


def _modules(view: ProgramView, target: Expression) -> list[str]:
    """URLconf modules that an argument of `include` names, as text or as the module itself."""
    name = None if target.op is Op.STRING else target.name()
    names = [name] if name and view.has_module(name) else strings(target, view)
    return [each for each in names if each and view.has_module(each)]


def _roots(walk: Walk) -> Iterator[tuple[str, Confidence]]:
    """The URLconfs that settings name, then those that nobody includes: where they are mounted is not seen."""
    view = walk.view
    named = {
        text
        for module in view.modules()
        for value in view.module_value(module, "ROOT_URLCONF")
        if (text := value.string())
    }
    found = [module for module in view.modules() if view.module_value(module, "urlpatterns")]
    for module in found:
        if module in named:
            yield module, Confidence.EXACT
    for module in found:
        if module not in named and module not in walk.included:
            yield module, Confidence.INFERRED


def _module(walk: Walk, module: str, place: Place) -> Iterator[Endpoint]:
    if place.depth > _MAX_DEPTH or module in walk.active:
        return
    walk.active.add(module)
    for value in (
        *walk.view.module_value(module, "urlpatterns"),
        *walk.added.get((module, "urlpatterns"), ()),
    ):
        yield from _entries(walk, value, place)
    _leave(walk, module)


def _entries(walk: Walk, expression: Expression, place: Place) -> Iterator[Endpoint]:
    """Endpoints of a list of patterns, however it is put together."""
    walk.steps -= 1
    if place.depth > _MAX_DEPTH or walk.steps < 0 or expression in walk.active:
        return
    walk.active.add(expression)
    yield from _listed(walk, expression, place)
    _leave(walk, expression)


def _leave(walk: Walk, walked: Expression | str) -> None:
    if not walk.is_survey:
        walk.active.discard(walked)


def _listed(walk: Walk, expression: Expression, place: Place) -> Iterator[Endpoint]:
    if expression.op is Op.NAME:
        for added in walk.added.get((expression.owner, expression.text()), ()):
            yield from _entries(walk, added, place.below(Template(""), ""))
    values = _unfolded(walk, expression)
    for value in values:
        yield from _value(walk, value, place)
    if expression.op is Op.CALL and any(value.op in (Op.NAME, Op.UNKNOWN) for value in values):
        yield from _arguments(walk, expression, place)


def _unfolded(walk: Walk, expression: Expression) -> list[Expression]:
    known = walk.known.values
    if expression not in known:
        found = unfold(expression, walk.view)
        is_property = expression.attribute in _OFFERED and all(
            each.op is Op.DEFINITION for each in found
        )
        known[expression] = [expression] if is_property else found
    return known[expression]


def _called(walk: Walk, call: Expression) -> str | None:
    """The name of what is called."""
    known = walk.known.names
    if call not in known:
        known[call] = call.callee.name() if call.callee is not None else None
    return known[call]


def _value(walk: Walk, value: Expression, place: Place) -> Iterator[Endpoint]:
    inside = place.below(Template(""), "")
    if value.op in (Op.DISPLAY, Op.BINARY, Op.COMPREHENSION, Op.UNION):
        for element in value.elements:
            is_star = element.op is Op.STAR and element.base is not None
            yield from _entries(walk, (element.base if is_star else None) or element, inside)
    elif value.op is Op.CALL:
        name = _called(walk, value)
        if name in _PATTERNS:
            yield from _pattern(walk, value, place)
        else:
            language = (
                Template("{language}/", (("language", "string"),))
                if name == _LANGUAGE
                else Template("")
            )
            yield from _arguments(walk, value, place.below(language, language.path))
    elif value.op is Op.SUBSCRIPT and value.base is not None:  # `site.urls[0]`
        yield from _entries(walk, value.base, inside)
    elif value.attribute in _OFFERED:
        yield from _urls_of(walk, value, place)


def _arguments(walk: Walk, call: Expression, place: Place) -> Iterator[Endpoint]:
    """A helper that takes patterns gives them back, changed or not."""
    for argument in call.arguments:
        if argument.op is not Op.STRING:
            yield from _entries(walk, argument, place.below(Template(""), ""))


def _urls_of(walk: Walk, value: Expression, place: Place) -> Iterator[Endpoint]:
    """`router.urls`, or a property of the program's own that gives patterns."""
    for router in routers_of(walk.view, value.base):
        for path, answer, call, name in _routed(walk, router):
            whole = place.below(path, path.path)
            yield Endpoint(call, whole.prefix, answer, name, whole.raw, place.confidence)
    for owner in _owners(walk.view, value.base):
        for returned in _returned(walk.view, owner, value.attribute):
            first = (
                returned.elements[0]
                if returned.op is Op.DISPLAY and returned.elements
                else returned
            )
            own = first.op is Op.CALL and first.base is not None and first.base.text() == "self"
            inner = _returned(walk.view, owner, first.attribute) if own else [first]
            for each in inner:
                yield from _entries(walk, each, place.below(Template(""), "", sure=False))


def _routed(walk: Walk, router: Expression) -> Sequence[Answered]:
    known = walk.known.routed
    if router not in known:
        known[router] = tuple(router_routes(walk.view, walk.routers, router))
    return known[router]


def _owners(view: ProgramView, base: Expression | None) -> Iterator[ClassView]:
    """Classes that an object with `urls` may be of; an app's configuration is found by its label."""
    for each in base.bound() if base is not None else ():
        label = (
            each.arguments[0].string()
            if each.attribute == "get_app_config" and each.arguments
            else None
        )
        configurations = _labelled(view, label) if label else []
        if len(configurations) <= _MOST_OF_A_LABEL:
            yield from configurations
        for type_ in each.types():
            owner = view.class_named(type_)
            if owner is not None:
                yield owner


def _labelled(view: ProgramView, label: str) -> list[ClassView]:
    return [
        config
        for config in view.subclasses("django.apps.AppConfig")
        for named in (config.attribute("label") or config.attribute("name"),)
        if named is not None and (named.string() or "").rpartition(".")[2] == label
    ]


def _returned(view: ProgramView, owner: ClassView, name: str) -> Sequence[Expression]:
    method = view.function_named(owner.method(name) or "")
    return method.returned if method is not None else ()


def _pattern(walk: Walk, call: Expression, place: Place) -> Iterator[Endpoint]:
    walk.seen.add(as_written(call))
    known = walk.known.patterns
    if call not in known:
        known[call] = _read(walk, call)
    pattern = known[call]
    if pattern is None:
        return
    is_sure = True
    for piece, route in pattern.routes:
        is_sure = is_sure and route is not None
        below = place.below(piece, route or "", sure=is_sure)
        if pattern.included is not None:
            yield from _include(walk, pattern.included, below)
            continue
        for answer in _answers(walk, pattern.view):
            sure = min(below.confidence, answer.confidence)
            yield Endpoint(call, below.prefix, answer, pattern.name, below.raw, sure)


def _read(walk: Walk, call: Expression) -> Pattern | None:
    """What a pattern says; None where it names no view."""
    arguments, keywords = call.arguments, call.keywords
    view = keywords.get("view", arguments[1] if len(arguments) > 1 else None)
    if view is None:
        return None
    routes = [
        (_UNKNOWN if route is None else _template(call, route), route)
        for route in _routes(walk, call)
    ]
    included = _included(walk, view)
    if included is not None:
        routes = _known(routes)
    return Pattern(routes, view, included, _name(call))


def _known(routes: list[tuple[Template, str | None]]) -> list[tuple[Template, str | None]]:
    """The prefixes that are known, where any is: else all below them would stand twice, once below `{unknown}`."""
    return [each for each in routes if each[1] is not None] or routes


def _answers(walk: Walk, view: Expression) -> Sequence[Answer]:
    """Who answers; asked once of each view, in however many places its pattern stands."""
    known = walk.known.answers
    if view not in known:
        known[view] = tuple(answers(walk.view, view))
    return known[view]


def _routes(walk: Walk, call: Expression) -> list[str | None]:
    first = call.arguments[0] if call.arguments else None
    route = call.keywords.get("route", call.keywords.get("regex", first))
    return strings(route, walk.view) if route is not None else [None]


def _template(call: Expression, route: str) -> Template:
    name = (call.callee.name() if call.callee is not None else None) or ""
    return _PATTERNS[name](route)


def _name(call: Expression) -> str:
    name = call.keywords.get("name", call.arguments[3] if len(call.arguments) > 3 else None)  # noqa: PLR2004
    return (name.string() or "") if name is not None else ""


def _included(walk: Walk, view: Expression) -> Expression | None:
    """What `include(…)`, a list of patterns or `site.urls` as the view includes; None for a plain view."""
    for value in _unfolded(walk, view):
        if value.op is Op.CALL and _called(walk, value) == _INCLUDE:
            return value.arguments[0] if value.arguments else value.keywords.get("arg", value)
        if value.op is Op.DISPLAY or (value.op is Op.ATTRIBUTE and value.attribute in _OFFERED):
            return value
    return None


def _include(walk: Walk, target: Expression, place: Place) -> Iterator[Endpoint]:
    if (
        target.op is Op.DISPLAY
        and len(target.elements) > 1
        and target.elements[1].string() is not None
    ):
        target = target.elements[0]  # (patterns, namespace)
    modules = _modules(walk.view, target)
    for module in modules:
        yield from _module(walk, module, place)
    if not modules:
        yield from _entries(walk, target, place)


def _is_pattern(call: Expression) -> bool:
    return call.callee is not None and call.callee.name() in _PATTERNS


def _held(walk: Walk, patterns: Sequence[Expression]) -> set[Expression]:
    """Patterns that stand inside of what another pattern includes: they are reached through it."""
    inner = Walk(walk.view, walk.routers, walk.added, known=walk.known, is_survey=True)
    found: set[Expression] = set()
    for call in patterns:
        inner.seen = set()
        for _ in _pattern(inner, call, Place()):
            pass
        found |= inner.seen - {call}
    return found
