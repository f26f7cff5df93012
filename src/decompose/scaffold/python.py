"""Python that is as long as the monolith's names: how is it laid out, so that a formatter has nothing to change?"""

from collections.abc import Sequence

from decompose.scaffold.encode import Encoded, name, python
from decompose.scaffold.operations import python_type, spelled
from decompose.scaffold.spec import Family, Operation

_WIDTH = 100
_REQUESTS = {Family.DJANGO: "request: HttpRequest", Family.DRF: "request: Request"}


def signature(operation: Operation, family: Family) -> Encoded:
    """The first line of an operation's function."""
    request = [_REQUESTS[family]] if family in _REQUESTS else []
    parameters = [f"{name(each.name)}: {python_type(each)}" for each in operation.parameters]
    found = [*request, *parameters]
    return _call(f"def {name(operation.name)}", found, " -> NoReturn:", explode=len(found) == 1)


def job_signature(function: str) -> Encoded:
    """The first line of a job's function."""
    return _call(f"def {name(function)}", ["*_arguments: str"], " -> None:", explode=True)


def task_signature(function: str) -> Encoded:
    """The first line of a task's function."""
    parts = ["*_args: object", "**_keywords: object"]
    return _call(f"def {name(function)}", parts, " -> None:")


def not_moved(called: str, source: str) -> Encoded:
    """The statement that an unmoved function consists of."""
    return _call("raise NotMoved", [python(called), python(source)], "", indent=4)


def route_row(operation: Operation, family: Family) -> Encoded:
    """A row of the table of routes."""
    function = f"operations.{name(operation.group)}.{name(operation.name)}"
    parts = [python(operation.method), python(spelled(operation, family)), function]
    return _call("", parts, ",", indent=4, explode=True)


def task_decorator(task: str) -> Encoded:
    """The decorator of a task."""
    return _call("@shared_task", [f"name={python(task)}"], "")


def _call(
    head: str, parts: Sequence[str], tail: str, *, indent: int = 0, explode: bool = False
) -> Encoded:
    """`head(parts)tail` on one line; else the parts on a line of their own; else each on its own."""
    joined = ", ".join(parts)
    line = f"{head}({joined}){tail}"
    if indent + len(line) <= _WIDTH or not parts:
        return Encoded(line)
    margin = " " * indent
    if indent + 4 + len(joined) <= _WIDTH and not explode:
        return Encoded(f"{head}(\n{margin}    {joined}\n{margin}){tail}")
    rows = "".join(f"{margin}    {part},\n" for part in parts)
    return Encoded(f"{head}(\n{rows}{margin}){tail}")
