"""How would newer syntax be written in the grammar of the Python that runs?

Read all the same, lines kept: type parameters are left out (`type_parameters` reads them before),
`type X = …` becomes an assignment,
`except A, B` gets its parentheses, a template string becomes an f-string, a lazy import an import,
and f-strings that reuse their quotes get others. What changes nothing in who uses whom may be lost:
the type parameters of an alias, escapes in strings inside the braces of f-strings.

The text is edited at tokens rather than rewritten by a second parser: that takes a tenth of the time,
and knows syntax that no parser for this Python knows yet.
"""

import re
import sys
from collections.abc import Iterator, Sequence

from decompose.source.edits import Edit, erase
from decompose.source.lex import Kind, Token, fields, has_fields, split_opening, statements, tokens
from decompose.source.type_parameters import brackets

_OPENING = re.compile(r"(\w*)(\"\"\"|'''|\"|')")
_ESCAPE = re.compile(r"\\(?:\n|.)", re.DOTALL)
_QUOTES = ('"', "'", "'''", '"""')
_KNOWS_NESTED_QUOTES = sys.version_info >= (3, 12)
# In `except A, b:` a second name in lower case is Python 2's target, not an exception's class.
_TARGET = re.compile(r"[a-z_]\w*\Z")


def modern_edits(text: str) -> list[Edit]:
    """Give the edits that a text in newer syntax needs, none for a text without any."""
    edits: list[Edit] = []
    for statement in statements(text):
        edits.extend(_statement_edits(text, statement))
    return edits


def _statement_edits(text: str, statement: Sequence[Token]) -> Iterator[Edit]:
    first = statement[0].text
    words = [token.text for token in statement[:3]]
    if first == "type" and len(words) > 2 and statement[1].kind is Kind.NAME:  # noqa: PLR2004 (name and sign)
        yield from _alias(text, statement)
    elif first in {"def", "class", "async"}:
        yield from _parameters(text, statement)
    elif first == "except" and is_tuple(statement):
        yield from parenthesize(statement)
    elif first == "lazy" and words[1:2] in (["import"], ["from"]):
        yield erase(text, statement[0].start, statement[1].start)
    for token in statement:
        if token.kind is Kind.STRING:
            yield from _string(text, token)


def _alias(text: str, statement: Sequence[Token]) -> Iterator[Edit]:
    """Turn `type X[T] = …` into `X = …`."""
    sign = 2
    if statement[sign].text == "[":
        sign = _partner(statement, sign) + 1
    if sign < len(statement) and statement[sign].text == "=":
        yield erase(text, statement[0].start, statement[1].start)
        if sign > 2:  # noqa: PLR2004 (there are brackets)
            yield erase(text, statement[2].start, statement[sign - 1].end)


def _parameters(text: str, statement: Sequence[Token]) -> Iterator[Edit]:
    """Leave out the brackets after the name of a function or class."""
    found = brackets(statement)
    if found is not None:
        opening, closing = found
        yield erase(text, statement[opening].start, statement[closing].end)


def _partner(statement: Sequence[Token], opening: int) -> int:
    """Give the index of the bracket that closes the one at `opening`, the length if none does."""
    depth = statement[opening].depth
    for index in range(opening + 1, len(statement)):
        token = statement[index]
        if token.depth == depth and token.text in {")", "]", "}"}:
            return index
    return len(statement)


def commas(statement: Sequence[Token]) -> list[int]:
    """Give the indices of the commas outside all brackets."""
    return [index for index, token in enumerate(statement) if token.text == "," and not token.depth]


def is_tuple(statement: Sequence[Token]) -> bool:
    """Whether `except A, B:` lists classes, rather than naming a target as Python 2 does."""
    found = commas(statement)
    if not found or any(token.text == "as" for token in statement):
        return False
    first, *rest = (token.text for token in statement[found[0] + 1 :])
    is_target = first in {"self", "(", "["} or (rest == [":"] and _TARGET.match(first) is not None)
    return len(found) > 1 or not is_target


def parenthesize(statement: Sequence[Token]) -> Iterator[Edit]:
    """Put the classes of an `except` into parentheses."""
    classes = statement[2 if statement[1].text == "*" else 1 :]
    if classes[-1].text == ":" and len(classes) > 1:
        yield Edit(classes[0].start, classes[0].start, "(")
        yield Edit(classes[-2].end, classes[-2].end, ")")


