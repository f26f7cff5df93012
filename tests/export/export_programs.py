"""A small shop with everything that an analysis can hold, made without any stage."""

from dataclasses import dataclass, field

from decompose.graph import Analysis, GraphBuilder, Program, Unlinked
from decompose.model.partition import (
    Boundary,
    Capability,
    Crossing,
    Doubt,
    Finding,
    Partition,
    Scores,
    Severity,
)
from decompose.model.program import (
    AccessMode,
    Column,
    Command,
    Confidence,
    EdgeKind,
    Handler,
    Join,
    NodeKind,
    Publish,
    Route,
    Schedule,
    Table,
    TableAccess,
    Task,
    Transaction,
)
from decompose.model.proposal import Constraints, Proposal, Service
from decompose.model.source import FileRole, Problem, Site, SourceFile

EXACT, INFERRED, NAME_ONLY = Confidence.EXACT, Confidence.INFERRED, Confidence.NAME_ONLY
CALLS, IMPORTS = EdgeKind.CALLS, EdgeKind.IMPORTS


@dataclass
class Drawing:
    """Nodes and edges by name: a file for each module, definitions at `line`."""

    files: dict[str, tuple[str, FileRole, int]] = field(default_factory=dict)
    nodes: list[tuple[str, NodeKind, str, int, int]] = field(default_factory=list)
    edges: list[tuple[str, str, EdgeKind, Confidence, tuple[int, ...], int, str]] = field(
        default_factory=list
    )

    def module(
        self, name: str, lines: int = 20, role: FileRole = FileRole.PROGRAM, path: str = ""
    ) -> None:
        self.files[name] = (path or f"{name.replace('.', '/')}.py", role, lines)
        self.nodes.append((name, NodeKind.MODULE, "", 1, lines))

    def code(self, name: str, kind: NodeKind, line: int = 2, end_line: int = 5) -> None:
        self.nodes.append((name, kind, name.rpartition(".")[0], line, end_line))

    def other(self, name: str, kind: NodeKind) -> None:
        self.nodes.append((name, kind, "", 0, 0))

    def edge(  # noqa: PLR0913, PLR0917 -- the columns of an edge
        self,
        source: str,
        target: str,
        kind: EdgeKind = CALLS,
        confidence: Confidence = EXACT,
        lines: tuple[int, ...] = (3,),
        loop: int = 0,
        mediator: str = "",
    ) -> None:
        self.edges.append((source, target, kind, confidence, lines, loop, mediator))

    def program(self, **facts: object) -> Program:
        rows = list(self.files.values())
        builder = GraphBuilder([r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows])
        number = {name: position for position, name in enumerate(self.files)}
        for name, kind, parent, line, end_line in self.nodes:
            module = name
            while module and module not in number:
                module = module.rpartition(".")[0]
            file = number.get(module, -1) if kind <= NodeKind.METHOD else -1
            above = builder.find(parent) if parent else None
            builder.node(
                name,
                kind,
                parent=-1 if above is None else above,
                file=file,
                line=line,
                end_line=end_line,
            )
        for source, target, kind, confidence, lines, loop, mediator in self.edges:
            left, right = builder.find(source), builder.find(target)
            assert left is not None, source
            assert right is not None, target
            for line in lines or (0,):
                builder.edge(
                    left, right, kind, confidence, line=line, loop_depth=loop, mediated_by=mediator
                )
        return Program(builder.build(), **facts)  # type: ignore[arg-type] # by field


def analysis(program: Program, partition: Partition | None = None, **more: object) -> Analysis:
    """An analysis with nothing but a program and a partition."""
    files = tuple(
        SourceFile(path, path.removesuffix(".py").replace("/", "."), role, is_package=False, size=1)
        for path, role in zip(program.graph.files, program.graph.file_roles, strict=True)
    )
    rows: dict[str, object] = {
        "files": files,
        "problems": (),
        "alternatives": (),
        "proposal": Proposal(()),
        "boundaries": (),
        "findings": (),
        "scores": (),
        **more,
    }
    return Analysis(
        name="shop", program=program, partition=partition or Partition((), (), ()), **rows
    )  # type: ignore[arg-type] # by field


