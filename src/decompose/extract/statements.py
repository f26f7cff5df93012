"""Bindings, regions, imports and nested scopes: what statements add to the expressions in them."""

import ast
from functools import cache
from typing import Any

from decompose.extract.expressions import ONE_DEEPER, Visits
from decompose.extract.flow import Version
from decompose.extract.guarding import Guarding
from decompose.extract.narrowing import of_pattern, paths, where_false, where_true
from decompose.extract.nesting import Scope, doc_of
from decompose.model.facts import (
    NOTHING,
    Definition,
    DefinitionKind,
    Import,
    Op,
    RegionKind,
    Role,
)

_BINARY, _ELEMENT, _ENTER = int(Op.BINARY), int(Op.ELEMENT), int(Op.ENTER)
_RAISE = int(Role.RAISE)
_WITH, _LOOP, _ISINSTANCE, _LISTED = (
    int(kind)
    for kind in (RegionKind.WITH, RegionKind.LOOP, RegionKind.ISINSTANCE, RegionKind.LISTED)
)
_NOT_FROM_HERE = frozenset({DefinitionKind.MODULE, DefinitionKind.CLASS})
"""Scopes whose names can be read from elsewhere: each read of one is a use."""


class Statements(Guarding):
    """The whole pass over one module; `module` fills everything."""

    def __init__(self) -> None:
        super().__init__()
        self.imports: list[Import] = []
        self.exported: list[str] | None = None
        self.row_start: list[int] = []
        self._typing_only = False
        self._globals: list[str] = []
        self._statement = self._statements()

    @classmethod
    @cache
    def _statements(cls) -> Visits:
        """How statements are visited."""
        later = (("TryStar", cls._try), ("TypeAlias", cls._type_alias))
        return Visits(
            {
                ast.Expr: cls._expression,
                ast.Assign: cls._assign,
                ast.AnnAssign: cls._annotated,
                ast.AugAssign: cls._augmented,
                ast.Return: cls._return,
                ast.If: cls._if,
                ast.For: cls._for,
                ast.AsyncFor: cls._for,
                ast.While: cls._while,
                ast.With: cls._with,
                ast.AsyncWith: cls._with,
                ast.Try: cls._try,
                ast.Import: cls._import,
                ast.ImportFrom: cls._import_from,
                ast.FunctionDef: cls._function,
                ast.AsyncFunctionDef: cls._function,
                ast.ClassDef: cls._class,
                ast.Global: cls._global,
                ast.Nonlocal: cls._global,
                ast.Delete: cls._delete,
                ast.Assert: cls._assert,
                ast.Match: cls._match,
                ast.Pass: cls._nothing,
                ast.Raise: cls._raise,
                ast.Break: cls._leave_loop,
                ast.Continue: cls._leave_loop,
                **{getattr(ast, name): visit for name, visit in later if hasattr(ast, name)},
            },
            cls._other,
        )

    def module(self, tree: ast.Module, line_count: int) -> None:
        """Read a whole module."""
        doc = doc_of(tree)
        self.definitions.append(
            Definition(DefinitionKind.MODULE, "", "", NOTHING, 1, 1, max(line_count, 1), doc=doc)
        )
        self.queue.append((0, tree))
        while self.queue:
            self._enter(*self.queue.popleft())

    def finish(self) -> None:
        """Give the scopes that were not reached empty row ranges."""
        missing = len(self.definitions) - len(self.row_start)
        self.row_start.extend([len(self.table)] * missing)
        self.queue.clear()

    def _enter(self, scope: int, node: Scope) -> None:
        definition = self.definitions[scope]
        self.scope, self.depth, self.is_generator = scope, 0, False
        self._globals, self.other, self.late = [], set(), set()
        parameters = [parameter.name for parameter in definition.parameters]
        self.parameters = frozenset(parameters)
        self.local = set(parameters)
        has_variables = definition.kind not in _NOT_FROM_HERE
        self.unread = self.local if has_variables else frozenset()
        self.row_start.append(self.table.open_scope())
        first_use = len(self.table.used)
        self.flow.open(parameters)
        self.bind_types(node, definition.variables)
        if isinstance(node, ast.Lambda):
            self.result(self.value(node.body))
        else:
            self._body(node.body)
        self.flow.finish(is_module=scope == 0)
        if has_variables:
            self._leave(scope, first_use)

    def _leave(self, scope: int, first_use: int) -> None:
        if late := self.late & self.local:
            self.table.drop_reads(first_use, late)
        if self.is_generator or self._globals:
            self.definitions[scope] = self.definitions[scope]._replace(
                is_generator=self.is_generator, globals=tuple(self._globals)
            )

    def _body(self, body: list[ast.stmt]) -> None:
        statement = self._statement
        around, self.block = self.block, body
        for node in body:
            statement[type(node)](self, node)
        self.block = around

    def _nothing(self, node: ast.AST) -> None:
        """`pass` holds nothing."""

    def _other(self, node: ast.AST) -> None:
        """Statements of a later Python."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)
            elif isinstance(child, ast.stmt):
                self._body([child])

    def _expression(self, node: ast.Expr) -> None:
        value = node.value
        kind = type(value)
        if kind is not ast.Constant:
            self._visit[kind](self, value)

    def _assign(self, node: ast.Assign) -> None:
        value = node.value
        row = self._visit[type(value)](self, value)
        for target in node.targets:
            self.bind(target, row)
        if self.scope == 0 and len(node.targets) == 1:
            self._note_exported(node.targets[0], node.value)

    def _note_exported(self, target: ast.expr, value: ast.expr) -> None:
        if (
            isinstance(target, ast.Name)
            and target.id == "__all__"
            and isinstance(value, ast.List | ast.Tuple)
        ):
            names = [part.value for part in value.elts if isinstance(part, ast.Constant)]
            self.exported = (self.exported or []) + [
                name for name in names if isinstance(name, str)
            ]

    def _annotated(self, node: ast.AnnAssign) -> None:
        annotation = self.annotation(node.annotation)
        row = NOTHING if node.value is None else self.value(node.value)
        self.bind(node.target, row, annotation)

    def _type_alias(self, node: Any) -> None:
        """`type Name[T] = value`; Python has it since 3.12."""
        mark, _ = self.open_types(node)
        row = self.annotation(node.value)
        self.close_types(mark)
        self.bind(node.name, row)

    def _augmented(self, node: ast.AugAssign) -> None:
        row = self.value(node.value)
        self.augmented(node)
        if isinstance(node.target, ast.Name) and _is_text(node.value):
            whole = self.table.row(_BINARY, self.unused(node.target), row, node.lineno)
            self.bind_name(node.target.id, whole, node.lineno)
        elif isinstance(node.target, ast.Name):
            self.bind_name(node.target.id, row, node.lineno, adds=True)
        else:
            self.bind(node.target, row)
        if self.scope == 0:
            self._note_exported(node.target, node.value)

    def _return(self, node: ast.Return) -> None:
        value = node.value
        if value is not None:
            self.result(self._visit[type(value)](self, value))
        self.flow.is_dead = True

    def _raise(self, node: ast.Raise) -> None:
        if node.exc is not None:
            row = self.value(node.exc)
            if isinstance(node.exc, ast.Name | ast.Attribute):
                self.use(row, node.exc.end_lineno or node.lineno, _RAISE)
        if node.cause is not None:
            self.value(node.cause)
        self.flow.is_dead = True

    def _leave_loop(self, node: ast.Break | ast.Continue) -> None:
        del node
        self.flow.is_dead = True

    def _if(self, node: ast.If) -> None:
        row = self.test(node.test)
        if _is_isinstance(node.test):
            self.region(_ISINSTANCE, row, node.body)
        before = self._typing_only
        self._typing_only = before or _is_type_checking(node.test)
        holds, fails = where_true(node.test), where_false(node.test)
        start = self.flow.mark()
        self.narrow(holds)
        self._body(node.body)
        self._typing_only = before
        body = self.flow.close(start)
        self.narrow(fails)
        self._body(node.orelse)
        otherwise = self.flow.close(start)
        self.asked(node, ends=(body is None, otherwise is None))
        self.flow.join([body, otherwise])
        if (body is None) != (otherwise is None):
            self.narrow(paths(fails if body is None else holds))

    def _generated(self, node: ast.comprehension, row: int) -> None:
        line = node.iter.lineno
        self.governed += (self.scope, _LISTED, row, line, line)
        super()._generated(node, row)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        iterable = self.value(node.iter)
        self.iterate(node.iter, iterable, is_async=isinstance(node, ast.AsyncFor))
        start = self.flow.mark()
        self.bind(node.target, self.table.row(_ELEMENT, iterable, NOTHING, node.lineno))
        self._looped(iterable, node.body)
        self.flow.come_round(start)
        self._body(node.orelse)

    def _while(self, node: ast.While) -> None:
        test = self.test(node.test)
        start = self.flow.mark()
        self._looped(test, node.body, is_counted=not _is_retried(node))
        self.flow.come_round(start)
        self._body(node.orelse)

    def _looped(self, row: int, body: list[ast.stmt], *, is_counted: bool = True) -> None:
        self.region(_LOOP, row, body)
        self.depth += ONE_DEEPER * is_counted
        self._body(body)
        self.depth -= ONE_DEEPER * is_counted

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            row = self.value(item.context_expr)
            if item.optional_vars is not None:
                entered = self.table.row(_ENTER, row, NOTHING, node.lineno)
                self.bind(item.optional_vars, entered)
            self.region(_WITH, row, node.body)
        self._body(node.body)

    def _try(self, node: ast.Try) -> None:
        flow = self.flow
        start = flow.mark()
        self._body(node.body)
        if not flow.is_dead:
            self._body(node.orelse)
        ends = [flow.interrupt(start)]
        for handler in node.handlers:
            before = flow.mark()
            self._handler(handler)
            ends.append(flow.since(start))
            flow.close(before)
        flow.close(start)
        flow.join(ends)
        self._finally(node)

    def _handler(self, handler: ast.ExceptHandler) -> None:
        row = self.table.unknown() if handler.type is None else self.value(handler.type)
        if handler.name:
            instance = self.table.call(row, [0, 0], handler.lineno)
            self.bind_name(handler.name, instance, handler.lineno)
        self._body(handler.body)

    def _finally(self, node: ast.Try) -> None:
        dead, self.flow.is_dead = self.flow.is_dead, False
        self._body(node.finalbody)
        self.flow.is_dead = dead or self.flow.is_dead

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            self._note_import(alias.name, "", alias.asname or "", 0, node.lineno)
            self.local.discard(bound)

    def _import_from(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            bound = alias.asname or alias.name
            self._note_import(node.module or "", alias.name, bound, node.level, node.lineno)

    def _note_import(self, module: str, name: str, alias: str, level: int, line: int) -> None:
        self.imports.append(Import(self.scope, module, name, alias, level, line, self._typing_only))
        if name != "*":
            self.flow.bind(alias or module.partition(".")[0], -len(self.imports))

    def _global(self, node: ast.Global | ast.Nonlocal) -> None:
        self._globals += node.names
        self.flow.leave_out(node.names)
        self.other.update(node.names)
        self.local.difference_update(node.names)

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self.delete(target)

    def _assert(self, node: ast.Assert) -> None:
        self.test(node.test)
        self.narrow(where_true(node.test))
        if node.msg is not None:
            self.value(node.msg)

    def _match(self, node: ast.Match) -> None:
        subject = self.value(node.subject)
        start = self.flow.mark()
        ends: list[dict[str, Version] | None] = [{}]  # no case may fit
        for case in node.cases:
            self.pattern(case.pattern, subject)
            self.narrow(of_pattern(node.subject, case.pattern))
            if case.guard is not None:
                self.value(case.guard)
            self._body(case.body)
            ends.append(self.flow.close(start))
        self.flow.join(ends)


def _is_type_checking(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def _is_isinstance(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.Call)
        and isinstance(test.func, ast.Name)
        and test.func.id == "isinstance"
    )


def _is_text(node: ast.expr) -> bool:
    """Is it a text, so that adding it to a name makes another text? A list is the same one, only longer."""
    while isinstance(node, ast.BinOp):
        node = node.left
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    return isinstance(node, ast.JoinedStr)


def _is_retried(node: ast.While) -> bool:
    """`while True: code = new(); if not taken(code): return code`: most often its body runs once."""
    if not isinstance(node.test, ast.Constant):
        return False
    last = node.body[-1]
    while isinstance(last, ast.With | ast.AsyncWith):
        last = last.body[-1]
    if isinstance(last, ast.If) and not last.orelse:
        last = last.body[-1]
    return isinstance(last, ast.Return | ast.Break)
