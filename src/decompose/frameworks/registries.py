"""Registries that programs build themselves: jobs and event handlers looked up by name.

A *registering decorator* is a function of the program that takes a name and gives a function which
stores what it decorates and returns it unchanged:

    def on(name):
        def register(function):
            HANDLERS[name].append(function)
            return function
        return register

What is decorated answers to that name. A function beside the decorator (same module or package)
that is called with a registered name sends to it, and a table there of names and dotted paths
registers what the paths name. Where the words around speak of jobs, a name is a task, else a
signal; where nobody is seen to send, what is registered is merely called by way of the registry.
Everything here is inferred.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, product

from decompose.model.facts import Op
from decompose.model.program import Confidence, Fact, Handler, Mediated, Publish, Schedule, Task
from decompose.model.source import Site
from decompose.model.view import Expression, FunctionView, ProgramView

NAME = "registry"
PHASE = 0
INTEREST = frozenset({"add", "append"})
_JOBS = ("job", "task", "worker", "queue", "cron", "schedul")
_SCHEDULES = ("schedule", "cron", "every", "beat", "timetable")
_MAX_TEXTS = 16
_ALL = "*"  # a name that is told of everything
_SHARED_DEPTH = 2  # a package directly under the top one is too wide to be "beside"

EXAMPLES = (
    (
        {
            "parsers.py": """
                PARSERS = {}
                def parser(suffix):
                    def register(function):
                        PARSERS[suffix] = function
                        return function
                    return register
                @parser("csv")
                def rows(text): ...
                def parse(path, text):
                    return PARSERS[path.suffix](text)
            """,
        },
        {"parsers.parser ~> parsers.rows"},
    ),
    (
        {
            "app/events.py": """
                _handlers = {}
                def on(*names):
                    def register(function):
                        for name in names:
                            _handlers.setdefault(name, []).append(function)
                        return function
                    return register
                def emit(name, payload):
                    for handler in _handlers.get(name, ()):
                        handler(payload)
            """,
            "app/mail.py": """
                from app.events import on
                @on("order.paid", "order.sent")
                def tell(payload): ...
            """,
            "app/orders.py": """
                from app.events import emit
                def pay():
                    emit("order.paid", {})
                def change(status):
                    emit(f"order.{status}", {})
                def send(order):
                    order.status = "sent"
                    emit(f"order.{order.status}", {})
            """,
        },
        {
            "signal:order.paid -> app.mail.tell",
            "signal:order.sent -> app.mail.tell",
            "app.orders.pay sends signal:order.paid ?",
            "app.orders.change sends signal:order.paid ?",
            "app.orders.change sends signal:order.sent ?",
            "app.orders.send sends signal:order.sent ?",
        },
    ),
    (
        {
            "app/jobs/registry.py": """
                JOBS = {}
                LAZY = {"stock.count": "app.stock:count"}
                def job(name):
                    def register(function):
                        JOBS[name] = function
                        return function
                    return register
            """,
            "app/jobs/queue.py": """
                SCHEDULE = {"nightly": ("stock.count", 60)}
                def enqueue(name, **payload): ...
            """,
            "app/stock.py": """
                from app.jobs.queue import enqueue
                from app.jobs.registry import job
                def count(): ...
                @job("stock.order")
                def order(): ...
                def low():
                    enqueue("stock.order")
            """,
        },
        {
            "task stock.order -> app.stock.order",
            "task stock.count -> app.stock.count",
            "schedule nightly -> task:stock.count",
            "app.stock.low sends task:stock.order ?",
        },
    ),
)


@dataclass(slots=True)
class _Registry:
    """A registering decorator, and what answers to which name."""

    decorator: str
    module: str
    entries: dict[str, list[tuple[str, Site]]] = field(default_factory=dict)

    @property
    def keeps_jobs(self) -> bool:
        """Do the words around it speak of jobs?"""
        return any(word in self.decorator.lower() for word in _JOBS)

    @property
    def prefix(self) -> str:
        """What stands before a name to make it a node's."""
        return "task:" if self.keeps_jobs else "signal:"


def settle(view: ProgramView) -> Iterator[Fact]:
    """Yield what is registered, who sends to it, and what a table of names schedules."""
    storing = _storing(view)
    registries = _registries(view, storing) if storing else {}
    found: dict[Fact, None] = {}
    for registry in registries.values():
        beside = _beside(registry, view)
        _add_tables(registry, beside, view)
        senders = list(_senders(registry, beside, view))
        found.update(dict.fromkeys(_entries(registry, is_sent=bool(senders))))
        found.update(dict.fromkeys(senders))
        if registry.keeps_jobs:
            found.update(dict.fromkeys(_schedules(registry, beside, view)))
    yield from found


def _storing(view: ProgramView) -> set[str]:
    """Functions that store their own parameter in a container and return it unchanged."""
    candidates: set[str] = set()
    for use in view.item_stores():
        if use.value is not None and use.value.op is Op.NAME:
            candidates.add(use.base.owner)
    for call in view.calls("append", "add"):
        if len(call.arguments) == 1 and call.arguments[0].op is Op.NAME:
            candidates.add(call.owner)
    return {name for name in candidates if _returns_parameter(view.function_named(name))}


def _returns_parameter(function: FunctionView | None) -> bool:
    if function is None or len(function.parameters) != 1:
        return False
    name = function.parameters[0][0]
    return any(each.op is Op.NAME and each.text() == name for each in function.returned)


