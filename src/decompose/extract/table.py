"""The tables of one module while they are being filled: strings, expressions, uses.

Rows of names and attributes are shared within a scope while the name keeps its bindings: `order.total` three times is
one row used three times, until `order` is bound anew.
Columns are lists until the module is finished, because a list takes an integer twice as fast as an array does.
"""

from array import array
from typing import Any

from decompose.model.facts import (
    LOOP_SHIFT,
    MAX_STRING,
    NOTHING,
    ROLE_MASK,
    Expressions,
    Op,
    Operated,
    Uses,
)


class Table:
    """Interned strings, expression rows and uses of one module."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._ids: dict[str, int] = {}
        self.op: list[int] = []
        self.a: list[int] = []
        self.b: list[int] = []
        self.line: list[int] = []
        self.item: list[int] = []
        self.used: list[tuple[int, int, int, int]] = []
        self.names: dict[int, int] = {}
        self.live: dict[int, list[Any]] = {}  # name -> its version (`flow.Version`)
        self.reads: list[tuple[int, list[Any]]] = []  # (row of a name, the version that it saw)
        self._retired: list[int] = []
        self._operated: list[tuple[int, int, int, int, int]] = []
        self._attributes: dict[int, int] = {}
        self._unknown = NOTHING

    def open_scope(self) -> int:
        """Forget the shared rows of the scope before; the first row of the new one."""
        self.names = {}
        self.reads = []
        self._retired = []
        self._attributes = {}
        self._unknown = NOTHING
        return len(self.op)

    def expressions(self) -> Expressions:
        """The expression table as columns."""
        columns = (self.op, self.a, self.b, self.line, self.item)
        return Expressions(*(array("i", column) for column in columns))

    def uses(self) -> Uses:
        """The uses as columns."""
        columns = zip(*self.used, strict=True) if self.used else ((), (), (), ())
        return Uses(*(array("i", column) for column in columns))

    def operated(self) -> Operated:
        """The operations as columns."""
        columns = zip(*self._operated, strict=True) if self._operated else ((),) * 5
        return Operated(*(array("i", column) for column in columns))

    def string(self, text: str) -> int:
        """The number of an interned string."""
        known = self._ids.get(text)
        if known is None:
            known = self._ids[text] = len(self.strings)
            self.strings.append(text)
        return known

    def row(self, op: int, a: int, b: int, line: int) -> int:
        """A new row."""
        number = len(self.op)
        self.op.append(op)
        self.a.append(a)
        self.b.append(b)
        self.line.append(line)
        return number

    def name(self, text: str, line: int) -> int:
        """The row of a name in this scope, as bound now."""
        string = self.string(text)
        known = self.names.get(string)
        if known is None:
            known = self.names[string] = self.row(Op.NAME, string, NOTHING, line)
            version = self.live.get(string)
            if version is not None:
                self.reads.append((known, version))
        return known

    def retire(self, name: int) -> int:
        """Share a name's row no longer, for the name is bound anew; the row, or NOTHING."""
        row = self.names.pop(name, NOTHING)
        if row != NOTHING:
            self._retired.append(row)
        return row

    def attribute(self, base: int, text: str, line: int) -> int:
        """The row of an attribute in this scope."""
        string = self.string(text)
        key = base << 32 | string
        known = self._attributes.get(key)
        if known is None:
            known = self._attributes[key] = self.row(Op.ATTRIBUTE, base, string, line)
        return known

    def text(self, value: str, line: int) -> int:
        """The row of a string constant, cut where it is long."""
        return self.row(Op.STRING, self.string(_clean(value[:MAX_STRING])), NOTHING, line)

    def unknown(self) -> int:
        """The row of a value that is not followed."""
        if self._unknown == NOTHING:
            self._unknown = self.row(Op.UNKNOWN, NOTHING, NOTHING, 0)
        return self._unknown

    def items(self, rows: list[int], keywords: list[tuple[int, int]] | None = None) -> int:
        """The offset of a list of rows, followed by keywords where it is a call's."""
        items = self.item
        offset = len(items)
        items.append(len(rows))
        items.extend(rows)
        if keywords is not None:
            items.append(len(keywords))
            for pair in keywords:
                items.extend(pair)
        return offset

    def use(self, scope: int, expression: int, line: int, role: int, loop_depth: int) -> None:
        """Note that an expression is used."""
        self.used.append((scope, expression, line, role | loop_depth << LOOP_SHIFT))

    def operate(self, scope: int, expression: int, method: str, line: int, loop_depth: int) -> None:
        """Note that Python calls a special method of an expression's value."""
        if expression != self._unknown:
            self._operated.append((scope, expression, self.string(method), line, loop_depth))

    def drop_local_reads(self, first_use: int, local: set[str], roles: frozenset[int]) -> None:
        """Remove, from `first_use` on, uses in `roles` of bare names that are the scope's own variables."""
        numbers = {self._ids[name] for name in local if name in self._ids}
        own = {self.names[number] for number in numbers if number in self.names}
        own.update(row for row in self._retired if self.a[row] in numbers)
        if not own:
            return
        self.used[first_use:] = [
            use
            for use in self.used[first_use:]
            if use[1] not in own or use[3] & ROLE_MASK not in roles
        ]


def _clean(text: str) -> str:
    """Lone surrogates cannot be encoded anywhere; nobody misses them."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
