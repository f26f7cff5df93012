"""What calls did the trace see? Pairs of functions, each with the way in which it was seen, and its lines."""

from dataclasses import dataclass, field

from decompose.graph import DependencyGraph
from decompose.graph.observed import Observed, scope
from decompose.model.audit import Seen
from decompose.model.source import FileRole
from decompose.model.trace import Body, How, Trace, TracedCall

_ORDER = list(Seen)


@dataclass(slots=True)
class SeenPair:
    """How a pair was seen; `calls` are those of the way that counts, most frequent first."""

    seen: Seen
    calls: list[TracedCall] = field(default_factory=list)


def pairs(trace: Trace, over: Observed, graph: DependencyGraph) -> dict[tuple[int, int], SeenPair]:
    """(caller, callee) -> how it was seen. Lambdas are part of the code around them, and nobody's callee."""
    found: dict[tuple[int, int], SeenPair] = {}
    for caller, callee, call in over.calls(trace):
        body = trace.functions[call.callee].body
        if body in (Body.LAMBDA, Body.CLASS) or graph.role(callee) is FileRole.TEST:
            continue
        seen = _seen(call, body)
        key = (scope(graph, caller), callee)
        known = found.get(key)
        if known is None or _ORDER.index(seen) < _ORDER.index(known.seen):
            found[key] = SeenPair(seen, [call])
        elif known.seen is seen:
            known.calls.append(call)
    for pair in found.values():
        pair.calls.sort(key=lambda call: (-call.count, call))
    return found


def _seen(call: TracedCall, body: Body) -> Seen:
    if call.how is How.IMPORT:
        return Seen.IMPORT
    if call.through:
        return Seen.MEDIATED
    if body is Body.GENERATOR and call.how is not How.CALL:
        return Seen.GENERATOR
    return Seen.IMPLICIT if call.how.is_implicit else Seen.DIRECT
