"""One fused pass over a module's tree: scopes are taken from a queue, so that rows of a scope stand together.

The pass is split by the kind of syntax: `expressions` gives each expression a row, `targets` binds and stores,
`operations` notes what Python calls by itself, `patterns` reads `case`, `nesting` opens scopes, `statements` puts them
in order. They dispatch on the node's type through a dict, which costs a third of what `ast.NodeVisitor` does.
"""

import ast
from array import array
from dataclasses import fields
from typing import Any, NamedTuple

from decompose.extract.statements import Statements
from decompose.model.facts import Bindings, ModuleFacts, Operated, Regions, Results, Stores
from decompose.model.source import Problem

_WIDTHS: dict[type[Any], int] = {
    kind: len(fields(kind)) for kind in (Operated, Bindings, Stores, Results, Regions)
}


class ModuleName(NamedTuple):
    """Whose text it is."""

    path: str
    module: str
    is_package: bool


def extract(
    tree: ast.Module, name: ModuleName, *, line_count: int, problems: tuple[Problem, ...] = ()
) -> ModuleFacts:
    """The facts of one module. A tree that nests too deeply gives what was read until then, and a problem."""
    walk = Statements()
    found = list(problems)
    try:
        walk.module(tree, line_count)
    except RecursionError:
        found.append(
            Problem(
                name.path,
                0,
                "too-deep",
                "expressions nest too deeply; what stands after them in the file was not read",
                "split the expression, or exclude the file if it is generated",
            )
        )
        walk.finish()
    table = walk.table
    return ModuleFacts(
        path=name.path,
        module=name.module,
        is_package=name.is_package,
        line_count=line_count,
        strings=list(table.strings),
        definitions=walk.definitions,
        imports=walk.imports,
        expressions=table.expressions(),
        uses=table.uses(),
        operated=Operated(*_columns(table.operations, _WIDTHS[Operated])),
        bindings=Bindings(*_columns(walk.bound, _WIDTHS[Bindings])),
        stores=Stores(*_columns(walk.stored, _WIDTHS[Stores])),
        results=Results(*_columns(walk.given, _WIDTHS[Results])),
        regions=Regions(*_columns(walk.governed, _WIDTHS[Regions])),
        exported=walk.exported,
        killed=array("i", walk.flow.killed),
        slots=array("i", walk.flow.slots.pairs),
        row_start=array("i", [*walk.row_start, len(table)]),
        problems=found,
    )


def _columns(rows: list[int], count: int) -> "list[array[int]]":
    """The columns of rows that stand one after the other, `count` integers each."""
    if not rows:
        return [array("i") for _ in range(count)]
    integers = array("i", rows)
    return [integers[column::count] for column in range(count)]
