"""A trace as the bytes of `trace.json`, and back: JSON, sorted, the same for equal traces."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from decompose.errors import DecomposeError
from decompose.evidence import wire
from decompose.model.trace import (
    Body,
    How,
    Trace,
    TracedAccess,
    TracedCall,
    TracedFile,
    TracedFunction,
    TracedReach,
)

_LARGEST = 1 << 30  # bytes; a trace of a large suite has some tens of millions
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_AGAIN = "run `decompose record` again"


def encode(trace: Trace) -> bytes:
    """A trace as JSON, a line a table."""
    data = msgspec.json.encode(_document(trace))
    return msgspec.json.format(data, indent=0) + b"\n"


def decode(data: bytes, where: str = "") -> Trace:
    """The trace in the bytes that `encode` made. Errors: DecomposeError."""
    try:
        envelope = msgspec.json.decode(data, type=wire.Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DecomposeError(f"this is no trace: {error}", where=where, remedy=_AGAIN) from None
    if envelope.format != wire.FORMAT:
        raise DecomposeError(
            "this was not written by `decompose record`", where=where, remedy=_AGAIN
        )
    if envelope.version > wire.VERSION:
        raise DecomposeError(
            f"the trace has version {envelope.version} of the format; this program reads up to {wire.VERSION}",
            where=where,
            remedy="upgrade decompose-monolith, or run `decompose record` again",
        )
    try:
        return _trace(msgspec.json.decode(data, type=wire.Trace))
    except (msgspec.DecodeError, ValueError, IndexError, KeyError) as error:
        raise DecomposeError(f"the trace is damaged: {error}", where=where, remedy=_AGAIN) from None


def read(path: Path) -> Trace:
    """The trace in a file. Errors: DecomposeError."""
    return decode(_bytes(path), str(path))


def digest(path: Path) -> str:
    """The hex SHA-256 of a file that holds a trace. Errors: DecomposeError."""
    return hashlib.sha256(_bytes(path)).hexdigest()


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise DecomposeError(
            f"the trace cannot be read: {error.strerror}",
            where=str(path),
            remedy="make one with `decompose record -- COMMAND`",
        ) from error
    if len(data) > _LARGEST:
        raise DecomposeError("the trace is too large", where=str(path), remedy=_AGAIN)
    return data


def schema() -> str:
    """The JSON Schema (2020-12) of the format."""
    document: dict[str, Any] = {
        "$schema": _DIALECT,
        "$id": f"urn:{wire.FORMAT}:{wire.VERSION}",
        "title": "Trace of a program by decompose",
        **msgspec.json.schema(wire.Trace),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _document(trace: Trace) -> wire.Trace:
    files, functions, calls = trace.files, trace.functions, trace.calls
    return wire.Trace(
        command=[_legible(word) for word in trace.command],
        exit_code=trace.exit_code,
        pythons=list(trace.pythons),
        processes=trace.processes,
        files=wire.Files(
            [_legible(each.path) for each in files],
            [each.digest for each in files],
            [each.is_test for each in files],
            [None if each.lines is None else _runs(each.lines) for each in files],
        ),
        functions=wire.Functions(
            [each.file for each in functions],
            [each.line for each in functions],
            [each.name for each in functions],
            [each.body.value for each in functions],
        ),
        calls=wire.Calls(
            [each.caller for each in calls],
            [each.line for each in calls],
            [each.callee for each in calls],
            [each.how.value for each in calls],
            [_legible(each.through) for each in calls],
            [each.count for each in calls],
        ),
        roots=wire.Roots([each for each, _ in trace.roots], [count for _, count in trace.roots]),
        unrecorded=[wire.Unrecorded(why, _legible(what)) for why, what in trace.unrecorded],
        losses=[_legible(each) for each in trace.losses],
        accesses=None if trace.accesses is None else _access_columns(trace.accesses),
        reaches=None if trace.reaches is None else _reach_columns(trace.reaches),
    )


def _access_columns(accesses: Sequence[TracedAccess]) -> wire.Accesses:
    return wire.Accesses(
        [each.function for each in accesses],
        [each.line for each in accesses],
        [_legible(each.table) for each in accesses],
        [each.mode for each in accesses],
        [each.is_own for each in accesses],
    )


def _reach_columns(reaches: Sequence[TracedReach]) -> wire.Reaches:
    return wire.Reaches(
        [each.function for each in reaches],
        [each.file for each in reaches],
        [_runs(each.lines) for each in reaches],
    )


def _trace(found: wire.Trace) -> Trace:
    files, functions, calls, roots = found.files, found.functions, found.calls, found.roots
    _inside(functions.file, len(files.path))
    for column in (calls.caller, calls.callee, roots.callee):
        _inside(column, len(functions.file))
    return Trace(
        command=tuple(found.command),
        exit_code=found.exit_code,
        pythons=tuple(found.pythons),
        processes=found.processes,
        files=tuple(
            TracedFile(path, digest, is_test, None if lines is None else tuple(_lines(lines)))
            for path, digest, is_test, lines in zip(
                files.path, files.digest, files.is_test, files.lines, strict=True
            )
        ),
        functions=tuple(
            TracedFunction(file, line, name, Body(body))
            for file, line, name, body in zip(
                functions.file, functions.line, functions.name, functions.body, strict=True
            )
        ),
        calls=tuple(_calls(calls)),
        roots=tuple(zip(roots.callee, roots.count, strict=True)),
        unrecorded=tuple((each.reason, each.command) for each in found.unrecorded),
        losses=tuple(found.losses),
        accesses=None
        if found.accesses is None
        else tuple(_accesses(found.accesses, len(functions.file))),
        reaches=None
        if found.reaches is None
        else tuple(_reaches(found.reaches, len(functions.file), len(files.path))),
    )


def _calls(calls: wire.Calls) -> Iterator[TracedCall]:
    words = {word.value: word for word in How}
    rows = zip(
        *(calls.caller, calls.line, calls.callee, calls.how, calls.through, calls.count),
        strict=True,
    )
    for caller, line, callee, how, through, count in rows:
        yield TracedCall(caller, line, callee, words[how], through, count)


def _accesses(rows: wire.Accesses, functions: int) -> Iterator[TracedAccess]:
    _inside(rows.function, functions)
    columns = zip(rows.function, rows.line, rows.table, rows.mode, rows.own, strict=True)
    return (TracedAccess(*row) for row in columns)


def _reaches(rows: wire.Reaches, functions: int, files: int) -> Iterator[TracedReach]:
    _inside(rows.function, functions)
    _inside(rows.file, files)
    for function, file, lines in zip(rows.function, rows.file, rows.lines, strict=True):
        yield TracedReach(function, file, tuple(_lines(lines)))


def _inside(column: Sequence[int], bound: int) -> None:
    if column and max(column) >= bound:
        raise ValueError("a number points outside its table")


def _runs(lines: Sequence[int]) -> list[int]:
    """First and last line of each run of lines that follow each other."""
    if not lines:
        return []
    ends = [
        end for before, after in pairwise(lines) if after != before + 1 for end in (before, after)
    ]
    return [lines[0], *ends, lines[-1]]


def _lines(runs: Iterable[int]) -> Iterator[int]:
    values = list(runs)
    for first, last in zip(values[::2], values[1::2], strict=True):
        yield from range(first, min(last, first + _LARGEST) + 1)


def _legible(text: str) -> str:
    """Lone surrogates (of file names in no known encoding) spelled out, for JSON cannot hold them."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
