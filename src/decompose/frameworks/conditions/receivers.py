"""What does a signal tell its receivers? Its name, what is sent along, and whether coroutines hear of it at all."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from decompose.frameworks.conditions.arguments import Passed, value_of
from decompose.frameworks.conditions.constants import Constant, Test, known, texts
from decompose.frameworks.conditions.numbers import Conditions, Key
from decompose.model.program import Handler, Publish
from decompose.model.source import Site
from decompose.model.view import Expression, FunctionView, ProgramView

_IS_ASYNC = Test("async", holds=False)
_ASYNC: Key = ("", _IS_ASYNC)
_PREFIX = "signal:"
_ANY = "*"


class _Sent(NamedTuple):
    source: str
    signal: str
    site: Site
    call: Expression


def follow_signals(conditions: Conditions, view: ProgramView, only_sync: set[str]) -> None:
    """Find what senders of signals rule out for receivers. `only_sync`: functions that skip coroutines."""
    heard: dict[str, list[FunctionView]] = defaultdict(list)
    for handler in view.facts(Handler):
        function = view.function_named(handler.handler) if isinstance(handler, Handler) else None
        if function is not None and isinstance(handler, Handler):
            heard[handler.signal].append(function)
    sent = list(_sent(view))
    _names(conditions, heard)
    for signal, functions in sorted(heard.items()):
        calls = [each for each in sent if each.signal == signal]
        for function in {each.name: each for each in functions}.values():
            _arguments(conditions, signal, function, calls)
            _coroutine(conditions, signal, function, calls, only_sync)


def _sent(view: ProgramView) -> Iterator[_Sent]:
    for fact in view.facts(Publish):
        if isinstance(fact, Publish) and fact.call is not None:
            call: Expression = fact.call  # type: ignore[assignment] # as `Publish` says
            yield _Sent(fact.source, fact.target, fact.site, call)


def _names(conditions: Conditions, heard: dict[str, list[FunctionView]]) -> None:
    """A parameter that is compared with names of signals is the name of the one that is heard."""
    names = {signal.removeprefix(_PREFIX) for signal in heard}
    for signal, functions in sorted(heard.items()):
        name = signal.removeprefix(_PREFIX)
        for function in functions if _ANY not in name else ():
            for key in conditions.lines.get(function.name, {}):
                is_name = not names.isdisjoint(texts(key[1].against))
                if is_name and key[1].fails(Constant(name)):
                    conditions.rule_out(signal, function.site, (function.name, key))


def _arguments(
    conditions: Conditions, signal: str, function: FunctionView, calls: list[_Sent]
) -> None:
    defaults = {name: default for name, _, default in function.parameters}
    for key in conditions.lines.get(function.name, {}):
        name, test = key
        handed = (signal, key)
        is_heard = False
        for each in calls if name in defaults else ():
            passed = _passed(each.call, name, defaults[name])
            if passed.constant is not None and test.fails(passed.constant):
                conditions.rule_out(each.source, each.site, handed)
                is_heard = True
        if is_heard:
            number = conditions.number(*handed)
            conditions.rule_out(signal, function.site, (function.name, key), number)


def _passed(call: Expression, name: str, default: Expression | None) -> Passed:
    value = call.keywords.get(name)
    if value is not None:
        return value_of(value)
    is_left_out = default is not None and not call.unpacked
    return Passed(known(default)) if is_left_out and default is not None else Passed()


def _coroutine(
    conditions: Conditions,
    signal: str,
    function: FunctionView,
    calls: list[_Sent],
    only_sync: set[str],
) -> None:
    """A receiver that is a coroutine function hears nothing of senders that skip those."""
    if not function.is_async:
        return
    silent = [
        each for each in calls if each.call.callee and only_sync & set(each.call.callee.symbols())
    ]
    for each in silent:
        conditions.rule_out(each.source, each.site, (signal, _ASYNC))
    if silent:
        conditions.note(function.name, _ASYNC, function.site, function.last_line)
        number = conditions.number(signal, _ASYNC)
        conditions.rule_out(signal, function.site, (function.name, _ASYNC), number)
