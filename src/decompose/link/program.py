"""The one public function of the stage."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from decompose.frameworks import Reader
from decompose.graph.analysis import Program, Unlinked
from decompose.graph.builder import GraphBuilder
from decompose.graph.dependency import DependencyGraph
from decompose.link.calls import Rest
from decompose.link.emit import Emitter
from decompose.link.evaluate import Evaluator
from decompose.link.resources import Resources
from decompose.link.standard import BASES, DESCRIPTORS
from decompose.link.view import View, as_view
from decompose.link.words import vocabulary
from decompose.link.world import World
from decompose.model.conditions import Condition, MethodGuard, PathGuard, RuledOut
from decompose.model.facts import ModuleFacts
from decompose.model.knowledge import Knowledge
from decompose.model.program import (
    AfterCommit,
    Cascade,
    ChosenAccess,
    ClassChoice,
    Command,
    Fact,
    Handler,
    Join,
    ObjectAsked,
    ObjectHolds,
    ObjectMade,
    Operation,
    Publish,
    Reason,
    Route,
    Schedule,
    SchemaDrift,
    StateUse,
    Table,
    TableAccess,
    Task,
    Transaction,
)
from decompose.model.source import FileRole, SourceFile
from decompose.model.templates import Template

F = TypeVar("F", bound=Fact)
Note = Callable[[str], None]


def link(  # noqa: PLR0913 -- the code, and by keyword what stands beside it
    facts: Sequence[ModuleFacts],
    files: Sequence[SourceFile],
    readers: Sequence[Reader],
    note: Note = lambda _: None,
    *,
    texts: Mapping[str, str] = MappingProxyType({}),
    templates: Sequence[Template] = (),
    dialect: str = "",
) -> Program:
    """The linked program. `note` is told the name of each part as it begins.

    `texts` are SQL files and templates by path, `templates` what the templates say, `dialect` the one of SQL, if known.
    """
    with _deep_recursion():
        note("names")
        world = World(facts)
        evaluator = Evaluator(world, _combined(readers))
        evaluator.order_all()
        note("arguments")
        evaluator.flow()
        note("frameworks")
        interest = frozenset().union(*(reader.interest for reader in readers))
        settled = _settle(View(evaluator, interest, texts, templates, dialect), readers)
        note("edges")
        return _program(world, evaluator, files, settled)


@contextmanager
def _deep_recursion() -> Iterator[None]:
    """Evaluation follows chains of names and calls; its own bound is `evaluate.MAX_DEPTH`."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 20_000))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


_SETS = ("wrappers", "creating", "value_hooks")


def _combined(readers: Sequence[Reader]) -> Knowledge:
    """What all frameworks are known for, in one."""
    tables: dict[str, dict[str, dict[str, str]]] = {"classes": {}, "instances": {}, "handed": {}}
    flat: dict[str, dict[str, str]] = {
        name: {}
        for name in ("functions", "untyped", "descriptors", "aliases", "shared", "supplied")
    }
    flat["descriptors"].update(DESCRIPTORS)
    bases: dict[str, tuple[str, ...]] = dict(BASES)
    reverses: dict[str, tuple[str, str, str]] = {}
    sets: dict[str, frozenset[str]] = dict.fromkeys(_SETS, frozenset())
    for reader in readers:
        for field, table in tables.items():
            for name, results in getattr(reader.knowledge, field).items():
                table.setdefault(name, {}).update(results)
        for field, known in flat.items():
            known.update(getattr(reader.knowledge, field))
        bases.update(reader.knowledge.bases)
        reverses.update(reader.knowledge.reverses)
        for field in _SETS:
            sets[field] |= getattr(reader.knowledge, field)
    return Knowledge(**tables, **flat, **sets, bases=bases, reverses=reverses)  # type: ignore[arg-type] # by field


def _settle(view: View, readers: Sequence[Reader]) -> dict[type, list[Fact]]:
    """What readers say, phase by phase; each fact once, sorted."""
    found: dict[type, dict[Fact, None]] = {}
    for phase in sorted({reader.phase for reader in readers}):
        settled: list[Fact] = []
        for reader in readers:
            if reader.phase == phase:
                settled.extend(reader.settle(as_view(view)))
        view.add(settled)
        for fact in settled:
            found.setdefault(type(fact), {})[fact] = None
    return {kind: sorted(facts, key=repr) for kind, facts in found.items()}