def shop() -> Drawing:
    """Orders call billing, directly and through tasks, signals, properties, overrides and constructors."""
    drawing = Drawing()
    _nodes(drawing)
    _edges(drawing)
    return drawing


def _nodes(drawing: Drawing) -> None:
    drawing.module("shop", 0, path="shop/__init__.py")
    drawing.module("shop.orders", 40)
    drawing.module("shop.billing", 60)
    drawing.module("tests.test_orders", 9, FileRole.TEST)
    drawing.code("shop.orders.Order", NodeKind.CLASS, 2, 20)
    drawing.code("shop.orders.Order.__init__", NodeKind.METHOD, 3, 4)
    drawing.code("shop.orders.Order.pay", NodeKind.METHOD, 5, 9)
    drawing.code("shop.orders.Rush", NodeKind.CLASS, 21, 25)
    drawing.code("shop.orders.view", NodeKind.FUNCTION, 26, 30)
    drawing.code("shop.billing.Invoice", NodeKind.CLASS, 2, 10)
    drawing.code("shop.billing.charge", NodeKind.FUNCTION, 11, 20)
    drawing.code("shop.billing.charge.retry", NodeKind.FUNCTION, 12, 14)
    drawing.code("shop.billing.on_paid", NodeKind.FUNCTION, 21, 30)
    drawing.code("tests.test_orders.test_pay", NodeKind.FUNCTION, 2, 8)
    drawing.other("table:orders", NodeKind.TABLE)
    drawing.other("task:bill", NodeKind.TASK)
    drawing.other("signal:paid", NodeKind.SIGNAL)
    drawing.other("route:GET /orders", NodeKind.ROUTE)
    drawing.other("schedule:nightly", NodeKind.SCHEDULE)
    drawing.other("external:json.dumps", NodeKind.EXTERNAL)


def _edges(drawing: Drawing) -> None:
    drawing.edge("shop.orders", "shop.billing", IMPORTS, lines=(1,))
    drawing.edge("tests.test_orders", "shop.orders", IMPORTS, lines=(1,))
    drawing.edge("tests.test_orders.test_pay", "shop.orders.Order.pay", lines=(4,))
    drawing.edge("shop.orders.Rush", "shop.orders.Order", EdgeKind.INHERITS)
    drawing.edge("shop.orders.view", "shop.orders.Rush", EdgeKind.INSTANTIATES, lines=(27,))
    drawing.edge("shop.orders.view", "shop.orders.Order.__init__", lines=(27,))
    drawing.edge("shop.orders.view", "shop.orders.Order.pay", CALLS, INFERRED, (28, 29), 2)
    drawing.edge("shop.orders.view", "shop.billing.charge", CALLS, NAME_ONLY, (29,))
    drawing.edge("shop.orders.view", "external:json.dumps", lines=(30,))
    drawing.edge("shop.orders.Order", "shop.billing.charge", lines=(18,))
    drawing.edge("shop.orders.Order.pay", "shop.billing.Invoice", EdgeKind.INSTANTIATES, lines=(6,))
    drawing.edge(
        "shop.orders.Order.pay", "task:bill", EdgeKind.PUBLISHES, lines=(7,), mediator="celery"
    )
    drawing.edge("task:bill", "shop.billing.charge", EdgeKind.CONSUMES, mediator="celery", lines=())
    drawing.edge("schedule:nightly", "task:bill", EdgeKind.EXPOSES, mediator="celery", lines=())
    drawing.edge(
        "shop.orders.Order.pay", "signal:paid", EdgeKind.PUBLISHES, lines=(8,), mediator="django"
    )
    drawing.edge(
        "signal:paid", "shop.billing.on_paid", EdgeKind.CONSUMES, INFERRED, (), 0, "django"
    )
    drawing.edge(
        "route:GET /orders", "shop.orders.view", EdgeKind.EXPOSES, lines=(), mediator="django"
    )
    drawing.edge("shop.orders.Order.pay", "table:orders", EdgeKind.WRITES, lines=(9,))
    drawing.edge(
        "shop.billing.charge.retry", "shop.billing.charge", CALLS, INFERRED, (13,), 0, "python"
    )


