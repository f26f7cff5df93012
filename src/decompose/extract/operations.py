"""What the language calls without anybody writing a name: operators, subscripts, comparisons, tests, loops, f-strings.

Each operation is noted with its operand and the special method that Python looks for first (`a + b`: `__add__` of `a`).
Operands whose type the text itself shows to be built in (literals, displays, comparisons) are left out.
"""

import ast
import itertools
from functools import cache

from decompose.extract.expressions import Visits
from decompose.extract.narrowing import Narrowing, where_false, where_true
from decompose.extract.targets import Targets
from decompose.model.facts import LOOP_SHIFT, Op, Role

_READ = int(Role.READ)
_UNION, _DISPLAY, _BINARY = int(Op.UNION), int(Op.DISPLAY), int(Op.BINARY)
_UNPACKED = (_DISPLAY, int(Op.ELEMENT), int(Op.ITEM))
"""Rows whose parts are known without asking for an iterator, or that were asked already."""
_PLAIN = frozenset(
    [
        ast.Constant,
        ast.JoinedStr,
        ast.Dict,
        ast.List,
        ast.Tuple,
        ast.Set,
        ast.ListComp,
        ast.SetComp,
        ast.DictComp,
        ast.GeneratorExp,
        ast.Lambda,
        ast.Compare,
    ]
)
_KEYS = frozenset(
    [ast.Name, ast.Attribute, ast.Call]
)  # nodes that may be keys of the program's own
_TELLS = frozenset(["isinstance", "issubclass", "hasattr", "callable", "len", "any", "all", "bool"])
_ARITHMETIC: dict[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.MatMult: "matmul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
    ast.BitOr: "or",
    ast.BitXor: "xor",
    ast.BitAnd: "and",
}
_COMPARED: dict[type[ast.AST], tuple[str, str]] = {
    ast.Eq: ("__eq__", "__eq__"),
    ast.NotEq: ("__ne__", "__ne__"),
    ast.Lt: ("__lt__", "__gt__"),
    ast.LtE: ("__le__", "__ge__"),
    ast.Gt: ("__gt__", "__lt__"),
    ast.GtE: ("__ge__", "__le__"),
}
_UNARY: dict[type[ast.AST], str] = {
    ast.USub: "__neg__",
    ast.UAdd: "__pos__",
    ast.Invert: "__invert__",
}
_CONVERTED = {114: "__repr__", 115: "__str__", 97: "__repr__"}  # !r, !s, !a


