"""Applications and routers: what endpoints are added to, and what stands before their paths."""

from dataclasses import dataclass, field

from decompose.model.facts import Op
from decompose.model.forwarding import registrations
from decompose.model.unfold import aligned, strings, unfold
from decompose.model.view import Expression, ProgramView

_APPS = frozenset({"fastapi.FastAPI", "starlette.applications.Starlette"})
_ROUTERS = frozenset({"fastapi.APIRouter", "starlette.routing.Router"})


@dataclass(frozen=True, slots=True)
class Inclusion:
    """A router inside another or an application (None: one that is not seen)."""

    parent: Expression | None
    prefix: str
    certain: bool
    dependencies: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """What stands before a router's paths, and the dependencies of all that it is included in."""

    text: str
    certain: bool
    dependencies: tuple[Expression, ...]


@dataclass(slots=True)
class Routers:
    """The routers of a program and how they hang together."""

    view: ProgramView
    exist: bool = False
    _included: dict[Expression, list[Inclusion]] = field(default_factory=dict)
    _found: dict[Expression, list[Expression]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.exist = any(
            self.kind(call)
            for call in self.view.calls("FastAPI", "APIRouter", "Starlette", "Router")
        )
        calls = self.view.calls("include_router", "mount") if self.exist else ()
        for call in registrations(calls, self.view):
            self._include(call)

    def kind(self, value: Expression) -> str:
        """What a call creates: "app", "router", or "" for neither."""
        if value.op is not Op.CALL or value.callee is None:
            return ""
        return self._class_kind(value.callee.name() or "")

    def of(self, expression: Expression | None) -> list[Expression]:
        """The creations that an expression may stand for."""
        if expression is None:
            return []
        if expression not in self._found:
            values = unfold(expression, self.view)
            self._found[expression] = [value for value in values if self.kind(value)]
        return self._found[expression]

    def is_router(self, expression: Expression) -> bool:
        """Is it known by its type to be a router or application, though not which one?"""
        return any(map(self._class_kind, expression.types()))

    def children(self, router: Expression) -> list[Expression]:
        """The routers that are included in one."""
        return [
            child
            for child, rows in self._included.items()
            if any(row.parent == router for row in rows)
        ]

    def prefixes(
        self, router: Expression | None, seen: tuple[Expression, ...] = ()
    ) -> list[Prefix]:
        """What stands before a router's paths, once for each way it is included."""
        if router is None or router in seen:
            return [Prefix("", certain=False, dependencies=())]
        own = _dependencies(router)
        if self.kind(router) == "app" and router not in self._included:
            return [Prefix("", certain=True, dependencies=own)]
        mine = known(router.keywords.get("prefix"), self.view)
        if router not in self._included:
            return [Prefix(mine or "", certain=False, dependencies=own)]
        found = []
        for row in self._included[router]:
            for outer in self.prefixes(row.parent, (*seen, router)):
                text = outer.text + row.prefix + (mine or "")
                certain = outer.certain and row.certain and mine is not None
                around = (*outer.dependencies, *row.dependencies, *own)
                found.append(Prefix(text, certain, around))
        return found

    def _class_kind(self, name: str) -> str:
        names = {name}
        own = self.view.class_named(name)
        if own is not None:
            names.update(own.mro)
        return "app" if names & _APPS else "router" if names & _ROUTERS else ""

    def _include(self, call: Expression) -> None:
        """`parent.include_router(child, prefix=…)` and `parent.mount(path, child)`."""
        is_mount = call.attribute == "mount"
        child = argument(call, 1 if is_mount else 0, "app" if is_mount else "router")
        if child is None or call.base is None:
            return
        given = argument(call, 0, "path") if is_mount else call.keywords.get("prefix")
        prefixes: list[str | None] = [""] if given is None else texts(given, self.view)
        parents: list[Expression | None] = [*self.of(call.base)] or [None]
        for router, text in aligned(self.of(child), prefixes):
            rows = self._included.setdefault(router, [])
            prefix = (text or "").rstrip("/") if is_mount else text or ""
            certain = text is not None
            around = _dependencies(call)
            rows.extend(Inclusion(parent, prefix, certain, around) for parent in parents)


def known(expression: Expression | None, view: ProgramView) -> str | None:
    """Give its text, or the known parts of one that is joined; None where nothing is known."""
    if expression is None:
        return ""
    found = strings(expression, view)
    if found and found[0] is not None:
        return found[0]
    parts = [part.string() for part in expression.elements]
    return "".join(part or "" for part in parts) if any(parts) else None


def texts(expression: Expression, view: ProgramView) -> list[str | None]:
    """The texts that it may have, as far as they are known."""
    found = strings(expression, view)
    return found if any(text is not None for text in found) else [known(expression, view)]


def argument(call: Expression, position: int, word: str) -> Expression | None:
    """An argument given by position or by keyword."""
    if len(call.arguments) > position:
        return call.arguments[position]
    return call.keywords.get(word)


def _dependencies(call: Expression) -> tuple[Expression, ...]:
    given = call.keywords.get("dependencies")
    if given is None:
        return ()
    return tuple(each for value in given.bound() for each in value.elements)