def _program(
    world: World,
    evaluator: Evaluator,
    files: Sequence[SourceFile],
    settled: Mapping[type, list[Fact]],
) -> Program:
    paths = [file.path for file in files]
    file_of = {path: number for number, path in enumerate(paths)}
    lines = {facts.path: facts.line_count for facts in world.facts}
    builder = GraphBuilder(
        paths, [file.role for file in files], [lines.get(path, 0) for path in paths]
    )
    tests = frozenset(
        module
        for module, facts in enumerate(world.facts)
        if files[file_of[facts.path]].role is FileRole.TEST
    )
    emitter = Emitter(world, evaluator, builder, file_of, tests)
    emitter.nodes()
    emitter.edges()
    Resources(builder, file_of).add(
        fact for kind in sorted(settled, key=str) for fact in settled[kind]
    )
    names = builder.names()
    graph = builder.build()
    frameworks = {getattr(fact, "framework", "") for facts in settled.values() for fact in facts}
    return Program(
        graph,
        tables=_of(settled, Table),
        routes=_of(settled, Route),
        tasks=_of(settled, Task),
        commands=_of(settled, Command),
        operations=_of(settled, Operation),
        schedules=_of(settled, Schedule),
        publishes=tuple(replace(each, call=None) for each in _of(settled, Publish)),
        handlers=_of(settled, Handler),
        accesses=_of(settled, TableAccess),
        joins=_of(settled, Join),
        transactions=_of(settled, Transaction),
        after_commits=_of(settled, AfterCommit),
        guards=_of(settled, MethodGuard),
        path_guards=_of(settled, PathGuard),
        conditions=_of(settled, Condition),
        ruled_out=_of(settled, RuledOut),
        class_choices=_of(settled, ClassChoice),
        objects=_of(settled, ObjectMade),
        holdings=_of(settled, ObjectHolds),
        asked=_of(settled, ObjectAsked),
        chosen_accesses=_of(settled, ChosenAccess),
        cascades=_of(settled, Cascade),
        states=_of(settled, StateUse),
        drifts=_of(settled, SchemaDrift),
        unlinked=_unlinked(emitter.calls.rest, names, graph),
        resolved=_outcomes(emitter.calls.rest),
        words={graph.index[name]: words for name, words in vocabulary(world).items()},
        docs=_docs(world, graph),
        frameworks=tuple(sorted(frameworks - {""})),
    )


def _of(settled: Mapping[type, list[Fact]], kind: type[F]) -> tuple[F, ...]:
    return tuple(fact for fact in settled.get(kind, ()) if isinstance(fact, kind))


def _unlinked(rest: Rest, names: Sequence[str], graph: DependencyGraph) -> Unlinked:
    strings = sorted(set(rest.text))
    number = {text: position for position, text in enumerate(strings)}
    index = graph.index
    rows = sorted(
        (index[names[source]], line, reason, number[text])
        for source, line, reason, text in zip(
            rest.source, rest.line, rest.reason, rest.text, strict=True
        )
    )
    source, line, reason, text = ([row[part] for row in rows] for part in range(4))
    return Unlinked(source, line, reason, text, strings)


def _outcomes(rest: Rest) -> dict[str, int]:
    counts = Counter(rest.reason)
    found = {reason.value: counts[number] for number, reason in enumerate(Reason)}
    return {"linked": rest.linked, **{name: count for name, count in found.items() if count}}


def _docs(world: World, graph: DependencyGraph) -> dict[int, str]:
    index = graph.index
    found: dict[int, str] = {}
    for symbol in range(len(world.module_of)):
        doc = world.definition(symbol).doc
        if doc:
            found.setdefault(index[world.dotted(symbol)], doc)
    return dict(sorted(found.items()))


def linkable(file: SourceFile) -> bool:
    """Vendored code is somebody else's: it counts as a library."""
    return file.role is not FileRole.VENDORED