class Operations(Targets):
    """The part of the pass that notes operations."""

    @classmethod
    @cache
    def visits(cls) -> Visits:
        """How expressions are visited."""
        return Visits(
            {
                **super().visits(),
                ast.Compare: cls._compare,
                ast.BoolOp: cls._either,
                ast.IfExp: cls._conditional,
            },
            cls._children,
        )

    def operate(self, node: ast.expr, row: int, method: str) -> None:
        """Note that Python calls a special method of a row's value, unless the text shows a built-in type."""
        if type(node) not in _PLAIN:
            self.table.operate(self.scope, row, method, node.lineno, self.depth >> LOOP_SHIFT)

    def test(self, node: ast.expr) -> int:
        """The row of a value whose truth is asked for."""
        row = self.value(node)
        self._truth(node, row)
        return row

    def _truth(self, node: ast.expr, row: int) -> None:
        while type(node) is ast.BoolOp:  # the other parts are noted where the operator is visited
            node, row = node.values[-1], self.table.second(row)
        if type(node) is ast.UnaryOp and type(node.op) is ast.Not:
            return
        if type(node) is ast.Call and type(node.func) is ast.Name and node.func.id in _TELLS:
            return
        self.operate(node, row, "__bool__")

    def iterate(self, node: ast.expr, row: int, *, is_async: bool = False) -> None:
        """Note that a row's value is iterated."""
        self.operate(node, row, "__aiter__" if is_async else "__iter__")

    def narrow(self, known: list[Narrowing]) -> None:
        """From here on, names are known to be instances of classes."""
        for place, told, op in known:
            line = place.lineno
            if isinstance(place, ast.Name):
                value = self.table.name(place.id, line)
                row = self.table.row(op, value, self._classes(told), line)
                self.flow.narrow(place.id, row)
            else:
                path = self.table.attribute(self.unused(place.value), place.attr, line)
                row = self.table.row(op, path, self._classes(told), line)
                self.flow.narrow_path(path, row)

    def _classes(self, node: ast.expr) -> int:
        """The row of classes that are named; naming them again is no use."""
        if isinstance(node, ast.Tuple):
            rows = [self._classes(each) for each in node.elts]
            return self.table.row(
                _DISPLAY, self._strings["tuple"], self.table.items(rows), node.lineno
            )
        if isinstance(node, ast.BinOp):
            left, right = self._classes(node.left), self._classes(node.right)
            return self.table.row(_BINARY, left, right, node.lineno)
        return self.unused(node)

    def _either(self, node: ast.BoolOp) -> int:
        tells = where_true if type(node.op) is ast.And else where_false
        told = [tells(part) for part in node.values[:-1]]
        if not any(told):
            return self._parts_of(node, told)
        before = self.flow.mark()
        row = self._parts_of(node, told)
        self.flow.widen(before, _named([each for part in told for each in part]))
        return row

    def _parts_of(self, node: ast.BoolOp, told: list[list[Narrowing]]) -> int:
        """The row of either; `told` is what each part but the last tells those behind it."""
        row = self.value(node.values[0])
        for (before, part), known in zip(itertools.pairwise(node.values), told, strict=True):
            self.narrow(known)
            other = self.value(part)
            self._truth(before, row if before is node.values[0] else self.table.second(row))
            row = self.table.row(_UNION, row, other, node.lineno)
        return row

    def _conditional(self, node: ast.IfExp) -> int:
        self.test(node.test)
        told = where_true(node.test)
        before = self.flow.mark()
        self.narrow(told)
        body = self.value(node.body)
        if told:
            self.flow.widen(before, _named(told))
        return self.table.row(_UNION, body, self.value(node.orelse), node.lineno)

    def _compare(self, node: ast.Compare) -> int:
        left_node, left = node.left, self.value(node.left)
        for operator, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.value(right_node)
            methods = _COMPARED.get(type(operator))
            if methods is not None:
                if type(left_node) in _PLAIN:
                    self.operate(right_node, right, methods[1])
                else:
                    self.operate(left_node, left, methods[0])
            elif type(operator) in (ast.In, ast.NotIn):
                self.operate(right_node, right, "__contains__")
            left_node, left = right_node, right
        return self.table.unknown()

    def _unary(self, node: ast.UnaryOp) -> int:
        if type(node.op) is ast.Not:
            self.test(node.operand)
            return self.table.unknown()
        if type(node.operand) is ast.Constant:
            return super()._unary(node)
        self.operate(node.operand, self.value(node.operand), _UNARY[type(node.op)])
        return self.table.unknown()

    def _combined(self, node: ast.BinOp, left: int, right: int) -> int:
        if self.read_role == _READ:
            name = _ARITHMETIC[type(node.op)]
            if type(node.op) is ast.Mod and type(node.left) in (ast.Constant, ast.JoinedStr):
                self._interpolated(node.right, right)
            else:
                self.operate(node.left, left, f"__{name}__")
                self.operate(node.right, right, f"__r{name}__")
        return super()._combined(node, left, right)

    def _interpolated(self, node: ast.expr, row: int) -> None:
        """`"%s" % value`."""
        if type(node) is not ast.Tuple:
            self.operate(node, row, "__str__")
            return
        offset = self.table.second(row)
        rows = self.table.item[offset + 1 : offset + 1 + self.table.item[offset]]
        for part, each in zip(node.elts, rows, strict=False):  # a long tuple is cut
            self.operate(part, each, "__str__")

    def augmented(self, node: ast.AugAssign) -> None:
        """Note `target += value` as an operation on the target."""
        target = node.target
        row = self.unused(target)
        self.operate(target, row, f"__i{_ARITHMETIC[type(node.op)]}__")

    def _subscript(self, node: ast.Subscript) -> int:
        row = super()._subscript(node)
        if self.read_role == _READ:
            self.operate(node.value, self.table.first(row), "__getitem__")
            self._hashed(node.slice, self.table.second(row))
        return row

    def _hashed(self, node: ast.expr, row: int) -> None:
        """Note that a row's value may be a key."""
        if type(node) in _KEYS:
            self.operate(node, row, "__hash__")

    def _dict(self, node: ast.Dict) -> int:
        row = super()._dict(node)
        offset = self.table.second(row) + 1
        for key, place in zip(node.keys, range(offset, len(self.table.item), 2), strict=False):
            if key is not None:
                self._hashed(key, self.table.item[place])
        return row

    def _set(self, node: ast.Set) -> int:
        row = super()._set(node)
        offset = self.table.second(row) + 1
        for element, each in zip(node.elts, self.table.item[offset:], strict=False):
            self._hashed(element, each)
        return row

    def _store_item(self, target: ast.Subscript, row: int) -> None:
        super()._store_item(target, row)
        self.operate(target.value, self.stored[-6], "__setitem__")
        self._hashed(target.slice, self.stored[-4])

    def delete(self, target: ast.expr) -> None:
        """`del target`: a use of what stands there, and a call of `__delitem__`."""
        if isinstance(target, ast.Subscript):
            base = self.value(target.value)
            self.value(target.slice)
            self.operate(target.value, base, "__delitem__")
        else:
            super().delete(target)

    def _formatted(self, node: ast.FormattedValue) -> int:
        row = super()._formatted(node)
        self.operate(node.value, row, _CONVERTED.get(node.conversion, "__format__"))
        return row

    def _starred(self, node: ast.Starred) -> int:
        row = super()._starred(node)
        self.iterate(node.value, self.table.first(row))
        return row

    def _yield_from(self, node: ast.YieldFrom) -> int:
        row = super()._yield_from(node)
        self.iterate(node.value, self.given[-2])
        return row

    def _unpack(self, parts: list[ast.expr], row: int) -> None:
        if parts and self.table.kind(row) not in _UNPACKED:
            self.table.operate(
                self.scope, row, "__iter__", parts[0].lineno, self.depth >> LOOP_SHIFT
            )
        super()._unpack(parts, row)

    def _generated(self, node: ast.comprehension, row: int) -> None:
        self.iterate(node.iter, row, is_async=bool(node.is_async))
        super()._generated(node, row)


def _named(told: list[Narrowing]) -> set[str]:
    return {each.value.id for each in told if isinstance(each.value, ast.Name)}
