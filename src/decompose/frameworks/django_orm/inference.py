"""Which rows, queries or models may an expression stand for?

Goes on where the linker's types end: relations and their way back (`order.lines`), managers of the program's own,
parameters by what callers and signals pass, `self.get_object()` of generic views. What is only probable is inferred.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from decompose.frameworks.django_orm.columns import Columns
from decompose.frameworks.django_orm.elements import element, held, item, subscript
from decompose.frameworks.django_orm.forms import handed_form
from decompose.frameworks.django_orm.library import (
    COUNTING,
    LOADING,
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
from decompose.frameworks.django_orm.lookups import paths
from decompose.frameworks.django_orm.parameters import (
    model_of_class,
    parameter_values,
    passed,
)
from decompose.frameworks.django_orm.relations import Models
from decompose.frameworks.django_orm.values import (
    NONE,
    Evaluator,
    Kind,
    Value,
    Values,
    as_kind,
    loading,
    related,
    union,
    unsure,
)
from decompose.model.facts import Op
from decompose.model.program import Handler, Publish
from decompose.model.unfold import aligned, strings
from decompose.model.view import Expression, FunctionView, ProgramView

_MAX_CALLEES = 4
_MAX_ELEMENTS = 8
_MAX_RETURNED = 8
_MAX_PASSED = 8
_MAX_STORED = 12
_MAX_LABELS = 12
_PASSED_ON = frozenset(
    {"list", "sorted", "tuple", "set", "reversed", "iter", "filter", "chunked", "batched", "aiter"}
    | {"Paginator", "paginate"}
)
_PAGES = frozenset({"copy", "values", "page", "get_page", "object_list"})
"""What gives some or all of the rows that a list, a mapping or a paginator holds."""
_PICKED = frozenset({"next", "max", "min", "copy", "deepcopy", "choice", "cast"})


def make_evaluator(view: ProgramView, models: Models, sends: Iterable[Expression]) -> Evaluator:
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
    return Evaluator(view, models, handlers, sent, Columns(view, models), _evaluated)


def _evaluated(evaluator: Evaluator, expression: Expression) -> Values:
    """By form first, as that tells calls of the same helper apart, then by the linker's types."""
    if expression.op is Op.NAME:
        bound = [each for each in expression.bound_once() if each != expression]
        if bound:
            return union(evaluator, bound)
        function = evaluator.view.function_named(expression.owner)
        if function is not None and _is_open(evaluator, function, expression.text()):
            told = parameter_values(evaluator, function, expression.text())
            return told or unsure(_typed(evaluator, expression))
        return _typed(evaluator, expression)
    found = _structural(evaluator, expression)
    return (
        found
        if found or _gives_what_it_is_given(evaluator, expression)
        else _typed(evaluator, expression)
    )


def _is_open(evaluator: Evaluator, function: FunctionView, name: str) -> bool:
    """Is it a parameter that is neither annotated nor the receiver of a method?"""
    for position, (parameter, annotation, _) in enumerate(function.parameters):
        if parameter == name:
            is_method = evaluator.view.class_named(function.owner) is not None
            is_static = any(each.text() == "staticmethod" for each in function.decorators)
            is_receiver = position == 0 and is_method and not is_static
            return annotation is None and not is_receiver
    return False


def _gives_what_it_is_given(evaluator: Evaluator, call: Expression) -> bool:
    """A call of a function without an annotated result: its types would mix what all callers pass."""
    if call.op is not Op.CALL:
        return False
    functions = [evaluator.view.function_named(name) for name in _callee_symbols(call)]
    return any(each is not None and each.returns is None for each in functions)


