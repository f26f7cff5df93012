"""Which type parameters do definitions declare? For the Python that does not know them: `class Box[T: Item]`.

They are read from the text before they are left out of it (`modernize`), and hung onto the nodes of the tree where
newer Pythons have them: as `type_params`, each with a name and maybe a bound.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from decompose.source.grammar import REFUSALS
from decompose.source.lex import Kind, Token, statements


@dataclass(frozen=True, slots=True)
class TypeParameter:
    """Stands for `ast.TypeVar`, `ast.ParamSpec` and `ast.TypeVarTuple`."""

    name: str
    bound: ast.expr | None = None


def hang(tree: ast.Module, text: str) -> None:
    """Give definitions of a tree the type parameters that its text, lines the same, declares."""
    declared = dict(_declared(text))
    for node in ast.walk(tree) if declared else ():
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found = declared.get((node.lineno, node.name))
            if found:
                vars(node)["type_params"] = found


def brackets(statement: Sequence[Token]) -> tuple[int, int] | None:
    """Where the type parameters of a `def` or `class` begin and end, as indices of tokens; None without any."""
    opening = 3 if statement[0].text == "async" else 2
    if opening >= len(statement) or statement[opening].text != "[":
        return None
    depth = statement[opening].depth
    for index in range(opening + 1, len(statement)):
        if statement[index].depth == depth and statement[index].text == "]":
            return opening, index
    return None


def _declared(text: str) -> Iterator[tuple[tuple[int, str], list[TypeParameter]]]:
    """((line of the statement, name), parameters) of each definition that has some."""
    line, position = 1, 0
    for statement in statements(text):
        if statement[0].text not in {"def", "class", "async"}:
            continue
        found = brackets(statement)
        if found is not None:
            line += text.count("\n", position, statement[0].start)
            position = statement[0].start
            opening, closing = found
            name = statement[opening - 1].text
            yield (line, name), [*_parameters(text, statement[opening + 1 : closing], line)]


def _parameters(text: str, inner: Sequence[Token], line: int) -> Iterator[TypeParameter]:
    depth = inner[0].depth if inner else 0
    ends = [at for at, token in enumerate(inner) if token.text == "," and token.depth == depth]
    start = 0
    for end in (*ends, len(inner)):
        part = [token for token in inner[start:end] if token.text not in {"*", "**"}]
        start = end + 1
        if part and part[0].kind is Kind.NAME:
            yield TypeParameter(part[0].text, _bound(text, part, depth, line))


def _bound(text: str, part: Sequence[Token], depth: int, line: int) -> ast.expr | None:
    """What stands behind the colon, up to a default."""
    if len(part) < len(["T:", "B"]) + 1 or part[1].text != ":":
        return None
    stop = next(
        (token.start for token in part if token.text == "=" and token.depth == depth), part[-1].end
    )
    try:
        bound = ast.parse(f"({text[part[2].start : stop]})", mode="eval").body
    except REFUSALS:
        return None
    for node in ast.walk(bound):
        if isinstance(node, ast.expr):
            node.lineno = node.end_lineno = line
    return bound
