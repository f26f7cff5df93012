"""Small programs and partitions of them, made without any stage.

A program is a list of names: `shop.orders` is a module, `shop.orders:Order` a class in it, `table:orders` a table
(`table:orders=shop.orders:Order` with its model), `route:GET /x=shop.orders:view` an entry point with its handler.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from decompose.graph import DependencyGraph, GraphBuilder, Program
from decompose.model.partition import RESERVED, SHARED, UNUSED, Capability, Doubt, Partition
from decompose.model.program import PREFIXES, Confidence, EdgeKind, NodeKind
from decompose.model.source import FileRole

_LINES = 10


def program(names: Iterable[str], tests: Iterable[str] = ()) -> Program:
    """A program; `tests` names modules of test files."""
    code = [name for name in names if not name.startswith(tuple(PREFIXES.values()))]
    rest = [name for name in names if name not in code]
    tests = list(tests)
    modules = sorted({name.partition(":")[0] for name in (*code, *tests)})
    roles = [FileRole.TEST if module in tests else FileRole.PROGRAM for module in modules]
    builder = GraphBuilder([f"{n}.py" for n in range(len(modules))], roles, [100] * len(modules))
    for number, module in enumerate(modules):
        builder.node(module, NodeKind.MODULE, file=number, line=1, end_line=100)
    for name in sorted(code):
        _definition(builder, modules, name)
    for name in sorted(rest):
        _resource(builder, name)
    return Program(builder.build())


def _definition(builder: GraphBuilder, modules: list[str], name: str) -> None:
    module, _, definition = name.partition(":")
    if definition:
        parent = builder.find(module)
        dotted = f"{module}.{definition}"
        number = modules.index(module)
        builder.node(
            dotted, NodeKind.CLASS, parent=parent, file=number, line=2, end_line=1 + _LINES
        )


def _resource(builder: GraphBuilder, name: str) -> None:
    node, _, target = name.partition("=")
    kind = next(kind for kind, prefix in PREFIXES.items() if node.startswith(prefix))
    number = builder.node(node, kind)
    found = builder.find(target.replace(":", ".")) if target else None
    if found is not None:
        edge = EdgeKind.MAPS if kind is NodeKind.TABLE else EdgeKind.EXPOSES
        builder.edge(number, found, edge, Confidence.EXACT)


def partition(labels: Mapping[str, str], doubts: Iterable[Doubt] = ()) -> Partition:
    """A partition from atom or table -> label."""
    content: dict[str, list[str]] = defaultdict(list)
    for name, label in sorted(labels.items()):
        content[label].append(name)
    capabilities = tuple(
        Capability(
            label,
            f"Does {label}.",
            tuple(name for name in content[label] if not name.startswith("table:")),
            tuple(name for name in content[label] if name.startswith("table:")),
            (),
        )
        for label in sorted(set(content) - set(RESERVED))
    )
    return Partition(
        capabilities, tuple(content[SHARED]), tuple(content[UNUSED]), doubts=tuple(doubts)
    )


def atoms(graph: DependencyGraph) -> list[str]:
    """Names of atoms of the program, tests left out."""
    return [
        name
        for node, name in enumerate(graph.nodes.names)
        if graph.atoms[node] == node and graph.role(node) is FileRole.PROGRAM
    ]
