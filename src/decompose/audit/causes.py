"""Why was a pair missed? Its line says most: a use that was not linked, one linked elsewhere, or none."""

from collections import defaultdict

from decompose.audit.pairs import SeenPair
from decompose.audit.statics import Statics
from decompose.graph import DependencyGraph, Program
from decompose.graph.observed import scope
from decompose.model.audit import Cause, Miss, Seen
from decompose.model.program import Reason
from decompose.model.source import Site
from decompose.model.trace import How, TracedCall

_SHOWN = 20
_REASONS = list(Reason)
_Pair = tuple[int, int]


class Causes:
    """Groups missed pairs."""

    def __init__(self, program: Program, known: Statics) -> None:
        self.graph = program.graph
        self.known = known
        self.reasons = _reasons(program)
        self.found: dict[tuple[Seen, str], list[Miss]] = defaultdict(list)

    def add(self, pair: _Pair, seen: SeenPair) -> None:
        """Note a missed pair."""
        call = seen.calls[0]
        why = self._why(pair, call, seen.seen)
        self.found[seen.seen, why].append(_miss(self.graph, pair, call))

    def ranked(self) -> tuple[Cause, ...]:
        """All causes, most pairs first; of each the pairs that ran most often."""
        rows = [
            Cause(
                seen,
                why,
                len(misses),
                tuple(sorted(misses, key=lambda m: (-m.count, m.site, m.callee))[:_SHOWN]),
            )
            for (seen, why), misses in self.found.items()
        ]
        return tuple(sorted(rows, key=lambda cause: (-cause.count, cause.seen, cause.why)))

    def _why(self, pair: _Pair, call: TracedCall, seen: Seen) -> str:
        caller, callee = pair
        if seen is Seen.MEDIATED:
            return f"through {call.through}"
        if call.how not in (How.CALL, How.DECORATOR):
            name = self.graph.nodes.names[callee].rpartition(".")[2]
            is_special = name[:2] == "__" == name[-2:]
            return f"{call.how.value} {name}" if is_special else call.how.value
        others = self.known.on_line.get((caller, call.line), set())
        if any(self._last(other) == self._last(callee) for other in others):
            return "another definition of that name was linked"
        reason = self.reasons.get((caller, call.line))
        if reason is not None:
            return reason
        return "the line is linked elsewhere" if others else f"nothing is linked ({call.how.value})"

    def _last(self, node: int) -> str:
        return self.graph.nodes.names[node].rpartition(".")[2]


def _reasons(program: Program) -> dict[_Pair, str]:
    """(function or module, line) -> why a use there was not linked; what is a library's says nothing."""
    unlinked = program.unlinked
    rows = zip(unlinked.source, unlinked.line, unlinked.reason, strict=True)
    found: dict[_Pair, str] = {}
    for source, line, number in rows:
        reason = _REASONS[number]
        if reason not in (Reason.LIBRARY, Reason.BUILTIN):
            found.setdefault((scope(program.graph, source), line), reason.value)
    return found


def _miss(graph: DependencyGraph, pair: _Pair, call: TracedCall) -> Miss:
    names = graph.nodes.names
    place = graph.site(pair[0])
    path = place.path if place is not None else ""
    return Miss(names[pair[0]], names[pair[1]], Site(path, call.line), call.how.value, call.count)
