"""Small analyses to scaffold from, without running any stage."""

from dataclasses import dataclass, field, replace

from decompose.contracts import documents
from decompose.graph.analysis import Analysis, Program
from decompose.graph.builder import GraphBuilder
from decompose.model.partition import Capability, Partition
from decompose.model.planned import PlannedFile
from decompose.model.program import (
    Command,
    Confidence,
    EdgeKind,
    NodeKind,
    Route,
    Schedule,
    Table,
    Task,
)
from decompose.model.proposal import Proposal, Service
from decompose.model.source import FileRole, Site, SourceFile
from decompose.scaffold import plan

FRAMEWORKS = {"django": "django.urls", "drf": "django.urls", "flask": "flask", "fastapi": "fastapi"}


@dataclass
class Monolith:
    """Handlers by dotted name; each stands on a line of its own in the file of its module."""

    routes: list[Route] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    schedules: list[Schedule] = field(default_factory=list)
    functions: dict[str, str] = field(default_factory=dict)  # dotted name -> docstring
    externals: dict[str, str] = field(default_factory=dict)  # dotted name -> library name it uses
    frameworks: tuple[str, ...] = ()

    def route(
        self, method: str, path: str, handler: str, framework: str = "flask", **more: object
    ) -> None:
        self.function(handler)
        site = Site("shop/urls.py", len(self.routes) + 1)
        self.routes.append(Route(method, path, handler, site, framework, **more))

    def table(self, name: str, model: str = "", framework: str = "sqlalchemy") -> None:
        self.tables.append(Table(name, model, Site("shop/models.py", 3), framework))

    def task(self, name: str, handler: str, framework: str = "celery") -> None:
        self.function(handler)
        self.tasks.append(Task(name, handler, Site("shop/tasks.py", 7), framework))

    def command(self, name: str, handler: str) -> None:
        self.function(handler)
        self.commands.append(Command(name, handler, Site("shop/cli.py", 9), "click"))

    def function(self, name: str, doc: str = "") -> None:
        self.functions.setdefault(name, doc)

    def program(self) -> Program:
        modules = sorted({name.rpartition(".")[0] for name in self.functions})
        paths = [f"{module.replace('.', '/')}.py" for module in modules]
        builder = GraphBuilder(paths, [FileRole.PROGRAM] * len(paths), [100] * len(paths))
        for number, module in enumerate(modules):
            builder.node(module, NodeKind.MODULE, file=number, line=1, end_line=100)
        for line, name in enumerate(sorted(self.functions), start=2):
            module = modules.index(name.rpartition(".")[0])
            node = builder.node(
                name,
                NodeKind.FUNCTION,
                parent=builder.find(modules[module]),
                file=module,
                line=line,
            )
            if name in self.externals:
                used = builder.node(f"external:{self.externals[name]}", NodeKind.EXTERNAL)
                builder.edge(node, used, EdgeKind.USES, Confidence.EXACT, line=line)
        graph = builder.build()
        docs = {graph.index[name]: doc for name, doc in self.functions.items() if doc}
        return Program(
            graph,
            tables=tuple(self.tables),
            routes=tuple(self.routes),
            tasks=tuple(self.tasks),
            commands=tuple(self.commands),
            schedules=tuple(self.schedules),
            docs=docs,
            frameworks=self.frameworks,
        )


def analysis(monolith: Monolith, *services: Service, shared: tuple[str, ...] = ()) -> Analysis:
    """An analysis whose proposal and partition are these services; a member is a prefix."""
    program = monolith.program()
    atoms = sorted({program.graph.nodes.names[atom] for atom in program.graph.atoms if atom >= 0})
    capabilities = tuple(
        Capability(
            service.name,
            service.purpose,
            tuple(atom for atom in atoms if atom.startswith(service.members)),
            tuple(f"table:{table}" for table in service.tables),
            service.entry_points,
            lines=120,
        )
        for service in services
    )
    partition = Partition(capabilities, shared, ())
    proposal = Proposal(services, shared)
    return Analysis(
        "shop", (), (), program, partition, (), proposal, boundaries=(), findings=(), scores=()
    )


def planned(found: Analysis, services: tuple[str, ...] | None = None) -> tuple[PlannedFile, ...]:
    contracts = documents(found.program, found.proposal, found.partition.labels())
    return plan(found, found.proposal, contracts, services=services)


def with_files(found: Analysis, *files: SourceFile) -> Analysis:
    return replace(found, files=files)
