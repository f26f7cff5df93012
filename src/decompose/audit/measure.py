"""The graph and the trace together.

recall        seen pairs that reading had found, of all seen pairs
bound         static pairs that were seen, of those whose source ran (or one of whose lines ran)

Both count pairs of functions, not calls. A bound is a lower bound of precision: what no test runs may still be true.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

from decompose.audit.causes import Causes
from decompose.audit.pairs import SeenPair, pairs
from decompose.audit.statics import KINDS, NAME_ONLY, OVERRIDE, StaticPair, Statics, statics
from decompose.audit.tables import tables
from decompose.errors import DecomposeError
from decompose.graph import Analysis, DependencyGraph
from decompose.graph.observed import Observed, observed, scope
from decompose.model.audit import Audit, Bound, Seen, Share, Unseen
from decompose.model.source import Site
from decompose.model.trace import Trace

_SHOWN = 200
_Pair = tuple[int, int]
_NOT_MEDIATED = (Seen.DIRECT, Seen.IMPLICIT, Seen.GENERATOR)


def audit(trace: Trace, analysis: Analysis) -> Audit:
    """Measure an analysis against a trace of the same program. Errors: DecomposeError for one of another program."""
    graph = analysis.program.graph
    over = observed(trace, graph, analysis.files)
    if over.is_foreign:
        raise DecomposeError(
            "the trace and the analysis are of different programs",
            remedy="name the analysis with --from",
        )
    known, seen = statics(graph), pairs(trace, over, graph)
    causes = Causes(analysis.program, known)
    for pair, how in seen.items():
        if not _is_found(pair, how, known, graph):
            causes.add(pair, how)
    ran = {scope(graph, node) for node in over.node if node >= 0}
    judged = _Judged(graph, known, seen)
    calls = {pair: how for pair, how in seen.items() if how.seen is not Seen.IMPORT}
    module_recall, module_bound = judged.modules(ran)
    lines = _lines(trace, over, graph)
    return Audit(
        recall={kind: judged.recall([kind]) for kind in Seen},
        by_how=judged.by_how(),
        between_modules=judged.between_modules(),
        modules=module_recall,
        module_bound=module_bound,
        name_only=sum(
            pair in known.pairs and known.pairs[pair].kind == NAME_ONLY for pair in calls
        ),
        bounds=tuple(judged.bounds(ran, lines)),
        causes=causes.ranked(),
        unseen=tuple(judged.unseen(ran)),
        stale=over.stale,
        unknown=over.unknown,
        functions=len({node for node in over.node if node >= 0}),
        calls=len(calls),
        tables=tables(trace, over, analysis.program, lines),
    )


def _is_found(pair: _Pair, how: SeenPair, known: Statics, graph: DependencyGraph) -> bool:
    if how.seen is Seen.IMPORT:
        return (graph.module_of(pair[0]), graph.module_of(pair[1])) in known.imports
    static = known.pairs.get(pair)
    return static is not None and static.kind != NAME_ONLY


class _Judged:
    """Counts over static and seen pairs."""

    def __init__(self, graph: DependencyGraph, known: Statics, seen: dict[_Pair, SeenPair]) -> None:
        self.graph = graph
        self.known = known
        self.seen = seen

    def recall(self, kinds: Collection[Seen]) -> Share:
        """Of the pairs seen in some ways."""
        return self._share(pair for pair, how in self.seen.items() if how.seen in kinds)

    def between_modules(self) -> Share:
        """Of pairs in different modules, without those that a library carries."""
        of = self.graph.module_of
        return self._share(
            (a, b)
            for (a, b), how in self.seen.items()
            if how.seen in _NOT_MEDIATED and of(a) != of(b)
        )

    def by_how(self) -> dict[str, Share]:
        """By how the call is written, without those that a library carries."""
        found: dict[str, list[_Pair]] = defaultdict(list)
        for pair, how in self.seen.items():
            if how.seen in _NOT_MEDIATED:
                found[how.calls[0].how.value].append(pair)
        return {word: self._share(found[word]) for word in sorted(found)}

    def _share(self, chosen: Iterable[_Pair]) -> Share:
        rows = list(chosen)
        found = sum(_is_found(pair, self.seen[pair], self.known, self.graph) for pair in rows)
        return Share(found, len(rows))

    def bounds(self, ran: set[int], lines: dict[int, set[int]]) -> Iterable[Bound]:
        """Of static pairs whose source ran, by the kind of their edge."""
        for kind in KINDS:
            of_kind = {
                pair: static
                for pair, static in self.known.pairs.items()
                if static.kind == kind and pair[0] in ran
            }
            on_lines = [
                pair
                for pair, static in of_kind.items()
                if not static.lines.isdisjoint(lines.get(self.graph.nodes.file[pair[0]], ()))
            ]
            yield Bound(kind, self._seen(of_kind), self._seen(on_lines) if lines else None)

    def _seen(self, chosen: Iterable[_Pair]) -> Share:
        rows = list(chosen)
        return Share(sum(pair in self.seen for pair in rows), len(rows))

    def modules(self, ran: set[int]) -> tuple[Share, Share]:
        """Recall of pairs of modules, and the bound of the static ones."""
        modules = self._modules
        seen = modules(p for p, how in self.seen.items() if how.seen in _NOT_MEDIATED)
        ever = modules(p for p, how in self.seen.items() if how.seen is not Seen.IMPORT)
        sure = {p: s for p, s in self.known.pairs.items() if s.kind not in (NAME_ONLY, OVERRIDE)}
        all_static = modules(p for p, s in self.known.pairs.items() if s.kind != NAME_ONLY)
        static = modules(pair for pair in sure if pair[0] in ran)
        return Share(len(seen & all_static), len(seen)), Share(len(static & ever), len(static))

    def _modules(self, chosen: Iterable[_Pair]) -> set[_Pair]:
        of = self.graph.module_of
        return {(of(a), of(b)) for a, b in chosen if of(a) != of(b)}

    def unseen(self, ran: set[int]) -> Iterable[Unseen]:
        """Written and implicit edges from code that ran, which no run took."""
        rows = [
            self._unseen(pair, static)
            for pair, static in self.known.pairs.items()
            if pair[0] in ran and pair not in self.seen and static.kind not in (NAME_ONLY, OVERRIDE)
        ]
        return sorted(rows, key=lambda row: (row.site, row.target))[:_SHOWN]

    def _unseen(self, pair: _Pair, static: StaticPair) -> Unseen:
        place = self.graph.site(pair[0])
        line = min(static.lines, default=0)
        names = self.graph.nodes.names
        path = place.path if place is not None else ""
        return Unseen(names[pair[0]], names[pair[1]], Site(path, line), static.mediated_by)


def _lines(trace: Trace, over: Observed, graph: DependencyGraph) -> dict[int, set[int]]:
    """File of the graph -> lines that ran; empty where lines were not watched."""
    number = {path: position for position, path in enumerate(graph.files)}
    return {
        number[path]: set(file.lines)
        for path, file in zip(over.path, trace.files, strict=True)
        if path in number and file.lines is not None
    }
