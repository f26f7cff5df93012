"""What rows, queries and models an expression may stand for, as values; the evaluator that remembers them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from decompose.frameworks.django_orm.columns import Columns
from decompose.frameworks.django_orm.relations import Models, Relation
from decompose.model.program import Handler
from decompose.model.view import Expression, ProgramView

_MAX_DEPTH = 24
_MAX_VALUES = 12
_MAX_UNFINISHED = 20_000
_MAX_EFFORT = 4_000


class Kind(IntEnum):
    """What a value is."""

    MODEL = 0  # the class
    ROW = 1
    NEW = 2  # a row that is not stored yet
    QUERY = 3  # a manager or queryset
    ROWS = 4  # a list of rows
    PAIR = 5  # (row, is it new)


class Value(NamedTuple):
    """A model in one of these ways; `via`: relation whose manager it is; `is_sure`: by names and types alone."""

    kind: Kind
    model: str
    is_sure: bool = True
    via: Relation | None = None
    loaded: tuple[str, ...] = ()
    """Paths of relations (`customer__address`) that came along with the row or will with the query's rows, sorted;
    `HERE` where the rows of a related manager have come themselves."""


Values = frozenset[Value]
HERE = "*"
NONE: Values = frozenset()


@dataclass(slots=True)
class Evaluator:
    """Evaluates expressions of the program, each once."""

    view: ProgramView
    models: Models
    handlers: dict[str, list[Handler]]
    sends: dict[str, list[Expression]]
    """Signal node -> calls that send it."""
    columns: Columns
    step: "Callable[[Evaluator, Expression], Values]"
    """Evaluates one expression, asking for others."""
    passed: dict[tuple[str, str], Values] = field(default_factory=dict)
    """(function, parameter) -> what the call that is looked at passes."""
    known: dict[Expression, Values] = field(default_factory=dict)
    open: dict[Expression, int] = field(default_factory=dict)
    """Expressions that are being evaluated -> how deep they are nested."""
    lowest: int = _MAX_DEPTH
    """The least nested of those that were asked for while they were open: what depends on it is not final."""
    budget: int = _MAX_UNFINISHED
    on_request: dict[str, Values] = field(default_factory=dict)
    """Attribute of requests -> what is stored in it anywhere."""
    pointed: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """(model, generic foreign key) -> models whose rows it is given somewhere."""
    unkeyed: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    """(function, variable) -> lines in which a row's key is taken away: stored, it is a new row."""
    effort: list[int] = field(default_factory=lambda: [_MAX_EFFORT])
    """What may still be spent on telling calls of helpers apart, for the expression that was asked for."""

    def pointed_to(self, model: str, name: str) -> tuple[str, ...]:
        """The models that a generic foreign key is seen to point to."""
        told = self.models.generic.get(model, {}).get(name, ())
        return (*told, *(each for each in self.pointed.get((model, name), ()) if each not in told))

    def values(self, expression: Expression | None) -> Values:
        """All that an expression may stand for."""
        if expression is None:
            return NONE
        found = self.known.get(expression)
        if found is not None:
            return found
        depth = len(self.open)
        if expression in self.open or depth >= _MAX_DEPTH:
            self.lowest = min(self.lowest, self.open.get(expression, _MAX_DEPTH))
            return NONE
        self.effort[0] = self.effort[0] - 1 if self.open else _MAX_EFFORT
        before, self.lowest = self.lowest, _MAX_DEPTH
        self.open[expression] = depth
        found = _cut(self.step(self, expression))
        del self.open[expression]
        self.budget -= self.lowest < depth
        if self.lowest >= depth or self.budget < 0:
            self.known[expression] = found
            self.lowest = before
        else:
            self.lowest = min(self.lowest, before)
        return found


def related(value: Value, name: str, relation: Relation) -> Value:
    """What a relation of a row leads to."""
    prefix = f"{name}__"
    came = {path.removeprefix(prefix) for path in value.loaded if path.startswith(prefix)}
    if name in value.loaded:
        came.add(HERE)
    if relation.back and relation.is_many:
        came.add(relation.back)  # Django hands the row itself to the rows of its related manager
    kind = Kind.QUERY if relation.is_many else Kind.ROW
    via = relation if relation.is_many else None
    return Value(kind, relation.target, value.is_sure, via, tuple(sorted(came)))


def loading(value: Value, paths: Iterable[str]) -> Value:
    """A query after `select_related` or `prefetch_related`."""
    parts = [path.split("__") for path in paths]
    more = {"__".join(part[:end]) for part in parts for end in range(1, len(part) + 1)}
    return value._replace(loaded=tuple(sorted({*value.loaded, *more})))


def ordered(found: Values) -> Sequence[Value]:
    """The values in an order that is the same in every run."""
    return sorted(found, key=repr) if len(found) > 1 else tuple(found)


def _cut(found: Values) -> Values:
    return found if len(found) <= _MAX_VALUES else frozenset(ordered(found)[:_MAX_VALUES])


def union(evaluator: Evaluator, expressions: Iterable[Expression]) -> Values:
    """All that several expressions may stand for."""
    return frozenset(each for expression in expressions for each in evaluator.values(expression))


def unsure(found: Iterable[Value]) -> Values:
    """The same, only probable."""
    return frozenset(each._replace(is_sure=False) for each in found)


def as_kind(kind: Kind, found: Iterable[Value]) -> Values:
    """The same models as another kind of value."""
    return frozenset(each._replace(kind=kind, via=None) for each in found)
