"""How does an analysis travel between runs, tools and versions? As gzipped JSON, see `wire` for each field.

Equal analyses give equal bytes: no clock, no absolute paths, a fixed compression. What is read is not trusted: every
number that points somewhere is checked before it is used.
"""

import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, TypeVar

import msgspec

from decompose.errors import DecomposeError
from decompose.export import wire
from decompose.graph import Analysis, DependencyGraph, Program, Unlinked
from decompose.graph.dependency import Edges, Nodes
from decompose.model import partition as parts
from decompose.model import program as facts
from decompose.model.proposal import Proposal
from decompose.model.source import FileRole, Problem, Site, SourceFile

_LEVEL = 5  # on homeassistant: 8 % larger than level 9, at a third of its time
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # gzip: deflate, no name, no time, no system
_LARGEST = 2**31  # bytes of JSON: some ten million lines of code
_MEMORY = 15  # log2 of the window, as gzip has it

T = TypeVar("T")

_FACTS: dict[str, type[Any]] = {
    "tables": facts.Table,
    "routes": facts.Route,
    "tasks": facts.Task,
    "commands": facts.Command,
    "schedules": facts.Schedule,
    "publishes": facts.Publish,
    "handlers": facts.Handler,
    "accesses": facts.TableAccess,
    "joins": facts.Join,
    "transactions": facts.Transaction,
}
_NODE_KINDS = [kind.name.lower() for kind in facts.NodeKind]
_EDGE_KINDS = [kind.name.lower() for kind in facts.EdgeKind]
_CONFIDENCES = [each.name.lower() for each in facts.Confidence]
_REASONS = [reason.value for reason in facts.Reason]


def encode(analysis: Analysis) -> bytes:
    """An analysis as the bytes of `analysis.json.gz`."""
    document = _Writer(analysis).document()
    try:
        data = msgspec.json.encode(document)
    except UnicodeEncodeError:
        data = msgspec.json.encode(_legible(msgspec.to_builtins(document)))
    return _packed(data)


