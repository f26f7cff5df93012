"""Traces survive a round trip, damaged ones are refused, and what they saw becomes edges and counts."""

import hashlib
from dataclasses import replace

import pytest

from decompose import evidence
from decompose.errors import DecomposeError
from decompose.graph import DependencyGraph, GraphBuilder, Program
from decompose.model.program import Confidence, EdgeKind, NodeKind
from decompose.model.source import FileRole, SourceFile
from decompose.model.trace import (
    Body,
    How,
    Trace,
    TracedAccess,
    TracedCall,
    TracedFile,
    TracedFunction,
)

DIGEST = hashlib.sha256(b"text").hexdigest()
FILES = (SourceFile("app.py", "app", FileRole.PROGRAM, is_package=False, size=4, digest=DIGEST),)
NAMES = ["a", "b", "c", *(f"view{n}" for n in range(9))]


def graph() -> DependencyGraph:
    """`a` calls `b`, and perhaps `c`: only the name says so."""
    builder = GraphBuilder(["app.py"], [FileRole.PROGRAM], [99])
    module = builder.node("app", NodeKind.MODULE, file=0, line=1, end_line=99)
    nodes = [
        builder.node(
            f"app.{name}", NodeKind.FUNCTION, parent=module, file=0, line=line, end_line=line
        )
        for line, name in enumerate(NAMES, 1)
    ]
    builder.edge(nodes[0], nodes[1], EdgeKind.CALLS, Confidence.EXACT, line=1)
    builder.edge(nodes[0], nodes[2], EdgeKind.CALLS, Confidence.NAME_ONLY, line=1)
    return builder.build()


def trace(*calls: TracedCall, digest: str = DIGEST) -> Trace:
    functions = tuple(
        TracedFunction(0, line, name, Body.FUNCTION) for line, name in enumerate(NAMES, 1)
    )
    return Trace(
        ("run", "it"),
        3,
        ("3.8.1", "3.13.0"),
        2,
        (TracedFile("app.py", digest, is_test=False, lines=(1, 2, 3, 7, 9, 10)),),
        functions,
        tuple(sorted(calls)),
        ((0, 5),),
        (("-I", "python -I"),),
        ("a loss",),
    )


def call(caller: str, callee: str, count: int = 1, through: str = "") -> TracedCall:
    return TracedCall(NAMES.index(caller), 1, NAMES.index(callee), How.CALL, through, count)


def seen(*calls: TracedCall) -> dict[tuple[str, str], tuple[Confidence, int, str]]:
    found = evidence.observe(Program(graph()), {"t": trace(*calls)}, FILES)
    names = found.program.graph.nodes.names
    return {
        (names[edge.source], names[edge.target]): (edge.confidence, edge.observed, edge.mediated_by)
        for edge in found.program.graph
    }


def test_a_trace_survives_the_round_trip() -> None:
    went = trace(call("a", "b", 1000), call("b", "c", 2, "lib"))
    assert evidence.decode(evidence.encode(went)) == went
    queried = replace(went, accesses=(TracedAccess(0, 3, "orders", "create", is_own=True),))
    assert evidence.decode(evidence.encode(queried)) == queried


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text[: len(text) // 2], "no trace"),
        (lambda text: text.replace("decompose-trace", "other"), "not written by"),
        (lambda text: text.replace('"version": 1', '"version": 99'), "version 99"),
        (lambda text: text.replace('"callee": [', '"callee": [77, '), "damaged"),
        (lambda text: text.replace('"function"', '"thing"'), "damaged"),
    ],
)
def test_what_is_no_sound_trace_is_refused(change: object, says: str) -> None:
    assert callable(change)
    text = evidence.encode(trace(call("a", "b"))).decode()
    assert change(text) != text
    with pytest.raises(DecomposeError, match=says):
        evidence.decode(change(text).encode())


def test_edges_that_were_read_keep_their_confidence_and_get_counts() -> None:
    assert seen(call("a", "b", 7))["app.a", "app.b"] == (Confidence.EXACT, 7, "")


def test_a_guess_that_was_seen_is_none() -> None:
    assert seen(call("a", "c", 2))["app.a", "app.c"] == (Confidence.OBSERVED, 2, "")


def test_what_reading_missed_is_added() -> None:
    edges = seen(call("b", "c", 4), call("c", "a", 5, "lib"))
    assert edges["app.b", "app.c"] == (Confidence.OBSERVED, 4, "")
    assert edges["app.c", "app.a"] == (Confidence.OBSERVED, 5, "lib")


def test_a_place_that_everything_passes_through_is_left_out() -> None:
    views = [name for name in NAMES if name.startswith("view")]
    edges = seen(*(call("a", view, through="lib") for view in views))
    assert not any(target.startswith("app.view") for _, target in edges)


def test_traces_add_up() -> None:
    traces = {"one": trace(call("a", "b", 2)), "two": trace(call("a", "b", 3))}
    found = evidence.observe(Program(graph()), traces, FILES).program.graph
    assert [edge.observed for edge in found] == [5, 0]


def test_calls_of_changed_files_are_left_out_and_told() -> None:
    stale = {"t": trace(call("b", "c"), call("a", "b"), digest="0" * 64)}
    found = evidence.observe(Program(graph()), stale, FILES)
    assert [edge.observed for edge in found.program.graph] == [0, 0]
    assert [(each.path, each.kind) for each in found.problems] == [("app.py", "stale-trace")]
    assert "2 calls" in found.problems[0].message


def test_a_trace_of_another_program_is_refused() -> None:
    files = (replace(FILES[0], path="other.py", module="other"),)
    with pytest.raises(DecomposeError, match="another program"):
        evidence.observe(Program(graph()), {"t": trace(call("a", "b"))}, files)