def _registries(view: ProgramView, storing: set[str]) -> dict[str, _Registry]:
    found: dict[str, _Registry] = {}
    makers = {name.rpartition(".")[0] for name in storing}
    modules = {call.module for call in view.calls_of(*sorted(makers))}
    for module in sorted(modules):
        for function in view.functions(module):
            for decorator in function.decorators:
                if decorator.op is Op.CALL and decorator.arguments:
                    _register(found, makers, function, decorator, view)
    return found


def _register(
    found: dict[str, _Registry],
    makers: set[str],
    function: FunctionView,
    decorator: Expression,
    view: ProgramView,
) -> None:
    names = [name for each in decorator.arguments if (name := each.string())]
    symbols = decorator.callee.symbols() if names and decorator.callee is not None else ()
    for symbol in symbols:
        maker = view.function_named(symbol) if symbol in makers else None
        if maker is not None:
            registry = found.setdefault(symbol, _Registry(symbol, maker.module))
            for name in names:
                rows = registry.entries.setdefault(name, [])
                rows.append((function.name, decorator.site))


def _beside(registry: _Registry, view: ProgramView) -> list[str]:
    """The decorator's module, and those of its package unless that is the program's top."""
    package = registry.module.rpartition(".")[0]
    if package.count(".") + 1 < _SHARED_DEPTH:
        return [registry.module]
    return [
        each for each in view.modules() if each == package or each.rpartition(".")[0] == package
    ]


def _add_tables(registry: _Registry, beside: list[str], view: ProgramView) -> None:
    """`LAZY = {"stock.count": "app.stock:count"}` beside the decorator."""
    for _, key, value in _rows(beside, view):
        dotted = value.string()
        target = view.lookup(dotted.replace(":", ".")) if dotted and "." in dotted else None
        if target is not None and view.function_named(target) is not None:
            registry.entries.setdefault(key, []).append((target, value.site))


def _rows(modules: list[str], view: ProgramView) -> Iterator[tuple[str, str, Expression]]:
    """(variable, key, value) of dicts at the level of modules."""
    for module in modules:
        for name in view.module_names(module):
            for value in view.module_value(module, name):
                if value.op is Op.DISPLAY and value.module == module:
                    for key, each in zip(value.keys, value.elements, strict=False):
                        text = key.string()
                        if text is not None:
                            yield name, text, each


def _entries(registry: _Registry, *, is_sent: bool) -> Iterator[Fact]:
    for name, rows in sorted(registry.entries.items()):
        for target, site in rows:
            if registry.keeps_jobs:
                yield Task(name, target, site, NAME)
            elif is_sent:
                yield Handler(f"signal:{name}", target, site, NAME)
            else:
                yield Mediated(registry.decorator, target, site, NAME)


def _senders(registry: _Registry, beside: list[str], view: ProgramView) -> Iterator[Publish]:
    """Calls of functions beside the decorator with a registered name."""
    functions = [
        function.name
        for module in beside
        for function in view.functions(module)
        if function.parameters and not registry.decorator.startswith(function.name)
    ]
    for call in view.calls_of(*functions):
        for argument in call.arguments[:2]:
            for name in _names(argument, registry, view):
                target = f"{registry.prefix}{name}"
                yield Publish(call.owner, target, call.site, NAME, Confidence.INFERRED, call)


def _names(argument: Expression, registry: _Registry, view: ProgramView) -> Iterator[str]:
    """What is sent: a name that is registered, or those that a text with holes (`f"order.{status}"`) may be."""
    name = argument.string()
    if name is not None:
        if name in registry.entries or (name and _ALL in registry.entries):
            yield name
        return
    for value in argument.bound():
        parts = value.elements if value.op in (Op.FORMAT, Op.BINARY) else ()
        if not any(part.string() for part in parts):
            continue
        written = product(*[_written(part, value.site.line, view) for part in parts])
        patterns = [
            re.compile(".+".join(map(re.escape, _stretches(texts))), re.DOTALL)
            for texts in islice(written, _MAX_TEXTS)
        ]
        for each in sorted(registry.entries):
            if any(pattern.fullmatch(each) for pattern in patterns):
                yield each


def _written(part: Expression, line: int, view: ProgramView) -> list[str | None]:
    """The texts that a part may be: what its function has stored in that attribute before; None if unknown."""
    text = part.string()
    if text is not None or part.op is not Op.ATTRIBUTE or part.base is None:
        return [text]
    stored = [
        use.value.string() if use.value is not None else None
        for use in view.stores(part.attribute)
        if use.base.owner == part.owner
        and use.base.text() == part.base.text()
        and use.site.line < line
    ]
    return list(dict.fromkeys(stored)) if stored and None not in stored else [None]


def _stretches(texts: Sequence[str | None]) -> list[str]:
    """Known parts of a text; between two of them stands a hole."""
    found = [""]
    for text in texts:
        if text is None:
            found.append("")
        else:
            found[-1] += text
    return found


def _schedules(registry: _Registry, beside: list[str], view: ProgramView) -> Iterator[Schedule]:
    """`SCHEDULE = {"nightly": ("stock.count", 60)}` beside the decorator."""
    for variable, key, value in _rows(beside, view):
        if not any(word in variable.lower() for word in _SCHEDULES):
            continue
        for part in (value, *value.elements):
            name = part.string()
            if name in registry.entries:
                yield Schedule(key, f"task:{name}", value.site, NAME)
