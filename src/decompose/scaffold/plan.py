"""Which files does a proposal become, and why? Pure: equal inputs give equal files; nothing is written here.

Every service has the same bones: how to install it (`pyproject.toml`), what it is told (`environment.py`), what it
promises (`openapi.json`), what it starts (`app.py`, `worker.py`), what waits to be moved in (`operations/`, `tasks.py`,
`jobs.py`), and tests that run from the first day. A folder of templates holds what a framework or kind adds.
"""

import difflib
from collections.abc import Iterator
from itertools import groupby

from decompose.errors import DecomposeError
from decompose.graph.analysis import Analysis
from decompose.model.planned import PlannedFile
from decompose.model.proposal import Proposal
from decompose.scaffold.render import render
from decompose.scaffold.services import Documents, specs
from decompose.scaffold.spec import Family, Kind, Operation, ServiceSpec

_COMMON = (
    ("pyproject.toml", "how it is installed and checked"),
    ("README.md", "what it owns and where its code comes from"),
    (".gitignore", "what is no source"),
    ("src/{package}/__init__.py", "the package"),
)
_RUNNING = (
    (".env.example", "the settings, for a person to fill in"),
    ("src/{package}/environment.py", "settings come from the environment alone"),
    ("src/{package}/unmoved.py", "what has not been moved says where it is"),
    ("tests/conftest.py", "an environment for tests"),
)
_FAMILIES = {
    Family.DJANGO: "django",
    Family.DRF: "django",
    Family.FLASK: "flask",
    Family.FASTAPI: "fastapi",
}
_DJANGO = (("src/{package}/settings.py", "Django's settings"), ("manage.py", "Django's commands"))
_WEB = {
    "django": (
        ("src/{package}/health.py", "answers /livez and /readyz"),
        ("src/{package}/problems.py", "errors as RFC 9457 says"),
        ("src/{package}/urls.py", "which operation answers at which path"),
        ("src/{package}/wsgi.py", "what a server starts"),
    ),
    "flask": (
        ("src/{package}/app.py", "the application"),
        ("src/{package}/health.py", "answers /livez and /readyz"),
        ("src/{package}/problems.py", "errors as RFC 9457 says"),
        ("src/{package}/routes.py", "which operation answers at which path"),
    ),
    "fastapi": (
        ("src/{package}/app.py", "the application"),
        ("src/{package}/health.py", "answers /livez and /readyz"),
        ("src/{package}/problems.py", "errors as RFC 9457 says"),
        ("src/{package}/routes.py", "which operation answers at which path"),
    ),
}
_SETTINGS = (("src/{package}/settings.py", "the settings, as one value"),)
_DATABASE = (("src/{package}/database.py", "the way to the service's own tables"),)


def plan(
    analysis: Analysis,
    proposal: Proposal,
    documents: Documents,
    *,
    services: tuple[str, ...] | None = None,
) -> tuple[PlannedFile, ...]:
    """The files of all services, or of those named, by path.

    `analysis`: under `proposal`, whose labels its partition holds; `documents`: service -> OpenAPI document.
    Raises DecomposeError for a service that the proposal does not have, and for one whose name is unusable.
    """
    known = specs(analysis, proposal, documents)
    wanted = _wanted(known, services)
    files = [file for spec in known if spec.name in wanted for file in _files(spec)]
    overview = render("overview/README.md.j2", name=analysis.name, services=known)
    files.append(PlannedFile("README.md", overview, "which services there are"))
    return tuple(sorted(files))


def _wanted(known: tuple[ServiceSpec, ...], services: tuple[str, ...] | None) -> set[str]:
    names = [spec.name for spec in known]
    for service in services or ():
        if service not in names:
            near = difflib.get_close_matches(service, names, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names)}"
            raise DecomposeError(f"no service is called {service!r}", remedy=hint)
    return set(names if services is None else services)


def _files(spec: ServiceSpec) -> Iterator[PlannedFile]:
    for folder, path, why in _templates(spec):
        yield _file(spec, folder, path, why)
    if spec.kind is Kind.WEB:
        contract = render("common/openapi.json.j2", document=spec.contract)
        yield PlannedFile(
            f"{spec.folder}/src/{spec.package}/openapi.json", contract, "what it promises over HTTP"
        )
        yield from _operation_files(spec)


def _templates(spec: ServiceSpec) -> Iterator[tuple[str, str, str]]:
    """(folder of templates, path within the service, why)."""
    yield from (("common", *row) for row in _COMMON)
    if spec.kind in (Kind.LIBRARY, Kind.SHARED):
        yield "library", "tests/test_import.py", "it can be imported"
        return
    yield from (("common", *row) for row in _RUNNING)
    if spec.family.is_django:
        yield from (("django", *row) for row in _DJANGO)
    else:
        yield from (("common", *row) for row in (*_SETTINGS, *(_DATABASE if spec.tables else ())))
    if spec.kind is Kind.WEB:
        folder = _FAMILIES[spec.family]
        yield from ((folder, *row) for row in _WEB[folder])
        yield "common", "src/{package}/contract.py", "hands out the contract"
        yield folder, "tests/client.py", "how tests ask the service"
        yield "web", "tests/test_web.py", "it starts, and answers as its contract says"
    if spec.tasks:
        yield "celery", "src/{package}/tasks.py", "what it does when a message comes"
        yield "celery", "src/{package}/worker.py", "takes tasks from its queue"
        yield "celery", "tests/test_worker.py", "the worker starts"
    if spec.jobs:
        yield "jobs", "src/{package}/jobs.py", "what is started by a person, a clock or an event"
        yield "jobs", "src/{package}/__main__.py", "runs a job, or waits for the clock"
        yield "jobs", "tests/test_jobs.py", "jobs can be started"


def _file(spec: ServiceSpec, folder: str, path: str, why: str) -> PlannedFile:
    name = path.rpartition("/")[2].lstrip(".")
    text = render(f"{folder}/{name}.j2", service=spec)
    return PlannedFile(f"{spec.folder}/{path.format(package=spec.package)}", text, why)


def _operation_files(spec: ServiceSpec) -> Iterator[PlannedFile]:
    folder = f"{spec.folder}/src/{spec.package}/operations"
    template = f"{_FAMILIES[spec.family]}/operations.py.j2"
    yield PlannedFile(
        f"{folder}/__init__.py",
        render("common/operations_init.py.j2", service=spec),
        "one module for each group of operations",
    )
    for group, found in groupby(sorted(spec.operations, key=_by_name), key=lambda each: each.group):
        text = render(template, service=spec, group=group, operations=tuple(found))
        yield PlannedFile(f"{folder}/{group}.py", text, "operations that wait for their code")


def _by_name(operation: Operation) -> tuple[str, str]:
    return operation.group, operation.name
