"""How does an analysis become a document of the exchange format?"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from decompose.export import proposed, wire
from decompose.export.framework_facts import Facts
from decompose.graph import Analysis, DependencyGraph, Unlinked
from decompose.model import partition as parts
from decompose.model.changes import Move
from decompose.model.source import SourceFile

T = TypeVar("T")


def document(analysis: Analysis) -> wire.Document:
    """The document of an analysis."""
    return _Writer(analysis).document()


class _Writer:
    """Turns an analysis into a document."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.program = analysis.program
        self.graph = analysis.program.graph
        self.strings: dict[str, int] = {}

    def document(self) -> wire.Document:
        analysis, program = self.analysis, self.program
        return wire.Document(
            format="decompose-analysis",
            version=wire.VERSION,
            name=analysis.name,
            files=_files(analysis.files),
            problems=_wired(analysis.problems, wire.Problem),
            frameworks=list(program.frameworks),
            graph=_graph(self.graph),
            facts=_wired_one(
                {key: getattr(program, key) for key in Facts.__struct_fields__}, Facts
            ),
            resolved=dict(program.resolved),
            unlinked=_unlinked(program.unlinked),
            words=self.words(),
            docs=wire.Docs(list(program.docs), list(program.docs.values())),
            partition=self.partition(analysis.partition),
            alternatives=[self.partition(each) for each in analysis.alternatives],
            proposal=_wired_one(analysis.proposal, proposed.Proposal),
            boundaries=[
                proposed.Boundary(each.provider, each.consumer, each.weight, len(each.crossings))
                for each in analysis.boundaries
            ],
            crossings=self.crossings(),
            findings=_wired(analysis.findings, proposed.Finding),
            scores=_wired(analysis.scores, proposed.Scores),
            left_out=dict(analysis.left_out),
            asked=dict(analysis.asked),
            changes=self.changes(),
            hierarchy=self.hierarchy(),
            teamwork=_wired_one(analysis.teamwork, proposed.Teamwork)
            if analysis.teamwork
            else None,
            independence=_wired_one(analysis.independence, proposed.Independence)
            if analysis.independence
            else None,
            strings=list(self.strings),  # last: the fields above have filled it
        )

    def text(self, text: str) -> int:
        return self.strings.setdefault(text, len(self.strings))

    def name(self, name: str) -> int:
        node = self.graph.index.get(name)
        return -1 - self.text(name) if node is None else node

    def names(self, names: Iterable[str]) -> list[int]:
        return [self.name(name) for name in names]

    def words(self) -> wire.Words:
        rows = self.program.words
        word = [self.text(each) for words in rows.values() for each in words]
        times = [count for words in rows.values() for count in words.values()]
        return wire.Words(list(rows), [len(words) for words in rows.values()], word, times)

    def reasons(self, reasons: Mapping[str, str]) -> proposed.Reasons:
        return proposed.Reasons(self.names(reasons), [self.text(why) for why in reasons.values()])

    def partition(self, found: parts.Partition) -> proposed.Partition:
        return proposed.Partition(
            capabilities=[self.capability(each) for each in found.capabilities],
            shared=self.names(found.shared),
            unused=self.names(found.unused),
            reasons=self.reasons(found.reasons),
            doubts=[
                proposed.Doubt(self.name(each.member), each.agreement, each.second)
                for each in found.doubts
            ],
            table_reasons=self.reasons(found.table_reasons),
            verdict=found.verdict,
            worth_it=found.worth_it,
        )

    def capability(self, found: parts.Capability) -> proposed.Capability:
        return proposed.Capability(
            name=found.name,
            purpose=found.purpose,
            members=self.names(found.members),
            tables=self.names(found.tables),
            entry_points=self.names(found.entry_points),
            vocabulary=list(found.vocabulary),
            lines=found.lines,
            confidence=found.confidence,
        )

    def hierarchy(self) -> proposed.Hierarchy:
        found = self.analysis.hierarchy
        return proposed.Hierarchy(
            _wired(found.domains, proposed.Domain),
            [
                proposed.Aggregate(each.service, self.name(each.root), self.names(each.tables))
                for each in found.aggregates
            ],
        )

    def changes(self) -> proposed.Changes | None:
        found = self.analysis.changes
        if found is None:
            return None
        return proposed.Changes(
            moved=self.moves(found.moved),
            added=self.moves(found.added),
            gone=self.moves(found.gone),
            renamed=[(self.name(before), self.name(after)) for before, after in found.renamed],
            services_added=list(found.services_added),
            services_gone=list(found.services_gone),
            services_renamed=list(found.services_renamed),
            kept=found.kept,
        )

    def moves(self, found: Iterable[Move]) -> list[proposed.Move]:
        return [proposed.Move(self.name(e.member), e.before, e.after, e.why) for e in found]

    def crossings(self) -> proposed.Crossings:
        rows = [crossing for each in self.analysis.boundaries for crossing in each.crossings]
        sites = [site for crossing in rows for site in crossing.sites]
        return proposed.Crossings(
            kind=[int(crossing.kind) for crossing in rows],
            source=[self.name(crossing.source) for crossing in rows],
            target=[self.name(crossing.target) for crossing in rows],
            confidence=[int(crossing.confidence) for crossing in rows],
            weight=[float(crossing.weight) for crossing in rows],
            sites=[len(crossing.sites) for crossing in rows],
            site_path=[self.text(site.path) for site in sites],
            site_line=[site.line for site in sites],
        )