SPLIT = Partition(
    (
        Capability(
            "billing",
            "Bills.",
            ("shop.billing", "shop.billing.Invoice", "shop.billing.charge", "shop.billing.on_paid"),
            (),
            ("task:bill",),
            ("invoice", "charge"),
            60,
            0.75,
        ),
        Capability(
            "orders",
            "Takes orders.",
            ("shop.orders", "shop.orders.Order", "shop.orders.view"),
            ("table:orders",),
            ("route:GET /orders",),
        ),
    ),
    ("shop",),
    ("shop.orders.Rush",),
    {"shop.orders.Rush": "nobody uses it", "gone.from.the.graph": "once"},
    (Doubt("shop.orders.view", 0.55, "billing"),),
    {"table:orders": "most writes"},
    "Worth it.",
)


def everything() -> Analysis:
    """An analysis in which no field is empty."""
    site = Site("shop/orders.py", 7)
    program = shop().program(
        tables=(
            Table(
                "orders",
                "shop.orders.Order",
                site,
                "django",
                (Column("id", "int", 3, primary_key=True, references="x.id", on_delete="CASCADE"),),
                INFERRED,
                "Order.x",
            ),
        ),
        routes=(
            Route(
                "GET",
                "/o/{pk}",
                "shop.orders.view",
                site,
                "django",
                "o",
                (("pk", "integer"),),
                "^o$",
            ),
        ),
        tasks=(Task("bill", "shop.billing.charge", site, "celery"),),
        commands=(Command("bill", "shop.billing.charge", site, "click"),),
        schedules=(Schedule("nightly", "task:bill", site, "celery", "0 1 * * *"),),
        publishes=(Publish("shop.orders.Order.pay", "task:bill", site, "celery"),),
        handlers=(
            Handler("signal:paid", "shop.billing.on_paid", site, "django", "shop.orders.Order"),
        ),
        accesses=(
            TableAccess(
                "shop.orders.view", "orders", AccessMode.UPDATE, site, 2, INFERRED, ("id",)
            ),
        ),
        joins=(Join("shop.orders.view", "orders", "x", site),),
        transactions=(Transaction("shop.orders.view", "atomic", site, 9, "django"),),
        unlinked=Unlinked([3, 4], [5, 6], [2, 5], [0, 1], ["x.y", "z()"]),
        resolved={"linked": 7, "dynamic": 1},
        words={3: {"order": 2, "Ünï": 1}, 5: {"order": 1}},
        docs={3: "An order.\n</script>"},
        frameworks=("celery", "django"),
    )
    crossing = Crossing(CALLS, "shop.orders.view", "shop.billing.charge", EXACT, (site, site), 11.0)
    return analysis(
        program,
        SPLIT,
        problems=(Problem("a.py", 3, "syntax", "bad", "mend"),),
        alternatives=(Partition((), ("shop",), ()), SPLIT),
        proposal=Proposal(
            (Service("orders", "p", ("shop.orders",), ("orders",), ("route:GET /orders",)),),
            ("shop",),
            ("x",),
            Constraints({"a": "orders"}, (("a", "b"),), (("c",),)),
        ),
        boundaries=(
            Boundary("billing", "orders", (crossing, crossing), 22.0),
            Boundary("orders", "billing", (), 0.0),
        ),
        findings=(
            Finding("cycles", Severity.HIGH, "shop", ("orders",), "A cycle.", (site,), "Cut it."),
        ),
        scores=(Scores("proposal", {"Q": 0.5, "SM": -1.25}),),
    )
