"""What is assigned to: names, attributes, items, and several at once."""

import ast

from decompose.extract.expressions import Expressions
from decompose.model.facts import NOTHING, Op, Role

_LITERAL, _SUBSCRIPT, _ITEM, _SLICE = (
    int(op) for op in (Op.LITERAL, Op.SUBSCRIPT, Op.ITEM, Op.SLICE)
)
_WRITE, _DELETE = int(Role.WRITE), int(Role.DELETE)


class Targets(Expressions):
    """The part of the pass that binds and stores."""

    def bind(self, target: ast.expr, row: int, annotation: int = NOTHING) -> None:
        """Assign a row's value to a target: names, attributes, items, and unpacking into several."""
        kind = type(target)
        if kind is ast.Name:
            self.bind_name(target.id, row, target.lineno, annotation)  # type: ignore[attr-defined] # by kind
        elif kind is ast.Attribute:
            self._store_attribute(target, row, annotation)  # type: ignore[arg-type] # by kind
        elif kind is ast.Subscript:
            self._store_item(target, row)  # type: ignore[arg-type] # by kind
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target.elts, row)
        else:
            self.value(target)

    def _unpack(self, parts: list[ast.expr], row: int) -> None:
        """Bind parts by their position; behind a star, counted from the end."""
        starred = next((at for at, part in enumerate(parts) if type(part) is ast.Starred), None)
        table = self.table
        for position, part in enumerate(parts):
            if position == starred:
                index = self._between(position, position + 1 - len(parts), part.lineno)
                rest = table.row(_SUBSCRIPT, row, index, part.lineno)
                self.bind(part.value, rest)  # type: ignore[attr-defined] # starred
            else:
                from_end = starred is not None and position > starred
                place = position - len(parts) if from_end else position
                self.bind(part, table.row(_ITEM, row, place, part.lineno))

    def _between(self, first: int, last: int, line: int) -> int:
        """The row of a slice; `last` counts from the end, 0 for the end itself."""
        strings = self._strings
        bounds = [
            NOTHING
            if bound == 0
            else self.table.row(_LITERAL, strings["int"], strings[str(bound)], line)
            for bound in (first, last)
        ]
        return self.table.row(_SLICE, bounds[0], bounds[1], line)

    def bind_name(
        self, name: str, row: int, line: int, annotation: int = NOTHING, *, adds: bool = False
    ) -> None:
        """Bind a name of the current scope, and make it a variable of it; `adds`: to what it was bound to before."""
        if name not in self.local and name not in self.other:
            self.local.add(name)
            if name in self._names:
                self.late.add(name)
        self.note_bound(name, row, line, annotation, adds=adds)

    def note_bound(
        self, name: str, row: int, line: int, annotation: int = NOTHING, *, adds: bool = False
    ) -> None:
        """Note that a name of the current scope has a value."""
        self.flow.bind(name, self.bindings, adds=adds, declares=annotation != NOTHING)
        self.bindings += 1
        self.bound += (self.scope, self._strings[name], row, annotation, line)

    def _store_attribute(self, target: ast.Attribute, row: int, annotation: int) -> None:
        base = self.unused(target.value)
        line = target.lineno
        name = self._strings[target.attr]
        if self._paths:
            self.flow.narrow_path(self.table.attribute(base, target.attr, line), NOTHING)
        self.stored += (self.scope, base, name, NOTHING, row, annotation, line)
        self.use(self.table.attribute(base, target.attr, line), line, _WRITE)

    def _store_item(self, target: ast.Subscript, row: int) -> None:
        base = self.value(target.value)
        key = self.value(target.slice)
        self.flow.slots.store(target, row)
        self.stored += (self.scope, base, NOTHING, key, row, NOTHING, target.lineno)

    def delete(self, target: ast.expr) -> None:
        """`del target`: a use of what stands there."""
        if isinstance(target, ast.Attribute):
            self.use(self.unused(target), target.lineno, _DELETE)
        elif not isinstance(target, ast.Name):
            self.value(target)
