"""What do generic repositories do with the tables that they are told to work with?

class Repository:
    def __init__(self, session, model):
        self.session, self.model = session, model
    def create(self, data):
        self.session.add(self.model(**data))        creates a row of whichever model it is
    def drop(self, key):
        row = self.session.get(self.model, key)
        self.session.delete(row)                    a row that no class is known of is one of its model
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from decompose.frameworks.sqlalchemy_access.collector import place_of
from decompose.frameworks.sqlalchemy_access.entities import Entities
from decompose.model.facts import Op
from decompose.model.program import AccessMode, ChosenAccess
from decompose.model.view import Expression

_SESSIONS = ("session", "db")
_MODES = {
    "delete": AccessMode.DELETE,
    "merge": AccessMode.UPDATE,
    "refresh": AccessMode.READ,
    "setattr": AccessMode.UPDATE,
    "update": AccessMode.UPDATE,
}


def chosen(
    entities: Entities, unknown: Iterable[tuple[Expression, AccessMode]]
) -> Iterator[ChosenAccess]:
    """Accesses of methods to the table of the class that their object has in an attribute.

    `unknown`: entities of statements that their function does not know.
    """
    found = _Repositories(entities, _models(entities))
    if found.models:
        yield from found.named(unknown)
        yield from found.made()
        yield from found.changed()


def _models(entities: Entities) -> dict[str, set[str]]:
    """Class -> its attributes that hold one of several mapped classes."""
    models: dict[str, set[str]] = {}
    for owner, attribute, classes in entities.view.choosing():
        if any(entities.chain(name) or entities.below_of(name) for name in classes):
            models.setdefault(owner, set()).add(attribute)
    return models


@dataclass(slots=True)
class _Repositories:
    entities: Entities
    models: dict[str, set[str]]

    def named(self, unknown: Iterable[tuple[Expression, AccessMode]]) -> Iterator[ChosenAccess]:
        """`select(self.model)`, and `select(func.count(self.model.id))`."""
        for expression, mode in unknown:
            for attribute in filter(None, map(self._attribute, _inside(expression))):
                yield _access(expression, attribute, mode)

    def made(self) -> Iterator[ChosenAccess]:
        """`self.model(**data)`."""
        for call in self.entities.view.calls(*sorted(set().union(*self.models.values()))):
            attribute = self._attribute(call.callee) if call.callee is not None else ""
            if attribute:
                yield _access(call, attribute, AccessMode.CREATE)

    def changed(self) -> Iterator[ChosenAccess]:
        """`session.delete(row)`, `setattr(row, name, value)`, `row.update(name=…)`, `session.refresh(row)`."""
        for call in self.entities.view.calls(*sorted(_MODES)):
            owned = sorted(self._own(call))
            row = _row(call)
            is_row = len(owned) == 1 and row is not None and _may_be_row(row)
            if is_row and row is not None and not any(self.entities.of_instance(row)):
                yield _access(call, owned[0], _MODES[call.attribute])

    def _own(self, expression: Expression) -> set[str]:
        """Attributes of the object whose method an expression stands in that hold a model."""
        function = self.entities.view.function_named(expression.owner)
        class_ = self.entities.view.class_named(function.owner) if function is not None else None
        order = class_.mro if class_ is not None else ()
        return set().union(*(self.models.get(name, ()) for name in order))

    def _attribute(self, expression: Expression) -> str:
        """The attribute of the method's own object that an expression is, if it holds a model; else ""."""
        function = self.entities.view.function_named(expression.owner)
        base = expression.base if expression.op is Op.ATTRIBUTE else None
        if function is None or base is None or base.op is not Op.NAME or not function.parameters:
            return ""
        is_own = base.text() == function.parameters[0][0]
        return (
            expression.attribute if is_own and expression.attribute in self._own(expression) else ""
        )


def _inside(expression: Expression) -> Iterator[Expression]:
    """An entity, and what it is a column or an aggregate of."""
    yield expression
    for inner in (expression.base, *expression.arguments):
        if inner is not None:
            yield from _inside(inner)


def _row(call: Expression) -> Expression | None:
    """What a call changes or loads."""
    if call.attribute == "update":
        return None if call.arguments else call.base
    is_tool = call.attribute == "setattr" or _is_session(call.base)
    return next(iter(call.arguments), None) if is_tool else None


def _may_be_row(row: Expression) -> bool:
    """Is it a variable of which nothing says that it is something else?"""
    return row.op is Op.NAME and not any(each.startswith("builtins.") for each in row.types())


def _is_session(base: Expression | None) -> bool:
    if base is None:
        return False
    return base.attribute.lower().endswith(_SESSIONS) or any(
        "ession" in each.rpartition(".")[2] for each in base.types()
    )


def _access(expression: Expression, attribute: str, mode: AccessMode) -> ChosenAccess:
    place = place_of(expression)
    return ChosenAccess(place.source, attribute, mode, place.site, place.loop_depth)
