"""Which rows, queries or models may an expression stand for?

Goes on where the linker's types end: relations and their way back (`order.lines`), managers of the program's own,
parameters by what callers and signals pass, `self.get_object()` of generic views. What is only probable is inferred.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from decompose.frameworks.django_orm.library import (
    COUNTING,
    MADE,
    MANAGER,
    ONE,
    PAIRED,
    QUERY_METHODS,
    QUERYSET,
    SEVERAL,
    SHORTCUTS,
    USER_FUNCTIONS,
)
from decompose.frameworks.django_orm.relations import Models, Relation
from decompose.model.facts import Op
from decompose.model.program import Handler, Publish
from decompose.model.view import ClassView, Expression, FunctionView, ProgramView

_MAX_DEPTH = 24
_MAX_CALLERS = 40
_MAX_VALUES = 12
_MAX_CALLEES = 4
_MAX_RETURNED = 8
_MAX_PASSED = 8
_MAX_UNFINISHED = 20_000
_PASSED_ON = frozenset(
    {"list", "sorted", "tuple", "set", "reversed", "iter", "filter", "chunked", "batched", "aiter"}
)
_PICKED = frozenset({"next", "max", "min", "copy", "deepcopy", "choice", "cast"})
_WITH_INSTANCE = frozenset(
    {"pre_save", "post_save", "pre_delete", "post_delete", "pre_init", "post_init", "m2m_changed"}
)


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


Values = frozenset[Value]
NONE: Values = frozenset()


@dataclass(slots=True)
class Evaluator:
    """Evaluates expressions of the program, each once."""

    view: ProgramView
    models: Models
    handlers: dict[str, list[Handler]]
    sends: dict[str, list[Expression]]
    """Signal node -> calls that send it."""
    passed: dict[tuple[str, str], Values] = field(default_factory=dict)
    """(function, parameter) -> what the call that is looked at passes."""
    known: dict[Expression, Values] = field(default_factory=dict)
    open: dict[Expression, int] = field(default_factory=dict)
    """Expressions that are being evaluated -> how deep they are nested."""
    lowest: int = _MAX_DEPTH
    """The least nested of those that were asked for while they were open: what depends on it is not final."""
    budget: int = _MAX_UNFINISHED

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
        before, self.lowest = self.lowest, _MAX_DEPTH
        self.open[expression] = depth
        found = _cut(_evaluated(self, expression))
        del self.open[expression]
        self.budget -= self.lowest < depth
        if self.lowest >= depth or self.budget < 0:
            self.known[expression] = found
            self.lowest = before
        else:
            self.lowest = min(self.lowest, before)
        return found


def evaluator(view: ProgramView, models: Models, sends: Iterable[Expression]) -> Evaluator:
    """An evaluator that knows the signals of the program."""
    handlers: dict[str, list[Handler]] = {}
    for fact in view.facts(Handler):
        if isinstance(fact, Handler):
            handlers.setdefault(fact.handler, []).append(fact)
    calls = {(call.owner, call.site): call for call in sends}
    sent: dict[str, list[Expression]] = {}
    for publish in view.facts(Publish):
        if isinstance(publish, Publish) and (publish.source, publish.site) in calls:
            sent.setdefault(publish.target, []).append(calls[publish.source, publish.site])
    return Evaluator(view, models, handlers, sent)


def _cut(found: Values) -> Values:
    return found if len(found) <= _MAX_VALUES else frozenset(sorted(found, key=repr)[:_MAX_VALUES])


def _unsure(found: Iterable[Value]) -> Values:
    return frozenset(each._replace(is_sure=False) for each in found)


def _as(kind: Kind, found: Iterable[Value]) -> Values:
    return frozenset(each._replace(kind=kind, via=None) for each in found)


def _evaluated(self: Evaluator, expression: Expression) -> Values:
    """By form first, as that tells calls of the same helper apart, then by the linker's types."""
    if expression.op is Op.NAME:
        bound = [each for each in expression.bound_once() if each != expression]
        if bound:
            return _union(self, bound)
        function = self.view.function_named(expression.owner)
        if function is not None and _is_open(self, function, expression.text()):
            return _parameter(self, function, expression.text())
        return _typed(self, expression)
    found = _structural(self, expression)
    return found if found or _gives_what_it_is_given(self, expression) else _typed(self, expression)


