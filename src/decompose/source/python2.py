"""How would Python 2 be written in Python 3's grammar?

Line by line, token by token, so that what a real Python 2 file defines, calls and imports is read:
statements `print` and `exec`, `except E, e`, `raise E, "x"`, backticks, `<>`, numbers `0777` and
`10L`, strings `ur""`, parameters in parentheses, `async` as a name, tabs that stand for eight blanks.
What the program would do then is another matter; who uses whom is the same.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile, zip_longest

from decompose.source.edits import Edit, apply
from decompose.source.lex import Kind, Token, split_opening, statements, tokens
from decompose.source.modernize import commas, is_tuple, parenthesize

_OPENING = re.compile(r"(\w*)(\"\"\"|'''|\"|')")
_LONG = re.compile(r"(0[xXoObB][\da-fA-F]+|\d+)[lL]\Z")
_OCTAL = re.compile(r"0+([1-7][0-7]*)\Z")
_BAD_ESCAPE = re.compile(
    r"\\(?:(N(?!\{[^{}]+\})|u(?![\da-fA-F]{4})|U(?!000[\da-fA-F]{5}|0010[\da-fA-F]{4})"
    r"|x(?![\da-fA-F]{2}))|.)",
    re.DOTALL,
)
_NAME = re.compile(r"[^\W\d]\w*\Z")
_CALLABLE_STARTS = frozenset("{`~")
_TAB = 8


def python2_edits(text: str) -> list[Edit]:
    """Give the edits that a Python 2 text needs, none for a text that holds none of its ways."""
    edits: list[Edit] = []
    for statement in statements(text):
        edits.extend(_statement_edits(statement))
        for token, following in zip_longest(statement, statement[1:]):
            edits.extend(_token_edits(token, following.text if following else ""))
    return edits


def expand_tabs(text: str) -> str:
    """Indent with blanks alone: a tab goes to the next multiple of eight, as Python 2 has it."""
    edits: list[Edit] = []
    at_margin = True
    for token in tokens(text):
        if at_margin and token.kind is Kind.SPACE and "\t" in token.text and "\n" not in token.text:
            edits.append(Edit(token.start, token.end, token.text.expandtabs(_TAB)))
        at_margin = token.kind is Kind.NEWLINE
    return apply(text, edits)


def _statement_edits(statement: Sequence[Token]) -> Iterator[Edit]:
    first = statement[0].text
    if first == "print":
        yield from _print(statement)
    elif first == "exec":
        yield from _exec(statement)
    elif first == "raise":
        yield from _raise(statement)
    elif first == "except":
        yield from _except(statement)
    elif first == "def":
        yield from _unpacking(statement, 2)
    for index, token in enumerate(statement):
        if token.text == "lambda":
            yield from _unpacking(statement, index)
    yield from _backticks(statement)
    yield from _bare_tuples(statement)


def _print(statement: Sequence[Token]) -> Iterator[Edit]:
    """`print x` becomes a call; what can also be read as Python 3 is left: the names are the same."""
    if len(statement) > 1 and _begins_argument(statement[1]):
        yield Edit(statement[0].end, statement[1].start, "(")
        yield Edit(statement[-1].end, statement[-1].end, ")")


def _begins_argument(token: Token) -> bool:
    return token.kind is not Kind.OP or token.text in _CALLABLE_STARTS


def _exec(statement: Sequence[Token]) -> Iterator[Edit]:
    """`exec code in names` becomes a call."""
    if len(statement) > 1 and _begins_argument(statement[1]):
        yield Edit(statement[0].end, statement[1].start, "(")
        for token in statement:
            if token.text == "in" and not token.depth:
                yield Edit(token.start, token.end, ",")
        yield Edit(statement[-1].end, statement[-1].end, ")")


def _raise(statement: Sequence[Token]) -> Iterator[Edit]:
    """`raise E, value` becomes `raise E(value)`."""
    found = commas(statement)
    if found and found[0] > 1:
        comma = statement[found[0]]
        yield Edit(comma.start, comma.end, "(")
        yield Edit(statement[-1].end, statement[-1].end, ")")


def _except(statement: Sequence[Token]) -> Iterator[Edit]:
    """`except E, e:` becomes `except E as e:`; a target that is no name is left out."""
    found = commas(statement)
    if not found or any(token.text == "as" for token in statement):
        return
    comma, target = statement[found[0]], statement[found[0] + 1 : -1]
    if len(target) == 1 and _NAME.match(target[0].text):
        yield Edit(comma.start, target[0].start, " as ")
    elif target and len(found) == 1 and (target[0].text in "([" or "." in target[1].text):
        yield Edit(comma.start, target[-1].end, "")
    elif is_tuple(statement):
        yield from parenthesize(statement)


def _unpacking(statement: Sequence[Token], start: int) -> Iterator[Edit]:
    """Take the parentheses off `(a, b)` among parameters: then each name is a parameter."""
    if start >= len(statement):
        return
    is_lambda = statement[start].text == "lambda"
    depth = statement[start].depth + (0 if is_lambda else 1)
    open_at: list[int] = []  # the depths of the parentheses taken off
    before = ","
    for token in statement[start + 1 :]:
        if token.depth < depth or (is_lambda and token.text == ":" and token.depth == depth):
            return
        if token.text == "(" and before in {",", "("} and token.depth == depth + len(open_at):
            open_at.append(token.depth)
            yield Edit(token.start, token.end, " ")
        elif token.text == ")" and open_at and token.depth == open_at[-1]:
            open_at.pop()
            yield Edit(token.start, token.end, " ")
        before = token.text


def _backticks(statement: Sequence[Token]) -> Iterator[Edit]:
    marks = [token for token in statement if token.text == "`"]
    for index, token in enumerate(marks[: len(marks) // 2 * 2]):
        yield Edit(token.start, token.end, ")" if index % 2 else "repr(")


def _bare_tuples(statement: Sequence[Token]) -> Iterator[Edit]:
    """Put parentheses around the tuple in `[x for x in a, b]`."""
    brackets: list[str] = []  # those open, the innermost last
    for index, token in enumerate(statement):
        if token.text in {"(", "[", "{"}:
            brackets.append(token.text)
        elif token.text in {")", "]", "}"} and brackets:
            brackets.pop()
        elif token.text == "in" and brackets[-1:] == ["["]:
            listed = list(takewhile(_is_listed_at(token.depth), statement[index + 1 :]))
            if any(one.text == "," and one.depth == token.depth for one in listed):
                yield Edit(listed[0].start, listed[0].start, "(")
                yield Edit(listed[-1].end, listed[-1].end, ")")


def _is_listed_at(depth: int) -> Callable[[Token], bool]:
    """Tell what belongs to a bare tuple in brackets from what ends it."""
    ends = {"for", "if", "else"}
    return lambda token: token.depth > depth or (token.depth == depth and token.text not in ends)


def _token_edits(token: Token, following: str) -> Iterator[Edit]:
    changed = token.text
    if token.kind is Kind.NUMBER:
        changed = _number(token.text)
    elif token.kind is Kind.STRING:
        changed = _string(token.text)
    elif token.text == "<>":
        changed = "!="
    elif token.text == "async" and following not in {"def", "for", "with"}:
        changed = "async_"
    if changed != token.text:
        yield Edit(token.start, token.end, changed)


def _number(written: str) -> str:
    if (long := _LONG.match(written)) is not None:
        written = long[1]
    if (octal := _OCTAL.match(written)) is not None:
        return f"0o{octal[1]}"
    return written


def _string(written: str) -> str:
    """Make a string's prefix and escapes such as Python 3 takes."""
    opening = _OPENING.match(written)
    if opening is None:
        return written
    prefix, quote = split_opening(opening[0])
    content = written[len(opening[0]) : -len(quote)]
    kind = prefix.lower()
    if kind == "ur":
        prefix = prefix[1:]
    elif "b" in kind and not content.isascii():
        prefix = prefix.replace("b", "").replace("B", "")
    if "r" not in kind and "b" not in kind:
        content = _BAD_ESCAPE.sub(_doubled, content)
    return f"{prefix}{quote}{content}{quote}"


def _doubled(escape: re.Match[str]) -> str:
    """Make an escape that Python 3 refuses a plain backslash; the others stay."""
    return f"\\{escape[0]}" if escape[1] else escape[0]