def _typed(evaluator: Evaluator, expression: Expression) -> Values:
    """What the linker's types say."""
    found: set[Value] = set()
    if expression.op in (Op.NAME, Op.ATTRIBUTE, Op.SUBSCRIPT, Op.DEFINITION):
        named = (*expression.symbols(), expression.name() or "")
        for name in dict.fromkeys(named):
            found.update(
                Value(Kind.MODEL, model) for model in evaluator.models.concrete.get(name, ())
            )
    for type_ in expression.types():
        outer, _, inner = type_.partition("[")
        if outer in evaluator.models.concrete:
            found.update(_rows_of_class(evaluator, expression, outer))
        elif inner:
            found.update(_held(evaluator, outer, inner.rstrip("]")))
        else:
            found.update(
                Value(Kind.QUERY, model) for model in evaluator.models.managers.get(outer, ())
            )
    return frozenset(found)


def _rows_of_class(evaluator: Evaluator, expression: Expression, name: str) -> Iterator[Value]:
    models = evaluator.models.concrete[name]
    is_new = expression.op is Op.CALL and any(
        each in evaluator.models.concrete for each in _callee_symbols(expression)
    )
    for model in models:
        yield Value(Kind.NEW if is_new else Kind.ROW, model, len(models) == 1)


def _callee_symbols(call: Expression) -> Sequence[str]:
    return call.callee.symbols() if call.callee is not None else ()


def _held(evaluator: Evaluator, outer: str, inner: str) -> Iterator[Value]:
    owner = evaluator.view.class_named(outer)
    lineage = owner.mro if owner is not None else (outer,)
    is_query = MANAGER in lineage or QUERYSET in lineage
    for model in evaluator.models.concrete.get(inner, ()):
        if is_query:
            yield Value(Kind.QUERY, model)
        elif outer.startswith("builtins.") and outer != "builtins.dict":
            yield Value(Kind.ROWS, model)


def _structural(evaluator: Evaluator, expression: Expression) -> Values:
    """What its form says."""
    match expression.op:
        case Op.ATTRIBUTE:
            found = _attribute(evaluator, expression)
        case Op.CALL:
            found = _called(evaluator, expression)
        case Op.SUBSCRIPT:
            found = subscript(evaluator, expression)
        case Op.ELEMENT:
            found = element(evaluator, expression.base)
        case Op.ITEM:
            found = item(evaluator, expression)
        case Op.AWAIT | Op.ENTER | Op.STAR:
            found = evaluator.values(expression.base)
        case Op.UNION | Op.BINARY:
            found = union(evaluator, expression.elements)
        case Op.DISPLAY | Op.COMPREHENSION:
            found = _collected(union(evaluator, expression.elements[:_MAX_ELEMENTS]))
        case _:
            found = NONE
    return found


def _collected(found: Values) -> Values:
    """Rows in a list; models and queries stay what they are, whatever holds them."""
    return frozenset(
        each._replace(kind=Kind.ROWS) if each.kind in (Kind.ROW, Kind.NEW) else each
        for each in found
    )


def _attribute(evaluator: Evaluator, expression: Expression) -> Values:
    name, base = expression.attribute, expression.base
    bases = evaluator.values(base)
    found = {value for each in bases for value in _member(evaluator, each, name)}
    if name == "__class__":
        found.update(as_kind(Kind.MODEL, [each for each in bases if each.kind is Kind.ROW]))
    if found or base is None:
        return frozenset(found)
    bound = [each for each in expression.bound() if each != expression]
    found.update(union(evaluator, bound))
    if not found and base.attribute == "request":
        found.update(_of_request(evaluator, name))
    if not found and name in ("object", "instance", "model") and base.text() == "self":
        kind = Kind.MODEL if name == "model" else Kind.ROW
        owners = (evaluator.view.class_named(type_) for type_ in base.types())
        found.update(
            Value(kind, model, is_sure=False)
            for owner in owners
            if owner is not None
            for model in model_of_class(evaluator, owner)
        )
    return frozenset(found)


