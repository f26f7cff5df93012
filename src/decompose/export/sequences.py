"""In which order does each entry point, and each transaction, touch tables? JSON, one sequence a line.

`calls` are expansions: a function, the position of its caller in the same list (-1: what is
started) and where it is called. A step stands in one of them; the chain of callers is its path.
"""

from collections.abc import Iterable, Iterator

from decompose.export.accesses import listed
from decompose.export.options import ExportOptions
from decompose.graph import Analysis, Program
from decompose.graph.dependency import NOBODY
from decompose.graph.doors import doors
from decompose.graph.effects import Touched
from decompose.graph.sequences import Call, Sequence, Step, sequences_of
from decompose.model.program import PREFIXES, Confidence, NodeKind

_TABLE = PREFIXES[NodeKind.TABLE]


def render(analysis: Analysis, options: ExportOptions) -> str:
    """Entry points by kind and name, then transactions by function; those that touch nothing are left out.

    Of the steps those that are sure enough.
    """
    return listed(_rows(analysis.program, options.min_confidence))


def _rows(program: Program, least: Confidence) -> Iterator[dict[str, object]]:
    sequences = sequences_of(program)
    for door in doors(program):
        found = sequences.of(door)
        if found.steps:
            before = (
                program.graph.nodes.names[found.before.calls[0].node]
                if found.before and found.before.calls
                else ""
            )
            yield {
                "kind": door.kind,
                "name": door.name,
                "before": before,
                **as_json(program, found, least),
            }
    for number, each in enumerate(program.transactions):
        found = sequences.of_transaction(number)
        if found.steps:
            yield {
                "kind": "transaction",
                "name": each.source,
                "opened": each.kind,
                "site": str(each.site),
                "lines": [each.first_line, each.last_line],
                **as_json(program, found, least),
            }


def as_json(
    program: Program, found: Sequence, least: Confidence = Confidence.NAME_ONLY
) -> dict[str, object]:
    """A sequence as a value for JSON."""
    return {
        "calls": [_call(program, each) for each in found.calls],
        "steps": [_step(program, each) for each in found.steps if each.confidence >= least],
        "transactions": {
            str(program.transactions[inner].site): (
                str(program.transactions[outer].site) if outer != NOBODY else ""
            )
            for inner, outer in found.around
        },
        "cut": found.cut,
        "left_out": _named(program, found.left_out),
        "cascades": _named(program, found.along),
    }


def _named(program: Program, touched: Iterable[Touched]) -> list[str]:
    names = program.graph.nodes.names
    return sorted(f"{mode} {names[table].removeprefix(_TABLE)}" for table, mode in touched)


def _call(program: Program, call: Call) -> dict[str, object]:
    return {
        "function": program.graph.nodes.names[call.node],
        "caller": call.parent,
        "site": str(call.site or ""),
        "confidence": _word(call.confidence),
    }


def _step(program: Program, step: Step) -> dict[str, object]:
    names = program.graph.nodes.names
    row: dict[str, object] = {"call": step.call, "site": str(step.site or "")}
    if step.again != NOBODY:
        row["again"] = step.again
    elif step.sent != NOBODY:
        row["sends"] = names[step.sent]
    else:
        row.update(
            table=names[step.table].removeprefix(_TABLE),
            mode=step.mode.value,
            columns=list(step.columns),
            confidence=_word(step.confidence),
            locks=step.locks,
        )
    around = program.transactions[step.around].site if step.around != NOBODY else ""
    return {**row, "loops": step.loop_depth, "transaction": str(around), "later": step.later}


def _word(confidence: Confidence) -> str:
    return confidence.name.lower().replace("_", "-")
