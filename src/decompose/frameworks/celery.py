"""Which functions are Celery tasks, who sends them, and which does the clock start?

A task is known by the name it is sent by: given, or module and function. Sending is `.delay`,
`.apply_async` and their like on a task, a signature (`.s`, `.si`) that goes into a chain, group or
chord, or `send_task("name")`. Beat's schedule is read where it is assigned, passed to
`conf.update`, declared in a settings module or class, or added by `add_periodic_task`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from decompose.model.facts import Op
from decompose.model.knowledge import Knowledge
from decompose.model.program import Fact, Handler, Publish, Schedule, Task
from decompose.model.unfold import strings
from decompose.model.view import Expression, FunctionView, ProgramView

NAME = "celery"
PHASE = 0
_DECORATORS = ("task", "shared_task", "periodic_task")
_SENDERS = ("delay", "apply_async", "s", "si", "signature", "subtask", "chunks", "delay_on_commit")
_BY_NAME = ("send_task", "signature", "subtask")
_SCHEDULES = ("beat_schedule", "CELERY_BEAT_SCHEDULE", "CELERYBEAT_SCHEDULE")
INTEREST = frozenset(
    {
        *_DECORATORS,
        *_SENDERS,
        *_BY_NAME,
        "Celery",
        "add_periodic_task",
        "config_from_object",
        "connect",
        "register_task",
        "update",
    }
)

KNOWLEDGE = Knowledge(
    aliases={
        "celery.Celery.Task": "celery.Task",
        "celery.app.base.Celery": "celery.Celery",
        "celery.app.task.Task": "celery.Task",
        "celery.task.Task": "celery.Task",
        "celery.app.shared_task": "celery.shared_task",
        "celery.decorators.task": "celery.task",
        "celery.task.task": "celery.task",
        "celery.canvas.signature": "celery.signature",
    },
)

EXAMPLES = (
    (
        {
            "shop/queue.py": """
                from celery import Celery
                from celery.schedules import crontab
                app = Celery("shop")
                app.conf.beat_schedule = {
                    "nightly": {"task": "stock.count", "schedule": crontab(hour=3, minute=0)},
                    "often": {"task": "shop.tasks.mail", "schedule": 60.0},
                }
            """,
            "shop/tasks.py": """
                from celery import shared_task
                from shop.queue import app
                @app.task
                def mail(to): ...
                @shared_task(name="stock.count", bind=True)
                def count(self): ...
                class Report(app.Task):
                    name = "report"
                    def run(self): ...
            """,
            "shop/orders.py": """
                from celery import chain
                from shop import tasks
                from shop.queue import app
                def place():
                    tasks.mail.delay("you")
                    app.send_task("stock.count")
                def close():
                    chain(tasks.count.si(), tasks.mail.s("me")).apply_async()
                    tasks.Report().delay()
            """,
        },
        {
            "task shop.tasks.mail -> shop.tasks.mail",
            "task stock.count -> shop.tasks.count",
            "task report -> shop.tasks.Report.run",
            "shop.orders.place sends task:shop.tasks.mail",
            "shop.orders.place sends task:stock.count",
            "shop.orders.close sends task:shop.tasks.mail",
            "shop.orders.close sends task:stock.count",
            "shop.orders.close sends task:report",
            "schedule nightly -> task:stock.count (crontab(hour=3, minute=0))",
            "schedule often -> task:shop.tasks.mail (60.0)",
        },
    ),
    (
        {
            "site/settings.py": """
                CELERY_BEAT_SCHEDULE = {"tidy": {"task": "site.jobs.tidy", "schedule": 5}}
            """,
            "site/jobs.py": """
                from celery import Celery
                from celery.signals import worker_ready
                app = Celery()
                @app.task()
                def tidy(): ...
                @app.on_after_configure.connect
                def plan(sender, **kwargs):
                    sender.add_periodic_task(10.0, tidy.s(), name="again")
                @worker_ready.connect
                def ready(**kwargs): ...
            """,
        },
        {
            "task site.jobs.tidy -> site.jobs.tidy",
            "schedule tidy -> task:site.jobs.tidy (5)",
            "schedule again -> task:site.jobs.tidy (10.0)",
            "site.jobs.plan sends task:site.jobs.tidy",
            "signal:celery.signals.worker_ready -> site.jobs.ready",
        },
    ),
)


@dataclass(slots=True)
class _Tasks:
    """The tasks of a program, by the function or class that runs them."""

    view: ProgramView
    exist: bool = False
    names: dict[str, str] = field(default_factory=dict)  # dotted function or class -> task name
    found: list[Task] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.exist = any(self._is_app_class(call) for call in self.view.calls("Celery"))
        for function, decorator in self.view.decorated(*_DECORATORS):
            if self._is_celery(decorator):
                self._add_function(function, decorator)
        self._add_classes()

    def _is_app_class(self, call: Expression) -> bool:
        return call.callee is not None and call.callee.name() == "celery.Celery"

    def _is_celery(self, decorator: Expression) -> bool:
        target = decorator.callee or decorator
        name = target.name() or ""
        if name.startswith("celery."):
            return True
        if decorator.base is None:
            return False
        types = decorator.base.types()
        if types:
            return any(self._is_app(kind) for kind in types)
        likely = decorator.base.attribute.lower()
        return decorator.attribute == "task" and not name and likely.endswith(("app", "celery"))

    def _is_app(self, kind: str) -> bool:
        own = self.view.class_named(kind)
        return kind == "celery.Celery" or (own is not None and "celery.Celery" in own.mro)

    def _add_function(self, function: FunctionView, decorator: Expression) -> None:
        given = decorator.keywords.get("name")
        name = (given.string() if given is not None else None) or function.name
        self._add(function.name, name, function.name, decorator)
        self.exist = True

    def _add_classes(self) -> None:
        for found in self.view.subclasses("celery.Task"):
            run = found.method("run")
            given = found.attribute("name")
            if run is not None:
                name = (given.string() if given is not None else None) or found.name
                self.names[found.name] = name
                self.found.append(Task(name, run, found.site, NAME))
                self.exist = True

    def _add(self, symbol: str, name: str, handler: str, at: Expression) -> None:
        self.names[symbol] = name
        self.found.append(Task(name, handler, at.site, NAME))

    def sent(self, expression: Expression) -> Iterator[str]:
        """Names of the tasks that an expression may be: a task, or a signature of one."""
        if expression.op is Op.CALL and expression.attribute in (*_SENDERS, "set", "clone"):
            yield from self._signed(expression)
            return
        for symbol in (*expression.symbols(), *expression.types()):
            if symbol in self.names:
                yield self.names[symbol]

    def _signed(self, call: Expression) -> Iterator[str]:
        named = call.arguments[0].string() if call.arguments else None
        if call.attribute in _BY_NAME and named is not None and not self.has_receiver(call):
            yield named
        elif call.base is not None:
            yield from self.sent(call.base)

    def has_receiver(self, call: Expression) -> bool:
        return call.base is not None and any(True for _ in self.sent(call.base))


def settle(view: ProgramView) -> Iterator[Fact]:
    """Yield tasks, who sends them, schedules, and receivers of Celery's own signals."""
    tasks = _Tasks(view)
    if not tasks.exist:
        return
    yield from tasks.found
    yield from dict.fromkeys(_publishes(tasks))
    yield from dict.fromkeys(_schedules(tasks))
    yield from _receivers(view)


