"""How much of a file that the running Python refuses can be read all the same?

Newer syntax and Python 2 are written in the grammar that runs; of what is then still refused, the
broken spots are left out.
"""

import ast
from collections.abc import Sequence

from decompose.model.source import Problem
from decompose.source.edits import Edit, apply
from decompose.source.grammar import parsed, refused_line
from decompose.source.modernize import modern_edits
from decompose.source.python2 import expand_tabs, python2_edits
from decompose.source.salvage import salvage
from decompose.source.type_parameters import hang

_TELLING = 4  # edits: two print statements, say

Recovered = tuple[ast.Module, str, tuple[Problem, ...]]


def recover(text: str, path: str, refusal: BaseException) -> Recovered:
    """Give what could be read of a refused text, the text as it was parsed, and what was not."""
    newer = apply(text, modern_edits(text))
    tree = parsed(newer) if newer != text else refusal
    if isinstance(tree, ast.Module):
        hang(tree, text)
        return tree, newer, ()
    older, line = _as_python2(newer, tree)
    if not line:
        return salvage(newer, path, tree)
    python2 = _python2(path, line)
    tree = parsed(older)
    if isinstance(tree, ast.Module):
        return tree, older, (python2,)
    tree, older, problems = salvage(older, path, tree)
    return tree, older, (python2, *problems)


def _as_python2(text: str, refusal: BaseException) -> tuple[str, int]:
    """Give a text of Python 2 written anew, and the first line that was; 0 if it is none.

    It is none if it holds nothing of Python 2, or so little that the refusal is for something else.
    """
    edits = python2_edits(text)
    lines = _lines(text, edits)
    older = apply(text, edits)
    if isinstance(refusal, TabError) or isinstance(parsed(older), TabError):
        return expand_tabs(older), lines[0] if lines else refused_line(refusal) or 1
    if lines and (refused_line(refusal) in lines or len(edits) >= _TELLING):
        return older, lines[0]
    return text, 0


def _lines(text: str, edits: Sequence[Edit]) -> list[int]:
    """Give the lines that edits touch, in order."""
    touched: set[int] = set()
    line, position = 1, 0
    for edit in sorted(edits):
        line += text.count("\n", position, edit.start)
        touched.update(range(line, line + text.count("\n", edit.start, edit.end) + 1))
        position = edit.start
    return sorted(touched)


def _python2(path: str, line: int) -> Problem:
    message = "this is Python 2; it was read as such, by its nearest equivalent in Python 3"
    return Problem(
        path, line, "python2", message, "port it to Python 3 before it is moved anywhere"
    )