def _is_open(self: Evaluator, function: FunctionView, name: str) -> bool:
    """Is it a parameter that is neither annotated nor the receiver of a method?"""
    for position, (parameter, annotation, _) in enumerate(function.parameters):
        if parameter == name:
            is_method = self.view.class_named(function.owner) is not None
            return annotation is None and not (position == 0 and is_method)
    return False


def _gives_what_it_is_given(self: Evaluator, call: Expression) -> bool:
    """A call of a function without an annotated result: its types would mix what all callers pass."""
    if call.op is not Op.CALL:
        return False
    functions = [self.view.function_named(name) for name in _callee_symbols(call)]
    return any(each is not None and each.returns is None for each in functions)


def _typed(self: Evaluator, expression: Expression) -> Values:
    """What the linker's types say."""
    found: set[Value] = set()
    if expression.op in (Op.NAME, Op.ATTRIBUTE, Op.SUBSCRIPT, Op.DEFINITION):
        for name in expression.symbols():
            found.update(Value(Kind.MODEL, model) for model in self.models.concrete.get(name, ()))
    for type_ in expression.types():
        outer, _, inner = type_.partition("[")
        if outer in self.models.concrete:
            found.update(_rows_of_class(self, expression, outer))
        elif inner:
            found.update(_held(self, outer, inner.rstrip("]")))
        else:
            found.update(Value(Kind.QUERY, model) for model in self.models.managers.get(outer, ()))
    return frozenset(found)


def _rows_of_class(self: Evaluator, expression: Expression, name: str) -> Iterator[Value]:
    models = self.models.concrete[name]
    is_new = expression.op is Op.CALL and any(
        each in self.models.concrete for each in _callee_symbols(expression)
    )
    for model in models:
        yield Value(Kind.NEW if is_new else Kind.ROW, model, len(models) == 1)


def _callee_symbols(call: Expression) -> Sequence[str]:
    return call.callee.symbols() if call.callee is not None else ()


def _held(self: Evaluator, outer: str, inner: str) -> Iterator[Value]:
    owner = self.view.class_named(outer)
    lineage = owner.mro if owner is not None else (outer,)
    is_query = MANAGER in lineage or QUERYSET in lineage
    for model in self.models.concrete.get(inner, ()):
        if is_query:
            yield Value(Kind.QUERY, model)
        elif outer.startswith("builtins.") and outer != "builtins.dict":
            yield Value(Kind.ROWS, model)


def _structural(self: Evaluator, expression: Expression) -> Values:
    """What its form says."""
    if expression.op is Op.CALL and expression.attribute in SHORTCUTS and expression.arguments:
        kind = Kind.ROWS if "list" in expression.attribute else Kind.ROW
        return _as(kind, self.values(expression.arguments[0]))
    match expression.op:
        case Op.ATTRIBUTE:
            return _attribute(self, expression)
        case Op.CALL:
            return _called(self, expression)
        case Op.SUBSCRIPT:
            return _subscript(self, expression)
        case Op.ELEMENT:
            return _element(self, expression.base)
        case Op.ITEM:
            return _item(self, expression)
        case Op.AWAIT | Op.ENTER | Op.STAR:
            return self.values(expression.base)
        case Op.UNION | Op.BINARY:
            return _union(self, expression.elements)
        case Op.DISPLAY | Op.COMPREHENSION:
            return frozenset(
                each._replace(kind=Kind.ROWS) if each.kind in (Kind.ROW, Kind.NEW) else each
                for each in _union(self, expression.elements[:8])
            )
        case _:
            return NONE