def _string(text: str, token: Token) -> Iterator[Edit]:
    """Give a string a form that older grammar knows, if it has none."""
    opening = _OPENING.match(token.text)
    if opening is None or not has_fields(opening[1]):
        return
    is_template = not set(opening[1]).isdisjoint("tT")
    needs_quotes = not _KNOWS_NESTED_QUOTES and _is_beyond_old_grammar(text, token)
    if needs_quotes and (written := _rewritten(text, token)) is not None:
        yield Edit(token.start, token.end, written)
    elif is_template:
        prefix = _old_prefix(opening[1])
        yield Edit(token.start, token.start + len(opening[1]), prefix)


def _old_prefix(prefix: str) -> str:
    return prefix.replace("t", "f").replace("T", "F")


def _parts(text: str, token: Token) -> tuple[str, str, list[tuple[int, int]]]:
    """Give the prefix and quotes of a string with fields, and where its expressions stand."""
    opening = _OPENING.match(token.text)
    prefix, quote = split_opening(opening[0]) if opening else ("", '"')
    found = fields(text, token.start + len(prefix) + len(quote), quote)
    return prefix, quote, found[1] if found else []


def _is_beyond_old_grammar(text: str, token: Token) -> bool:
    _, quote, expressions = _parts(text, token)
    for start, end in expressions:
        expression = text[start:end]
        if quote in expression or "\\" in expression or "#" in expression or "\n" in expression:
            return True
        inner = [piece for piece in tokens(expression) if piece.kind is Kind.STRING]
        if any(re.match(r"\w*[tT]", piece.text) for piece in inner):
            return True
    return False


def _rewritten(text: str, token: Token, around: tuple[str, ...] = ()) -> str | None:
    """Write a string with fields in other quotes; None where none are left to take.

    `around` are the quotes of the strings that it stands in: it may hold none of them.
    """
    prefix, quote, expressions = _parts(text, token)
    start, end = token.start + len(prefix) + len(quote), token.end - len(quote)
    for mark in _QUOTES if around else ('"""', "'''"):
        if any(outer in mark for outer in around):
            continue
        body = _body(text[:end], start, expressions, (*around, mark))
        if body is not None and mark not in body and not body.endswith(mark[0]):
            return f"{_old_prefix(prefix)}{mark}{body}{mark}"
    return None


def _body(
    text: str, start: int, expressions: Sequence[tuple[int, int]], around: tuple[str, ...]
) -> str | None:
    """Write the content of a string from `start` to the end of `text`."""
    parts: list[str] = []
    position = start
    is_inner = len(around) > 1
    for first, last in sorted(expressions):
        if first < position:  # it stands in the one before, and was written with it
            continue
        written = _expression(text[first:last], around)
        if written is None:
            return None
        parts += (_literal(text[position:first], is_inner=is_inner), written)
        position = last
    return "".join((*parts, _literal(text[position:], is_inner=is_inner)))


def _literal(content: str, *, is_inner: bool) -> str:
    """Write text that is no code: inside another string's braces old grammar bears no escapes."""
    return _ESCAPE.sub(_blank, content) if is_inner else content


def _blank(escape: re.Match[str]) -> str:
    return "\n" if escape[0] == "\\\n" else " "


def _expression(expression: str, around: tuple[str, ...]) -> str | None:
    """Write the code between braces without escapes, comments and the quotes `around` it."""
    parts: list[str] = []
    for token in tokens(expression):
        written: str | None = token.text
        if token.kind is Kind.COMMENT:
            continue
        if token.kind is Kind.SPACE:
            written = token.text.replace("\\", "")
        elif token.kind is Kind.STRING:
            written = _inner_string(expression, token, around)
        if written is None:
            return None
        parts.append(written)
    return "".join(parts)


def _inner_string(text: str, token: Token, around: tuple[str, ...]) -> str | None:
    opening = _OPENING.match(token.text)
    if opening is None:
        return None
    prefix, quote = opening[1], opening[2]
    if has_fields(prefix):
        return _rewritten(text, token, around)
    content = _ESCAPE.sub(_blank, token.text[len(opening[0]) : -len(quote)])
    for mark in dict.fromkeys((quote, *_QUOTES)):
        is_free = not any(outer in mark or outer in content for outer in around)
        is_long_enough = len(mark) > 1 or "\n" not in content
        if is_free and is_long_enough and mark not in content and not content.endswith(mark[0]):
            return f"{prefix}{mark}{content}{mark}"
    return None
