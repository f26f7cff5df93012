"""Which object does an expression stand for: made where, held by whom in which attribute?"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from decompose.frameworks.objects.making import Making
from decompose.model.facts import Op
from decompose.model.program import Held, ObjectMade
from decompose.model.view import ClassView, Expression, FunctionView, ProgramView

SELF: Held = ("self",)
_MAX_DEPTH = 12
_MAX_CLASSES = 4
_MAX_VALUES = 8
_WRAPPED = (Op.AWAIT, Op.ENTER)


@dataclass(slots=True)
class Values:
    """Answers for expressions, and keeps what was met on the way.

    `made`: objects by name; `given`: what each was told, by attribute; `steps`: attribute -> classes of objects that
    are asked for it.
    """

    view: ProgramView
    making: Making
    made: dict[str, ObjectMade] = field(default_factory=dict)
    given: dict[str, dict[str, Expression]] = field(default_factory=dict)
    steps: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    _known: dict[Expression, tuple[Held, ...]] = field(default_factory=dict)
    _calls: dict[str, list[Expression]] = field(default_factory=lambda: defaultdict(list))

    def of(self, expression: Expression, depth: int = _MAX_DEPTH) -> tuple[Held, ...]:
        """What an expression may stand for, () where that is not known."""
        known = self._known.get(expression)
        if known is None:
            if depth == 0:
                return ()
            self._known[expression] = ()
            found = dict.fromkeys(self._of(expression, depth - 1))
            known = self._known[expression] = tuple(found) if len(found) <= _MAX_VALUES else ()
        return known

    def held_by(self, owner: ClassView, attribute: str) -> Iterator[Held]:
        """What a class itself says that its objects have in an attribute, or that a method gives back."""
        function = owner.methods().get(attribute)
        for each in function.returned if function is not None else ():
            yield from self.of(each)
        for name, stored in owner.stored():
            if name == attribute:
                yield from self.of(stored)
        for name, value, annotation in owner.assigned():
            if name == attribute:
                found = self.of(value) if value is not None else ()
                yield from found or self._annotated(annotation)

    def _of(self, expression: Expression, depth: int) -> tuple[Held, ...]:
        if expression.op is Op.NAME:
            return self._name(expression, depth)
        if expression.op is Op.ATTRIBUTE:
            return self._attribute(expression, depth)
        if expression.op is Op.CALL:
            return self._call(expression, depth)
        if expression.op is Op.UNION:
            return self._all(expression.elements, depth)
        if expression.op in _WRAPPED and expression.base is not None:
            return self.of(expression.base, depth)
        return ()

    def _all(self, expressions: Iterable[Expression], depth: int) -> tuple[Held, ...]:
        return tuple(held for each in expressions for held in self.of(each, depth))

    def _name(self, expression: Expression, depth: int) -> tuple[Held, ...]:
        function = self.view.function_named(expression.owner)
        names = [name for name, _, _ in function.parameters] if function is not None else []
        if expression.text() in names:
            is_method = function is not None and self.view.class_named(function.owner) is not None
            is_first = is_method and expression.text() == names[0]
            return (SELF,) if is_first else self._typed(expression)
        classes = self._classes(expression)
        if classes:
            return classes
        further = [each for each in expression.bound_once() if each != expression]
        return self._all(further, depth) or self._typed(expression)

    def _attribute(self, expression: Expression, depth: int) -> tuple[Held, ...]:
        base = expression.base
        on = self.of(base, depth) if base is not None else ()
        if base is not None and on:
            return self._step(base, on, expression.attribute)
        classes = self._classes(expression)
        if classes:
            return classes
        further = [each for each in expression.bound_once() if each != expression]
        return self._all(further, depth) or self._typed(expression)

    def _step(self, base: Expression, on: tuple[Held, ...], name: str) -> tuple[Held, ...]:
        for each in self._types(base) or base.symbols():
            self.steps[name][each] = None
        roots = ((f"!{each[0][1:]}", *each[1:]) if each[0][0] == "=" else each for each in on)
        return tuple((*each, name) for each in roots)

    def _call(self, call: Expression, depth: int) -> tuple[Held, ...]:
        callee = call.callee
        if callee is None:
            return ()
        symbols = callee.symbols()
        classes = [name for name in symbols if self.view.class_named(name) is not None]
        if classes:
            few = classes if len(classes) <= _MAX_CLASSES else []
            return tuple(self._make(call, name) for name in few)
        base = callee.base if callee.op is Op.ATTRIBUTE else None
        on = self.of(base, depth) if base is not None else ()
        if base is not None and on:
            return self._step(base, on, callee.attribute)
        functions = filter(None, map(self.view.function_named, symbols[:_MAX_CLASSES]))
        found = tuple(held for each in functions for held in self._returned(each, depth))
        return found or self._typed(call)

    def _returned(self, function: FunctionView, depth: int) -> Iterator[Held]:
        for each in function.returned:
            yield from (held for held in self.of(each, depth) if held[0] != SELF[0])

    def _make(self, call: Expression, name: str) -> Held:
        given = self.making.given(name, call)
        if not given:
            return (f"+{name}",)
        here = f"{name} at {call.site.path}:{call.site.line}"
        others = self._calls[here]
        if call not in others:
            others.append(call)
        number = others.index(call)
        own = f"{here} #{number + 1}" if number else here
        self.made[own] = ObjectMade(own, name, call.site)
        self.given[own] = given
        return (f"+{own}",)

    def _classes(self, expression: Expression) -> tuple[Held, ...]:
        """The classes that an expression names."""
        symbols = expression.symbols()
        if not 0 < len(symbols) <= _MAX_CLASSES:
            return ()
        is_all = all(self.view.class_named(name) is not None for name in symbols)
        return tuple((f"={name}",) for name in symbols) if is_all else ()

    def _typed(self, expression: Expression) -> tuple[Held, ...]:
        return tuple((f"!{name}",) for name in self._types(expression))

    def _types(self, expression: Expression) -> tuple[str, ...]:
        """The program's classes that a value may be an instance of, if they are few."""
        names = dict.fromkeys(each.partition("[")[0] for each in expression.types())
        found = tuple(name for name in names if self.view.class_named(name) is not None)
        return found if len(found) <= _MAX_CLASSES else ()

    def _annotated(self, annotation: Expression | None) -> Iterator[Held]:
        """The one class that an annotation names."""
        parts = [annotation] if annotation is not None else []
        for part in parts:
            parts.extend(part.elements)
            inner = part.base if part.op is Op.SUBSCRIPT else part
            for name in inner.symbols() if inner is not None else ():
                if self.view.class_named(name) is not None:
                    yield (f"!{name}",)