def _publishes(tasks: _Tasks) -> Iterator[Publish]:
    for call in tasks.view.calls(*_SENDERS):
        for name in tasks.sent(call.base) if call.base is not None else ():
            yield Publish(call.owner, f"task:{name}", call.site, NAME)
    for call in tasks.view.calls(*_BY_NAME):
        given = call.arguments[0] if call.arguments else call.keywords.get("name")
        if given is None or tasks.has_receiver(call):
            continue
        for text in strings(given, tasks.view) if _sends_by_name(call) else ():
            if text:
                yield Publish(call.owner, f"task:{text}", call.site, NAME)


def _sends_by_name(call: Expression) -> bool:
    target = call.callee.name() if call.callee is not None else None
    return call.attribute == "send_task" or (target or "").startswith("celery.")


def _schedules(tasks: _Tasks) -> Iterator[Schedule]:
    for table in _tables(tasks.view):
        for key, entry in zip(table.keys, table.elements, strict=False):
            yield from _scheduled(tasks, key, entry)
    for call in tasks.view.calls("add_periodic_task"):
        if len(call.arguments) > 1:
            given = call.keywords.get("name")
            title = given.string() if given is not None else None
            for name in tasks.sent(call.arguments[1]):
                when = _when(call.arguments[0])
                yield Schedule(title or name, f"task:{name}", call.site, NAME, when)
    for function, decorator in tasks.view.decorated("periodic_task"):
        given = decorator.keywords.get("run_every")
        known = tasks.names.get(function.name)
        if known and given is not None:
            yield Schedule(known, f"task:{known}", decorator.site, NAME, _when(given))


def _tables(view: ProgramView) -> Iterator[Expression]:
    """The dicts that are beat's schedule, wherever they are given."""
    found: dict[Expression, None] = {}
    for store in view.stores(*_SCHEDULES):
        found.update(dict.fromkeys(store.value.bound() if store.value is not None else ()))
    for call in view.calls("update"):
        for word, value in call.keywords.items():
            if word in _SCHEDULES:
                found.update(dict.fromkeys(value.bound()))
    for module in view.modules():
        for name in _SCHEDULES:
            found.update(dict.fromkeys(view.module_value(module, name)))
    for each in view.classes():
        for name, given, _ in each.assigned():
            if name in _SCHEDULES and given is not None:
                found.update(dict.fromkeys(given.bound()))
    yield from (value for value in found if value.op is Op.DISPLAY and value.keys)


def _scheduled(tasks: _Tasks, key: Expression, entry: Expression) -> Iterator[Schedule]:
    rows = {
        name: value
        for each in entry.bound()
        for word, value in zip(each.keys, each.elements, strict=False)
        if (name := word.string())
    }
    target, title = rows.get("task"), key.string()
    if target is None or title is None:
        return
    text = target.string()
    names = [text] if text else list(tasks.sent(target.base or target))
    when = _when(rows["schedule"]) if "schedule" in rows else ""
    for name in names:
        yield Schedule(title, f"task:{name}", key.site, NAME, when)


def _when(expression: Expression) -> str:
    """A schedule as written, as far as it is made of literals."""
    if expression.op is not Op.CALL:
        return expression.text()
    given = [each.text() for each in expression.arguments]
    given += [f"{word}={each.text()}" for word, each in expression.keywords.items()]
    return f"{expression.attribute}({', '.join(given)})"


def _receivers(view: ProgramView) -> Iterator[Handler]:
    """`@worker_ready.connect` of `celery.signals`."""
    for function, decorator in view.decorated("connect"):
        name = (decorator.base.name() if decorator.base is not None else None) or ""
        if name.startswith("celery.signals."):
            yield Handler(f"signal:{name}", function.name, decorator.site, NAME)