def _of_request(evaluator: Evaluator, name: str) -> Values:
    """What middleware and views hang on a request, wherever they do."""
    known = evaluator.on_request.get(name)
    if known is None:
        evaluator.on_request[name] = NONE
        stored = [
            use.value
            for use in evaluator.view.stores(name)
            if use.base.attribute == "request" and use.value is not None
        ]
        found = set(unsure(union(evaluator, stored[:_MAX_STORED])))
        if name == "user" and not found and evaluator.models.user:
            found.add(Value(Kind.ROW, evaluator.models.user, is_sure=False))
        known = evaluator.on_request[name] = frozenset(found)
    return known


def _member(evaluator: Evaluator, base: Value, name: str) -> Iterator[Value]:
    if base.kind is Kind.MODEL and name in evaluator.models.manager_names.get(base.model, ()):
        yield Value(Kind.QUERY, base.model, base.is_sure)
    elif base.kind in (Kind.ROW, Kind.NEW):
        relation = evaluator.models.attributes.get(base.model, {}).get(name)
        if relation is not None and relation.target:
            yield related(base, name, relation)
        elif name in evaluator.models.generic.get(base.model, {}):
            for model in evaluator.pointed_to(base.model, name):
                yield Value(Kind.ROW, model, is_sure=False)
        elif name == "_meta":
            return
    elif base.kind is Kind.QUERY and name == "model":
        yield Value(Kind.MODEL, base.model, base.is_sure)
    elif base.kind is Kind.ROWS and name == "object_list":
        yield base


def _called(evaluator: Evaluator, call: Expression) -> Values:
    made = [each for each in evaluator.values(call.callee) if each.kind is Kind.MODEL]
    if made:
        return frozenset(loading(each, call.keywords) for each in as_kind(Kind.NEW, made))
    found = frozenset(
        value
        for each in evaluator.values(call.base)
        for value in _method(evaluator, each, call.attribute, call)
    )
    return (
        found
        or _of_known_function(evaluator, call)
        or _returned(evaluator, call)
        or _of_generic(evaluator, call)
    )


def _of_known_function(evaluator: Evaluator, call: Expression) -> Values:
    """Functions of Python and Django that give back what they are given, or a user."""
    name, arguments = call.attribute, call.arguments
    found = NONE
    if name in SHORTCUTS and arguments:
        found = as_kind(Kind.ROWS if "list" in name else Kind.ROW, evaluator.values(arguments[0]))
    elif name in _PASSED_ON and arguments:
        found = as_kind(
            Kind.ROWS, _rowed(evaluator.values(arguments[-1 if name == "filter" else 0]))
        )
    elif name in _PICKED and arguments:
        found = as_kind(Kind.ROW, _rowed(evaluator.values(arguments[0])))
    elif name == "getattr" and len(arguments) > 1:
        rows = evaluator.values(arguments[0])
        found = frozenset(
            value
            for attribute in (strings(arguments[1], evaluator.view)[:_MAX_LABELS] if rows else ())
            for each in rows
            for value in _member(evaluator, each, attribute or "")
        )
    elif name in ("get", "pop") and arguments and call.base is not None:
        found = held(evaluator, call.base, arguments[0].string())
    elif name in ("get_model", "get_model_class", "load_model") and arguments:
        found = _by_label(evaluator, arguments)
    elif name == "get_user_model" and evaluator.models.user:
        found = frozenset({Value(Kind.MODEL, evaluator.models.user)})
    elif (
        is_of_users(call)
        and name not in ("login", "logout", "alogin", "alogout")
        and evaluator.models.user
    ):
        found = frozenset({Value(Kind.ROW, evaluator.models.user)})
    return found


