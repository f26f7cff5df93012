"""Small programs for the stages after linking: nodes, edges and facts, named in any order."""

import itertools
import re
from dataclasses import dataclass, field

from decompose.graph import GraphBuilder, Program
from decompose.model.program import (
    AccessMode,
    Column,
    Confidence,
    EdgeKind,
    Join,
    NodeKind,
    Route,
    StateKind,
    StateUse,
    Table,
    TableAccess,
    Task,
    Transaction,
)
from decompose.model.source import FileRole, Site

WORD = re.compile(r"\w+")


@dataclass
class Sketch:
    """A program in the making. Code is named by its dotted name; modules come into being by themselves."""

    _code: dict[str, tuple[NodeKind, str, int]] = field(default_factory=dict)
    _roles: dict[str, FileRole] = field(default_factory=dict)
    _edges: list[tuple[str, str, EdgeKind, Confidence, int, int]] = field(default_factory=list)
    _tables: list[Table] = field(default_factory=list)
    _routes: list[Route] = field(default_factory=list)
    _tasks: list[Task] = field(default_factory=list)
    _accesses: list[TableAccess] = field(default_factory=list)
    _joins: list[Join] = field(default_factory=list)
    _transactions: list[Transaction] = field(default_factory=list)
    _states: list[StateUse] = field(default_factory=list)
    _words: dict[str, str] = field(default_factory=dict)
    _docs: dict[str, str] = field(default_factory=dict)

    def module(
        self, name: str, *, role: FileRole = FileRole.PROGRAM, words: str = "", doc: str = ""
    ) -> str:
        """A module; the packages around it too."""
        self._code.setdefault(name, (NodeKind.MODULE, "", 5))
        self._roles.setdefault(name, role)
        self._say(name, words, doc)
        return name

    def function(self, name: str, *, lines: int = 20, words: str = "", doc: str = "") -> str:
        """A top-level function, or a method where its owner is a class."""
        owner = name.rpartition(".")[0]
        is_method = self._code.get(owner, (NodeKind.MODULE,))[0] is NodeKind.CLASS
        if not is_method:
            self.module(owner)
        kind = NodeKind.METHOD if is_method else NodeKind.FUNCTION
        self._code.setdefault(name, (kind, owner, lines))
        self._say(name, words, doc)
        return name

    def class_(self, name: str, *, lines: int = 30, words: str = "", doc: str = "") -> str:
        """A top-level class."""
        self.module(name.rpartition(".")[0])
        self._code.setdefault(name, (NodeKind.CLASS, name.rpartition(".")[0], lines))
        self._say(name, words, doc)
        return name

    def _say(self, name: str, words: str, doc: str) -> None:
        self._words[name] = f"{self._words.get(name, '')} {words}"
        if doc:
            self._docs[name] = doc

    def table(self, name: str, model: str = "", **references: str) -> str:
        """A table, declared by a class; `references`: column -> "table" or "table CASCADE"."""
        if model:
            self.class_(model)
        columns = [Column("id", "Integer", 1, primary_key=True)]
        for column, target in references.items():
            to, _, on_delete = target.partition(" ")
            columns.append(
                Column(column, "ForeignKey", 2, references=f"{to}.id", on_delete=on_delete)
            )
        self._tables.append(Table(name, model, Site("models.py", 1), "django", tuple(columns)))
        return name

    def edge(
        self,
        source: str,
        target: str,
        kind: EdgeKind = EdgeKind.CALLS,
        *,
        confidence: Confidence = Confidence.EXACT,
        line: int = 3,
        loops: int = 0,
    ) -> None:
        """A dependency between two names."""
        self._edges.append((source, target, kind, confidence, line, loops))

    def calls(self, source: str, *targets: str, line: int = 3, loops: int = 0) -> None:
        """Calls, and the use of the names that they take."""
        for target in targets:
            self.edge(source, target, EdgeKind.CALLS, line=line, loops=loops)
            self.edge(source, target, EdgeKind.USES, line=line, loops=loops)

    def access(
        self, source: str, table: str, mode: AccessMode, *, line: int = 4, loops: int = 0
    ) -> None:
        """A read or write of a table."""
        self._accesses.append(TableAccess(source, table, mode, Site("services.py", line), loops))
        kind = EdgeKind.WRITES if mode.writes else EdgeKind.READS
        self.edge(source, f"table:{table}", kind, line=line, loops=loops)

    def state(self, source: str, kind: StateKind, key: str, *, writes: bool = False) -> None:
        """A read or write of what is no table."""
        site = Site("services.py", 7)
        self._states.append(StateUse(source, kind, key, site, "state", writes=writes))

    def join(self, source: str, left: str, right: str) -> None:
        """A query over two tables."""
        self._joins.append(Join(source, left, right, Site("services.py", 5)))
        self.edge(f"table:{left}", f"table:{right}", EdgeKind.JOINS, line=0)

    def route(self, method: str, path: str, handler: str) -> None:
        """A door."""
        self._routes.append(Route(method, path, handler, Site("urls.py", 1), "django"))

    def task(self, name: str, handler: str, *senders: str) -> None:
        """A background job and who sends it."""
        self._tasks.append(Task(name, handler, Site("tasks.py", 1), "celery"))
        for sender in senders:
            self.edge(sender, f"task:{name}", EdgeKind.PUBLISHES)

    def signal(self, name: str, handler: str, *senders: str) -> None:
        """A signal, who receives it and who sends it."""
        self.edge(f"signal:{name}", handler, EdgeKind.CONSUMES, line=0)
        for sender in senders:
            self.edge(sender, f"signal:{name}", EdgeKind.PUBLISHES)

    def command(self, name: str, handler: str) -> None:
        """A command and who answers it."""
        self.edge(f"command:{name}", handler, EdgeKind.EXPOSES, line=0)

    def transaction(self, source: str, first: int = 1, last: int = 99) -> None:
        """Lines of a function in one transaction."""
        self._transactions.append(
            Transaction(source, "atomic", Site("services.py", first), last, "django")
        )

    def program(self, *, backwards: bool = False) -> Program:
        """The program; `backwards` names everything in the opposite order, which must not matter."""
        step = -1 if backwards else 1
        modules = [name for name, row in self._code.items() if row[0] is NodeKind.MODULE][::step]
        builder = GraphBuilder(
            [f"{name.replace('.', '/')}.py" for name in modules],
            [self._roles[name] for name in modules],
            [self._module_lines(name) for name in modules],
        )
        for number, name in enumerate(modules):
            builder.node(
                name, NodeKind.MODULE, file=number, line=1, end_line=self._module_lines(name)
            )
        self._definitions(builder, modules, step)
        self._resources(builder, step)
        for source, target, kind, confidence, line, loops in self._edges[::step]:
            ends = builder.find(source), builder.find(target)
            assert None not in ends, (source, target)
            builder.edge(*ends, kind, confidence, line=line, loop_depth=loops)
        return self._facts(builder)

    def _module_lines(self, module: str) -> int:
        own = self._code[module][2]
        return own + sum(row[2] for row in self._code.values() if row[1] == module)

    def _definitions(self, builder: GraphBuilder, modules: list[str], step: int) -> None:
        places: dict[str, int] = {}
        order = sorted(self._code.items(), key=lambda each: each[1][0] is NodeKind.METHOD)
        for name, (kind, owner, lines) in order[:: step if step > 0 else 1]:
            if kind is NodeKind.MODULE:
                continue
            module = owner if kind is not NodeKind.METHOD else self._code[owner][1]
            first = places.get(module, 5) + 1
            places[module] = first + lines - 1
            builder.node(
                name,
                kind,
                parent=builder.find(owner),
                file=modules.index(module),
                line=first,
                end_line=first + lines - 1,
            )

    def _resources(self, builder: GraphBuilder, step: int) -> None:
        for table in self._tables[::step]:
            builder.node(f"table:{table.name}", NodeKind.TABLE)
        for table in self._tables:
            self._table_edges(builder, table)
        for route in self._routes[::step]:
            node = builder.node(route.node, NodeKind.ROUTE)
            builder.edge(node, builder.find(route.handler), EdgeKind.EXPOSES, Confidence.EXACT)
        for task in self._tasks[::step]:
            node = builder.node(f"task:{task.name}", NodeKind.TASK)
            builder.edge(node, builder.find(task.handler), EdgeKind.CONSUMES, Confidence.EXACT)
        names = {name for source, target, *_ in self._edges for name in (source, target)}
        for name in sorted(names)[::step]:
            if name.startswith("signal:"):
                builder.node(name, NodeKind.SIGNAL)
            elif name.startswith("command:"):
                builder.node(name, NodeKind.COMMAND)

    def _table_edges(self, builder: GraphBuilder, table: Table) -> None:
        node = builder.find(f"table:{table.name}")
        if table.model:
            builder.edge(node, builder.find(table.model), EdgeKind.MAPS, Confidence.EXACT, line=1)
        for column in table.columns:
            target = builder.find(f"table:{column.references.rpartition('.')[0]}")
            if column.references and target is not None:
                builder.edge(node, target, EdgeKind.REFERENCES, Confidence.EXACT, line=2)

    def _facts(self, builder: GraphBuilder) -> Program:
        graph = builder.build()
        words = {
            graph.index[name]: {word: text.split().count(word) for word in WORD.findall(text)}
            for name, text in self._words.items()
            if text.strip() and self._code[name][0] is not NodeKind.METHOD
        }
        return Program(
            graph=graph,
            tables=tuple(sorted(self._tables, key=lambda each: each.name)),
            routes=tuple(sorted(self._routes, key=lambda each: each.node)),
            tasks=tuple(sorted(self._tasks, key=lambda each: each.name)),
            accesses=tuple(
                sorted(self._accesses, key=lambda each: (each.source, each.table, each.mode))
            ),
            joins=tuple(self._joins),
            transactions=tuple(self._transactions),
            states=tuple(self._states),
            words=dict(sorted(words.items())),
            docs={graph.index[name]: doc for name, doc in sorted(self._docs.items())},
        )


