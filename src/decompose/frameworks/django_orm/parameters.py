"""What may a parameter stand for: by what callers pass, signals bring and generic classes fill in, else by its name?"""

from collections.abc import Iterator

from decompose.frameworks.django_orm.library import MODEL_SERIALIZER
from decompose.frameworks.django_orm.values import (
    NONE,
    Evaluator,
    Kind,
    Value,
    Values,
    ordered,
    unsure,
)
from decompose.model.facts import Op
from decompose.model.view import ClassView, Expression, FunctionView

_MAX_CALLERS = 40
_MAX_BELOW = 12
_WITH_INSTANCE = frozenset(
    {"pre_save", "post_save", "pre_delete", "post_delete", "pre_init", "post_init", "m2m_changed"}
)
_FILLED = ("instance", "queryset", "obj", "object", "qs")


def parameter_values(evaluator: Evaluator, function: FunctionView, name: str) -> Values:
    """What callers pass, what signals bring, else what the name says."""
    names = [each for each, _, _ in function.parameters]
    if name not in names:
        return NONE
    if (function.name, name) in evaluator.passed:
        return evaluator.passed[function.name, name]
    found = set(_from_signals(evaluator, function, name))
    position = names.index(name)
    is_method = evaluator.view.class_named(function.owner) is not None
    calls = [
        call
        for _, call in zip(
            range(_MAX_CALLERS), evaluator.view.calls_of(function.name), strict=False
        )
    ]
    for call in calls:
        found.update(evaluator.values(passed(call, name, position - is_method)))
    if not found:
        found.update(_of_view(evaluator, function, name))
    if not found and name in evaluator.models.by_word:
        found.add(Value(Kind.ROW, evaluator.models.by_word[name], is_sure=False))
    return unsure(found)


def passed(call: Expression, name: str, position: int) -> Expression | None:
    """What a call passes for a parameter of a name, at a position."""
    if name in call.keywords:
        return call.keywords[name]
    arguments = call.arguments
    if any(argument.op is Op.STAR for argument in arguments[: position + 1]):
        return None
    return arguments[position] if 0 <= position < len(arguments) else None


def keyword_values(evaluator: Evaluator, mapping: Expression, key: str | None) -> Values:
    """`kwargs["instance"]` in a receiver: what signals bring under that name."""
    handlers = evaluator.handlers.get(mapping.owner)
    function = evaluator.view.function_named(mapping.owner) if handlers and key else None
    if function is None or key is None or mapping.op is not Op.NAME:
        return NONE
    names = [name for name, _, _ in function.parameters]
    is_last = names[-1:] == [mapping.text()]
    return unsure(set(_from_signals(evaluator, function, key))) if is_last else NONE


def _from_signals(evaluator: Evaluator, function: FunctionView, name: str) -> Iterator[Value]:
    for handler in evaluator.handlers.get(function.name, ()):
        signal = handler.signal.rpartition(".")[2]
        if name == "instance" and signal in _WITH_INSTANCE:
            sender = (
                handler.sender.rpartition(".")[0] if signal == "m2m_changed" else handler.sender
            )
            for model in evaluator.models.concrete.get(sender, ()):
                yield Value(Kind.ROW, model, is_sure=False)
        if name == "user" and signal.startswith("user_logged") and evaluator.models.user:
            yield Value(Kind.ROW, evaluator.models.user, is_sure=False)
        for call in evaluator.sends.get(handler.signal, ()):
            yield from evaluator.values(call.keywords.get(name))


def _of_view(evaluator: Evaluator, function: FunctionView, name: str) -> Iterator[Value]:
    """Parameters of methods that a generic view, serializer or admin fills."""
    owner = evaluator.view.class_named(function.owner)
    if owner is None or (name not in _FILLED and not _is_shown(owner, function, name)):
        return
    for model in evaluator.models.admins.get(owner.name, ()):
        yield Value(Kind.QUERY if name == "queryset" else Kind.ROW, model, is_sure=False)
    kind = Kind.QUERY if name in ("queryset", "qs") else Kind.ROW
    models = model_of_class(evaluator, owner)
    if not models and MODEL_SERIALIZER in owner.mro:
        below = list(evaluator.view.subclasses(owner.name))[:_MAX_BELOW]
        models = [model for each in below for model in model_of_class(evaluator, each)]
    for each in dict.fromkeys(models):
        yield Value(kind, each, is_sure=False)


def _is_shown(owner: ClassView, function: FunctionView, name: str) -> bool:
    """Is it the row that a serializer's method is handed, which makes the value of a field of it?"""
    own = function.name.rpartition(".")[2]
    is_last = bool(function.parameters) and function.parameters[-1][0] == name != "self"
    return is_last and own.startswith("get_") and MODEL_SERIALIZER in owner.mro


def model_of_class(evaluator: Evaluator, owner: ClassView) -> list[str]:
    """The models that a view, form, serializer or admin class is about."""
    found: list[str] = []
    for name in ("model", "queryset"):
        found.extend(each.model for each in ordered(evaluator.values(owner.attribute(name))))
    meta = owner.inner("Meta")
    if meta is not None:
        found.extend(each.model for each in ordered(evaluator.values(meta.attribute("model"))))
    if not found:
        method = evaluator.view.function_named(owner.method("get_queryset") or "")
        for returned in method.returned if method is not None else ():
            found.extend(each.model for each in ordered(evaluator.values(returned)))
    return list(dict.fromkeys(found))
