"""What syntax tree does a text hold, whatever state it is in?

A good file costs one `ast.parse` and nothing else. A file that the running Python refuses is tried,
in this order, as code for a newer Python (`modernize`), as Python 2 (`python2`), and as code with
broken spots, which are left out (`salvage`). Line numbers hold in every case.
"""

import ast
import warnings
from dataclasses import dataclass

from decompose.model.source import Problem
from decompose.source.grammar import REFUSALS
from decompose.source.read import decode


@dataclass(frozen=True, slots=True)
class Parsed:
    """The tree and the text that its positions refer to; `problems` say what was left out."""

    tree: ast.Module
    text: str
    problems: tuple[Problem, ...] = ()


def parse(data: bytes, path: str) -> Parsed:
    """Parse the bytes of the file at `path` (named in Problems only); never raises."""
    decoded = decode(data, path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the analyzed code's odd escapes are not our user's affair
        try:
            return Parsed(ast.parse(decoded.text), decoded.text, decoded.problems)
        except REFUSALS as refusal:
            from decompose.source.recover import recover  # noqa: PLC0415  (good files never need it)

            tree, text, problems = recover(decoded.text, path, refusal)
            return Parsed(tree, text, decoded.problems + problems)
