"""Bindings, regions, imports and nested scopes: what statements add to the expressions in them."""

import ast
from collections import deque

from decompose.extract import asking
from decompose.extract.expressions import ONE_DEEPER, Visits
from decompose.extract.flow import Version
from decompose.extract.narrowing import of_pattern, where_false, where_true
from decompose.extract.operations import Operations
from decompose.model.facts import (
    NOTHING,
    Definition,
    DefinitionKind,
    Import,
    Op,
    Parameter,
    ParameterKind,
    RegionKind,
    Role,
)

_DOC = 300
_DEFINITION, _ELEMENT = int(Op.DEFINITION), int(Op.ELEMENT)
_DECORATE, _INHERIT, _RAISE = int(Role.DECORATE), int(Role.INHERIT), int(Role.RAISE)
_POSITIONAL, _VARIADIC, _KEYWORD, _KEYWORDS = ParameterKind
_NOT_FROM_HERE = frozenset({DefinitionKind.MODULE, DefinitionKind.CLASS})
"""Scopes whose names can be read from elsewhere: each read of one is a use."""
Scope = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Statements(Operations):
    """The whole pass over one module; `module` fills everything."""

    def __init__(self) -> None:
        super().__init__()
        self.definitions: list[Definition] = []
        self.imports: list[Import] = []
        self.governed: list[int] = []  # regions: scope, kind, expression, first line, last line
        self.exported: list[str] | None = None
        self.row_start: list[int] = []
        self._overloads: set[tuple[int, str]] = set()
        self._queue: deque[tuple[int, Scope]] = deque()
        self._typing_only = False
        self._globals: list[str] = []
        self._block: list[ast.stmt] = []  # the statements that are being read, one after the other
        self._statement = Visits(
            {
                ast.Expr: self._expression,
                ast.Assign: self._assign,
                ast.AnnAssign: self._annotated,
                ast.AugAssign: self._augmented,
                ast.Return: self._return,
                ast.If: self._if,
                ast.For: self._for,
                ast.AsyncFor: self._for,
                ast.While: self._while,
                ast.With: self._with,
                ast.AsyncWith: self._with,
                ast.Try: self._try,
                ast.Import: self._import,
                ast.ImportFrom: self._import_from,
                ast.FunctionDef: self._function,
                ast.AsyncFunctionDef: self._function,
                ast.ClassDef: self._class,
                ast.Global: self._global,
                ast.Nonlocal: self._global,
                ast.Delete: self._delete,
                ast.Assert: self._assert,
                ast.Match: self._match,
                ast.Pass: self._nothing,
                ast.Raise: self._raise,
                ast.Break: self._leave_loop,
                ast.Continue: self._leave_loop,
            },
            self._other,
        )
        if hasattr(ast, "TryStar"):
            self._statement[ast.TryStar] = self._try

    def module(self, tree: ast.Module, line_count: int) -> None:
        """Read a whole module."""
        doc = _doc(tree)
        self.definitions.append(
            Definition(DefinitionKind.MODULE, "", "", NOTHING, 1, 1, max(line_count, 1), doc=doc)
        )
        self._queue.append((0, tree))
        while self._queue:
            self._enter(*self._queue.popleft())

    def finish(self) -> None:
        """Give the scopes that were not reached empty row ranges."""
        missing = len(self.definitions) - len(self.row_start)
        self.row_start.extend([len(self.table)] * missing)
        self._queue.clear()

    def _enter(self, scope: int, node: Scope) -> None:
        definition = self.definitions[scope]
        self.scope, self.depth, self.is_generator = scope, 0, False
        self._globals, self.other, self.late = [], set(), set()
        parameters = [parameter.name for parameter in definition.parameters]
        self.local = set(parameters)
        has_variables = definition.kind not in _NOT_FROM_HERE
        self.unread = self.local if has_variables else frozenset()
        self.row_start.append(self.table.open_scope())
        first_use = len(self.table.used)
        self.flow.open(parameters)
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
        around, self._block = self._block, body
        for node in body:
            statement[type(node)](node)
        self._block = around

    def _nothing(self, node: ast.AST) -> None:
        """`pass` holds nothing."""

    def _other(self, node: ast.AST) -> None:
        """`raise`, `assert`, `type X = …` and statements of a later Python."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)
            elif isinstance(child, ast.stmt):
                self._body([child])

    def _expression(self, node: ast.Expr) -> None:
        value = node.value
        kind = type(value)
        if kind is not ast.Constant:
            self._visit[kind](value)

    def _assign(self, node: ast.Assign) -> None:
        value = node.value
        row = self._visit[type(value)](value)
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

    def _augmented(self, node: ast.AugAssign) -> None:
        row = self.value(node.value)
        self.augmented(node)
        if isinstance(node.target, ast.Name) and _is_text(node.value):
            whole = self.table.row(Op.BINARY, self.unused(node.target), row, node.lineno)
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
            self.result(self._visit[type(value)](value))
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
            self._region(RegionKind.ISINSTANCE, row, node.body)
        before = self._typing_only
        self._typing_only = before or _is_type_checking(node.test)
        start = self.flow.mark()
        self.narrow(where_true(node.test))
        self._body(node.body)
        self._typing_only = before
        body = self.flow.close(start)
        self.narrow(where_false(node.test))
        self._body(node.orelse)
        otherwise = self.flow.close(start)
        self._asked(node, ends=(body is None, otherwise is None))
        self.flow.join([body, otherwise])

    def _asked(self, node: ast.If, ends: tuple[bool, bool]) -> None:
        """Note what runs for some HTTP methods only; a branch that ends leaves what follows to the other."""
        holds, fails = asking.where_true(node.test), asking.where_false(node.test)
        if not (holds or fails):
            return
        block = self._block
        rest = block[block.index(node) + 1 :]
        after_fails, after_holds = (rest if end else [] for end in ends)
        for told, bodies in (
            (holds, (node.body, after_holds)),
            (fails, (node.orelse, after_fails)),
        ):
            for each in told:
                row = self._told(each, node.lineno)
                kind = RegionKind.NOT_ASKED if each.is_not else RegionKind.ASKED
                for body in filter(None, bodies):
                    self._region(kind, row, body)

    def _told(self, told: asking.Told, line: int) -> int:
        written = told.expression
        return self.table.text(told.names, line) if written is None else self.unused(written)

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
        self._looped(test, node.body)
        self.flow.come_round(start)
        self._body(node.orelse)

    def _looped(self, row: int, body: list[ast.stmt]) -> None:
        self._region(RegionKind.LOOP, row, body)
        self.depth += ONE_DEEPER
        self._body(body)
        self.depth -= ONE_DEEPER

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            row = self.value(item.context_expr)
            if item.optional_vars is not None:
                entered = self.table.row(Op.ENTER, row, NOTHING, node.lineno)
                self.bind(item.optional_vars, entered)
            self._region(RegionKind.WITH, row, node.body)
        self._body(node.body)

    def _region(self, kind: RegionKind, row: int, body: list[ast.stmt]) -> None:
        last = body[-1].end_lineno or body[-1].lineno
        self.governed += (self.scope, kind, row, body[0].lineno, last)

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
            self._pattern(case.pattern, subject)
            self.narrow(of_pattern(node.subject, case.pattern))
            if case.guard is not None:
                self.value(case.guard)
            self._body(case.body)
            ends.append(self.flow.close(start))
        self.flow.join(ends)

    def _pattern(self, pattern: ast.pattern, subject: int) -> None:
        made = subject
        for child in ast.iter_child_nodes(pattern):
            if isinstance(child, ast.expr):
                row = self.value(child)
                if isinstance(pattern, ast.MatchClass) and child is pattern.cls:
                    made = self.table.call(row, [0, 0], child.lineno)
            elif isinstance(child, ast.pattern):
                self._pattern(
                    child, made if isinstance(pattern, ast.MatchAs) else self.table.unknown()
                )
        name = getattr(pattern, "name", None) or getattr(pattern, "rest", None)
        if name:
            self.bind_name(name, self._captured(pattern, made), pattern.lineno)

    def _captured(self, pattern: ast.pattern, subject: int) -> int:
        if isinstance(pattern, ast.MatchAs) and isinstance(pattern.pattern, ast.MatchClass):
            row = self.unused(pattern.pattern.cls)
            return self.table.call(row, [0, 0], pattern.lineno)
        return subject if isinstance(pattern, ast.MatchAs) else self.table.unknown()

    def _function(self, node: Function) -> None:
        decorators = self._decorators(node)
        parameters = self._parameters(node.args)
        returns = self.annotation(node.returns)
        is_async = isinstance(node, ast.AsyncFunctionDef)
        self._nest(
            node,
            Definition(
                DefinitionKind.ASYNC_FUNCTION if is_async else DefinitionKind.FUNCTION,
                node.name,
                self._qualified(node.name),
                self.scope,
                node.lineno,
                _first_line(node),
                node.end_lineno or node.lineno,
                decorators=decorators,
                parameters=parameters,
                returns=returns,
                doc=_doc(node),
            ),
        )

    def _class(self, node: ast.ClassDef) -> None:
        decorators = self._decorators(node)
        bases = tuple(self.in_role(_INHERIT, base) for base in node.bases)
        keywords = tuple((word.arg or "", self.value(word.value)) for word in node.keywords)
        self._nest(
            node,
            Definition(
                DefinitionKind.CLASS,
                node.name,
                self._qualified(node.name),
                self.scope,
                node.lineno,
                _first_line(node),
                node.end_lineno or node.lineno,
                decorators=decorators,
                bases=bases,
                keywords=keywords,
                doc=_doc(node),
            ),
        )

    def nested_lambda(self, node: ast.Lambda) -> int:
        """A lambda is a scope of its own, counted as its owner."""
        definition = Definition(
            DefinitionKind.LAMBDA,
            "<lambda>",
            self.definitions[self.scope].qualname,
            self.scope,
            node.lineno,
            node.lineno,
            node.end_lineno or node.lineno,
            parameters=self._parameters(node.args),
        )
        self.definitions.append(definition)
        number = len(self.definitions) - 1
        self._queue.append((number, node))
        return self.table.row(Op.LAMBDA, number, NOTHING, node.lineno)

    def _nest(self, node: Function | ast.ClassDef, definition: Definition) -> None:
        self.definitions.append(definition)
        number = len(self.definitions) - 1
        self._queue.append((number, node))
        self.other.add(node.name)
        self.local.discard(node.name)
        row = self.table.row(_DEFINITION, number, NOTHING, node.lineno)
        self.note_bound(node.name, row, node.lineno, adds=self._is_beside_earlier(node))

    def _is_beside_earlier(self, node: Function | ast.ClassDef) -> bool:
        """Does a definition stand beside earlier ones of its name: `@overload`?"""
        key = (self.scope, node.name)
        known = key in self._overloads
        if any(_is_overload(decorator) for decorator in node.decorator_list):
            self._overloads.add(key)
        return known

    def _qualified(self, name: str) -> str:
        around = self.definitions[self.scope].qualname
        return f"{around}.{name}" if around else name

    def _decorators(self, node: Function | ast.ClassDef) -> tuple[int, ...]:
        rows = []
        for decorator in node.decorator_list:
            row = self.value(decorator)
            self.use(row, decorator.lineno, _DECORATE)
            rows.append(row)
        return tuple(rows)

    def _parameters(self, arguments: ast.arguments) -> tuple[Parameter, ...]:
        positional = arguments.args
        if arguments.posonlyargs:
            positional = arguments.posonlyargs + positional
        undefaulted = len(positional) - len(arguments.defaults)
        found = [self._parameter(each, _POSITIONAL, None) for each in positional[:undefaulted]]
        for argument, default in zip(positional[undefaulted:], arguments.defaults, strict=True):
            found.append(self._parameter(argument, _POSITIONAL, default))
        if arguments.vararg:
            found.append(self._parameter(arguments.vararg, _VARIADIC, None))
        for argument, missing in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            found.append(self._parameter(argument, _KEYWORD, missing))
        if arguments.kwarg:
            found.append(self._parameter(arguments.kwarg, _KEYWORDS, None))
        return tuple(found)

    def _parameter(
        self, argument: ast.arg, kind: ParameterKind, default: ast.expr | None
    ) -> Parameter:
        row = NOTHING if default is None else self.value(default)
        written = argument.annotation
        annotation = NOTHING if written is None else self.annotation(written)
        return Parameter(argument.arg, kind, annotation, row)


def _is_overload(decorator: ast.expr) -> bool:
    return (
        getattr(decorator, "id", "") == "overload" or getattr(decorator, "attr", "") == "overload"
    )


def _first_line(node: Function | ast.ClassDef) -> int:
    if not node.decorator_list:
        return node.lineno
    return min(node.lineno, *(decorator.lineno for decorator in node.decorator_list))


def _doc(node: ast.Module | ast.ClassDef | Function) -> str:
    """First paragraph of the docstring, white space folded."""
    if not node.body or not isinstance(node.body[0], ast.Expr):
        return ""
    first = node.body[0].value
    if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
        return ""
    paragraph = first.value.strip().partition("\n\n")[0]
    folded = " ".join(paragraph[: 2 * _DOC].split())[:_DOC]
    return folded if folded.isascii() else folded.encode("utf-8", "replace").decode("utf-8")


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
