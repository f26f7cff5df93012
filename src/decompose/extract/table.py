"""The tables of one module while they are being filled: strings, expressions, uses.

Rows of names and attributes are shared within a scope: `order.total` three times is one row used three times.
"""

from array import array

from decompose.model.facts import LOOP_SHIFT, MAX_STRING, NOTHING, Expressions, Op, Uses


class Table:
    """Interned strings, expression rows and uses of one module."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._ids: dict[str, int] = {}
        self.expressions = Expressions()
        self.uses = Uses()
        self._names: dict[int, int] = {}
        self._attributes: dict[int, int] = {}
        self._unknown = NOTHING

    def open_scope(self) -> int:
        """Forget the shared rows of the scope before; the first row of the new one."""
        self._names = {}
        self._attributes = {}
        self._unknown = NOTHING
        return len(self.expressions.op)

    def string(self, text: str) -> int:
        """The number of an interned string."""
        known = self._ids.get(text)
        if known is None:
            known = self._ids[text] = len(self.strings)
            self.strings.append(text)
        return known

    def row(self, op: int, a: int, b: int, line: int) -> int:
        """A new row."""
        expressions = self.expressions
        number = len(expressions.op)
        expressions.op.append(op)
        expressions.a.append(a)
        expressions.b.append(b)
        expressions.line.append(line)
        return number

    def name(self, text: str, line: int) -> int:
        """The row of a name in this scope."""
        string = self.string(text)
        known = self._names.get(string)
        if known is None:
            known = self._names[string] = self.row(Op.NAME, string, NOTHING, line)
        return known

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
        items = self.expressions.items
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
        uses = self.uses
        uses.scope.append(scope)
        uses.expression.append(expression)
        uses.line.append(line)
        uses.flags.append(role | loop_depth << LOOP_SHIFT)

    def drop_local_reads(self, first_use: int, local: set[str], roles: frozenset[int]) -> None:
        """Remove, from `first_use` on, uses in `roles` of bare names that are the scope's own variables."""
        own = {self._names[self._ids[name]] for name in local if self._ids.get(name) in self._names}
        if not own:
            return
        uses = self.uses
        kept = [
            position
            for position in range(first_use, len(uses.scope))
            if uses.expression[position] not in own or uses.flags[position] & 7 not in roles
        ]
        if first_use + len(kept) == len(uses.scope):
            return
        for column in (uses.scope, uses.expression, uses.line, uses.flags):
            rest = array("i", [column[position] for position in kept])
            del column[first_use:]
            column.extend(rest)


def _clean(text: str) -> str:
    """Lone surrogates cannot be encoded anywhere; nobody misses them."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
