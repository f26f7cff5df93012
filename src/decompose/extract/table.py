"""The tables of one module while they are being filled: strings, expressions, uses.

Rows of names and attributes are shared within a scope while the name keeps its bindings: `order.total` three times is
one row used three times, until `order` is bound anew.
Rows lie packed one after the other until the module is finished: packing one takes less time than putting its
four integers into four lists, and the columns are cut out of it at the speed of copying.
"""

from array import array
from struct import Struct
from typing import Any

from decompose.model.facts import MAX_STRING, NOTHING, ROLE_MASK, Expressions, Op, Role, Uses

_NAME, _ATTRIBUTE, _CALL, _STRING, _UNKNOWN = (
    int(op) for op in (Op.NAME, Op.ATTRIBUTE, Op.CALL, Op.STRING, Op.UNKNOWN)
)
_READ = int(Role.READ)
_ONE, _FOUR = Struct("i"), Struct("4i")
_ROW_BITS = 4  # of a packed row's 16 bytes
pack = _FOUR.pack
"""Four integers as bytes: an expression row (op, a, b, line), or a use (scope, row, line, flags)."""


class Interned(dict[str, int]):
    """Strings and their numbers, in order; asking for a new one numbers it."""

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self)
        return number


class Table:
    """Interned strings, expression rows and uses of one module."""

    def __init__(self) -> None:
        self.strings = Interned()
        self.rows = bytearray()
        self.item: list[int] = []
        self.used = bytearray()
        self.operations: list[int] = []  # scope, expression, method, line, loops; again and again
        self.names: dict[str, int] = {}
        self.live: dict[str, list[Any]] = {}  # name -> its version (`flow.Version`)
        self.reads: list[
            tuple[str, int, list[Any]]
        ] = []  # (name, its row, the version that it saw)
        self.attributes: dict[tuple[int, str], int] = {}
        self.paths: dict[int, int] = {}  # row of an attribute -> row that tells more of its value
        self._unknown = NOTHING

    def __len__(self) -> int:
        """Count the expression rows."""
        return len(self.rows) >> _ROW_BITS

    def open_scope(self) -> int:
        """Forget the shared rows of the scope before; the first row of the new one."""
        self.names.clear()
        self.reads.clear()
        self.attributes.clear()
        self.paths.clear()
        self._unknown = NOTHING
        return len(self)

    def expressions(self) -> Expressions:
        """The expression table as columns."""
        op, a, b, line = _columns(self.rows)
        return Expressions(op, a, b, line, array("i", self.item))

    def uses(self) -> Uses:
        """The uses as columns."""
        return Uses(*_columns(self.used))

    def row(self, op: int, a: int, b: int, line: int) -> int:
        """A new row."""
        rows = self.rows
        number = len(rows) >> _ROW_BITS
        rows += pack(op, a, b, line)
        return number

    def kind(self, row: int) -> int:
        """The `Op` of a row."""
        return int(_FOUR.unpack_from(self.rows, row << _ROW_BITS)[0])

    def first(self, row: int) -> int:
        """The operand `a` of a row."""
        return int(_FOUR.unpack_from(self.rows, row << _ROW_BITS)[1])

    def second(self, row: int) -> int:
        """The operand `b` of a row."""
        return int(_FOUR.unpack_from(self.rows, row << _ROW_BITS)[2])

    def set_second(self, row: int, b: int) -> None:
        """Change the operand `b` of a row."""
        _ONE.pack_into(self.rows, (row << _ROW_BITS) + 2 * _ONE.size, b)

    def name(self, text: str, line: int) -> int:
        """The row of a name in this scope, as bound now."""
        known = self.names.get(text)
        return self.new_name(text, line) if known is None else known

    def new_name(self, text: str, line: int) -> int:
        """The row of a name that has none yet in this scope, as it is bound now."""
        rows = self.rows
        number = self.names[text] = len(rows) >> _ROW_BITS
        rows += pack(_NAME, self.strings[text], NOTHING, line)
        version = self.live.get(text)
        if version is not None:
            self.reads.append((text, number, version))
        return number

    def attribute(self, base: int, text: str, line: int) -> int:
        """The row of an attribute in this scope."""
        key = (base, text)
        known = self.attributes.get(key)
        if known is None:
            rows = self.rows
            known = self.attributes[key] = len(rows) >> _ROW_BITS
            rows += pack(_ATTRIBUTE, base, self.strings[text], line)
        return known

    def call(self, callee: int, items: list[int], line: int) -> int:
        """The row of a call; `items` are its arguments as in `Expressions.items`."""
        rows = self.rows
        number = len(rows) >> _ROW_BITS
        rows += pack(_CALL, callee, len(self.item), line)
        self.item += items
        return number

    def text(self, value: str, line: int) -> int:
        """The row of a string constant, cut where it is long."""
        rows = self.rows
        number = len(rows) >> _ROW_BITS
        string = self.strings.get(value)
        if string is None:
            string = self.strings[_clean(value[:MAX_STRING])]
        rows += pack(_STRING, string, NOTHING, line)
        return number

    def unknown(self) -> int:
        """The row of a value that is not followed."""
        if self._unknown == NOTHING:
            self._unknown = self.row(_UNKNOWN, NOTHING, NOTHING, 0)
        return self._unknown

    def items(self, rows: list[int]) -> int:
        """The offset of a list of rows."""
        offset = len(self.item)
        self.item.append(len(rows))
        self.item += rows
        return offset

    def operate(self, scope: int, expression: int, method: str, line: int, loops: int) -> None:
        """Note that Python calls a special method of an expression's value."""
        if expression != self._unknown:
            self.operations += (scope, expression, self.strings[method], line, loops)

    def drop_reads(self, first: int, names: set[str]) -> None:
        """Remove reads of bare `names` from the uses that begin at the byte `first`."""
        numbers = {self.strings[name] for name in names}
        rows, kept = self.rows, bytearray()
        for scope, row, line, flags in _FOUR.iter_unpack(self.used[first:]):
            op, text, _, _ = _FOUR.unpack_from(rows, row << _ROW_BITS)
            if op != _NAME or text not in numbers or flags & ROLE_MASK != _READ:
                kept += pack(scope, row, line, flags)
        self.used[first:] = kept


def _columns(packed: bytearray) -> "list[array[int]]":
    """The four columns of packed rows."""
    integers = array("i")
    integers.frombytes(packed)
    return [integers[column::4] for column in range(4)]


def _clean(text: str) -> str:
    """Lone surrogates cannot be encoded anywhere; nobody misses them."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
