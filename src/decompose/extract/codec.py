"""Facts as bytes and back: what workers return and the cache keeps.

Columns travel as raw little-endian integers, definitions as plain tuples; decoding a module costs some microseconds.
"""

import sys
from array import array
from dataclasses import astuple, fields
from typing import Any

import msgspec

from decompose.model.facts import (
    Bindings,
    Definition,
    DefinitionKind,
    Expressions,
    Import,
    ModuleFacts,
    Operated,
    Parameter,
    ParameterKind,
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
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder()


def encode(facts: ModuleFacts) -> bytes:
    """Facts as bytes; equal facts give equal bytes."""
    return _encoder.encode(
        (
            facts.path,
            facts.module,
            facts.is_package,
            facts.line_count,
            facts.strings,
            [_definition(found) for found in facts.definitions],
            [astuple(found) for found in facts.imports],
            [
                [_raw(getattr(getattr(facts, table), column)) for column in _NAMES[kind]]
                for table, kind in _COLUMNS.items()
            ],
            facts.exported,
            _raw(facts.killed),
            _raw(facts.row_start),
            [astuple(problem) for problem in facts.problems],
        )
    )


def decode(data: bytes) -> ModuleFacts:
    """Facts from bytes that `encode` made. Errors: msgspec.DecodeError, TypeError, ValueError on anything else."""
    (
        path,
        module,
        is_package,
        lines,
        strings,
        definitions,
        imports,
        tables,
        exported,
        killed,
        starts,
        problems,
    ) = _decoder.decode(data)
    columns = {
        name: kind(*map(_column, table))
        for (name, kind), table in zip(_COLUMNS.items(), tables, strict=True)
    }
    return ModuleFacts(
        path=path,
        module=module,
        is_package=is_package,
        line_count=lines,
        strings=strings,
        definitions=[_made_definition(*row) for row in definitions],
        imports=[Import(*row) for row in imports],
        exported=exported,
        killed=_column(killed),
        row_start=_column(starts),
        problems=[Problem(*row) for row in problems],
        **columns,
    )


def _definition(found: Definition) -> tuple[Any, ...]:
    return (
        int(found.kind),
        found.name,
        found.qualname,
        found.parent,
        found.line,
        found.first_line,
        found.end_line,
        found.decorators,
        found.bases,
        found.keywords,
        [(each.name, int(each.kind), each.annotation, each.default) for each in found.parameters],
        found.returns,
        found.doc,
        found.is_generator,
        found.globals,
    )


def _made_definition(kind: int, *row: Any) -> Definition:
    name, qualname, parent, line, first_line, end_line, decorators, bases, *rest = row
    keywords, parameters, returns, doc, is_generator, names_global = rest
    return Definition(
        DefinitionKind(kind),
        name,
        qualname,
        parent,
        line,
        first_line,
        end_line,
        tuple(decorators),
        tuple(bases),
        tuple((word, value) for word, value in keywords),
        tuple(
            Parameter(name, ParameterKind(place), annotation, default)
            for name, place, annotation, default in parameters
        ),
        returns,
        doc,
        is_generator,
        tuple(names_global),
    )


def _raw(column: "array[int]") -> bytes:
    if sys.byteorder == "big":  # pragma: no cover - no such machine at hand
        column = array("i", column)
        column.byteswap()
    return column.tobytes()


def _column(raw: bytes) -> "array[int]":
    column = array("i")
    column.frombytes(raw)
    if sys.byteorder == "big":  # pragma: no cover - no such machine at hand
        column.byteswap()
    return column
