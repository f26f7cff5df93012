"""Facts as bytes and back: what workers return and the cache keeps.

Columns travel as raw little-endian integers, definitions as tuples, which the decoder makes and checks in one go.
"""

import sys
from array import array
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from typing import Any, NamedTuple

import msgspec

from decompose.model.facts import (
    Bindings,
    Definition,
    Expressions,
    Import,
    ModuleFacts,
    Operated,
    Regions,
    Results,
    Stores,
    Uses,
)
from decompose.model.source import Problem

_COLUMNS: dict[str, type[Any]] = {
    "expressions": Expressions,
    "uses": Uses,
    "operated": Operated,
    "bindings": Bindings,
    "stores": Stores,
    "results": Results,
    "regions": Regions,
}
_NAMES = {kind: tuple(column.name for column in fields(kind)) for kind in _COLUMNS.values()}


class _Row(NamedTuple):
    """The fields of `ModuleFacts` as they travel, columns as raw bytes."""

    path: str
    module: str
    is_package: bool
    line_count: int
    strings: list[str]
    definitions: list[Definition]
    imports: list[Import]
    tables: list[list[bytes]]
    exported: list[str] | None
    killed: bytes
    slots: bytes
    row_start: bytes
    problems: list[Problem]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Row)


def encode(facts: ModuleFacts) -> bytes:
    """Facts as bytes; equal facts give equal bytes."""
    return _encoder.encode(
        _Row(
            facts.path,
            facts.module,
            facts.is_package,
            facts.line_count,
            facts.strings,
            facts.definitions,
            facts.imports,
            [
                [_raw(getattr(getattr(facts, table), column)) for column in _NAMES[kind]]
                for table, kind in _COLUMNS.items()
            ],
            facts.exported,
            _raw(facts.killed),
            _raw(facts.slots),
            _raw(facts.row_start),
            facts.problems,
        )
    )


def decode(data: bytes) -> ModuleFacts:
    """Facts from bytes that `encode` made. Errors: ValueError (msgspec's are), TypeError on anything else."""
    row = _decoder.decode(data)
    tables: dict[str, Any] = {
        table: kind(*map(_column, columns))
        for (table, kind), columns in zip(_COLUMNS.items(), row.tables, strict=True)
    }
    return ModuleFacts(
        path=row.path,
        module=row.module,
        is_package=row.is_package,
        line_count=row.line_count,
        strings=row.strings,
        definitions=row.definitions,
        imports=row.imports,
        exported=row.exported,
        killed=_column(row.killed),
        slots=_column(row.slots),
        row_start=_column(row.row_start),
        problems=row.problems,
        **tables,
    )


def _raw(column: "array[int]") -> bytes:
    if sys.byteorder == "big":  # pragma: no cover - no such machine at hand
        column = array("i", column)
        column.byteswap()
    return column.tobytes()


def _swapped(raw: bytes) -> "array[int]":  # pragma: no cover - no such machine at hand
    column = array("i", raw)
    column.byteswap()
    return column


_column: Callable[[bytes], "array[int]"] = (
    partial(array, "i") if sys.byteorder == "little" else _swapped
)
