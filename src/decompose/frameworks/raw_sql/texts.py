"""Texts with holes: what is known of a string that a program puts together.

A text is a tuple of parts: a known piece, a parameter of the function it stands in (whose callers
may know it), or a hole.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from decompose.frameworks.raw_sql.parse import HOLE
from decompose.model.facts import Op
from decompose.model.unfold import strings
from decompose.model.view import Expression, ProgramView

_MAX_ALTERNATIVES = 24
_MAX_DEPTH = 8
_BRACES = re.compile(r"\{(\w*)[^{}]*\}")
_PERCENT = re.compile(r"%(?:\(\w+\))?[sdri]")
_SAME = frozenset(
    {"Composed", "DDL", "RawSQL", "SQL", "TextClause", "dedent", "literal_sql", "sql_text", "text"}
)
_METHODS = frozenset(
    {"bindparams", "columns", "execution_options", "lstrip", "rstrip", "strip", "replace"}
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A part that a parameter of a function stands for."""

    function: str
    name: str


Part = str | Parameter
Text = tuple[Part, ...]


def texts(expression: Expression, view: ProgramView) -> list[Text]:
    """What an expression's text may be, alternative by alternative."""
    return list(islice(_texts(expression, view, _MAX_DEPTH), _MAX_ALTERNATIVES))


def rendered(text: Text) -> str:
    """The text with holes where nothing is known."""
    return "".join(part if isinstance(part, str) else HOLE for part in text)


def parameters(text: Text) -> list[Parameter]:
    """The parameters in it."""
    return list(dict.fromkeys(part for part in text if isinstance(part, Parameter)))


def filled(text: Text, parameter: Parameter, value: Text) -> Text:
    """The text with a parameter's value in its place."""
    parts: list[Part] = []
    for part in text:
        parts.extend(value if part == parameter else (part,))
    return tuple(parts)


def _texts(expression: Expression, view: ProgramView, depth: int) -> Iterator[Text]:
    known = expression.string()
    if depth == 0:
        yield (known if known is not None else HOLE,)
    elif expression.op is Op.NAME and _is_parameter(expression, view):
        yield (Parameter(expression.owner, expression.text()),)
    elif expression.op is Op.BINARY:
        yield from _combined(expression, view, depth - 1)
    elif known is not None and expression.op is not Op.NAME:
        yield (known,)
    elif expression.op is Op.FORMAT:
        yield _first_of_each(expression.elements, view, depth - 1)
    elif expression.op is Op.CALL:
        yield from _called(expression, view, depth - 1)
    elif expression.op is Op.UNION:
        for side in expression.elements:
            yield from _texts(side, view, depth - 1)
    else:
        yield from _bound(expression, view, depth - 1)


def _bound(expression: Expression, view: ProgramView, depth: int) -> Iterator[Text]:
    values = [value for value in expression.bound() if value.op not in (Op.NAME, Op.ATTRIBUTE)]
    if expression.op in (Op.NAME, Op.ATTRIBUTE) and values:
        for value in values:
            yield from _texts(value, view, depth)
        return
    found = [text for text in strings(expression, view) if text is not None]
    yield from ((text,) for text in found)
    if not found:
        yield (HOLE,)


def _is_parameter(expression: Expression, view: ProgramView) -> bool:
    function = view.function_named(expression.owner)
    if function is None:
        return False
    return any(name == expression.text() for name, _, _ in function.parameters)


def _first_of_each(parts: "list[Expression] | object", view: ProgramView, depth: int) -> Text:
    found: list[Part] = []
    for part in parts if isinstance(parts, list | tuple) else ():
        found.extend(next(_texts(part, view, depth), (HOLE,)))
    return tuple(found)


def _combined(expression: Expression, view: ProgramView, depth: int) -> Iterator[Text]:
    """`left + right`, or `left % values` where the left has places for them."""
    left, right = expression.elements
    for text in _texts(left, view, depth):
        if any(isinstance(part, str) and _PERCENT.search(part) for part in text):
            yield tuple(
                _PERCENT.sub(HOLE, part) if isinstance(part, str) else part for part in text
            )
        else:
            yield (*text, *next(_texts(right, view, depth), (HOLE,)))


def _called(call: Expression, view: ProgramView, depth: int) -> Iterator[Text]:
    if call.attribute == "format" and call.base is not None:
        for text in _texts(call.base, view, depth):
            yield _formatted(text, call, view, depth)
    elif call.attribute in _METHODS and call.base is not None:
        yield from _texts(call.base, view, depth)
    elif call.attribute in _SAME and call.arguments:
        yield from _texts(call.arguments[0], view, depth)
    else:
        yield from _returned(call, view, depth)


def _returned(call: Expression, view: ProgramView, depth: int) -> Iterator[Text]:
    """What an own function returns, where that is a text."""
    symbols = call.callee.symbols() if call.callee is not None else ()
    functions = [found for found in map(view.function_named, symbols) if found is not None]
    found = [
        text for each in functions for value in each.returned for text in _texts(value, view, depth)
    ]
    yield from found or [(HOLE,)]


def _formatted(text: Text, call: Expression, view: ProgramView, depth: int) -> Text:
    """`"… {table} …".format(table=name)`."""
    parts: list[Part] = []
    for part in text:
        if not isinstance(part, str):
            parts.append(part)
            continue
        at = 0
        for position, match in enumerate(_BRACES.finditer(part)):
            parts.append(part[at : match.start()])
            parts.extend(_replacement(match[1], position, call, view, depth))
            at = match.end()
        parts.append(part[at:])
    return tuple(parts)


def _replacement(word: str, position: int, call: Expression, view: ProgramView, depth: int) -> Text:
    number = int(word) if word.isdigit() else position
    given = call.keywords.get(word)
    if given is None and (not word or word.isdigit()) and number < len(call.arguments):
        given = call.arguments[number]
    return next(_texts(given, view, depth), (HOLE,)) if given is not None else (HOLE,)
