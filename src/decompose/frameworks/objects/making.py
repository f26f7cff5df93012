"""Which attributes does an object get from the arguments of the call that makes it?

class Repository:
    def __init__(self, session, model):
        self.model = model
class Orders(Repository):
    def __init__(self, session):
        super().__init__(session, Order)        `model` of all Orders is Order
"""

from collections import defaultdict
from dataclasses import dataclass, field

from decompose.model.facts import Op
from decompose.model.view import Expression, FunctionView, ProgramView

INIT = "__init__"
_MOST_BASES = 8
Told = str | Expression
"""Name of a parameter of the class's own constructor, or what a class tells its bases."""


@dataclass(slots=True)
class Making:
    """The constructors of a program's classes, worked out once each."""

    view: ProgramView
    _calls: dict[str, list[Expression]] | None = None
    _known: dict[str, dict[str, Told]] = field(default_factory=dict)

    def constructor(self, name: str) -> FunctionView | None:
        """The program's function that runs as an object of a class is made."""
        found = self.view.class_named(name)
        method = found.method(INIT) if found is not None else None
        return self.view.function_named(method) if method else None

    def told(self, name: str) -> dict[str, Told]:
        """Attribute of objects of a class -> what tells it."""
        known = self._known.get(name)
        if known is None:
            found, function = self.view.class_named(name), self.constructor(name)
            told = {}
            if found is not None and function is not None:
                told = self._told(found.mro, function, _MOST_BASES)
            known = self._known[name] = told
        return known

    def given(self, name: str, call: Expression) -> dict[str, Expression]:
        """Attribute -> what a call that makes an object of a class gives for it."""
        function = self.constructor(name)
        if function is None:
            return dict(call.keywords)  # a dataclass, or the like
        found = {}
        for attribute, told in self.told(name).items():
            value = argument(call, function, told, bound=True) if isinstance(told, str) else told
            if value is not None:
                found[attribute] = value
        return found

    def _told(self, order: tuple[str, ...], function: FunctionView, depth: int) -> dict[str, Told]:
        """What a constructor stores, or has one above it in the order of some class store."""
        parameters = {name for name, _, _ in function.parameters}
        found: dict[str, Told] = {}
        for call in self._calls_in(function.name) if depth else ():
            above, bound = self._above(call, order, function)
            for attribute, told in self._told(order, above, depth - 1).items() if above else ():
                value: Told | None = told
                if above is not None and isinstance(told, str):
                    given = argument(call, above, told, bound=bound)
                    is_own = given is not None and given.op is Op.NAME
                    value = (
                        given.text() if given and is_own and given.text() in parameters else given
                    )
                if value is not None:
                    found[attribute] = value
        owner = self.view.class_named(function.owner)
        for attribute, stored in owner.stored() if owner is not None else ():
            if stored.owner == function.name:
                for part in stored.elements if stored.op is Op.UNION else (stored,):
                    if part.op is Op.NAME and part.text() in parameters:
                        found[attribute] = part.text()
        return found

    def _calls_in(self, function: str) -> list[Expression]:
        """Calls of other constructors that a constructor makes."""
        if self._calls is None:
            self._calls = defaultdict(list)
            for call in self.view.calls(INIT):
                self._calls[call.owner].append(call)
        return self._calls.get(function, [])

    def _above(
        self, call: Expression, order: tuple[str, ...], function: FunctionView
    ) -> tuple[FunctionView | None, bool]:
        """(the constructor that another one calls, is it bound): `super().__init__(…)`, `Base.__init__(self, …)`."""
        base = call.base
        if base is None or function.owner not in order:
            return None, True
        if base.op is not Op.CALL or base.attribute != "super":
            return next(map(self.constructor, base.symbols()), None), False
        for name in order[order.index(function.owner) + 1 :]:
            found = self.view.class_named(name)
            own = found.methods().get(INIT) if found is not None else None
            if own is not None:
                return own, True
        return None, True


def argument(
    call: Expression, function: FunctionView, parameter: str, *, bound: bool
) -> Expression | None:
    """What a call passes for a parameter; `bound`: the first parameter is not passed."""
    if parameter in call.keywords:
        return call.keywords[parameter]
    position = [name for name, _, _ in function.parameters].index(parameter) - bound
    given = call.arguments[: position + 1]
    if len(given) <= position or any(each.op is Op.STAR for each in given):
        return None
    return given[position]
