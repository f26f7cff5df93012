"""Where does the program have a template rendered, which one, and with what?

A function that hands its own parameter on as the template's name renders what its callers name, each with what that
caller gives it. It is still the one that renders, but whoever asks it to shows its own values.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from decompose.frameworks.templates.registered import entries, returned_entries
from decompose.model.facts import Op
from decompose.model.program import Route
from decompose.model.source import Site
from decompose.model.unfold import strings, unfold
from decompose.model.view import ClassView, Expression, ProgramView

Context = Mapping[str, Sequence[Expression]]

_DJANGO = {
    "django.shortcuts.render": (1, 2),
    "django.shortcuts.render_to_response": (0, 1),
    "django.template.loader.render_to_string": (0, 1),
    "django.template.loader.get_template": (0, -1),
    "django.template.loader.select_template": (0, -1),
    "django.template.response.TemplateResponse": (1, 2),
    "django.template.response.SimpleTemplateResponse": (0, 1),
}
"""Function -> positions of template and context."""
_APART = frozenset(name for name in _DJANGO if name.startswith("django.template.loader."))
_AT = 2  # where `render_to_string` takes the request
_JINJA = {
    "flask.render_template": 0,
    "flask.templating.render_template": 0,
    "flask.stream_template": 0,
    "quart.render_template": 0,
    "flask_themes.render_theme_template": 1,
    "flask_themes2.render_theme_template": 1,
}
_BY_METHOD = {"get_template", "select_template", "TemplateResponse", "render_template"}
_ENVIRONMENTS = ("jinja2.", "fastapi.templating.", "starlette.templating.", "django.template.")
RENDERS = frozenset(
    {*(name.rpartition(".")[2] for name in (*_DJANGO, *_JINJA)), *_BY_METHOD, "update"}
)
_TEMPLATE_VIEWS = frozenset(
    {"django.views.generic.base.TemplateResponseMixin", "django.views.generic.base.ContextMixin"}
)
_MAX_HELPERS = 3
_MAX_NAMES = 40


@dataclass(frozen=True, slots=True)
class Render:
    """A place that renders: names of templates (`*` for what is not known), context, the language's habit."""

    source: str
    site: Site
    names: tuple[str, ...]
    context: Context
    calls: bool  # Django's templates call what can be called
    requested: bool = True  # is it rendered for a request, so that context processors run?
    whole: bool = False  # are all variables of the context known?
    asked: str = ""  # the function whose values are shown: a helper's caller, a route's handler


