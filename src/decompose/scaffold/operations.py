"""Which functions must a skeleton have, and how does each framework spell their routes?

Routes are put in order of how particular they are: a fixed word goes before a parameter, a number before a text, and
what takes slashes comes last. Where a framework takes the first route that fits, that is the one a person would mean.
FastAPI does not look at numbers when it chooses a route, so there a number is as good as a text.
"""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from decompose.scaffold.spec import Family, Operation, Parameter

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PARAMETER = re.compile(r"\{(\w+)\}")
_SYNTAX = re.compile(r"[<>{}%?#\\\x00-\x1f\x7f]")  # means something in some framework's routes
_TEXT, _SLASHES = 3, 4
_BY_TYPE = {"integer": 1, "number": 2}
_ANY_TEXT: dict[str, int] = {}
_PYTHON = {"integer": "int", "number": "float", "boolean": "str", "string": "str"}


def operations(document: dict[str, Any], family: Family) -> tuple[Operation, ...]:
    """The operations of an OpenAPI document that `contracts` has made, most particular path first."""
    found = [
        _operation(path, method, item[method], item.get("parameters", []))
        for path, item in document["paths"].items()
        for method in _METHODS
        if method in item
    ]
    ranks = _ANY_TEXT if family is Family.FASTAPI else _BY_TYPE
    return tuple(sorted(found, key=lambda each: (_generality(each, ranks), each.path, each.method)))


def _operation(
    path: str, method: str, operation: dict[str, Any], parameters: list[dict[str, Any]]
) -> Operation:
    return Operation(
        name=operation["operationId"],
        group=operation["tags"][0],
        method=method.upper(),
        path=path,
        parameters=tuple(
            Parameter(each["name"], each["schema"]["type"], "x-decompose-slashes" in each)
            for each in parameters
        ),
        summary=operation["summary"],
        handler=operation["x-decompose-handler"],
        source=operation["x-decompose-source"],
    )


def by_path(operations: Iterable[Operation]) -> list[list[Operation]]:
    """Operations of each path together, in the order in which the paths first come."""
    found: dict[str, list[Operation]] = {}
    for operation in operations:
        found.setdefault(operation.path, []).append(operation)
    return list(found.values())


def _generality(operation: Operation, ranks: dict[str, int]) -> tuple[tuple[int, int], ...]:
    """Sorts before another's where this path is the more particular one."""
    of = {parameter.name: parameter for parameter in operation.parameters}
    found = []
    for segment in operation.path.split("/"):
        names = _PARAMETER.findall(segment)
        widest = max((_rank(of[name], ranks) for name in names), default=0)
        found.append((widest, -len(_PARAMETER.sub("", segment))))
    return tuple(found)


def _rank(parameter: Parameter, ranks: dict[str, int]) -> int:
    return _SLASHES if parameter.slashes else ranks.get(parameter.type, _TEXT)


def python_type(parameter: Parameter) -> str:
    """The type that a handler's argument is annotated with."""
    return _PYTHON[parameter.type]


def spelled(operation: Operation, family: Family) -> str:
    """The route as a framework spells it."""
    of = {parameter.name: parameter for parameter in operation.parameters}
    parts = _PARAMETER.split(operation.path)
    pieces = [
        _parameter(of[part], family) if position % 2 else _literal(part)
        for position, part in enumerate(parts)
    ]
    text = "".join(pieces)
    return text.removeprefix("/") if family.is_django else text


def _literal(text: str) -> str:
    """Fixed text as a server sees it, decoded; what a framework would read as syntax stays encoded."""
    return _SYNTAX.sub(lambda match: f"%{ord(match[0]):02X}", unquote(text))


def _parameter(parameter: Parameter, family: Family) -> str:
    if family is Family.FASTAPI:
        return f"{{{parameter.name}{':path' if parameter.slashes else ''}}}"
    if parameter.slashes:
        return f"<path:{parameter.name}>"
    if parameter.type == "integer":
        return f"<int:{parameter.name}>"
    if parameter.type == "number" and family is Family.FLASK:
        return f"<float:{parameter.name}>"
    return f"<{'str:' if family.is_django else ''}{parameter.name}>"