def _by_label(evaluator: Evaluator, arguments: Sequence[Expression]) -> Values:
    """`apps.get_model("shop.Order")`, `get_model("shop", "Order")`, for each label that the text shows."""
    parts = [strings(each, evaluator.view) for each in arguments[:2]]
    labels = [text for text in parts[0] if text and "." in text]
    if not labels and len(parts) > 1:
        labels = [f"{app}.{name}" for app, name in aligned(parts[0], parts[1]) if app and name]
    found = {evaluator.models.by_label.get(label.lower(), "") for label in labels[:_MAX_LABELS]}
    return frozenset(Value(Kind.MODEL, model) for model in found if model)


def is_of_users(call: Expression) -> bool:
    """Is it a function of Django's that reads or writes the table of users?"""
    return call.callee is not None and call.callee.name() in USER_FUNCTIONS


def _rowed(found: Values) -> Values:
    return frozenset(each for each in found if each.kind is not Kind.MODEL)


def _method(evaluator: Evaluator, base: Value, name: str, call: Expression) -> Iterator[Value]:
    if base.kind is Kind.QUERY:
        yield from _query_method(evaluator, base, name, call)
    elif base.kind is Kind.ROWS and name in _PAGES:
        yield base
    elif base.kind is Kind.ROW and not base.is_sure and not _callee_symbols(call):
        model = evaluator.view.class_named(base.model)
        method = evaluator.view.function_named((model.method(name) if model else None) or "")
        yield from union(evaluator, method.returned[:_MAX_RETURNED] if method else ())


def _query_method(
    evaluator: Evaluator, base: Value, name: str, call: Expression
) -> Iterator[Value]:
    plain = base._replace(via=None)
    if name in PAIRED:
        yield plain._replace(kind=Kind.PAIR)
    elif name in ONE or name in MADE:
        row = plain._replace(kind=Kind.ROW)
        yield loading(row, call.keywords) if name in MADE else row  # what it is made of is at hand
    elif name in SEVERAL or name == "bulk_create":
        yield plain._replace(kind=Kind.ROWS)
    elif name in COUNTING:
        return
    elif name in LOADING:
        yield loading(plain, (path for path, _ in paths(call)))
    elif name in QUERY_METHODS or name == "as_manager":
        yield plain._replace(kind=Kind.QUERY)
    else:
        known = any(evaluator.view.function_named(each) for each in _callee_symbols(call))
        yield from _returned(evaluator, call) if known else [plain]


def _returned(evaluator: Evaluator, call: Expression) -> Values:
    """What the called functions of the program return, for the arguments of this call."""
    found: set[Value] = set()
    for name in _callee_symbols(call)[:_MAX_CALLEES]:
        function = evaluator.view.function_named(name)
        if function is None:
            continue
        values = union(evaluator, function.returned[:_MAX_RETURNED])
        if (
            any(not each.is_sure for each in values)
            and len(evaluator.passed) < _MAX_PASSED
            and evaluator.effort[0] > 0
        ):
            values = _returned_here(evaluator, function, call)
        found.update(values)
    return frozenset(found)


def _returned_here(evaluator: Evaluator, function: FunctionView, call: Expression) -> Values:
    names = [each for each, _, _ in function.parameters]
    offset = evaluator.view.class_named(function.owner) is not None
    given = {
        (function.name, name): evaluator.values(passed(call, name, position - offset))
        for position, name in enumerate(names)
    }
    inside = replace(
        evaluator, passed={**evaluator.passed, **given}, known={}, open=dict(evaluator.open)
    )
    return union(inside, function.returned[:_MAX_RETURNED])


def _of_generic(evaluator: Evaluator, call: Expression) -> Values:
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
    owners = [evaluator.view.class_named(type_) for type_ in call.base.types()]
    if call.base.attribute == "super":
        function = evaluator.view.function_named(call.owner)
        owners = [evaluator.view.class_named(function.owner)] if function is not None else []
    known = [owner for owner in owners if owner is not None]
    if not known and call.attribute == "save":
        known = handed_form(evaluator, call)
    models = [model for owner in known for model in model_of_class(evaluator, owner)]
    return frozenset(Value(kind, model, is_sure=False) for model in models)