def decode(data: bytes) -> Analysis:
    """The analysis in the bytes that `encode` made, of this version or an earlier one. Errors: DecomposeError."""
    raw = _unpacked(data)
    try:
        document = msgspec.json.decode(raw, type=wire.Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _unreadable(raw, str(error)) from None
    if document.version > wire.VERSION:
        raise _unreadable(raw, "")
    try:
        return _Reader(document).analysis()
    except (_Damaged, ValueError, IndexError, OverflowError) as error:
        raise _damaged(str(error)) from None


def document_schema() -> dict[str, Any]:
    """The JSON Schema of the format."""
    return msgspec.json.schema(wire.Document)


class _Damaged(Exception):  # noqa: N818 -- never leaves this module
    """A number that points nowhere."""


def _damaged(why: str) -> DecomposeError:
    return DecomposeError(f"the analysis is damaged: {why}", remedy="run `decompose analyze` again")


def _unreadable(raw: bytes, why: str) -> DecomposeError:
    """Say whether it is foreign, newer, or damaged."""
    try:
        found = msgspec.json.decode(raw, type=wire.Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = wire.Envelope()
    if found.format != wire.FORMAT:
        return DecomposeError(
            "this is not an analysis made by decompose",
            remedy="run `decompose analyze`, or name its output folder with --from",
        )
    if found.version > wire.VERSION:
        return DecomposeError(
            f"the analysis has version {found.version} of the format; this program reads up to {wire.VERSION}",
            remedy="upgrade decompose-monolith, or run `decompose analyze` again",
        )
    return _damaged(why)


def _packed(data: bytes) -> bytes:
    """Gzip, by hand: the standard library's header differs between releases."""
    press = zlib.compressobj(_LEVEL, zlib.DEFLATED, -_MEMORY)
    body = press.compress(data) + press.flush()
    sums = zlib.crc32(data).to_bytes(4, "little") + (len(data) % 2**32).to_bytes(4, "little")
    return _HEADER + body + sums


def _unpacked(data: bytes) -> bytes:
    try:
        press = zlib.decompressobj(16 + _MEMORY)
        raw = press.decompress(data, _LARGEST)
    except zlib.error as error:
        if data[:2] == _HEADER[:2]:
            raise _damaged(f"it cannot be unpacked ({error})") from None
        return data  # perhaps somebody unpacked it
    if not press.eof:
        raise _damaged("it is cut off" if not press.unconsumed_tail else "it is too large")
    return raw


def _legible(value: Any) -> Any:
    """Lone surrogates (of file names in no known encoding) spelled out, for JSON cannot hold them."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, list | tuple):
        return [_legible(each) for each in value]
    if isinstance(value, dict):
        return {_legible(key): _legible(each) for key, each in value.items()}
    return value


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
            facts=_wired_one({key: getattr(program, key) for key in _FACTS}, wire.Facts),
            resolved=dict(program.resolved),
            unlinked=_unlinked(program.unlinked),
            words=self.words(),
            docs=wire.Docs(list(program.docs), list(program.docs.values())),
            partition=self.partition(analysis.partition),
            alternatives=[self.partition(each) for each in analysis.alternatives],
            proposal=_wired_one(analysis.proposal, wire.Proposal),
            boundaries=[
                wire.Boundary(each.provider, each.consumer, each.weight, len(each.crossings))
                for each in analysis.boundaries
            ],
            crossings=self.crossings(),
            findings=_wired(analysis.findings, wire.Finding),
            scores=_wired(analysis.scores, wire.Scores),
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

    def reasons(self, reasons: Mapping[str, str]) -> wire.Reasons:
        return wire.Reasons(self.names(reasons), [self.text(why) for why in reasons.values()])

    def partition(self, found: parts.Partition) -> wire.Partition:
        return wire.Partition(
            capabilities=[self.capability(each) for each in found.capabilities],
            shared=self.names(found.shared),
            unused=self.names(found.unused),
            reasons=self.reasons(found.reasons),
            doubts=[
                wire.Doubt(self.name(each.member), each.agreement, each.second)
                for each in found.doubts
            ],
            table_reasons=self.reasons(found.table_reasons),
            verdict=found.verdict,
            worth_it=found.worth_it,
        )

    def capability(self, found: parts.Capability) -> wire.Capability:
        return wire.Capability(
            name=found.name,
            purpose=found.purpose,
            members=self.names(found.members),
            tables=self.names(found.tables),
            entry_points=self.names(found.entry_points),
            vocabulary=list(found.vocabulary),
            lines=found.lines,
            confidence=found.confidence,
        )

    def crossings(self) -> wire.Crossings:
        rows = [crossing for each in self.analysis.boundaries for crossing in each.crossings]
        sites = [site for crossing in rows for site in crossing.sites]
        return wire.Crossings(
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
        node_kinds=_NODE_KINDS,
        edge_kinds=_EDGE_KINDS,
        confidences=_CONFIDENCES,
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
        reasons=_REASONS,
        source=list(found.source),
        line=list(found.line),
        reason=list(found.reason),
        text=list(found.text),
        texts=found.strings,
    )


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
            raise _Damaged(f"a name points to string {position}")
        return self.strings[position]

    def names(self, numbers: Iterable[int]) -> tuple[str, ...]:
        return tuple(self.name(number) for number in numbers)

    def reasons(self, found: wire.Reasons) -> dict[str, str]:
        _aligned("reasons", found.name, found.text)
        rows = zip(found.name, found.text, strict=True)
        return {self.name(name): self.strings[text] for name, text in rows}

    def partition(self, found: wire.Partition) -> parts.Partition:
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

    def capability(self, found: wire.Capability) -> parts.Capability:
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


def _made(rows: Sequence[Any], kind: type[T]) -> tuple[T, ...]:
    """Wire rows as values of the model."""
    return tuple(msgspec.convert(row, kind, from_attributes=True) for row in rows)


def _scores(found: wire.Scores) -> parts.Scores:
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
        raise _Damaged(f"unknown word {key!r}")
    return table[key]


def _made_graph(found: wire.Graph) -> DependencyGraph:
    nodes, edges, files = found.nodes, found.edges, found.files
    for legend, ours in (
        (found.node_kinds, _NODE_KINDS),
        (found.edge_kinds, _EDGE_KINDS),
        (found.confidences, _CONFIDENCES),
    ):
        if legend != ours[: len(legend)]:
            raise _Damaged("unknown kinds of nodes or edges")
    if "" not in found.mediators:
        raise _Damaged("no mediator for what is written in the code")
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
    _inside("kinds of nodes", found.kind, len(_NODE_KINDS))
    _inside("parents", found.parent, len(found.name), least=-1)
    _inside("files of nodes", found.file, files, least=-1)
    if not _is_forest(found.parent):
        raise _Damaged("nodes stand inside themselves")
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
    bounds = (nodes, nodes, len(_EDGE_KINDS), len(_CONFIDENCES), mediators)
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
    if found.reasons != _REASONS[: len(found.reasons)]:
        raise _Damaged("unknown reasons")
    return Unlinked(found.source, found.line, found.reason, found.text, found.texts)


def _aligned(what: str, *columns: Sequence[object]) -> None:
    if len({len(column) for column in columns}) > 1:
        raise _Damaged(f"columns of {what} differ in length")


def _inside(what: str, numbers: Sequence[int], bound: int, *, least: int = 0) -> None:
    if numbers and not (least <= min(numbers) and max(numbers) < bound):
        raise _Damaged(f"{what} point outside their table")


def _ends(what: str, counts: Sequence[int], total: int) -> list[int]:
    """Where each run of rows ends."""
    ends = list(accumulate(counts))
    if (ends[-1] if ends else 0) != total or (counts and min(counts) < 0):
        raise _Damaged(f"{what} do not add up")
    return ends
