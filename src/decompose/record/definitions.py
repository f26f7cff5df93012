"""Where do a file's definitions stand? For code objects that don't know their qualified names, and for decorators."""

import ast
from dataclasses import dataclass, field

from decompose.model.trace import Body

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_LOCALS = "<locals>"


@dataclass(slots=True)
class Definitions:
    """What stands in a file. Lines are first lines, decorators included, as code objects have them."""

    names: dict[tuple[int, str], str] = field(default_factory=dict)  # (line, name) -> qualified
    lines: dict[str, int] = field(default_factory=dict)
    """Qualified name -> first line, of the last one of that name."""
    spans: list[tuple[int, int, str, Body]] = field(default_factory=list)
    """First and last line, qualified name and body of each definition, outer ones first."""
    decorators: set[int] = field(default_factory=set)

    def name(self, line: int, name: str) -> str:
        """The qualified name of a code object; its own name where the text does not tell."""
        return self.names.get((line, name), name)

    def around(self, line: int) -> tuple[str, int, Body]:
        """(qualified name, first line, body) of the definition whose text a comprehension is part of."""
        for first, last, qualified, body in reversed(self.spans):
            if first <= line <= last:
                return qualified, first, body
        return "<module>", 1, Body.MODULE


def definitions(data: bytes | None) -> Definitions:
    """The definitions of a text; none where it is not there, or not in a grammar that we know."""
    found = Definitions()
    if data is None:
        return found
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return found
    stack: list[tuple[ast.AST, str]] = [(tree, "")]
    while stack:
        node, prefix = stack.pop()
        inner = _noted(node, prefix, found)
        stack.extend((child, inner) for child in ast.iter_child_nodes(node))
    found.spans.sort(key=lambda span: (span[0], -span[1]))
    return found


def _noted(node: ast.AST, prefix: str, found: Definitions) -> str:
    """Note a node, and say what the names of definitions inside it begin with."""
    if isinstance(node, _Function | ast.ClassDef):
        name = prefix + node.name
        first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
        found.names.setdefault((first, node.name), name)
        found.names.setdefault((node.lineno, node.name), name)
        found.spans.append((first, node.end_lineno or first, name, _body(node)))
        found.lines[name] = first
        if node.decorator_list:  # until Python 3.10 they are called from the line of the definition
            found.decorators.update(range(first, node.lineno + 1))
        return f"{name}." if isinstance(node, ast.ClassDef) else f"{name}.{_LOCALS}."
    if isinstance(node, ast.Lambda):
        name = f"{prefix}<lambda>"
        found.names.setdefault((node.lineno, "<lambda>"), name)
        found.spans.append((node.lineno, node.end_lineno or node.lineno, name, Body.LAMBDA))
        return f"{name}.{_LOCALS}."
    return prefix


def _body(node: _Function | ast.ClassDef) -> Body:
    if isinstance(node, ast.ClassDef):
        return Body.CLASS
    if isinstance(node, ast.AsyncFunctionDef):
        return Body.COROUTINE
    return Body.GENERATOR if _yields(node) else Body.FUNCTION


def _yields(function: ast.FunctionDef) -> bool:
    """Is it a generator? What stands in definitions inside it does not count."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, _Function | ast.ClassDef | ast.Lambda):
            stack.extend(ast.iter_child_nodes(node))
    return False
