"""Definitions: the scopes that `def`, `class` and `lambda` open, with their parameters and decorators."""

import ast
from collections import deque
from collections.abc import Sequence
from typing import Any

from decompose.extract.flow import Mark
from decompose.extract.patterns import Patterns
from decompose.model.facts import (
    NOTHING,
    TYPE_PARAMETER,
    Definition,
    DefinitionKind,
    Op,
    Parameter,
    ParameterKind,
    Role,
)

_DOC = 300
_DEFINITION, _LAMBDA, _NAME = int(Op.DEFINITION), int(Op.LAMBDA), int(Op.NAME)
_, _CLASS_KIND, _FUNCTION_KIND, _ASYNC_KIND, _LAMBDA_KIND = DefinitionKind
_DECORATE, _INHERIT = int(Role.DECORATE), int(Role.INHERIT)
_POSITIONAL, _VARIADIC, _KEYWORD, _KEYWORDS = ParameterKind
Scope = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Function = ast.FunctionDef | ast.AsyncFunctionDef
_Heading = tuple[DefinitionKind, str, str, int, int, int, int]
"""What all definitions say alike: kind, name, qualified name, scope, line, first line (of decorators), last line."""


class Nesting(Patterns):
    """The part of the pass that notes definitions, and queues their bodies."""

    def __init__(self) -> None:
        super().__init__()
        self.definitions: list[Definition] = []
        self.queue: deque[tuple[int, Scope]] = deque()
        self._overloads: set[tuple[int, str]] = set()

    def _function(self, node: Function) -> None:
        decorators = self._decorators(node)
        mark, variables = self.open_types(node)
        parameters = self._parameters(node.args)
        returns = self.annotation(node.returns)
        self.close_types(mark)
        is_async = isinstance(node, ast.AsyncFunctionDef)
        self._nest(
            node,
            Definition(
                *self._heading(_ASYNC_KIND if is_async else _FUNCTION_KIND, node),
                decorators=decorators,
                parameters=parameters,
                returns=returns,
                variables=variables,
                doc=doc_of(node),
            ),
        )

    def _class(self, node: ast.ClassDef) -> None:
        decorators = self._decorators(node)
        mark, variables = self.open_types(node)
        bases = tuple(self.in_role(_INHERIT, base) for base in node.bases)
        keywords = tuple((word.arg or "", self.value(word.value)) for word in node.keywords)
        self.close_types(mark)
        self._nest(
            node,
            Definition(
                *self._heading(_CLASS_KIND, node),
                decorators=decorators,
                bases=bases,
                keywords=keywords,
                variables=variables,
                doc=doc_of(node),
            ),
        )

    def _heading(self, kind: DefinitionKind, node: ast.ClassDef | Function) -> _Heading:
        first, last = _first_line(node), node.end_lineno or node.lineno
        return kind, node.name, self._qualified(node.name), self.scope, node.lineno, first, last

    def open_types(self, node: ast.AST) -> tuple[Mark | None, tuple[int, ...]]:
        """Bind the type parameters of a definition (`class Box[T: Item]`) until `close_types`; their rows."""
        parameters = getattr(node, "type_params", ())
        if not parameters:
            return None, ()
        mark = self.flow.mark()
        rows = []
        for each in parameters:
            row = self._type_parameter(each, node.lineno)  # type: ignore[attr-defined] # a statement
            self.note_bound(each.name, row, node.lineno)  # type: ignore[attr-defined] # a statement
            rows.append(row)
        return mark, tuple(rows)

    def _type_parameter(self, parameter: Any, line: int) -> int:
        """The row of a type variable, as if it were made by a call: `TypeVar("T", bound=Item)`."""
        table, strings = self.table, self._strings
        items = [1, table.text(parameter.name, line), 0]
        bound = getattr(parameter, "bound", None)
        if isinstance(bound, ast.Tuple):  # constraints
            rows = [self.annotation(each) for each in bound.elts]
            items = [1 + len(rows), items[1], *rows, 0]
        elif bound is not None:
            items[2:] = [1, strings["bound"], self.annotation(bound)]
        callee = table.row(_NAME, strings[TYPE_PARAMETER], NOTHING, line)
        return table.call(callee, items, line)

    def close_types(self, mark: Mark | None) -> None:
        """Behind the head of a definition its type parameters are unknown."""
        if mark is not None:
            self.flow.forget(mark, [])

    def bind_types(self, node: ast.AST, rows: Sequence[int]) -> None:
        """Inside a definition its type parameters are known."""
        if rows:
            for each, row in zip(node.type_params, rows, strict=True):  # type: ignore[attr-defined] # it has rows
                self.note_bound(each.name, row, node.lineno)  # type: ignore[attr-defined] # a statement

    def nested_lambda(self, node: ast.Lambda) -> int:
        """A lambda is a scope of its own, counted as its owner."""
        definition = Definition(
            _LAMBDA_KIND,
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
        self.queue.append((number, node))
        return self.table.row(_LAMBDA, number, NOTHING, node.lineno)

    def _nest(self, node: Function | ast.ClassDef, definition: Definition) -> None:
        self.definitions.append(definition)
        number = len(self.definitions) - 1
        self.queue.append((number, node))
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


def doc_of(node: ast.Module | ast.ClassDef | Function) -> str:
    """First paragraph of the docstring, white space folded."""
    if not node.body or not isinstance(node.body[0], ast.Expr):
        return ""
    first = node.body[0].value
    if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
        return ""
    paragraph = first.value.strip().partition("\n\n")[0]
    folded = " ".join(paragraph[: 2 * _DOC].split())[:_DOC]
    return folded if folded.isascii() else folded.encode("utf-8", "replace").decode("utf-8")
