"""Texts with holes: what is known of a string that a program puts together.

A text is a tuple of parts: a known piece, a parameter of the function it stands in (whose callers
may know it), or a hole.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from decompose.frameworks.raw_sql.parse import HOLE
from decompose.model.facts import Op
from decompose.model.unfold import strings
from decompose.model.view import Expression, ProgramView

_MAX_ALTERNATIVES = 16
_MAX_DEPTH = 7
_MAX_STEPS = 150
"""Expressions looked at for one text: what is put together from more is no constant any more."""
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
    return list(islice(_Reader(view).texts(expression, _MAX_DEPTH), _MAX_ALTERNATIVES))


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


@dataclass(slots=True)
class _Reader:
    """Reads one text, within a bound."""

    view: ProgramView
    steps: int = _MAX_STEPS

    def texts(self, expression: Expression, depth: int) -> Iterator[Text]:
        """What an expression's text may be, no deeper than that."""
        known = expression.string()
        self.steps -= 1
        if depth <= 0 or self.steps <= 0:
            yield (known if known is not None else HOLE,)
        elif expression.op is Op.NAME and self._is_parameter(expression):
            yield (Parameter(expression.owner, expression.text()),)
        elif expression.op is Op.BINARY:
            yield from self._combined(expression, depth - 1)
        elif known is not None and expression.op is not Op.NAME:
            yield (known,)
        elif expression.op is Op.FORMAT:
            yield self._first_of_each(expression.elements, depth - 1)
        elif expression.op is Op.CALL:
            yield from self._called(expression, depth - 1)
        elif expression.op is Op.UNION:
            for side in expression.elements:
                yield from self.texts(side, depth - 1)
        else:
            yield from self._bound(expression, depth - 1)

    def _bound(self, expression: Expression, depth: int) -> Iterator[Text]:
        values = [value for value in expression.bound() if value.op not in (Op.NAME, Op.ATTRIBUTE)]
        if expression.op in (Op.NAME, Op.ATTRIBUTE) and values:
            for value in values:
                yield from self.texts(value, depth)
            return
        found = [text for text in strings(expression, self.view) if text is not None]
        yield from ((text,) for text in found)
        if not found:
            yield (HOLE,)

    def _is_parameter(self, expression: Expression) -> bool:
        function = self.view.function_named(expression.owner)
        if function is None:
            return False
        return any(name == expression.text() for name, _, _ in function.parameters)

    def _first_of_each(self, parts: Sequence[Expression], depth: int) -> Text:
        found: list[Part] = []
        for part in parts:
            found.extend(next(self.texts(part, depth), (HOLE,)))
        return tuple(found)

    def _combined(self, expression: Expression, depth: int) -> Iterator[Text]:
        """`left + right`, or `left % values` where the left has places for them."""
        left, right = expression.elements
        for text in self.texts(left, depth):
            if any(isinstance(part, str) and _PERCENT.search(part) for part in text):
                yield tuple(
                    _PERCENT.sub(HOLE, part) if isinstance(part, str) else part for part in text
                )
            else:
                yield (*text, *next(self.texts(right, depth), (HOLE,)))

    def _called(self, call: Expression, depth: int) -> Iterator[Text]:
        if call.attribute == "format" and call.base is not None:
            for text in self.texts(call.base, depth):
                yield self._formatted(text, call, depth)
        elif call.attribute in _METHODS and call.base is not None:
            yield from self.texts(call.base, depth)
        elif call.attribute in _SAME and call.arguments:
            yield from self.texts(call.arguments[0], depth)
        else:
            yield from self._returned(call, depth)

    def _returned(self, call: Expression, depth: int) -> Iterator[Text]:
        """What an own function returns, where that is a text."""
        symbols = call.callee.symbols() if call.callee is not None else ()
        functions = [found for found in map(self.view.function_named, symbols) if found is not None]
        found = [
            text
            for each in functions
            for value in each.returned
            for text in self.texts(value, depth)
        ]
        yield from found or [(HOLE,)]

    def _formatted(self, text: Text, call: Expression, depth: int) -> Text:
        """`"… {table} …".format(table=name)`."""
        parts: list[Part] = []
        for part in text:
            if not isinstance(part, str):
                parts.append(part)
                continue
            at = 0
            for position, match in enumerate(_BRACES.finditer(part)):
                parts.append(part[at : match.start()])
                parts.extend(self._replacement(match[1], position, call, depth))
                at = match.end()
            parts.append(part[at:])
        return tuple(parts)

    def _replacement(self, word: str, position: int, call: Expression, depth: int) -> Text:
        number = int(word) if word.isdigit() else position
        given = call.keywords.get(word)
        if given is None and (not word or word.isdigit()) and number < len(call.arguments):
            given = call.arguments[number]
        return next(self.texts(given, depth), (HOLE,)) if given is not None else (HOLE,)
