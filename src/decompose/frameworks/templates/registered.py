"""Which functions do templates know by name: tags, filters, globals, and variables that every page is given?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from decompose.model.facts import Op
from decompose.model.view import Expression, FunctionView, ProgramView

TAGS = ("simple_tag", "inclusion_tag", "simple_block_tag", "assignment_tag", "tag")
FILTERS = ("filter", "template_filter", "app_template_filter", "add_template_filter")
TESTS = ("template_test", "app_template_test", "add_template_test")
GLOBALS = ("template_global", "app_template_global", "add_template_global")
PROCESSORS = ("context_processor", "app_context_processor")
_LIBRARY = "django.template.Library"
_FLASK = frozenset({*FILTERS[1:], *TESTS, *GLOBALS})
_TABLES = {"filters": "filters", "globals": "variables", "tests": "filters"}


@dataclass(frozen=True, slots=True)
class Named:
    """A function under the name that templates use; `library` is the module that registers it."""

    function: str
    library: str
    runs: tuple[str, ...]
    templates: tuple[str, ...] = ()


@dataclass(slots=True)
class Registered:
    """Everything that the program's templates can name."""

    view: ProgramView
    tags: dict[str, list[Named]] = field(default_factory=dict)
    filters: dict[str, list[Named]] = field(default_factory=dict)
    variables: dict[str, list[Expression]] = field(default_factory=dict)
    django_processors: list[str] = field(default_factory=list)
    flask_processors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for function, decorator in self.view.decorated(*TAGS, *FILTERS, *TESTS, *GLOBALS):
            self._register(decorator, decorator.callee or decorator, function)
        for call in self.view.calls(*TAGS, *FILTERS, *TESTS, *GLOBALS):
            for function in self._given(call):
                self._register(call, call, function)
        for use in self.view.item_stores():
            table = _TABLES.get(use.base.attribute)
            name = use.key.string() if use.key is not None else None
            if table and name and use.value is not None:
                self._in_table(table, name, use.value)
        for call in self.view.calls("update"):
            table = _TABLES.get(call.base.attribute) if call.base is not None else None
            for name, value in entries(call, self.view) if table else ():
                self._in_table(table or "", name, value)
        self._processors()

    def _given(self, call: Expression) -> Iterator[FunctionView]:
        """Functions that a call registers; its name may stand before them."""
        arguments = [*call.arguments, *call.keywords.values()]
        for name in (name for argument in arguments for name in argument.symbols()):
            function = self.view.function_named(name)
            if function is not None:
                yield function

    def _register(self, use: Expression, target: Expression, function: FunctionView) -> None:
        kind = target.attribute
        if kind not in _FLASK and not (
            target.base is not None and _LIBRARY in target.base.types()
        ):
            return
        name = _name(use, kind) or function.name.rpartition(".")[2]
        if kind in GLOBALS:
            self._variable(name, function)
            return
        table = self.tags if kind in TAGS else self.filters
        shows = _shown(use) if kind == "inclusion_tag" else ()
        runs = tuple(_run(self.view, function)) if kind == "tag" else ()
        row = Named(function.name, use.module, (function.name, *runs), shows)
        rows = table.setdefault(name, [])
        if row not in rows:
            rows.append(row)

    def _variable(self, name: str, function: FunctionView) -> None:
        self.filters.setdefault(f"{name}()", []).append(
            Named(function.name, function.module, (function.name,))
        )

    def _in_table(self, table: str, name: str, value: Expression) -> None:
        """`environment.filters["name"] = function`."""
        named = map(self.view.function_named, value.symbols())
        functions = [found for found in named if found is not None]
        for each in functions:
            if table == "variables":
                self._variable(name, each)
            else:
                row = Named(each.name, value.module, (each.name,))
                self.filters.setdefault(name, []).append(row)
        if not functions and table == "variables":
            self.variables.setdefault(name, []).append(value)

    def _processors(self) -> None:
        for function, _ in self.view.decorated(*PROCESSORS):
            self.flask_processors.append(function.name)
        self.django_processors.extend(_in_settings(self.view))
        for name in (*self.flask_processors, *self.django_processors):
            found = self.view.function_named(name)
            for key, value in returned_entries(found, self.view) if found is not None else ():
                self.variables.setdefault(key, []).append(value)

    def named(self, table: dict[str, list[Named]], name: str, loaded: Iterable[str]) -> list[Named]:
        """What a name means where some libraries are loaded; all that have it where that does not tell."""
        rows = table.get(name, [])
        wanted = frozenset(loaded)
        within = [row for row in rows if row.library.rpartition(".")[2] in wanted]
        return within or rows


def _name(use: Expression, kind: str) -> str:
    word = use.keywords.get("name")
    if word is not None:
        return word.string() or ""
    position = 1 if kind.startswith("add_") else 0
    if kind in ("simple_tag", "inclusion_tag") or len(use.arguments) <= position:
        return ""
    return use.arguments[position].string() or ""


def _shown(use: Expression) -> tuple[str, ...]:
    given = use.keywords.get("filename", use.arguments[0] if use.arguments else None)
    name = given.string() if given is not None else None
    return (name,) if name else ()


def _run(view: ProgramView, compiler: FunctionView) -> Iterator[str]:
    """`render` of the nodes that a compiling function makes of its tag."""
    for value in compiler.returned:
        for kind in value.types():
            found = view.class_named(kind)
            method = found.method("render") if found is not None else None
            if method is not None:
                yield method


def _in_settings(view: ProgramView) -> Iterator[str]:
    """Functions that TEMPLATES or its forerunner list as context processors."""
    for module in view.modules():
        waiting = [
            value
            for name in ("TEMPLATES", "TEMPLATE_CONTEXT_PROCESSORS")
            for value in view.module_value(module, name)
            if value.module == module
        ]
        while waiting:
            each = waiting.pop(0)
            name = view.lookup(each.string() or "") if each.op is Op.STRING else None
            if name and view.function_named(name) is not None:
                yield name
            waiting.extend(each.elements)
            if each.op in (Op.NAME, Op.ATTRIBUTE):
                waiting.extend(found for found in each.bound_once() if found.op is Op.DISPLAY)


def returned_entries(
    function: FunctionView, view: ProgramView
) -> Iterator[tuple[str, Expression]]:
    """Names and values of the mappings that a function returns."""
    for value in function.returned:
        for each in value.bound():
            yield from entries(each, view)


def entries(value: Expression, view: ProgramView) -> Iterator[tuple[str, Expression]]:
    """Names and values of a mapping that is written out: a display, `dict(…)`, `update(…)`, joined ones."""
    if value.op is Op.DISPLAY:
        for key, element in zip(value.keys, value.elements, strict=False):
            name = key.string()
            if name:
                yield name, element
    elif value.op is Op.CALL:
        yield from value.keywords.items()
        if value.attribute in ("dict", "update", "copy", "Context", "RequestContext"):
            for argument in value.arguments:
                for each in argument.bound():
                    yield from entries(each, view) if each.op is Op.DISPLAY else ()
    elif value.op in (Op.BINARY, Op.UNION):
        for side in value.elements:
            for each in side.bound():
                yield from entries(each, view) if each != value else ()
