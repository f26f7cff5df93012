"""A row for every expression, a use for every name and attribute that is read and for every call."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any

from decompose.extract.flow import Flow
from decompose.extract.narrowing import Narrowing, where_true
from decompose.extract.slots import attribute_set, updated
from decompose.extract.table import Table, pack
from decompose.model.facts import LOOP_SHIFT, MAX_ELEMENTS, NOTHING, Op, Role

_CALL, _READ, _WRITE, _ANNOTATE, _DELETE = (
    int(role) for role in (Role.CALL, Role.READ, Role.WRITE, Role.ANNOTATE, Role.DELETE)
)
# An enum's member costs a look-up in the enum each time it is named.
(
    _SUBSCRIPT,
    _LITERAL,
    _DISPLAY,
    _BINARY,
    _ELEMENT,
    _SLICE,
    _FORMAT,
    _STAR,
    _AWAIT,
    _COMPREHENSION,
) = (
    int(op)
    for op in (
        Op.SUBSCRIPT,
        Op.LITERAL,
        Op.DISPLAY,
        Op.BINARY,
        Op.ELEMENT,
        Op.SLICE,
        Op.FORMAT,
        Op.STAR,
        Op.AWAIT,
        Op.COMPREHENSION,
    )
)
_MAX_LITERAL = 60
_LARGEST_NUMBER = 10**15
ONE_DEEPER = 1 << LOOP_SHIFT
"""What a loop adds to `Expressions.depth`."""
_NOBODY: frozenset[str] = frozenset()
_STORING = frozenset(["update", "setattr"])


class Visits(dict[type[ast.AST], Callable[..., Any]]):
    """What to do with a node, by its type: functions that take the pass and the node."""

    def __init__(
        self, known: dict[type[ast.AST], Callable[..., Any]], other: Callable[..., Any]
    ) -> None:
        super().__init__(known)
        self._other = other

    def __missing__(self, kind: type[ast.AST]) -> Callable[..., Any]:
        return self._other


class Expressions(ABC):
    """The part of the pass that visits expressions of the current scope; every visit gives the row.

    The visits of names, attributes and calls, which are four fifths of all, note their uses themselves.
    """

    def __init__(self) -> None:
        self.table = Table()
        self.flow = Flow(self.table)
        self.bound: list[int] = []  # scope, name, value, annotation, line; again and again
        self.bindings = 0
        self.stored: list[int] = []  # scope, base, name, key, value, annotation, line
        self.given: list[int] = []  # scope, value, yields
        self.scope = 0
        self.depth = 0  # of loops, shifted as in a use's flags
        self.read_role = _READ
        self.local: set[str] = set()  # variables of the current function
        self.unread: AbstractSet[str] = _NOBODY  # names that are no use when they are read
        self.other: set[str] = (
            set()
        )  # names that the function binds and that are no variables of it
        self.late: set[str] = set()  # variables that were read before they were bound
        self.is_generator = False
        self._escaped: list[tuple[str, int]] | None = None  # bound by `:=` in a comprehension
        self._names = self.table.names
        self._paths = self.table.paths
        self._used = self.table.used
        self._strings = self.table.strings
        self._literals: dict[tuple[type, object], tuple[int, int]] = {}
        self._visit = self.visits()

    @classmethod
    @cache
    def visits(cls) -> Visits:
        """How expressions are visited; made once, for there are thousands of files."""
        return Visits(
            {
                ast.Name: cls._name,
                ast.Attribute: cls._attribute,
                ast.Call: cls._call,
                ast.Constant: cls._constant,
                ast.Subscript: cls._subscript,
                ast.Tuple: cls._tuple,
                ast.List: cls._list,
                ast.Set: cls._set,
                ast.Dict: cls._dict,
                ast.BinOp: cls._binary,
                ast.UnaryOp: cls._unary,
                ast.Slice: cls._slice,
                ast.JoinedStr: cls._format,
                ast.FormattedValue: cls._formatted,
                ast.Starred: cls._starred,
                ast.Await: cls._await,
                ast.Yield: cls._yield,
                ast.YieldFrom: cls._yield_from,
                ast.NamedExpr: cls._walrus,
                ast.ListComp: cls._list_comprehension,
                ast.SetComp: cls._set_comprehension,
                ast.GeneratorExp: cls._generator,
                ast.DictComp: cls._dict_comprehension,
                ast.Lambda: cls.nested_lambda,
            },
            cls._children,
        )

    def value(self, node: ast.expr) -> int:
        """The row of an expression whose value is used."""
        row: int = self._visit[type(node)](self, node)
        return row

    @abstractmethod
    def nested_lambda(self, node: ast.Lambda) -> int:
        """Open a scope for a lambda; statements do that."""

    def unused(self, node: ast.expr) -> int:
        """The row of an expression that stands before a dot or a bracket: reading it alone is no use."""
        kind = type(node)
        if kind is ast.Name:
            row = self._names.get(node.id)  # type: ignore[attr-defined] # by kind
            return self.table.new_name(node.id, node.lineno) if row is None else row  # type: ignore[attr-defined] # by kind
        if kind is ast.Attribute:
            base = self.unused(node.value)  # type: ignore[attr-defined] # by kind
            row = self.table.attribute(base, node.attr, node.lineno)  # type: ignore[attr-defined] # by kind
            return self._paths.get(row, row) if self._paths else row
        return self.value(node)

    def annotation(self, node: ast.expr | None) -> int:
        """The row of an annotation; strings are parsed."""
        return NOTHING if node is None else self.in_role(_ANNOTATE, _unquoted(node))

    def in_role(self, role: int, node: ast.expr) -> int:
        """The row of an expression that is read for a purpose of its own: variables too are of interest there."""
        before, self.unread = self.unread, _NOBODY
        self.read_role = role
        row = self.value(node)
        self.read_role = _READ
        self.unread = before
        return row

    def use(self, row: int, line: int, role: int) -> None:
        """Note that an expression of the current scope is used."""
        self._used += pack(self.scope, row, line, role | self.depth)

    def _name(self, node: ast.Name) -> int:
        text = node.id
        row = self._names.get(text)
        if row is None:
            row = self.table.new_name(text, node.lineno)
        if text not in self.unread:
            self._used += pack(self.scope, row, node.lineno, self.read_role | self.depth)
        return row

    def _attribute(self, node: ast.Attribute) -> int:
        line = node.end_lineno or node.lineno
        row = self.table.attribute(self.unused(node.value), node.attr, line)
        self._used += pack(self.scope, row, line, self.read_role | self.depth)
        return self._paths.get(row, row) if self._paths else row

    def _call(self, node: ast.Call) -> int:
        visit, strings = self._visit, self._strings
        function = node.func
        callee = self.unused(function)
        arguments, keywords = node.args, node.keywords
        items = [len(arguments)]
        items.extend([visit[type(argument)](self, argument) for argument in arguments])
        items.append(len(keywords))
        for keyword in keywords:
            name, value = keyword.arg, keyword.value
            items.append(NOTHING if name is None else strings[name])
            items.append(visit[type(value)](self, value))
        # The line of the name before the bracket: in a chain over several lines, each call has its own.
        line = function.end_lineno or function.lineno
        row = self.table.call(callee, items, line)
        self._used += pack(self.scope, row, line, self.depth | _CALL)
        named = getattr(function, "attr", None) or getattr(function, "id", None)
        if self.flow.slots.rows or named in _STORING:
            self._call_between(node, items)
        return row

    def _call_between(self, node: ast.Call, items: list[int]) -> None:
        """What is called may store anything anywhere; what `name.update({…})` and `setattr` store is known."""
        slots = self.flow.slots
        slots.rows.clear()
        given = updated(node)
        if given:  # the rows of the display were noted just before the integers of the call
            before = len(items)
            rows = self.table.item[-before - 2 * len(given) : -before]
            for place, row in zip(given, rows[1::2], strict=True):
                slots.store(place, row)
        name = attribute_set(node)
        if name:
            base, value = items[1], items[3]
            self.stored += (
                *(self.scope, base, self._strings[name], NOTHING),
                *(value, NOTHING, node.lineno),
            )

    def _constant(self, node: ast.Constant) -> int:
        value = node.value
        kind = type(value)
        if kind is str:
            return self.table.text(value, node.lineno)  # type: ignore[arg-type] # by kind
        known = self._literals.get((kind, value))
        if known is None:
            known = self._literals[kind, value] = self._literal(value)
        return self.table.row(_LITERAL, known[0], known[1], node.lineno)

    def _literal(self, value: object) -> tuple[int, int]:
        """The strings of a literal: the name of its type, and its text where that can matter."""
        kind = self._strings[type(value).__name__]
        if isinstance(value, bytes) or (isinstance(value, int | float) and _is_huge(value)):
            return kind, NOTHING
        return kind, self._strings[repr(value)[:_MAX_LITERAL]]

    def _subscript(self, node: ast.Subscript) -> int:
        base = self.value(node.value)
        index = self.value(_unquoted(node.slice) if self.read_role == _ANNOTATE else node.slice)
        row = self.table.row(_SUBSCRIPT, base, index, node.lineno)
        if self.flow.slots.rows:
            self.flow.slots.read(node, row)
        return row

    def _display(self, kind: str, nodes: list[ast.expr], line: int) -> int:
        visit = self._visit
        if self.read_role == _ANNOTATE:
            nodes = [_unquoted(node) for node in nodes]
        rows = [visit[type(node)](self, node) for node in nodes]
        string = self._strings[kind]
        return self.table.row(_DISPLAY, string, self.table.items(rows[:MAX_ELEMENTS]), line)

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
        return self.table.row(_DISPLAY, self._strings["dict"], items, node.lineno)

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
        return self.table.row(_BINARY, left, right, node.lineno)

    def _format(self, node: ast.JoinedStr) -> int:
        rows = [self.value(part) for part in node.values]
        return self.table.row(_FORMAT, NOTHING, self.table.items(rows[:MAX_ELEMENTS]), node.lineno)

    def _formatted(self, node: ast.FormattedValue) -> int:
        if node.format_spec is not None:
            self.value(node.format_spec)
        return self.value(node.value)

    def _starred(self, node: ast.Starred) -> int:
        return self.table.row(_STAR, self.value(node.value), NOTHING, node.lineno)

    def _await(self, node: ast.Await) -> int:
        return self.table.row(_AWAIT, self.value(node.value), NOTHING, node.lineno)

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
        self.given += (self.scope, row, yields)

    def _walrus(self, node: ast.NamedExpr) -> int:
        row = self.value(node.value)
        self.bind(node.target, row)
        if self._escaped is not None:
            self._escaped.append((node.target.id, self.bindings - 1))
        return row

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
            self.depth += ONE_DEEPER
            for condition in generator.ifs:
                self.test(condition)
                self.narrow(where_true(condition))
        row = self.value(element)
        self.depth -= len(generators) * ONE_DEEPER
        self.flow.forget(before, self._escaped)
        self._escaped = outer
        if kind == "dict":
            row = self.table.item[self.table.second(row) + 2]
        return self.table.row(_COMPREHENSION, self._strings[kind], row, line)

    def _generated(self, node: ast.comprehension, row: int) -> None:
        self.bind(node.target, self.table.row(_ELEMENT, row, NOTHING, node.target.lineno))

    @abstractmethod
    def bind(self, target: ast.expr, row: int, annotation: int = NOTHING) -> None:
        """Assign a row's value to a target."""

    @abstractmethod
    def narrow(self, known: list[Narrowing]) -> None:
        """From here on, names are known to be instances of classes."""

    @abstractmethod
    def test(self, node: ast.expr) -> int:
        """The row of a value whose truth is asked for."""

    def _unary(self, node: ast.UnaryOp) -> int:
        operand = node.operand
        if isinstance(node.op, ast.USub) and isinstance(operand, ast.Constant):
            return self._negative(operand)
        self.value(operand)
        return self.table.unknown()

    def _negative(self, node: ast.Constant) -> int:
        row = self._constant(node)
        if type(node.value) is not str:
            _, text = self._literals[type(node.value), node.value]
            if text != NOTHING:
                negative = f"-{repr(node.value)[:_MAX_LITERAL]}"
                self.table.set_second(row, self._strings[negative])
        return row

    def _slice(self, node: ast.Slice) -> int:
        first, last = (
            NOTHING if bound is None else self.value(bound) for bound in (node.lower, node.upper)
        )
        if node.step is not None:
            self.value(node.step)
            return self.table.unknown()
        return self.table.row(_SLICE, first, last, node.lineno)

    def _parts(self, nodes: Iterable[ast.expr | None]) -> int:
        """Visit parts of something whose own value is not followed."""
        for node in nodes:
            if node is not None:
                self.value(node)
        return self.table.unknown()

    def _children(self, node: ast.AST) -> int:
        """Whatever a later Python brings: visit the parts, follow no value."""
        return self._parts(
            child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)
        )


def _is_huge(number: float) -> bool:
    return abs(number) > _LARGEST_NUMBER


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
