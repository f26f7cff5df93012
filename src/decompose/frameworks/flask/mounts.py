"""Applications, blueprints, APIs: what routes are added to, what stands before their rules."""

from dataclasses import dataclass, field

from decompose.model.facts import Op
from decompose.model.forwarding import seen_from
from decompose.model.unfold import aligned, strings, unfold
from decompose.model.view import Expression, FunctionView, ProgramView

APP, BLUEPRINT, API, NAMESPACE = "app", "blueprint", "api", "namespace"
_KINDS = {
    "flask.Flask": APP,
    "quart.Quart": APP,
    "apiflask.APIFlask": APP,
    "flask_openapi3.OpenAPI": APP,
    "flask.Blueprint": BLUEPRINT,
    "quart.Blueprint": BLUEPRINT,
    "apiflask.APIBlueprint": BLUEPRINT,
    "flask_openapi3.APIBlueprint": BLUEPRINT,
    "flask_smorest.Blueprint": BLUEPRINT,
    "flask_smorest.Api": API,
    "flask_restful.Api": API,
    "flask_restx.Api": API,
    "flask_restplus.Api": API,
    "flask_restx.Namespace": NAMESPACE,
    "flask_restplus.Namespace": NAMESPACE,
}


@dataclass(slots=True)
class Mounts:
    """The mounts of a program and how they hang together."""

    view: ProgramView
    _registered: dict[str, list[tuple[Expression | None, str | None]]] = field(default_factory=dict)
    _found: dict[Expression, list[Expression]] = field(default_factory=dict)
    _constructors: dict[str, tuple[FunctionView, Expression] | None] = field(default_factory=dict)
    exist: bool = False

    def __post_init__(self) -> None:
        self.exist = any(
            self._created(call) for call in self.view.calls("Flask", "Blueprint", "Api")
        )
        self.exist = self.exist or next(self.view.subclasses(*_KINDS), None) is not None
        self.exist = self.exist or any(
            call.keywords.keys() & {"view_func", "methods"}
            for call in self.view.calls("add_url_rule")
        )
        if self.exist:
            self._register()

    def of(self, expression: Expression | None) -> list[Expression]:
        """The creations that an expression may stand for."""
        if expression is None:
            return []
        if expression not in self._found:
            values = unfold(expression, self.view)
            self._found[expression] = [value for value in values if self.kind(value)] or [
                call for kind in _owners(expression) for call in self._made(kind)
            ]
        return self._found[expression]

    def kind(self, value: Expression) -> str:
        """What kind of mount a call creates, "" for none."""
        if value.op is not Op.CALL or value.callee is None:
            return ""
        return self._class_kind(value.callee.name() or "")

    def class_of(self, mount: Expression | None) -> str:
        """Dotted name of the class that a mount is made of, "" where it is not seen."""
        callee = mount.callee if mount is not None else None
        return (callee.name() or "") if callee is not None else ""

    def is_mount(self, expression: Expression | None) -> bool:
        """Is it known by its type to be a mount, though not which one?"""
        return expression is not None and any(map(self._class_kind, expression.types()))

    def prefixes(
        self, mount: Expression | None, seen: tuple[str, ...] = ()
    ) -> list[tuple[str, bool]]:
        """What stands before a mount's rules, each with whether its registration was seen."""
        if mount is None:
            return [("", False)]
        kind, own_key = self.kind(mount), key(mount)
        if kind == APP or own_key in seen:
            return [("", True)]
        own = self._own_prefix(mount, kind)
        rows = self._registered.get(own_key)
        if rows is None:
            return [(own or "", kind == API)]
        found = []
        for parent, override in rows:
            mine = own if override is None else override
            for before, certain in self.prefixes(parent, (*seen, own_key)):
                found.append(
                    (join(before, mine or "") if mine else before, certain or parent is None)
                )
        return found

    def around(self, mount: Expression | None) -> frozenset[str]:
        """Keys of a mount and of all that it is registered on."""
        found: set[str] = set()
        waiting = [] if mount is None else [mount]
        for each in waiting:
            if key(each) not in found:
                found.add(key(each))
                rows = self._registered.get(key(each), ())
                waiting.extend(parent for parent, _ in rows if parent is not None)
        return frozenset(found)

    def name(self, mount: Expression | None) -> str:
        """What a blueprint puts before the names of its endpoints."""
        if mount is None or self.kind(mount) != BLUEPRINT:
            return ""
        text = _given(self._constructed(mount), 0, "name") or _given(mount, 0, "name")
        return f"{text}." if text else ""

    def _made(self, kind: str) -> list[Expression]:
        """Where mounts of a class of the program are created."""
        return [call for call in self.view.calls_of(kind) if self.kind(call)]

    def _constructed(self, mount: Expression) -> Expression:
        """The call that gives a mount its name and prefix: of a class of the program, where it calls its base."""
        kind = self.class_of(mount)
        if kind not in self._constructors:
            self._constructors[kind] = self._constructor(kind)
        function, call = self._constructors[kind] or (None, mount)
        return call if function is None else seen_from(call, function, mount, self.view)

    def _constructor(self, kind: str) -> tuple[FunctionView, Expression] | None:
        """The `__init__` of a class of the program, and its call of its base's."""
        own = self.view.class_named(kind)
        function = self.view.function_named((own.method("__init__") if own else None) or "")
        for call in self.view.calls("__init__") if function is not None else ():
            if function is not None and call.owner == function.name and call.base is not None:
                return function, call
        return None

    def _created(self, call: Expression) -> bool:
        return bool(self.kind(call))

    def _class_kind(self, name: str) -> str:
        if name in _KINDS:
            return _KINDS[name]
        own = self.view.class_named(name)
        return next((_KINDS[base] for base in own.mro if base in _KINDS), "") if own else ""

    def _own_prefix(self, mount: Expression, kind: str) -> str | None:
        word = {BLUEPRINT: "url_prefix", API: "prefix", NAMESPACE: "path"}.get(kind, "")
        given = self._constructed(mount).keywords.get(word) or mount.keywords.get(word)
        if given is not None:
            return known(given, self.view)
        if kind == NAMESPACE and mount.arguments:
            return "/" + (mount.arguments[0].string() or "")
        return None

    def _register(self) -> None:
        for call in self.view.calls("register_blueprint", "add_namespace"):
            self._note(call, "url_prefix" if call.attribute == "register_blueprint" else "path")
        for call in self.view.calls("Api"):
            target = call.arguments[0] if call.arguments else call.keywords.get("app")
            if self.kind(call) == API and target is not None:
                self._hang(call, self.of(target), None)
        for call in self.view.calls("init_app"):
            for api in self.of(call.base) if call.arguments else ():
                if self.kind(api) == API:
                    self._hang(api, self.of(call.arguments[0]), None)

    def _note(self, call: Expression, word: str) -> None:
        """`parent.register_blueprint(child, url_prefix=…)`, also for the rows of a table."""
        child = call.arguments[0] if call.arguments else next(iter(call.keywords.values()), None)
        if child is None:
            return
        given = call.keywords.get(word)
        if given is None and word == "path" and len(call.arguments) > 1:
            given = call.arguments[1]
        overrides = [None] if given is None else [text or "" for text in strings(given, self.view)]
        for mount, override in aligned(self.of(child), overrides):
            self._hang(mount, self.of(call.base), override)

    def _hang(self, child: Expression, parents: list[Expression], override: str | None) -> None:
        rows = self._registered.setdefault(key(child), [])
        rows.extend((parent, override) for parent in parents)
        if not parents:
            rows.append((None, override))


def _owners(expression: Expression) -> tuple[str, ...]:
    """The classes of `self`."""
    is_own = expression.op is Op.NAME and expression.attribute == "self"
    return expression.types() if is_own else ()


def _given(call: Expression, position: int, word: str) -> str:
    """A text that a call gives, "" if none is known."""
    given = call.arguments[position] if len(call.arguments) > position else call.keywords.get(word)
    return (given.string() or "") if given is not None else ""


def key(mount: Expression) -> str:
    """What tells a mount from all others."""
    return f"{mount.site} {mount.text()}"


def join(prefix: str, rule: str) -> str:
    """Join as a blueprint does."""
    if not prefix:
        return rule
    return "/".join((prefix.rstrip("/"), rule.lstrip("/"))) if rule else prefix


def known(expression: Expression, view: ProgramView) -> str | None:
    """Give its text, or of a joined one the known parts; None where nothing is known."""
    found = strings(expression, view)
    if found and found[0] is not None:
        return found[0]
    parts = [part.string() for part in expression.elements] if expression.elements else []
    return "".join(part or "" for part in parts) if any(parts) else None