def _union(self: Evaluator, expressions: Iterable[Expression]) -> Values:
    return frozenset(each for expression in expressions for each in self.values(expression))


def _parameter(self: Evaluator, function: FunctionView, name: str) -> Values:
    """What callers pass, what signals bring, else what the name says."""
    names = [each for each, _, _ in function.parameters]
    if name not in names:
        return NONE
    if (function.name, name) in self.passed:
        return self.passed[function.name, name]
    found = set(_from_signals(self, function, name))
    position = names.index(name)
    is_method = self.view.class_named(function.owner) is not None
    calls = [
        call
        for _, call in zip(range(_MAX_CALLERS), self.view.calls_of(function.name), strict=False)
    ]
    for call in calls:
        found.update(self.values(passed(call, name, position - is_method)))
    if not found:
        found.update(_of_view(self, function, name))
    if not found and name in self.models.by_word:
        found.add(Value(Kind.ROW, self.models.by_word[name], is_sure=False))
    return _unsure(found)


def passed(call: Expression, name: str, position: int) -> Expression | None:
    """What a call passes for a parameter of a name, at a position."""
    if name in call.keywords:
        return call.keywords[name]
    arguments = call.arguments
    if any(argument.op is Op.STAR for argument in arguments[: position + 1]):
        return None
    return arguments[position] if 0 <= position < len(arguments) else None


def _from_signals(self: Evaluator, function: FunctionView, name: str) -> Iterator[Value]:
    for handler in self.handlers.get(function.name, ()):
        signal = handler.signal.rpartition(".")[2]
        if name == "instance" and signal in _WITH_INSTANCE:
            sender = (
                handler.sender.rpartition(".")[0] if signal == "m2m_changed" else handler.sender
            )
            for model in self.models.concrete.get(sender, ()):
                yield Value(Kind.ROW, model, is_sure=False)
        if name == "user" and signal.startswith("user_logged") and self.models.user:
            yield Value(Kind.ROW, self.models.user, is_sure=False)
        for call in self.sends.get(handler.signal, ()):
            yield from self.values(call.keywords.get(name))


def _of_view(self: Evaluator, function: FunctionView, name: str) -> Iterator[Value]:
    """Parameters of methods that a generic view, serializer or admin fills."""
    owner = self.view.class_named(function.owner)
    if owner is None or name not in ("instance", "queryset", "obj", "object", "qs"):
        return
    for model in self.models.admins.get(owner.name, ()):
        yield Value(Kind.QUERY if name == "queryset" else Kind.ROW, model, is_sure=False)
    kind = Kind.QUERY if name in ("queryset", "qs") else Kind.ROW
    for each in model_of_class(self, owner):
        yield Value(kind, each, is_sure=False)


def model_of_class(self: Evaluator, owner: ClassView) -> list[str]:
    """The models that a view, form, serializer or admin class is about."""
    found: list[str] = []
    for name in ("model", "queryset"):
        found.extend(each.model for each in sorted(self.values(owner.attribute(name)), key=repr))
    meta = owner.inner("Meta")
    if meta is not None:
        found.extend(each.model for each in sorted(self.values(meta.attribute("model")), key=repr))
    if not found:
        method = self.view.function_named(owner.method("get_queryset") or "")
        for returned in method.returned if method is not None else ():
            found.extend(each.model for each in sorted(self.values(returned), key=repr))
    return list(dict.fromkeys(found))


def _attribute(self: Evaluator, expression: Expression) -> Values:
    name, base = expression.attribute, expression.base
    bases = self.values(base)
    found = {value for each in bases for value in _member(self, each, name)}
    if found or base is None:
        return frozenset(found)
    bound = [each for each in expression.bound() if each != expression]
    found.update(_union(self, bound))
    if not found and name == "user" and base.attribute == "request" and self.models.user:
        found.add(Value(Kind.ROW, self.models.user, is_sure=False))
    if not found and name in ("object", "instance", "model") and base.text() == "self":
        kind = Kind.MODEL if name == "model" else Kind.ROW
        owners = (self.view.class_named(type_) for type_ in base.types())
        found.update(
            Value(kind, model, is_sure=False)
            for owner in owners
            if owner is not None
            for model in model_of_class(self, owner)
        )
    return frozenset(found)


