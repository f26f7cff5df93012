"""Does the running Python take a text as it stands?"""

import ast

# What `ast.parse` raises on hostile or broken text: ValueError for null bytes and lone surrogates,
# the others for nesting that is too deep for the parser's stack or Python's own.
REFUSALS = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)


def parsed(text: str) -> ast.Module | BaseException:
    """Give the tree of a text, or why there is none."""
    try:
        return ast.parse(text)
    except REFUSALS as refusal:
        return refusal


def refused_line(refusal: object) -> int:
    """Give the line that Python complained about, 0 where it named none."""
    return (refusal.lineno or 0) if isinstance(refusal, SyntaxError) else 0
