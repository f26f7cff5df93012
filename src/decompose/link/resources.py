"""Framework facts become nodes and edges: tables, routes, tasks, and who reads, writes, publishes, handles."""

from collections.abc import Iterable, Mapping, Sequence

from decompose.graph.builder import GraphBuilder
from decompose.graph.dependency import NOBODY
from decompose.link.edges import CALLBACK
from decompose.model.program import (
    PREFIXES,
    Command,
    Confidence,
    EdgeKind,
    Fact,
    Handler,
    Join,
    Mediated,
    NodeKind,
    Operation,
    Publish,
    Route,
    Schedule,
    Table,
    TableAccess,
    Task,
)
from decompose.model.source import Site

Facts = Mapping[type, Sequence[Fact]]


class Resources:
    """Adds framework facts to a builder that holds all code nodes."""

    def __init__(self, builder: GraphBuilder, file_of: Mapping[str, int]) -> None:
        self._builder = builder
        self._file_of = file_of

    def add(self, facts: Iterable[Fact]) -> None:
        """Nodes first, then the edges between them."""
        known = list(facts)
        for fact in known:
            self._declare(fact)
        for fact in known:
            self._connect(fact)

    def _node(self, kind: NodeKind, name: str, site: Site | None = None) -> int:
        file = self._file_of.get(site.path, NOBODY) if site else NOBODY
        line = site.line if site and file != NOBODY else 0
        return self._builder.node(PREFIXES[kind] + name, kind, file=file, line=line, end_line=line)

    def _declare(self, fact: Fact) -> None:
        if isinstance(fact, Table):
            self._node(NodeKind.TABLE, fact.name, fact.site)
        elif isinstance(fact, Route):
            self._node(NodeKind.ROUTE, f"{fact.method} {fact.path}", fact.site)
        elif isinstance(fact, Task):
            self._node(NodeKind.TASK, fact.name, fact.site)
        elif isinstance(fact, Command):
            self._node(NodeKind.COMMAND, fact.name, fact.site)
        elif isinstance(fact, Operation):
            self._node(NodeKind.OPERATION, fact.name, fact.site)
        elif isinstance(fact, Schedule):
            self._node(NodeKind.SCHEDULE, fact.name, fact.site)

    def _connect(self, fact: Fact) -> None:
        if isinstance(fact, Table):
            self._table(fact)
        elif isinstance(fact, Route | Command | Operation):
            self._link(fact.node, fact.handler, EdgeKind.EXPOSES, fact.site, fact.framework)
        elif isinstance(fact, Task):
            self._link(
                f"task:{fact.name}", fact.handler, EdgeKind.CONSUMES, fact.site, fact.framework
            )
        elif isinstance(fact, Schedule):
            self._link(
                f"schedule:{fact.name}", fact.target, EdgeKind.EXPOSES, fact.site, fact.framework
            )
        elif isinstance(fact, Publish):
            self._ensure(fact.target)
            self._link(
                fact.source,
                fact.target,
                EdgeKind.PUBLISHES,
                fact.site,
                fact.framework,
                fact.confidence,
            )
        elif isinstance(fact, Handler):
            self._ensure(fact.signal)
            self._link(fact.signal, fact.handler, EdgeKind.CONSUMES, fact.site, fact.framework)
        elif isinstance(fact, Mediated):
            way = EdgeKind.PASSES if fact.passes else EdgeKind.CALLS
            mediator = CALLBACK if fact.at_once else fact.framework
            self._link(fact.source, fact.target, way, fact.site, mediator, fact.confidence)
        elif isinstance(fact, TableAccess):
            self._access(fact)
        elif isinstance(fact, Join):
            self._link(f"table:{fact.left}", f"table:{fact.right}", EdgeKind.JOINS, fact.site, "")

    def _ensure(self, name: str) -> None:
        """Signals and queues that nobody declares are nodes all the same."""
        if self._builder.find(name) is not None:
            return
        for kind in (NodeKind.SIGNAL, NodeKind.QUEUE, NodeKind.TASK):
            if name.startswith(PREFIXES[kind]):
                self._builder.node(name, kind)

    def _table(self, table: Table) -> None:
        node = PREFIXES[NodeKind.TABLE] + table.name
        if table.model:
            self._link(node, table.model, EdgeKind.MAPS, table.site, table.framework)
        for column in table.columns:
            target = column.references.rpartition(".")[0]
            if target:
                site = Site(table.site.path, column.line)
                self._link(
                    node,
                    f"table:{target}",
                    EdgeKind.REFERENCES,
                    site,
                    table.framework,
                    table.confidence,
                )

    def _access(self, access: TableAccess) -> None:
        kind = EdgeKind.WRITES if access.mode.writes else EdgeKind.READS
        source = self._builder.find(access.source)
        target = self._builder.find(PREFIXES[NodeKind.TABLE] + access.table)
        if source is not None and target is not None:
            self._builder.edge(
                source,
                target,
                kind,
                access.confidence,
                line=access.site.line,
                loop_depth=access.loop_depth,
            )

    def _link(
        self,
        source: str,
        target: str,
        kind: EdgeKind,
        site: Site,
        framework: str,
        confidence: Confidence = Confidence.EXACT,
    ) -> None:
        left, right = self._builder.find(source), self._builder.find(target)
        if left is None or right is None:
            return
        # A site belongs to the source's file; a place in another file (an URLconf, a settings module) is left out.
        line = (
            site.line if self._builder.file_of(left) == self._file_of.get(site.path, NOBODY) else 0
        )
        self._builder.edge(left, right, kind, confidence, line=line, mediated_by=framework)