def _member(self: Evaluator, base: Value, name: str) -> Iterator[Value]:
    if base.kind is Kind.MODEL and name in self.models.manager_names.get(base.model, ()):
        yield Value(Kind.QUERY, base.model, base.is_sure)
    elif base.kind in (Kind.ROW, Kind.NEW):
        relation = self.models.attributes.get(base.model, {}).get(name)
        if relation is not None and relation.target:
            kind = Kind.QUERY if relation.is_many else Kind.ROW
            yield Value(kind, relation.target, base.is_sure, relation if relation.is_many else None)
        elif name == "_meta":
            return
    elif base.kind is Kind.QUERY and name == "model":
        yield Value(Kind.MODEL, base.model, base.is_sure)


def _called(self: Evaluator, call: Expression) -> Values:
    name = call.attribute
    made = (
        [each for each in self.values(call.callee) if each.kind is Kind.MODEL]
        if call.callee is not None
        else []
    )
    if made:
        return _as(Kind.NEW, made)
    found = {value for each in self.values(call.base) for value in _method(self, each, name, call)}
    if found:
        return frozenset(found)
    if name in _PASSED_ON and call.arguments:
        return _as(Kind.ROWS, _rowed(self.values(call.arguments[-1 if name == "filter" else 0])))
    if name in _PICKED and call.arguments:
        return _as(Kind.ROW, _rowed(self.values(call.arguments[0])))
    if name == "get_user_model" and self.models.user:
        return frozenset({Value(Kind.MODEL, self.models.user)})
    if name == "getattr" and len(call.arguments) > 1:
        values = self.values(call.arguments[0])
        return frozenset(
            value
            for each in values
            for value in _member(self, each, call.arguments[1].string() or "")
        )
    if (
        name in ("authenticate", "aauthenticate", "get_user")
        and is_of_users(call)
        and self.models.user
    ):
        return frozenset({Value(Kind.ROW, self.models.user)})
    return _returned(self, call) or _of_generic(self, call)


def is_of_users(call: Expression) -> bool:
    """Is it a function of Django's that reads or writes the table of users?"""
    return call.callee is not None and call.callee.name() in USER_FUNCTIONS


def _rowed(found: Values) -> Values:
    return frozenset(each for each in found if each.kind is not Kind.MODEL)


def _method(self: Evaluator, base: Value, name: str, call: Expression) -> Iterator[Value]:
    if base.kind is Kind.QUERY:
        yield from _query_method(self, base, name, call)
    elif base.kind is Kind.ROWS and name in ("copy", "values"):
        yield base


def _query_method(self: Evaluator, base: Value, name: str, call: Expression) -> Iterator[Value]:
    plain = base._replace(via=None)
    if name in PAIRED:
        yield plain._replace(kind=Kind.PAIR)
    elif name in ONE or name in MADE:
        yield plain._replace(kind=Kind.ROW)
    elif name in SEVERAL or name == "bulk_create":
        yield plain._replace(kind=Kind.ROWS)
    elif name in COUNTING:
        return
    elif name in QUERY_METHODS or name == "as_manager":
        yield plain._replace(kind=Kind.QUERY)
    else:
        known = any(self.view.function_named(each) for each in _callee_symbols(call))
        yield from _returned(self, call) if known else [plain]


