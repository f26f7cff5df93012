"""What does a service answer over HTTP? Its monolith's real routes, as one OpenAPI 3.1 document.

Nothing is made up: paths, methods, path parameters and words of documentation are the monolith's; what bodies look
like is not read, and the document says so. Each operation names the handler that answers it today.

Routes that OpenAPI holds to be the same (equal but for the names of parameters) become one operation, which lists the
handlers behind it. A route that is open to every method is written down as GET and POST, with a note.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from decompose.contracts.names import Called, group_names, operation_names
from decompose.contracts.paths import Parameter, Template, renamed, template
from decompose.graph.analysis import Program
from decompose.graph.ownership import entry_labels, label_of, source_of
from decompose.model.program import Route
from decompose.model.proposal import Proposal, Service

Document = dict[str, Any]
"""What `json.dumps` takes."""

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_OPEN = ("get", "post")
_OPEN_NOTE = "The monolith's route is open to every method."
_ABOUT = (
    "What the monolith's routes say. Bodies and status codes are not described: "
    "they are not known from the routes alone."
)
_PROBLEM = "application/problem+json"
_PROBLEM_SCHEMA: Document = {
    "type": "object",
    "description": "An error as RFC 9457 describes it.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "default": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "source": {"type": "string", "description": "File and line in the monolith."},
    },
    "additionalProperties": True,
}


@dataclass(frozen=True, slots=True)
class _Answer:
    """A route under one method, and who answers it."""

    method: str
    template: Template
    route: Route
    module: str
    function: str  # dotted, without the module
    source: str
    doc: str


def documents(
    program: Program, proposal: Proposal, labels: Mapping[str, str]
) -> dict[str, Document]:
    """The document of each service that has routes. `labels`: atom or table -> service."""
    known = {**labels, **entry_labels(program, proposal, labels)}
    found = {service.name: openapi(program, service, known) for service in proposal.services}
    return {name: document for name, document in found.items() if document["paths"]}


def openapi(program: Program, service: Service, labels: Mapping[str, str]) -> Document:
    """The document of one service.

    `labels`: atom -> service; where it has a route's node (`route:GET /orders/`) too, that decides, else the
    service's own list of entry points and the handler's label.
    """
    answers = [
        answer
        for route in program.routes
        if _owns(program, service, labels, route)
        for answer in _answers(program, route)
    ]
    groups = group_names(answer.module for answer in answers)
    return {
        "openapi": "3.1.0",
        "info": {"title": service.name, "version": "0.1.0", "description": _about(service)},
        "servers": [{"url": "/"}],
        "tags": [
            {"name": group, "description": f"From {_text(module)}."}
            for module, group in sorted(groups.items(), key=lambda pair: pair[1])
        ],
        "paths": _paths(answers, groups),
        "components": {"schemas": {"Problem": _PROBLEM_SCHEMA}},
    }


def _about(service: Service) -> str:
    purpose = _prose(service.purpose)
    return f"{purpose}\n\n{_ABOUT}" if purpose else _ABOUT


def _owns(program: Program, service: Service, labels: Mapping[str, str], route: Route) -> bool:
    decided = labels.get(route.node)
    if decided is None and route.node in service.entry_points:
        return True
    if decided is None:
        decided = label_of(program.graph, labels, route.handler)
    return decided == service.name


def _answers(program: Program, route: Route) -> Iterable[_Answer]:
    methods = _OPEN if route.method == "*" else (route.method.lower(),)
    graph = program.graph
    node = graph.index.get(route.handler)
    module_node = -1 if node is None else graph.module_of(node)
    module = route.handler.rpartition(".")[0]
    if module_node >= 0:
        module = graph.nodes.names[module_node]
    found = template(route.path, dict(route.parameters), route.raw)
    for method in methods:
        if method in _METHODS:  # not a websocket
            yield _Answer(
                method,
                found,
                route,
                module,
                route.handler.removeprefix(f"{module}."),
                source_of(graph, route.handler) or str(route.site),
                _doc(program, route.handler),
            )


def _doc(program: Program, handler: str) -> str:
    """The docstring of a handler, else that of its class."""
    for name in (handler, handler.rpartition(".")[0]):
        node = program.graph.index.get(name)
        if node is not None and not (name != handler and program.graph.kind(node) == 0):
            doc = program.docs.get(node, "")
            if doc:
                return doc
    return ""


def _paths(answers: list[_Answer], groups: Mapping[str, str]) -> Document:
    by_shape: dict[str, list[_Answer]] = {}
    for answer in sorted(answers, key=_rank):
        by_shape.setdefault(answer.template.shape, []).append(answer)
    shapes = sorted(by_shape, key=lambda shape: by_shape[shape][0].template.path)
    operations: dict[tuple[str, str], list[_Answer]] = {}
    for shape in shapes:
        path = by_shape[shape][0].template.path
        for answer in by_shape[shape]:
            operations.setdefault((answer.method, path), []).append(answer)
    names = operation_names(
        {key: Called(found[0].function, found[0].route.name) for key, found in operations.items()}
    )
    paths: Document = {}
    for shape in shapes:
        path = by_shape[shape][0].template.path
        item: Document = {"parameters": _parameters(by_shape[shape])}
        for method in _METHODS:
            same = operations.get((method, path))
            if same:
                item[method] = _operation(same, names[method, path], groups[same[0].module])
        paths[path] = item if item["parameters"] else {**item, "parameters": []}
    return {path: _without_empty(item) for path, item in paths.items()}


def _rank(answer: _Answer) -> tuple[object, ...]:
    """Surer routes first, those with a method of their own before open ones; then by name, so that order is settled."""
    route = answer.route
    return (
        -route.confidence,
        route.method == "*",
        answer.template.path,
        route.handler,
        answer.source,
    )


def _without_empty(item: Document) -> Document:
    return {key: value for key, value in item.items() if value != []}


def _parameters(answers: list[_Answer]) -> list[Document]:
    first = answers[0].template.parameters
    for answer in answers[1:]:
        first = renamed(answer.template.parameters, first)
    return [_parameter(parameter) for parameter in first]


def _parameter(parameter: Parameter) -> Document:
    found: Document = {
        "name": parameter.name,
        "in": "path",
        "required": True,
        "schema": {"type": parameter.type},
    }
    return {**found, "x-decompose-slashes": True} if parameter.slashes else found


def _operation(answers: list[_Answer], name: str, group: str) -> Document:
    first = answers[0]
    doc = _prose(first.doc)
    note = _OPEN_NOTE if first.route.method == "*" else ""
    also = sorted(
        {(_text(answer.route.handler), _text(answer.source)) for answer in answers[1:]}
        - {(_text(first.route.handler), _text(first.source))}
    )
    found: Document = {
        "operationId": name,
        "tags": [group],
        "summary": _summary(first.doc) or f"{first.method.upper()} {first.template.path}",
        "description": "\n\n".join(part for part in (doc, note) if part),
        "responses": _responses(),
        "x-decompose-handler": _text(first.route.handler),
        "x-decompose-source": _text(first.source),
        "x-decompose-also": [{"handler": handler, "source": source} for handler, source in also],
    }
    return {key: value for key, value in found.items() if value not in ("", [])}


def _responses() -> Document:
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        "200": {"description": "What the monolith answers."},
        "501": {
            "description": "The code that answers has not been moved here yet.",
            "content": {_PROBLEM: problem},
        },
        "default": {"description": "An error.", "content": {_PROBLEM: problem}},
    }


def _summary(doc: str) -> str:
    """The first sentence."""
    text = _text(doc)
    sentence = re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0].rstrip(".")
    return sentence if len(sentence) <= _SUMMARY else sentence[: _SUMMARY - 1].rstrip() + "…"


_SUMMARY = 120


def _prose(text: str) -> str:
    """Text that is read as Markdown, without tags of HTML."""
    return _text(text).replace("&", "&amp;").replace("<", "&lt;")


def _text(text: str) -> str:
    """A text as one line, without characters that steer terminals or directions of writing."""
    kept = (" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text)
    return " ".join("".join(kept).split())
