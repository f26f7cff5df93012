"""Background jobs of smaller queues: RQ, Dramatiq, Huey, and jobs that APScheduler starts.

    RQ           @job("low") … f.delay(); queue.enqueue(f, …), enqueue_at, enqueue_in; texts too
    Dramatiq     @dramatiq.actor … f.send(), send_with_options; f.message()
    Huey         @huey.task() … f(…) itself sends; @huey.periodic_task(crontab(…))
    APScheduler  scheduler.add_job(f, "cron", hour=3); @scheduler.scheduled_job("interval", …)

A job is known by the name of its function, or the one it is given.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from decompose.model.facts import Op
from decompose.model.knowledge import Knowledge
from decompose.model.program import Fact, Publish, Schedule, Task
from decompose.model.view import Expression, ProgramView

NAME = "queues"
PHASE = 0
_ENQUEUE = ("enqueue", "enqueue_at", "enqueue_call", "enqueue_in", "add_job", "reenqueue")
_DECORATORS = (
    "actor",
    "db_periodic_task",
    "db_task",
    "job",
    "periodic_task",
    "scheduled_job",
    "task",
)
_SENDS = ("delay", "message", "message_with_options", "schedule", "send", "send_with_options")
INTEREST = frozenset({*_ENQUEUE, *_DECORATORS, *_SENDS})
_LIBRARIES = ("rq.", "django_rq.", "flask_rq2.", "dramatiq.", "huey.", "apscheduler.")
_SCHEDULERS = "apscheduler."
_KINDS = {"cron", "interval", "date"}

KNOWLEDGE = Knowledge(
    aliases={
        "rq.decorators.job": "rq.job",
        "rq.queue.Queue": "rq.Queue",
        "django_rq.decorators.job": "django_rq.job",
        "dramatiq.actor.actor": "dramatiq.actor",
    },
    functions={"django_rq.get_queue": "is:rq.Queue", "django_rq.get_scheduler": "is:rq.Queue"},
)

EXAMPLES = (
    (
        {
            "jobs.py": """
                import dramatiq
                from rq import Queue
                from rq.decorators import job
                queue = Queue()
                def resize(path): ...
                @job("low")
                def mail(to): ...
                @dramatiq.actor(actor_name="count")
                def count_stock(): ...
                def work():
                    queue.enqueue(resize, "a.png")
                    mail.delay("you")
                    count_stock.send()
            """,
        },
        {
            "task jobs.mail -> jobs.mail",
            "task count -> jobs.count_stock",
            "task jobs.resize -> jobs.resize",
            "jobs.work sends task:jobs.resize",
            "jobs.work sends task:jobs.mail",
            "jobs.work sends task:count",
        },
    ),
    (
        {
            "clock.py": """
                from apscheduler.schedulers.background import BackgroundScheduler
                from huey import SqliteHuey, crontab
                huey = SqliteHuey()
                scheduler = BackgroundScheduler()
                @huey.periodic_task(crontab(minute="0"))
                def hourly(): ...
                @huey.task()
                def later(): ...
                def tidy(): ...
                @scheduler.scheduled_job("interval", minutes=5)
                def ping(): ...
                def start():
                    scheduler.add_job(tidy, "cron", hour=3)
                    later()
            """,
        },
        {
            "task clock.hourly -> clock.hourly",
            "task clock.later -> clock.later",
            "schedule clock.hourly -> task:clock.hourly (crontab(minute='0'))",
            "schedule clock.tidy -> clock.tidy (cron hour=3)",
            "schedule clock.ping -> clock.ping (interval minutes=5)",
            "clock.start sends task:clock.later",
        },
    ),
)


@dataclass(slots=True)
class _Jobs:
    """Jobs by function, and the facts found on the way."""

    names: dict[str, str] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)  # functions whose call sends (Huey)
    found: dict[Fact, None] = field(default_factory=dict)

    def add(self, function: str, name: str, at: Expression) -> str:
        """Note a job, once; its name."""
        known = self.names.setdefault(function, name)
        if known == name:
            self.found.setdefault(Task(name, function, at.site, NAME))
        return known


def settle(view: ProgramView) -> Iterator[Fact]:
    """Yield jobs, who sends them, and what the clock starts."""
    jobs = _Jobs()
    _decorated(jobs, view)
    _enqueued(jobs, view)
    if jobs.names:
        _sent(jobs, view)
    yield from jobs.found


def _decorated(jobs: _Jobs, view: ProgramView) -> None:
    for function, decorator in view.decorated(*_DECORATORS):
        library = _library(decorator)
        if not library:
            continue
        if library == _SCHEDULERS:
            title = _text(decorator, "id") or function.name
            fact = Schedule(title, function.name, decorator.site, NAME, _when(decorator, 0))
            jobs.found[fact] = None
            continue
        name = _text(decorator, "actor_name") or _text(decorator, "name") or function.name
        known = jobs.add(function.name, name, decorator)
        if library == "huey.":
            jobs.called.add(function.name)
        if "periodic" in decorator.attribute and decorator.arguments:
            when = _written(decorator.arguments[0])
            fact = Schedule(known, f"task:{known}", decorator.site, NAME, when)
            jobs.found[fact] = None


def _enqueued(jobs: _Jobs, view: ProgramView) -> None:
    for call in view.calls(*_ENQUEUE):
        library = _library(call)
        if not library:
            continue
        for target in _targets(call, view):
            if library == _SCHEDULERS:
                title = _text(call, "id") or target
                fact = Schedule(title, target, call.site, NAME, _when(call, 1))
                jobs.found[fact] = None
            else:
                name = jobs.add(target, jobs.names.get(target, target), call)
                jobs.found[Publish(call.owner, f"task:{name}", call.site, NAME)] = None


def _targets(call: Expression, view: ProgramView) -> list[str]:
    """Functions that are enqueued: as such, or by a dotted text."""
    given = [
        *call.arguments,
        *(call.keywords[word] for word in ("f", "func") if word in call.keywords),
    ]
    for each in given[:3]:  # `enqueue_at(when, function)` has it second
        functions = [name for name in each.symbols() if view.function_named(name) is not None]
        dotted = each.string()
        named = view.lookup(dotted) if dotted and "." in dotted else None
        if functions or (named is not None and view.function_named(named) is not None):
            return functions or [named or ""]
    return []


def _sent(jobs: _Jobs, view: ProgramView) -> None:
    for call in view.calls(*_SENDS):
        for symbol in call.base.symbols() if call.base is not None else ():
            _publish(jobs, symbol, call)
    for call in view.calls_of(*sorted(jobs.called)) if jobs.called else ():
        for symbol in call.callee.symbols() if call.callee is not None else ():
            if symbol in jobs.called:
                _publish(jobs, symbol, call)


def _publish(jobs: _Jobs, symbol: str, call: Expression) -> None:
    if symbol in jobs.names:
        jobs.found[Publish(call.owner, f"task:{jobs.names[symbol]}", call.site, NAME)] = None


def _library(expression: Expression) -> str:
    """The library that a decorator or a queue's method comes from, "" for any other."""
    target = expression.callee or expression
    known = [target.name() or ""]
    if expression.base is not None:
        known += [expression.base.name() or "", *expression.base.types()]
    return next((each for each in _LIBRARIES for name in known if name.startswith(each)), "")


def _text(call: Expression, word: str) -> str:
    given = call.keywords.get(word) if call.op is Op.CALL else None
    return (given.string() or "") if given is not None else ""


def _when(call: Expression, position: int) -> str:
    """`cron hour=3`, as far as it is made of literals."""
    given = call.arguments[position : position + 1] or [
        call.keywords[word] for word in ("trigger",) if word in call.keywords
    ]
    kinds = [text if (text := each.string()) in _KINDS else _written(each) for each in given]
    words = [
        f"{word}={each.text()}"
        for word, each in call.keywords.items()
        if each.literal() is not None and word not in ("id", "name", "trigger", "replace_existing")
    ]
    return " ".join(filter(None, [*kinds, *words]))


def _written(expression: Expression) -> str:
    if expression.op is not Op.CALL:
        return expression.text()
    given = [each.text() for each in expression.arguments]
    given += [f"{word}={each.text()}" for word, each in expression.keywords.items()]
    return f"{expression.attribute}({', '.join(given)})"
