"""How does a document become an analysis again? What it says is not trusted: every pointer is checked."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, TypeVar

import msgspec

from decompose.export import proposed, wire
from decompose.graph import Analysis, DependencyGraph, Program, Unlinked
from decompose.graph.dependency import Edges, Nodes
from decompose.model import conditions
from decompose.model import partition as parts
from decompose.model import program as facts
from decompose.model.changes import Changes, Move
from decompose.model.hierarchy import Aggregate, Domain, Hierarchy
from decompose.model.proposal import Proposal
from decompose.model.source import FileRole, Problem, Site, SourceFile
from decompose.model.teams import Independence, Teamwork

T = TypeVar("T")

_FACTS: dict[str, type[Any]] = {
    "tables": facts.Table,
    "routes": facts.Route,
    "tasks": facts.Task,
    "commands": facts.Command,
    "operations": facts.Operation,
    "schedules": facts.Schedule,
    "publishes": facts.Publish,
    "handlers": facts.Handler,
    "accesses": facts.TableAccess,
    "joins": facts.Join,
    "transactions": facts.Transaction,
    "after_commits": facts.AfterCommit,
    "guards": conditions.MethodGuard,
    "path_guards": conditions.PathGuard,
    "conditions": conditions.Condition,
    "ruled_out": conditions.RuledOut,
    "class_choices": facts.ClassChoice,
    "objects": facts.ObjectMade,
    "holdings": facts.ObjectHolds,
    "asked": facts.ObjectAsked,
    "chosen_accesses": facts.ChosenAccess,
    "cascades": facts.Cascade,
    "states": facts.StateUse,
    "drifts": facts.SchemaDrift,
}


class Damaged(Exception):  # noqa: N818 -- told to the user as a DecomposeError, by `json`
    """A number that points nowhere."""


def analysis(document: wire.Document) -> Analysis:
    """The analysis of a document. Errors: Damaged; ValueError, IndexError, OverflowError where a figure is absurd."""
    return _Reader(document).analysis()


class _Reader:
    """Turns a document into an analysis."""

    def __init__(self, document: wire.Document) -> None:
        self.document = document
        self.node_names = document.graph.nodes.name
        self.strings = document.strings

    def analysis(self) -> Analysis:
        document = self.document
        return Analysis(
            name=document.name,
            files=_source_files(document.files),
            problems=_made(document.problems, Problem),
            program=self.program(),
            partition=self.partition(document.partition),
            alternatives=tuple(self.partition(each) for each in document.alternatives),
            proposal=msgspec.convert(document.proposal, Proposal, from_attributes=True),
            boundaries=self.boundaries(),
            findings=_made(document.findings, parts.Finding),
            scores=tuple(_scores(each) for each in document.scores),
            left_out=dict(document.left_out),
            asked=dict(document.asked),
            changes=self.changes(document.changes),
            hierarchy=self.hierarchy(document.hierarchy),
            teamwork=_made_one(document.teamwork, Teamwork),
            independence=_made_one(document.independence, Independence),
        )

    def program(self) -> Program:
        document = self.document
        nodes = len(self.node_names)
        _inside("docs", document.docs.node, nodes)
        _aligned("docs", document.docs.node, document.docs.text)
        settled = {key: _made(getattr(document.facts, key), kind) for key, kind in _FACTS.items()}
        return Program(
            _made_graph(document.graph),
            **settled,
            unlinked=_made_unlinked(document.unlinked, nodes),
            resolved=document.resolved,
            words=self.words(),
            docs=dict(zip(document.docs.node, document.docs.text, strict=True)),
            frameworks=tuple(document.frameworks),
        )

    def words(self) -> dict[int, Mapping[str, int]]:
        rows = self.document.words
        _inside("words", rows.node, len(self.node_names))
        _inside("words", rows.word, len(self.strings))
        _aligned("words", rows.node, rows.count)
        _aligned("words", rows.word, rows.times)
        ends = _ends("words", rows.count, len(rows.word))
        words = [self.strings[word] for word in rows.word]
        return {
            node: dict(zip(words[start:end], rows.times[start:end], strict=True))
            for node, start, end in zip(rows.node, [0, *ends], ends, strict=False)
        }

    def name(self, number: int) -> str:
        if number >= 0:
            return self.node_names[number]
        position = -1 - number
        if position >= len(self.strings):
            raise Damaged(f"a name points to string {position}")
        return self.strings[position]

    def names(self, numbers: Iterable[int]) -> tuple[str, ...]:
        return tuple(self.name(number) for number in numbers)

    def reasons(self, found: proposed.Reasons) -> dict[str, str]:
        _aligned("reasons", found.name, found.text)
        rows = zip(found.name, found.text, strict=True)
        return {self.name(name): self.strings[text] for name, text in rows}

    def partition(self, found: proposed.Partition) -> parts.Partition:
        return parts.Partition(
            capabilities=tuple(self.capability(each) for each in found.capabilities),
            shared=self.names(found.shared),
            unused=self.names(found.unused),
            reasons=self.reasons(found.reasons),
            doubts=tuple(
                parts.Doubt(self.name(each.member), each.agreement, each.second)
                for each in found.doubts
            ),
            table_reasons=self.reasons(found.table_reasons),
            verdict=found.verdict,
            worth_it=found.worth_it,
        )

    def capability(self, found: proposed.Capability) -> parts.Capability:
        return parts.Capability(
            name=found.name,
            purpose=found.purpose,
            members=self.names(found.members),
            tables=self.names(found.tables),
            entry_points=self.names(found.entry_points),
            vocabulary=tuple(found.vocabulary),
            lines=found.lines,
            confidence=found.confidence,
        )

    def hierarchy(self, found: proposed.Hierarchy | None) -> Hierarchy:
        if found is None:
            return Hierarchy()
        return Hierarchy(
            _made(found.domains, Domain),
            tuple(
                Aggregate(each.service, self.name(each.root), self.names(each.tables))
                for each in found.aggregates
            ),
        )

    def changes(self, found: proposed.Changes | None) -> Changes | None:
        if found is None:
            return None
        return Changes(
            moved=self.moves(found.moved),
            added=self.moves(found.added),
            gone=self.moves(found.gone),
            renamed=tuple((self.name(before), self.name(after)) for before, after in found.renamed),
            services_added=tuple(found.services_added),
            services_gone=tuple(found.services_gone),
            services_renamed=tuple(found.services_renamed),
            kept=found.kept,
        )

    def moves(self, found: Iterable[proposed.Move]) -> tuple[Move, ...]:
        return tuple(Move(self.name(e.member), e.before, e.after, e.why) for e in found)

    def boundaries(self) -> tuple[parts.Boundary, ...]:
        crossings = self.crossings()
        counts = [each.crossings for each in self.document.boundaries]
        ends = _ends("crossings", counts, len(self.document.crossings.kind))
        return tuple(
            parts.Boundary(
                each.provider, each.consumer, _taken(crossings, each.crossings), each.weight
            )
            for each, _ in zip(self.document.boundaries, ends, strict=True)
        )

    def crossings(self) -> Iterator[parts.Crossing]:
        rows = self.document.crossings
        columns = (rows.kind, rows.source, rows.target, rows.confidence, rows.weight, rows.sites)
        _aligned("crossings", *columns)
        _aligned("crossings", rows.site_path, rows.site_line)
        _inside("crossings", rows.site_path, len(self.strings))
        _ends("crossings", rows.sites, len(rows.site_line))
        sites = iter(
            [
                Site(self.strings[path], line)
                for path, line in zip(rows.site_path, rows.site_line, strict=True)
            ]
        )
        kinds, confidences = list(facts.EdgeKind), list(facts.Confidence)
        for kind, source, target, confidence, weight, count in zip(*columns, strict=True):
            yield parts.Crossing(
                kinds[kind],
                self.name(source),
                self.name(target),
                confidences[confidence],
                _taken(sites, count),
                weight,
            )


def _taken(rows: Iterator[T], count: int) -> tuple[T, ...]:
    return tuple(next(rows) for _ in range(count))


def _made_one(row: Any, kind: type[T]) -> T | None:
    return None if row is None else msgspec.convert(row, kind, from_attributes=True)


def _made(rows: Sequence[Any], kind: type[T]) -> tuple[T, ...]:
    """Wire rows as values of the model."""
    return tuple(msgspec.convert(row, kind, from_attributes=True) for row in rows)


def _scores(found: proposed.Scores) -> parts.Scores:
    figures = {
        name: float("nan") if value is None else value for name, value in found.figures.items()
    }
    return parts.Scores(found.name, figures)


def _source_files(files: wire.Files) -> tuple[SourceFile, ...]:
    roles = {role.value: role for role in FileRole}
    columns = (files.path, files.module, files.role, files.is_package, files.size, files.digest)
    _aligned("files", *columns)
    return tuple(
        SourceFile(path, module, _known(roles, role), is_package, size, digest)
        for path, module, role, is_package, size, digest in zip(*columns, strict=True)
    )


def _known(table: Mapping[str, T], key: str) -> T:
    if key not in table:
        raise Damaged(f"unknown word {key!r}")
    return table[key]


def _made_graph(found: wire.Graph) -> DependencyGraph:
    nodes, edges, files = found.nodes, found.edges, found.files
    for legend, ours in (
        (found.node_kinds, wire.NODE_KINDS),
        (found.edge_kinds, wire.EDGE_KINDS),
        (found.confidences, wire.CONFIDENCES),
    ):
        if legend != ours[: len(legend)]:
            raise Damaged("unknown kinds of nodes or edges")
    if "" not in found.mediators:
        raise Damaged("no mediator for what is written in the code")
    _aligned("files", files.path, files.role, files.lines)
    roles = {role.value: role for role in FileRole}
    return DependencyGraph(
        _made_nodes(nodes, len(files.path)),
        _made_edges(edges, len(nodes.name), len(found.mediators)),
        files.path,
        [_known(roles, role) for role in files.role],
        files.lines,
        found.mediators,
    )


def _made_nodes(found: wire.Nodes, files: int) -> Nodes:
    _aligned("nodes", found.name, found.kind, found.parent, found.file, found.line, found.end_line)
    _inside("kinds of nodes", found.kind, len(wire.NODE_KINDS))
    _inside("parents", found.parent, len(found.name), least=-1)
    _inside("files of nodes", found.file, files, least=-1)
    if not _is_forest(found.parent):
        raise Damaged("nodes stand inside themselves")
    return Nodes(
        found.name,
        array("i", found.kind),
        array("i", found.parent),
        array("i", found.file),
        array("i", found.line),
        array("i", found.end_line),
    )


def _is_forest(parent: Sequence[int]) -> bool:
    """Does every way up end? Whoever asks for the module of a node would else never hear."""
    if all(above < node for node, above in enumerate(parent)):
        return True
    is_sound = bytearray(len(parent))
    for start in range(len(parent)):
        way: list[int] = []
        node = start
        while node >= 0 and not is_sound[node]:
            way.append(node)
            if len(way) > len(parent):
                return False
            node = parent[node]
        for each in way:
            is_sound[each] = 1
    return True


def _made_edges(found: wire.Edges, nodes: int, mediators: int) -> Edges:
    columns = (found.source, found.target, found.kind, found.confidence, found.mediator)
    _aligned("edges", *columns, found.sites)
    _aligned("sites", found.site_line, found.site_loop)
    _aligned("observed edges", found.observed_edge, found.observed_count)
    bounds = (nodes, nodes, len(wire.EDGE_KINDS), len(wire.CONFIDENCES), mediators)
    for column, bound in zip(columns, bounds, strict=True):
        _inside("edges", column, bound)
    _inside("observed edges", found.observed_edge, len(found.source))
    observed = array("i", [0]) * len(found.source)
    for edge, count in zip(found.observed_edge, found.observed_count, strict=True):
        observed[edge] = count
    starts = [0, *_ends("sites", found.sites, len(found.site_line))]
    return Edges(
        source=array("i", found.source),
        target=array("i", found.target),
        kind=array("i", found.kind),
        confidence=array("i", found.confidence),
        mediator=array("i", found.mediator),
        observed=observed,
        site_start=array("i", starts),
        site_line=array("i", found.site_line),
        site_loop=array("i", found.site_loop),
    )


def _made_unlinked(found: wire.Unlinked, nodes: int) -> Unlinked:
    _aligned("unlinked uses", found.source, found.line, found.reason, found.text)
    _inside("unlinked uses", found.source, nodes)
    _inside("texts", found.text, len(found.texts))
    _inside("reasons", found.reason, len(found.reasons))
    if found.reasons != wire.REASONS[: len(found.reasons)]:
        raise Damaged("unknown reasons")
    return Unlinked(found.source, found.line, found.reason, found.text, found.texts)


def _aligned(what: str, *columns: Sequence[object]) -> None:
    if len({len(column) for column in columns}) > 1:
        raise Damaged(f"columns of {what} differ in length")


def _inside(what: str, numbers: Sequence[int], bound: int, *, least: int = 0) -> None:
    if numbers and not (least <= min(numbers) and max(numbers) < bound):
        raise Damaged(f"{what} point outside their table")


def _ends(what: str, counts: Sequence[int], total: int) -> list[int]:
    """Where each run of rows ends."""
    ends = list(accumulate(counts))
    if (ends[-1] if ends else 0) != total or (counts and min(counts) < 0):
        raise Damaged(f"{what} do not add up")
    return ends