@dataclass(slots=True)
class Renders:
    """Finds the places; stores into mappings are looked up by function and variable."""

    view: ProgramView
    _stores: dict[tuple[str, str], list[tuple[str, Expression]]] = field(default_factory=dict)
    _open: set[tuple[str, str]] = field(default_factory=set)
    """Variables whose mappings get keys that the text does not show."""

    def __post_init__(self) -> None:
        for use in self.view.item_stores():
            if use.base.op is not Op.NAME:
                continue
            mapping = use.base.owner, use.base.text()
            name = use.key.string() if use.key is not None else None
            if name and use.value is not None:
                self._stores.setdefault(mapping, []).append((name, use.value))
            elif not name:
                self._open.add(mapping)
        for call in self.view.calls("update"):
            if call.base is not None and call.base.op is Op.NAME:
                mapping, found = (call.owner, call.base.text()), [*entries(call, self.view)]
                self._stores.setdefault(mapping, []).extend(found)
                if len(found) < len(call.keywords) + len(call.arguments):
                    self._open.add(mapping)

    def found(self, routes: Iterable[Route]) -> Iterator[Render]:
        """Calls that render, then the views that do so by their class, for each of their routes."""
        for call in self.view.calls(*sorted(RENDERS)):
            yield from self._called(call)
        yield from self._views(routes)

    def _called(self, call: Expression) -> Iterator[Render]:
        name = (call.callee.name() if call.callee is not None else None) or ""
        context = -1
        if name in _DJANGO:
            at, context = _DJANGO[name]
            template = argument(call, at, "template_name")
            given = argument(call, context, "context") if context >= 0 else None
            calls = True
        elif name in _JINJA:
            template = argument(call, _JINJA[name], "template_name_or_list")
            given, calls = None, False
        elif call.attribute in _BY_METHOD and self._is_environment(call, name):
            template = next((each for each in call.arguments if self.names(each)), None)
            template = template or call.keywords.get("name")
            given = call.keywords.get("context", call.arguments[-1] if call.arguments else None)
            calls = False
        else:
            return
        if template is not None:
            requested = (
                name not in _APART or "request" in call.keywords or len(call.arguments) > _AT
            )
            whole = name in _DJANGO and context >= 0 and self._is_whole(given, call)
            own = self._context(given, call if not calls else None)
            render = Render(call.owner, call.site, (), own, calls, requested, whole, call.owner)
            yield from self._with_names(render, template)

    def _with_names(self, render: Render, template: Expression) -> Iterator[Render]:
        """A render of the templates that it names itself, and one for each caller that names others."""
        names = self.names(template)
        if names:
            yield replace(render, names=tuple(names))
        for asked, named, passed in self._by_callers(template, render.source, _MAX_HELPERS):
            context = _joined([render.context, passed])
            yield replace(render, names=named, context=context, asked=asked)

    def _is_environment(self, call: Expression, name: str) -> bool:
        kinds = call.base.types() if call.base is not None else ()
        return name.startswith(_ENVIRONMENTS) or any(
            kind.startswith(_ENVIRONMENTS) for kind in kinds
        )

    def names(self, expression: Expression) -> list[str]:
        """Names of templates that an expression may spell, `*` for unknown parts; none where nothing is known."""
        found: dict[str, None] = {}
        for value in unfold(expression, self.view):
            parts = value.elements if value.op is Op.DISPLAY else [value]
            for part in parts:
                found.update(dict.fromkeys(_patterns(part, self.view)))
        return [name for name in found if name.strip("*./")][:_MAX_NAMES]

    def _by_callers(
        self, template: Expression, owner: str, helpers: int
    ) -> Iterator[tuple[str, tuple[str, ...], Context]]:
        """(caller, names, context) of each call of a function whose own parameter names the template."""
        function = self.view.function_named(owner)
        words = [name for name, _, _ in function.parameters] if function is not None else []
        if function is None or template.text() not in words or not helpers:
            return
        is_method = self.view.class_named(function.owner) is not None
        position = words.index(template.text()) - is_method
        for caller in self.view.calls_of(function.name):
            given = argument(caller, position, template.text())
            names = self.names(given) if given is not None else []
            if names:
                yield caller.owner, tuple(names), self._passed(caller)
            elif given is not None and caller.owner != owner:
                yield from self._by_callers(given, caller.owner, helpers - 1)

    def _passed(self, caller: Expression) -> Context:
        """What a call gives to a helper that renders: its keywords, and the entries of the mappings that it passes."""
        keywords: Context = {word: [value] for word, value in caller.keywords.items()}
        passed = [*caller.arguments, *caller.keywords.values()]
        return _joined([keywords, *(self._context(each, None) for each in passed)])

    def _context(self, given: Expression | None, call: Expression | None) -> Context:
        """Variables of a template, with the expressions that they stand for."""
        found: dict[str, list[Expression]] = {}
        for name, value in call.keywords.items() if call is not None else ():
            found.setdefault(name, []).append(value)
        if given is None:
            return found
        for value in given.bound():
            for name, each in self._entries(value):
                found.setdefault(name, []).append(each)
        if given.op is Op.NAME:
            for name, each in self._stores.get((given.owner, given.text()), ()):
                found.setdefault(name, []).append(each)
        return found

    def _is_whole(self, given: Expression | None, call: Expression) -> bool:
        """Does the text show every variable that a template is given?"""
        if given is None:
            return "context" not in call.keywords
        if (given.owner, given.text()) in self._open:
            return False
        values = [each for each in given.bound() if each.op is not Op.NAME]
        return bool(values) and all(
            value.op is Op.DISPLAY and all(key.string() for key in value.keys) for value in values
        )

    def _entries(self, value: Expression) -> Iterator[tuple[str, Expression]]:
        yield from entries(value, self.view)
        if value.op is Op.CALL and value.callee is not None:
            for name in value.callee.symbols():
                function = self.view.function_named(name)
                if function is not None:
                    yield from returned_entries(function, self.view)

    def _views(self, routes: Iterable[Route]) -> Iterator[Render]:
        """Class-based views whose class names the template: it is rendered after the view has answered."""
        known: dict[str, tuple[list[str], Context]] = {}
        for route in routes:
            owner = self._owner(route.handler)
            if owner is None:
                continue
            if owner.name not in known:
                known[owner.name] = (self._of_class(owner), self._class_context(owner))
            names, context = known[owner.name]
            if names:
                yield Render(
                    route.node, route.site, tuple(names), context, calls=True, asked=route.handler
                )

    def _owner(self, handler: str) -> ClassView | None:
        function = self.view.function_named(handler)
        found = self.view.class_named(function.owner if function is not None else handler)
        return found if found is not None and _shows(found, self.view) else None

    def _of_class(self, owner: ClassView) -> list[str]:
        value = owner.attribute("template_name")
        method = self.view.function_named(owner.method("get_template_names") or "")
        values = [*([value] if value is not None else []), *(method.returned if method else ())]
        return [name for each in values for name in self.names(each)]

    def _class_context(self, owner: ClassView) -> Context:
        """What `get_context_data` along the MRO puts into the context."""
        found: dict[str, list[Expression]] = {}
        for base in owner.mro:
            known = self.view.class_named(base)
            method = known.methods().get("get_context_data") if known is not None else None
            if method is None:
                continue
            for value in method.returned:
                for name, each in self._context(value, None).items():
                    found.setdefault(name, []).extend(each)
        return found


