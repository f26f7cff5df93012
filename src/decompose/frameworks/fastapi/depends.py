"""What runs with an endpoint: the tree of its dependencies, and tasks that it leaves behind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from decompose.model.facts import Op
from decompose.model.program import DECLARED, Fact, Mediated
from decompose.model.source import Site
from decompose.model.view import Expression, FunctionView, ProgramView

_MARKS = frozenset({"Depends", "Security"})
_MAKING = frozenset({"__init__", "__new__", "__call__"})
"""Methods of a class that is itself depended on: its attributes are nobody's dependencies."""


@dataclass(slots=True)
class Dependencies:
    """Follows dependencies from endpoints; each function's own are told once."""

    view: ProgramView
    _told: set[str] = field(default_factory=set)

    def of_function(self, name: str) -> Iterator[Fact]:
        """Calls from a function to what its parameters depend on, and on from there."""
        waiting = [name]
        for each in waiting:
            if each in self._told:
                continue
            self._told.add(each)
            for target, site in self._direct(each):
                yield Mediated(each, target, site, f"fastapi{DECLARED}")
                waiting.append(target)

    def of_list(self, source: str, given: Sequence[Expression]) -> Iterator[Fact]:
        """Calls from an endpoint to what its decorator, router or application depends on."""
        for each in given:
            for target in self._targets(each, None):
                yield Mediated(source, target, each.site, "fastapi")
                yield from self.of_function(target)

    def _direct(self, name: str) -> Iterator[tuple[str, Site]]:
        function = self._function(name)
        given = list(function.parameters) if function is not None else []
        owner = self.view.class_named(function.owner) if function is not None else None
        if owner is not None and name.rpartition(".")[2] not in _MAKING:
            # An endpoint in a class-based view: what the class's attributes depend on runs for all of them.
            given += [(each, kind, value) for each, value, kind in owner.assigned(inherited=True)]
        for _, annotation, default in given:
            for mark in _marks(annotation, default):
                yield from ((target, mark.site) for target in self._targets(mark, annotation))

    def _function(self, name: str) -> FunctionView | None:
        found = self.view.class_named(name)
        if found is not None:
            name = found.method("__init__") or name
        return self.view.function_named(name)

    def _targets(self, mark: Expression, annotation: Expression | None) -> Iterator[str]:
        """Functions and classes that a dependency calls; of a bare `Depends()`, the annotation."""
        if mark.op is not Op.CALL or mark.attribute not in _MARKS:
            return
        given = mark.arguments[0] if mark.arguments else mark.keywords.get("dependency")
        given = given if given is not None else _bare(annotation)
        if given is None:
            return
        found = [self._entered(name) for name in given.symbols()]
        for kind in () if found else given.types():
            own = self.view.class_named(kind)
            called = own.method("__call__") if own is not None else None
            found.extend(filter(None, [called]))
        yield from dict.fromkeys(found or self._made(given))

    def _entered(self, name: str) -> str:
        found = self.view.class_named(name)
        return (found.method("__init__") or name) if found is not None else name

    def _made(self, given: Expression) -> Iterator[str]:
        """`Depends(require_role("author"))`: what the factory returns."""
        for value in given.bound():
            callee = value.callee
            for symbol in callee.symbols() if callee is not None else ():
                factory = self.view.function_named(symbol)
                for each in factory.returned if factory is not None else ():
                    yield from each.symbols()


def _bare(annotation: Expression | None) -> Expression | None:
    """The class of `Annotated[Pager, Depends()]`."""
    for value in annotation.bound() if annotation is not None else ():
        is_marked = value.base is not None and value.base.attribute == "Annotated"
        if value.op is Op.SUBSCRIPT and is_marked and value.keys[0].elements:
            return value.keys[0].elements[0]
    return annotation


def _marks(annotation: Expression | None, default: Expression | None) -> Iterator[Expression]:
    if default is not None and default.op is Op.CALL:
        yield default
    for value in annotation.bound() if annotation is not None else ():
        if (
            value.op is Op.SUBSCRIPT
            and value.base is not None
            and value.base.attribute == "Annotated"
        ):
            yield from (each for each in value.keys[0].elements if each.op is Op.CALL)


def background(view: ProgramView) -> Iterator[Fact]:
    """Tasks that run after the response: `background.add_task(send, …)`."""
    for call in view.calls("add_task", "BackgroundTask"):
        for target in call.arguments[0].symbols() if call.arguments else ():
            if view.function_named(target) is not None:
                yield Mediated(call.owner, target, call.site, "fastapi")
