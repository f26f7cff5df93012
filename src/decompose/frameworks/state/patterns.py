"""What is known of a key, a path or an address that a program puts together: known pieces, `*` for the rest."""

import re
from collections.abc import Sequence

from decompose.model.facts import Op
from decompose.model.view import Expression

_MAX_DEPTH = 5
_LONGEST = 120
_PERCENT = re.compile(r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[sdrifx]")
_BRACES = re.compile(r"\{[^{}]*\}")
_STARS = re.compile(r"\*(?:\s*\*)+")
_SAME = frozenset({"Path", "PurePath", "str", "quote", "urljoin", "join", "PosixPath", "reverse"})
_JOINING = frozenset({"join", "joinpath", "urljoin", "Path", "PurePath"})


def pattern(expression: Expression | None) -> str:
    """The text of an expression; "*" where nothing is known."""
    if expression is None:
        return "*"
    return _STARS.sub("*", _written(expression, _MAX_DEPTH))[:_LONGEST] or "*"


def _written(expression: Expression, depth: int) -> str:
    known = expression.string()
    if known is not None:
        return known
    if depth <= 0:
        return "*"
    parts = expression.elements
    match expression.op:
        case Op.FORMAT:
            written = "".join(_written(part, depth - 1) for part in parts)
        case Op.BINARY:
            written = _combined(parts, depth - 1)
        case Op.CALL:
            written = _called(expression, depth - 1)
        case Op.NAME | Op.ATTRIBUTE:
            written = _named(expression, depth - 1)
        case Op.LITERAL:
            written = expression.text()
        case _:
            written = "*"
    return written


def _combined(sides: Sequence[Expression], depth: int) -> str:
    """`left + right`, `left % values`."""
    left, right = (_written(each, depth) for each in sides)
    if _PERCENT.search(left):
        return _PERCENT.sub("*", left)
    return left + right


def _called(call: Expression, depth: int) -> str:
    if call.attribute == "format" and call.base is not None:
        return _BRACES.sub("*", _written(call.base, depth))
    if call.attribute in _JOINING:
        return "/".join(_written(each, depth) for each in call.arguments) or "*"
    if call.attribute in _SAME and call.arguments:
        return _written(call.arguments[0], depth)
    return "*"


def _named(expression: Expression, depth: int) -> str:
    """What a name is bound to; of a setting, its name in braces."""
    values = [each for each in expression.bound_once() if each != expression]
    texts = {_written(each, depth) for each in values[:4]}
    if len(texts) == 1 and texts != {"*"}:
        return texts.pop()
    last = expression.attribute if expression.op is Op.ATTRIBUTE else expression.text()
    return f"{{{last}}}" if last.isupper() else "*"
