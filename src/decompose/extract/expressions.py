"""A row for every expression, a use for every name and attribute that is read and for every call."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable

from decompose.extract.flow import Flow
from decompose.extract.table import Table
from decompose.model.facts import (
    MAX_ELEMENTS,
    NOTHING,
    Bindings,
    Op,
    Results,
    Role,
    Stores,
)

_CALL, _READ, _WRITE, _ANNOTATE, _DELETE = (
    int(role) for role in (Role.CALL, Role.READ, Role.WRITE, Role.ANNOTATE, Role.DELETE)
)
_MAX_LITERAL = 60


class Expressions(ABC):
    """The part of the pass that visits expressions of the current scope; every visit gives the row."""

    def __init__(self) -> None:
        self.table = Table()
        self.flow = Flow(self.table)
        self.bindings = Bindings()
        self.stores = Stores()
        self.results = Results()
        self.scope = 0
        self.loop = 0
        self.read_role = _READ
        self.local: set[str] = set()  # names that the current scope binds
        self.is_generator = False
        self._escaped: list[tuple[int, int]] | None = None  # bound by `:=` in a comprehension
        self._visit: dict[type[ast.AST], Callable[..., int]] = {
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Call: self._call,
            ast.Constant: self._constant,
            ast.Subscript: self._subscript,
            ast.Tuple: self._tuple,
            ast.List: self._list,
            ast.Set: self._set,
            ast.Dict: self._dict,
            ast.BinOp: self._binary,
            ast.JoinedStr: self._format,
            ast.FormattedValue: self._formatted,
            ast.Starred: self._starred,
            ast.Await: self._await,
            ast.Yield: self._yield,
            ast.YieldFrom: self._yield_from,
            ast.NamedExpr: self._walrus,
            ast.UnaryOp: self._unary,
            ast.Slice: self._slice,
            ast.ListComp: self._list_comprehension,
            ast.SetComp: self._set_comprehension,
            ast.GeneratorExp: self._generator,
            ast.DictComp: self._dict_comprehension,
            ast.Lambda: self.nested_lambda,
        }

    def value(self, node: ast.expr) -> int:
        """The row of an expression whose value is used."""
        visit = self._visit.get(type(node))
        return self._children(node) if visit is None else visit(node)

    @abstractmethod
    def nested_lambda(self, node: ast.Lambda) -> int:
        """Open a scope for a lambda; statements do that."""

    def unused(self, node: ast.expr) -> int:
        """The row of an expression that stands before a dot or a bracket: reading it alone is no use."""
        if type(node) is ast.Name:
            return self.table.name(node.id, node.lineno)
        if type(node) is ast.Attribute:
            return self.table.attribute(self.unused(node.value), node.attr, node.lineno)
        return self.value(node)

    def annotation(self, node: ast.expr | None) -> int:
        """The row of an annotation; strings are parsed."""
        if node is None:
            return NOTHING
        self.read_role = _ANNOTATE
        row = self.value(_unquoted(node))
        self.read_role = _READ
        return row

    def _use(self, row: int, line: int, role: int) -> None:
        self.table.use(self.scope, row, line, role, self.loop)

    def _name(self, node: ast.Name) -> int:
        row = self.table.name(node.id, node.lineno)
        self.table.use(self.scope, row, node.lineno, self.read_role, self.loop)
        return row

    def _attribute(self, node: ast.Attribute) -> int:
        line = node.end_lineno or node.lineno
        row = self.table.attribute(self.unused(node.value), node.attr, line)
        self.table.use(self.scope, row, line, self.read_role, self.loop)
        return row

    def _call(self, node: ast.Call) -> int:
        value = self.value
        callee = self.unused(node.func)
        rows = [value(argument) for argument in node.args]
        keywords = [
            (
                NOTHING if keyword.arg is None else self.table.string(keyword.arg),
                value(keyword.value),
            )
            for keyword in node.keywords
        ]
        # The line of the name before the bracket: in a chain over several lines, each call has its own.
        line = node.func.end_lineno or node.lineno
        row = self.table.row(Op.CALL, callee, self.table.items(rows, keywords), line)
        self.table.use(self.scope, row, line, _CALL, self.loop)
        return row

    def _constant(self, node: ast.Constant) -> int:
        value = node.value
        if type(value) is str:
            return self.table.text(value, node.lineno)
        kind = self.table.string(type(value).__name__)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) > 10**15:
            text = NOTHING
        else:
            text = (
                self.table.string(repr(value)[:_MAX_LITERAL])
                if not isinstance(value, bytes)
                else NOTHING
            )
        return self.table.row(Op.LITERAL, kind, text, node.lineno)

    def _subscript(self, node: ast.Subscript) -> int:
        base = self.value(node.value)
        index = self.value(_unquoted(node.slice) if self.read_role == _ANNOTATE else node.slice)
        return self.table.row(Op.SUBSCRIPT, base, index, node.lineno)

    def _display(self, kind: str, nodes: list[ast.expr], line: int) -> int:
        quoted = self.read_role == _ANNOTATE
        rows = [self.value(_unquoted(node) if quoted else node) for node in nodes]
        string = self.table.string(kind)
        return self.table.row(Op.DISPLAY, string, self.table.items(rows[:MAX_ELEMENTS]), line)

    def _tuple(self, node: ast.Tuple) -> int:
        return self._display("tuple", node.elts, node.lineno)

    def _list(self, node: ast.List) -> int:
        return self._display("list", node.elts, node.lineno)

    def _set(self, node: ast.Set) -> int:
        return self._display("set", node.elts, node.lineno)

    def _dict(self, node: ast.Dict) -> int:
        rows: list[int] = []
        for key, value in zip(node.keys, node.values, strict=True):
            rows.append(self.table.unknown() if key is None else self.value(key))
            rows.append(self.value(value))
        items = self.table.items(rows[: 2 * MAX_ELEMENTS])
        return self.table.row(Op.DISPLAY, self.table.string("dict"), items, node.lineno)

    def _binary(self, node: ast.BinOp) -> int:
        # `a + b + c + …` nests to the left, as deep as it is long: walk the spine instead of recursing.
        spine = [node]
        while type(spine[-1].left) is ast.BinOp:
            spine.append(spine[-1].left)
        row = self.value(spine[-1].left)
        for part in reversed(spine):
            row = self._combined(part, row, self.value(part.right))
        return row

    def _combined(self, node: ast.BinOp, left: int, right: int) -> int:
        return self.table.row(Op.BINARY, left, right, node.lineno)

    def _format(self, node: ast.JoinedStr) -> int:
        rows = [self.value(part) for part in node.values]
        return self.table.row(
            Op.FORMAT, NOTHING, self.table.items(rows[:MAX_ELEMENTS]), node.lineno
        )

    def _formatted(self, node: ast.FormattedValue) -> int:
        if node.format_spec is not None:
            self.value(node.format_spec)
        return self.value(node.value)

    def _starred(self, node: ast.Starred) -> int:
        return self.table.row(Op.STAR, self.value(node.value), NOTHING, node.lineno)

    def _await(self, node: ast.Await) -> int:
        return self.table.row(Op.AWAIT, self.value(node.value), NOTHING, node.lineno)

    def _yield(self, node: ast.Yield) -> int:
        self.is_generator = True
        if node.value is not None:
            self.result(self.value(node.value), yields=1)
        return self.table.unknown()

    def _yield_from(self, node: ast.YieldFrom) -> int:
        self.is_generator = True
        self.result(self.value(node.value), yields=2)
        return self.table.unknown()

    def result(self, row: int, *, yields: int = 0) -> None:
        """Note what the current function returns (0), yields (1), or yields from (2)."""
        self.results.scope.append(self.scope)
        self.results.value.append(row)
        self.results.yields.append(yields)

    def _walrus(self, node: ast.NamedExpr) -> int:
        row = self.value(node.value)
        self.bind(node.target, row)
        if self._escaped is not None:
            bindings = self.bindings
            self._escaped.append((bindings.name[-1], len(bindings.name) - 1))
        return row

    def _unary(self, node: ast.UnaryOp) -> int:
        operand = node.operand
        if isinstance(node.op, ast.USub) and isinstance(operand, ast.Constant):
            row = self._constant(operand)
            text = self.table.b[row]
            if text != NOTHING:
                self.table.b[row] = self.table.string(f"-{self.table.strings[text]}")
            return row
        self.value(operand)
        return self.table.unknown()

    def _slice(self, node: ast.Slice) -> int:
        bounds = [
            NOTHING if bound is None else self.value(bound) for bound in (node.lower, node.upper)
        ]
        if node.step is not None:
            self.value(node.step)
            return self.table.unknown()
        return self.table.row(Op.SLICE, bounds[0], bounds[1], node.lineno)

    def _list_comprehension(self, node: ast.ListComp) -> int:
        return self._comprehension("list", node.generators, node.elt, node.lineno)

    def _set_comprehension(self, node: ast.SetComp) -> int:
        return self._comprehension("set", node.generators, node.elt, node.lineno)

    def _generator(self, node: ast.GeneratorExp) -> int:
        return self._comprehension("generator", node.generators, node.elt, node.lineno)

    def _dict_comprehension(self, node: ast.DictComp) -> int:
        pair = ast.Tuple([node.key, node.value], ast.Load(), lineno=node.lineno, col_offset=0)
        return self._comprehension("dict", node.generators, pair, node.lineno)

    def _comprehension(
        self, kind: str, generators: list[ast.comprehension], element: ast.expr, line: int
    ) -> int:
        before, outer = self.flow.mark(), self._escaped
        self._escaped = [] if outer is None else outer
        for generator in generators:
            self._generated(generator, self.value(generator.iter))
            self.loop += 1
            for condition in generator.ifs:
                self.test(condition)
        row = self.value(element)
        self.loop -= len(generators)
        self.flow.forget(before, self._escaped)
        self._escaped = outer
        if kind == "dict":
            row = self.table.item[self.table.b[row] + 2]
        return self.table.row(Op.COMPREHENSION, self.table.string(kind), row, line)

    def _generated(self, node: ast.comprehension, row: int) -> None:
        self.bind(node.target, self.table.row(Op.ELEMENT, row, NOTHING, node.target.lineno))

    @abstractmethod
    def test(self, node: ast.expr) -> int:
        """The row of a value whose truth is asked for."""

    def _children(self, node: ast.AST) -> int:
        """Slices, and whatever a later Python brings: visit the parts, follow no value."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)
        return self.table.unknown()

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
                rest = table.row(Op.SUBSCRIPT, row, index, part.lineno)
                self.bind(part.value, rest)  # type: ignore[attr-defined] # starred
            else:
                from_end = starred is not None and position > starred
                place = position - len(parts) if from_end else position
                self.bind(part, table.row(Op.ITEM, row, place, part.lineno))

    def _between(self, first: int, last: int, line: int) -> int:
        """The row of a slice; `last` counts from the end, 0 for the end itself."""
        kind, string = self.table.string("int"), self.table.string
        bounds = [
            NOTHING if bound == 0 else self.table.row(Op.LITERAL, kind, string(str(bound)), line)
            for bound in (first, last)
        ]
        return self.table.row(Op.SLICE, bounds[0], bounds[1], line)

    def bind_name(
        self, name: str, row: int, line: int, annotation: int = NOTHING, *, adds: bool = False
    ) -> None:
        """Bind a name of the current scope; `adds`: to what it was bound to before."""
        self.local.add(name)
        bindings = self.bindings
        number = self.table.string(name)
        self.flow.bind(number, len(bindings.name), adds=adds, declares=annotation != NOTHING)
        bindings.scope.append(self.scope)
        bindings.name.append(number)
        bindings.value.append(row)
        bindings.annotation.append(annotation)
        bindings.line.append(line)

    def _store_attribute(self, target: ast.Attribute, row: int, annotation: int) -> None:
        base = self.unused(target.value)
        self._store(base, self.table.string(target.attr), NOTHING, row, annotation, target.lineno)
        self._use(self.table.attribute(base, target.attr, target.lineno), target.lineno, _WRITE)

    def _store_item(self, target: ast.Subscript, row: int) -> None:
        base = self.value(target.value)
        self._store(base, NOTHING, self.value(target.slice), row, NOTHING, target.lineno)

    def _store(self, base: int, name: int, key: int, row: int, annotation: int, line: int) -> None:
        stores = self.stores
        stores.scope.append(self.scope)
        stores.base.append(base)
        stores.name.append(name)
        stores.key.append(key)
        stores.value.append(row)
        stores.annotation.append(annotation)
        stores.line.append(line)

    def delete(self, target: ast.expr) -> None:
        """`del target`: a use of what stands there."""
        if isinstance(target, ast.Attribute):
            self._use(self.unused(target), target.lineno, _DELETE)
        elif not isinstance(target, ast.Name):
            self.value(target)


def _unquoted(node: ast.expr) -> ast.expr:
    """A string annotation, parsed; lines kept."""
    if not (isinstance(node, ast.Constant) and type(node.value) is str):
        return node
    try:
        parsed = ast.parse(node.value.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return node
    for part in ast.walk(parsed):
        if isinstance(part, ast.expr):
            part.lineno = node.lineno
            part.end_lineno = node.lineno
    return parsed