def _shows(found: ClassView, view: ProgramView) -> bool:
    """Is it a view of Django, or of a library that builds on it?"""
    if any(base.startswith("django.views.") for base in found.mro):
        return True
    return any(view.class_named(base) is None and not base.startswith("builtins.") for base in found.mro)


def argument(call: Expression, position: int, word: str) -> Expression | None:
    """An argument given by position or by keyword."""
    if 0 <= position < len(call.arguments):
        return call.arguments[position]
    return call.keywords.get(word)


def _patterns(value: Expression, view: ProgramView) -> list[str]:
    """The texts that a value may be, `*` for each part that is not known."""
    known = [text for text in strings(value, view) if text is not None]
    if known and len(known) < _MAX_NAMES:
        return [_starred(text) for text in known]
    if value.op in (Op.FORMAT, Op.BINARY):
        return _joined_patterns(value, view)
    if value.op is Op.CALL and value.attribute == "format" and value.base is not None:
        return [_starred(text) for text in _patterns(value.base, view)]
    return ["*"]


def _joined_patterns(value: Expression, view: ProgramView) -> list[str]:
    parts = [_patterns(part, view) for part in value.elements]
    if value.op is Op.BINARY and any("%" in text or "*" in text for text in parts[0]):
        return [text for text in parts[0] if text != "*"] or ["*"]
    return ["".join(row) for row in product(*(part[:4] for part in parts))][:_MAX_NAMES]


def _starred(text: str) -> str:
    """`%s` and `{name}` become `*`."""
    for mark in ("%s", "%d"):
        text = text.replace(mark, "*")
    while "{" in text and "}" in text.partition("{")[2]:
        before, _, rest = text.partition("{")
        text = f"{before}*{rest.partition('}')[2]}"
    return text


def _joined(contexts: Sequence[Context]) -> Context:
    found: dict[str, list[Expression]] = {}
    for context in contexts:
        for name, values in context.items():
            found.setdefault(name, []).extend(values)
    return found