def _wired_one(value: Any, kind: type[T]) -> T:
    """A value with the fields of a wire type, as that type."""
    return msgspec.convert(value, kind, from_attributes=True)


def _wired(values: Sequence[Any], kind: type[T]) -> list[T]:
    return [_wired_one(value, kind) for value in values]


def _files(files: Sequence[SourceFile]) -> wire.Files:
    return wire.Files(
        path=[file.path for file in files],
        module=[file.module for file in files],
        role=[file.role.value for file in files],
        is_package=[file.is_package for file in files],
        size=[file.size for file in files],
        digest=[file.digest for file in files],
    )


def _graph(graph: DependencyGraph) -> wire.Graph:
    nodes, edges = graph.nodes, graph.edges
    starts = edges.site_start
    observed = [edge for edge, count in enumerate(edges.observed) if count]
    return wire.Graph(
        node_kinds=wire.NODE_KINDS,
        edge_kinds=wire.EDGE_KINDS,
        confidences=wire.confidences(max(edges.confidence, default=0)),
        mediators=graph.mediators,
        files=wire.GraphFiles(
            graph.files, [role.value for role in graph.file_roles], graph.file_lines
        ),
        nodes=wire.Nodes(
            name=nodes.names,
            kind=nodes.kind.tolist(),
            parent=nodes.parent.tolist(),
            file=nodes.file.tolist(),
            line=nodes.line.tolist(),
            end_line=nodes.end_line.tolist(),
        ),
        edges=wire.Edges(
            source=edges.source.tolist(),
            target=edges.target.tolist(),
            kind=edges.kind.tolist(),
            confidence=edges.confidence.tolist(),
            mediator=edges.mediator.tolist(),
            sites=[starts[edge + 1] - starts[edge] for edge in range(len(edges.source))],
            site_line=edges.site_line.tolist(),
            site_loop=edges.site_loop.tolist(),
            observed_edge=observed,
            observed_count=[edges.observed[edge] for edge in observed],
        ),
    )


def _unlinked(found: Unlinked) -> wire.Unlinked:
    return wire.Unlinked(
        reasons=wire.REASONS,
        source=list(found.source),
        line=list(found.line),
        reason=list(found.reason),
        text=list(found.text),
        texts=found.strings,
    )