def capability(sketch: Sketch, name: str, *, package: str = "", size: int = 4) -> list[str]:
    """A part with a table, a service that writes it, views that answer, all about `name`; its functions."""
    home = package or f"shop.{name}"
    model = f"{home}.models.{name.title()}"
    sketch.table(f"{name}_row", model)
    functions = []
    for number in range(size):
        function = sketch.function(
            f"{home}.services.{name}_step{number}", lines=60, words=f"{name} {name}_id {name}_total"
        )
        sketch.access(function, f"{name}_row", AccessMode.UPDATE if number else AccessMode.CREATE)
        sketch.edge(function, model, EdgeKind.USES)
        functions.append(function)
    sketch.calls(functions[0], *functions[1:])
    for number, function in enumerate(functions):
        view = sketch.function(
            f"{home}.views.{name}_view{number}", lines=40, words=f"{name} {name}_form"
        )
        sketch.calls(view, function)
        sketch.edge(view, model, EdgeKind.USES)
        sketch.route("GET", f"/{name}/{number}/", view)
    return functions


def shop(*names: str) -> Sketch:
    """A shop of some capabilities, each calling the next one once."""
    sketch = Sketch()
    parts = [capability(sketch, name) for name in names]
    for part, following in itertools.pairwise(parts):
        sketch.calls(part[0], following[0])
    return sketch
