"""What does each service of the proposal hold: operations, jobs, tables, what crosses its boundary?

A service with routes or GraphQL operations answers HTTP; one without, but with tasks, schedules, commands or consumers,
works them off; one with nothing that the outside starts is a library.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from decompose.graph.analysis import Analysis, Program
from decompose.graph.ownership import entry_labels, source_of
from decompose.model.partition import SHARED, Boundary
from decompose.model.proposal import Proposal, Service
from decompose.scaffold.jobs import graphql, jobs, tasks
from decompose.scaffold.names import package_name, service_name
from decompose.scaffold.operations import operations
from decompose.scaffold.settings import dependencies, variables
from decompose.scaffold.spec import Family, Kind, Link, OwnedTable, ServiceSpec

Documents = Mapping[str, dict[str, Any]]
"""Service -> OpenAPI document."""

_SHOWN = 8
_FAMILIES = {"django": Family.DJANGO, "flask": Family.FLASK, "fastapi": Family.FASTAPI}
_REST = "external:rest_framework."


@dataclass(frozen=True, slots=True)
class _Known:
    """What is asked for each service."""

    analysis: Analysis
    labels: Mapping[str, str]  # atom or table -> label
    doors: Mapping[str, str]  # route, task, … -> label
    rest_modules: frozenset[int]  # modules that use Django REST framework


def specs(analysis: Analysis, proposal: Proposal, documents: Documents) -> tuple[ServiceSpec, ...]:
    """All services by name, the shared library last, if anything is shared."""
    labels = analysis.partition.labels()
    doors = entry_labels(analysis.program, proposal, labels)
    known = _Known(analysis, labels, doors, _rest_modules(analysis.program))
    found = [
        _service(known, service, documents.get(service.name, {"paths": {}}))
        for service in sorted(proposal.services, key=lambda service: service.name)
    ]
    if analysis.partition.shared:
        found.append(_shared(proposal, analysis))
    return tuple(found)


def _service(known: _Known, service: Service, document: dict[str, Any]) -> ServiceSpec:
    program = known.analysis.program
    sent = tasks(program, known.doors, service.name)
    others = jobs(program, known.doors, known.labels, service.name)
    schema = graphql(program, known.doors, service.name)
    web = document["paths"] or schema
    kind = Kind.WEB if web else Kind.WORKER if sent or others else Kind.LIBRARY
    family = _family(known, service, kind)
    capability = {each.name: each for each in known.analysis.partition.capabilities}.get(
        service.name
    )
    spec = ServiceSpec(
        name=service_name(service.name),
        folder=service.name,
        package=package_name(service.name, "library" if kind is Kind.LIBRARY else "service"),
        purpose=service.purpose,
        kind=kind,
        family=family,
        members=service.members,
        lines=capability.lines if capability else 0,
        tables=_tables(known, service),
        operations=operations(document, family),
        contract=document,
        tasks=sent,
        jobs=others,
        graphql=schema,
        provides=_links(known.analysis.boundaries, service.name, is_provider=True),
        consumes=_links(known.analysis.boundaries, service.name, is_provider=False),
    )
    spec = replace(spec, variables=variables(spec))
    return replace(spec, dependencies=dependencies(spec))


def _shared(proposal: Proposal, analysis: Analysis) -> ServiceSpec:
    return ServiceSpec(
        name=SHARED,
        folder=SHARED,
        package=package_name(SHARED, "library"),
        purpose="What several services need and none of them owns.",
        kind=Kind.SHARED,
        family=Family.PLAIN,
        members=proposal.shared or analysis.partition.shared,
    )


def _tables(known: _Known, service: Service) -> tuple[OwnedTable, ...]:
    graph = known.analysis.program.graph
    declared = {table.name: table for table in known.analysis.program.tables}
    found = []
    for name in sorted(service.tables):
        table = declared.get(name)
        model = table.model if table else ""
        source = source_of(graph, model) or (str(table.site) if table else "")
        found.append(OwnedTable(name, model, source))
    return tuple(found)


def _family(known: _Known, service: Service, kind: Kind) -> Family:
    """The framework of most of its routes, else of all; of a worker, Django where it or the program is Django's."""
    program = known.analysis.program
    if kind is Kind.WEB:
        mine = [route for route in program.routes if known.doors[route.node] == service.name]
        mine = mine or list(program.routes)
        votes = Counter(re.split("[._]", route.framework)[0] for route in mine)
        most = min(votes, key=lambda name: (-votes[name], name), default="")
        family = _FAMILIES.get(most, Family.FASTAPI)
        uses_rest = family is Family.DJANGO and _uses_rest(known, (route.handler for route in mine))
        return Family.DRF if uses_rest else family
    if kind is Kind.WORKER and any(name.startswith("django.") for name in program.frameworks):
        return Family.DJANGO
    return Family.PLAIN


def _rest_modules(program: Program) -> frozenset[int]:
    """Modules whose code names something of Django REST framework."""
    graph, names = program.graph, program.graph.nodes.names
    externals = [node for node, name in enumerate(names) if name.startswith(_REST)]
    sources = {graph.edges.source[edge] for node in externals for edge in graph.edges_to(node)}
    return frozenset(graph.module_of(source) for source in sources)


def _uses_rest(known: _Known, handlers: Iterable[str]) -> bool:
    graph = known.analysis.program.graph
    nodes = (graph.index.get(handler) for handler in handlers)
    return any(graph.module_of(node) in known.rest_modules for node in nodes if node is not None)


def _links(
    boundaries: tuple[Boundary, ...], service: str, *, is_provider: bool
) -> tuple[Link, ...]:
    """What others need of a service, or it of them, by name of the other."""
    found = []
    for boundary in boundaries:
        mine, other = boundary.consumer, boundary.provider
        if is_provider:
            mine, other = other, mine
        if mine == service:
            shown = tuple(
                (crossing.source, crossing.target, str(crossing.sites[0]) if crossing.sites else "")
                for crossing in boundary.crossings[:_SHOWN]
            )
            found.append(Link(other, shown, max(0, len(boundary.crossings) - _SHOWN)))
    return tuple(sorted(found, key=lambda link: link.service))
