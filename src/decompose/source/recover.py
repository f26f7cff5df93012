"""How much of a file that the running Python refuses can be read all the same?"""

import ast

from decompose.model.source import Problem


def recover(
    text: str, path: str, refusal: BaseException
) -> tuple[ast.Module, str, tuple[Problem, ...]]:
    """Give what could be read of a refused text, the text as it was parsed, and what was not."""
    line = getattr(refusal, "lineno", 0) or 0
    message = f"the file cannot be parsed: {refusal}"
    problem = Problem(path, line, "syntax", message, "correct the syntax")
    return ast.Module(body=[], type_ignores=[]), text, (problem,)