def _returned(self: Evaluator, call: Expression) -> Values:
    """What the called functions of the program return, for the arguments of this call."""
    found: set[Value] = set()
    for name in _callee_symbols(call)[:_MAX_CALLEES]:
        function = self.view.function_named(name)
        if function is None:
            continue
        values = _union(self, function.returned[:_MAX_RETURNED])
        if any(not each.is_sure for each in values) and len(self.passed) < _MAX_PASSED:
            values = _returned_here(self, function, call)
        found.update(values)
    return frozenset(found)


def _returned_here(self: Evaluator, function: FunctionView, call: Expression) -> Values:
    names = [each for each, _, _ in function.parameters]
    offset = self.view.class_named(function.owner) is not None
    given = {
        (function.name, name): self.values(passed(call, name, position - offset))
        for position, name in enumerate(names)
    }
    inside = Evaluator(
        self.view,
        self.models,
        self.handlers,
        self.sends,
        {**self.passed, **given},
        {},
        dict(self.open),
    )
    return _union(inside, function.returned[:_MAX_RETURNED])


def _of_generic(self: Evaluator, call: Expression) -> Values:
    """`self.get_object()`, `super().get_queryset()`, `form.save()`: by the model of the class."""
    kinds = {
        "get_object": Kind.ROW,
        "get_queryset": Kind.QUERY,
        "filter_queryset": Kind.QUERY,
        "save": Kind.ROW,
    }
    kind = kinds.get(call.attribute)
    if kind is None or call.base is None:
        return NONE
    owners = [self.view.class_named(type_) for type_ in call.base.types()]
    if call.base.attribute == "super":
        function = self.view.function_named(call.owner)
        owners = [self.view.class_named(function.owner)] if function is not None else []
    models = [
        model for owner in owners if owner is not None for model in model_of_class(self, owner)
    ]
    return frozenset(Value(kind, model, is_sure=False) for model in models)


def _subscript(self: Evaluator, expression: Expression) -> Values:
    """`rows[0]`, `by_id[key]`: a row; a slice: the same again."""
    index = expression.keys[0] if expression.keys else None
    is_slice = index is None or index.op is Op.UNKNOWN
    found: set[Value] = set()
    for each in self.values(expression.base):
        if each.kind in (Kind.QUERY, Kind.ROWS):
            found.add(each if is_slice else each._replace(kind=Kind.ROW, via=None))
        elif each.kind is Kind.PAIR:
            found.add(each._replace(kind=Kind.ROW))
    return frozenset(found)


def _element(self: Evaluator, iterable: Expression | None) -> Values:
    if iterable is None:
        return NONE
    displays = [each for each in iterable.bound() if each.op is Op.DISPLAY]
    if displays:
        return _union(self, [element for each in displays for element in each.elements])
    found = (each for each in self.values(iterable) if each.kind in (Kind.QUERY, Kind.ROWS))
    return _as(Kind.ROW, found)


def _item(self: Evaluator, expression: Expression) -> Values:
    whole, position = expression.base, expression.position
    if whole is None:
        return NONE
    source = whole.base if whole.op is Op.ELEMENT else None
    if source is not None and source.op is Op.CALL and source.arguments:
        if source.attribute == "enumerate":
            return _element(self, source.arguments[0]) if position == 1 else NONE
        if source.attribute == "zip":
            return (
                _element(self, source.arguments[position])
                if 0 <= position < len(source.arguments)
                else NONE
            )
    if (
        source is not None
        and source.op is Op.CALL
        and source.attribute == "items"
        and position == 1
    ):
        return _as(Kind.ROW, (each for each in self.values(source.base) if each.kind is Kind.ROWS))
    if whole.op is Op.DISPLAY:
        return (
            self.values(whole.elements[position]) if 0 <= position < len(whole.elements) else NONE
        )
    pairs = [each for each in self.values(whole) if each.kind is Kind.PAIR]
    if pairs:
        return _as(Kind.ROW, pairs) if position == 0 else NONE
    return _as(
        Kind.ROW, (each for each in self.values(whole) if each.kind in (Kind.QUERY, Kind.ROWS))
    )
