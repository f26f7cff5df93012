"""What does a service run without being asked over HTTP? Tasks, schedules, commands, and what it consumes.

A signal counts as consumed where it, or the class that sends it, comes from another service: within a service it is a
plain call.
"""

from collections.abc import Iterator, Mapping

from decompose.graph.analysis import Program
from decompose.graph.ownership import label_of, source_of
from decompose.model.program import Handler, Task
from decompose.model.source import Site
from decompose.scaffold.names import functions
from decompose.scaffold.spec import Job

_TASK = "task:"
_QUEUE = "queue:"
Row = tuple[str, str, str, Site, str]
"""(kind, name, handler, site, when)"""


def tasks(program: Program, doors: Mapping[str, str], service: str) -> tuple[Job, ...]:
    """A service's Celery tasks, by name."""
    return _jobs(
        program,
        (_task_row(program, task) for task in _owned(program, doors, service) if _is_celery(task)),
    )


def jobs(
    program: Program, doors: Mapping[str, str], labels: Mapping[str, str], service: str
) -> tuple[Job, ...]:
    """Everything else that it runs, by name. `labels`: atom -> label."""
    rows = [
        _task_row(program, task) for task in _owned(program, doors, service) if not _is_celery(task)
    ]
    rows.extend(
        ("command", command.name, command.handler, command.site, "")
        for command in program.commands
        if doors.get(f"command:{command.name}") == service
    )
    known = {f"{_TASK}{task.name}" for task in program.tasks}
    rows.extend(
        ("schedule", each.name, each.target, each.site, each.when)
        for each in program.schedules
        if each.target not in known and doors.get(f"schedule:{each.name}") == service
    )
    rows.extend(_consumed(program, labels, service))
    return _jobs(program, rows)


def graphql(program: Program, doors: Mapping[str, str], service: str) -> tuple[Job, ...]:
    """What a service offers through a GraphQL schema, by name."""
    return _jobs(
        program,
        [
            ("operation", each.name, each.handler, each.site, "")
            for each in program.operations
            if doors.get(each.node) == service
        ],
    )


def _owned(program: Program, doors: Mapping[str, str], service: str) -> list[Task]:
    return [task for task in program.tasks if doors.get(f"{_TASK}{task.name}") == service]


def _is_celery(task: Task) -> bool:
    return task.framework.partition(".")[0] == "celery"


def _task_row(program: Program, task: Task) -> Row:
    times = {each.when for each in program.schedules if each.target == f"{_TASK}{task.name}"}
    return ("task", task.name, task.handler, task.site, "; ".join(sorted(times - {""})))


def _consumed(program: Program, labels: Mapping[str, str], service: str) -> Iterator[Row]:
    graph = program.graph
    senders: dict[str, set[str]] = {}
    for publish in program.publishes:
        senders.setdefault(publish.target, set()).add(label_of(graph, labels, publish.source))
    for handler in program.handlers:
        if label_of(graph, labels, handler.handler) != service:
            continue
        from_others = senders.get(handler.signal, set()) | {label_of(graph, labels, handler.sender)}
        if handler.signal.startswith(_QUEUE) or from_others - {service, ""}:
            yield ("consumer", _event(handler), handler.handler, handler.site, "")


def _event(handler: Handler) -> str:
    signal = handler.signal.partition(":")[2]
    sender = handler.sender.rpartition(".")[2]
    called = handler.handler.rpartition(".")[2]
    return " ".join(part for part in (signal.rpartition(".")[2], sender, called) if part)


def _jobs(program: Program, rows: Iterator[Row] | list[Row]) -> tuple[Job, ...]:
    """One job a name; of equal names the first by handler stands for all."""
    first: dict[str, Row] = {}
    for row in sorted(rows):
        first.setdefault(row[1], row)
    identifiers = functions(first)
    return tuple(
        Job(
            kind,
            name,
            identifiers[name],
            handler,
            source_of(program.graph, handler) or str(site),
            when,
        )
        for name, (kind, _, handler, site, when) in sorted(first.items())
    )
