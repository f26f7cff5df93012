"""Of what tokens does a text consist that Python itself may refuse?

Tolerant where `tokenize` is not: old and new grammar alike, strings without an end, brackets without
a partner. Only files that do not parse are ever read so. Strings with replacement fields follow
PEP 701: quotes may be reused inside the braces.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

_TOKEN = re.compile(
    r"""
    (?P<space>(?:[ \t\f]|\\\n)+)
  | (?P<newline>\n)
  | (?P<comment>\#[^\n]*)
  | (?P<string>(?:[bB][rR]?|[rR][bB]|[uU][rR]?|[fFtT][rR]?|[rR][fFtT]?)?(?:\"\"\"|'''|\"|'))
  | (?P<number>(?:\d|\.\d)(?:[eE][+-]\d|[\w.])*)
  | (?P<name>\w+)
  | (?P<op><>|[-+*/%@&|^<>=!:]=|\*\*=?|//=?|<<=?|>>=?|->|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ENDS = {
    quote: re.compile(pattern, re.DOTALL)
    for quote, pattern in {
        '"': r'(?:[^"\\\n]|\\.)*"',
        "'": r"(?:[^'\\\n]|\\.)*'",
        '"""': r'(?:[^"\\]|\\.|"(?!""))*"""',
        "'''": r"(?:[^'\\]|\\.|'(?!''))*'''",
    }.items()
}
_REST_OF_LINE = re.compile(r"[^\n]*")
_FIELD_PREFIXES = frozenset("fFtT")
_CONVERSION = re.compile(r"![ ]*\w+[ ]*")
_FIELD_STOPS = re.compile(r"[{}\\\n\"']")
_LONGEST_FORMAT = 20_000  # characters; bounds the search for an end that is not there
_DEEPEST_FORMAT = 8
_SURE_STARTS = re.compile(r"(?:(?:async[ ]+)?def|class|import)[ ]|@\w")
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_HEADS = frozenset(
    {"if", "elif", "else", "while", "for", "try", "except", "finally", "with", "def", "class"}
    | {"async"}
)


class Kind(Enum):
    """What a token is; blanks and comments are given too."""

    SPACE = auto()  # with backslashes that continue a line
    NEWLINE = auto()
    COMMENT = auto()
    STRING = auto()
    UNTERMINATED = auto()  # a string without an end, as far as its line goes
    NUMBER = auto()
    NAME = auto()
    OP = auto()


_KINDS = {kind.name.lower(): kind for kind in Kind}
_INSIGNIFICANT = frozenset({Kind.SPACE, Kind.NEWLINE, Kind.COMMENT})


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text from `start` to `end`; `depth` counts the brackets around it."""

    kind: Kind
    start: int
    end: int
    text: str
    depth: int = 0


def tokens(text: str) -> Iterator[Token]:
    """Cut the whole text into tokens."""
    position, depth = 0, 0
    while position < len(text):
        kind, end = _next(text, position, 0)
        piece = text[position:end]
        if kind is Kind.OP and piece in _CLOSING:
            depth = max(0, depth - 1)
        elif depth and kind in {Kind.NAME, Kind.OP} and surely_starts(text, position):
            depth = 0  # an opening bracket has lost its partner; begin anew here
        yield Token(kind, position, end, piece, depth)
        if kind is Kind.OP and piece in _OPENING:
            depth += 1
        position = end


def surely_starts(text: str, position: int) -> bool:
    """Whether a statement must begin here: no bracket can be open across these words."""
    at_margin = position == 0 or text[position - 1] == "\n"
    return at_margin and _SURE_STARTS.match(text, position) is not None


def _next(text: str, position: int, nesting: int) -> tuple[Kind, int]:
    found = _TOKEN.match(text, position)
    if found is None or found.lastgroup is None:  # never: the pattern takes any character
        return Kind.OP, position + 1
    kind = _KINDS[found.lastgroup]
    if kind is not Kind.STRING:
        return kind, found.end()
    end = _string_end(text, found.end(), found[0], nesting)
    if end < 0:
        return Kind.UNTERMINATED, _rest_of_line(text, found.end())
    return kind, end


def _rest_of_line(text: str, position: int) -> int:
    found = _REST_OF_LINE.match(text, position)
    return found.end() if found else position


def split_opening(opening: str) -> tuple[str, str]:
    """Part what begins a string into prefix and quotes."""
    quote = opening[-3:] if opening.endswith(('"""', "'''")) else opening[-1]
    return opening[: -len(quote)], quote


def _string_end(text: str, position: int, opening: str, nesting: int) -> int:
    """Find where the string ends whose content begins at `position`, -1 where it does not."""
    prefix, quote = split_opening(opening)
    if has_fields(prefix):
        scanned = fields(text, position, quote, nesting + 1)
        if scanned is not None:
            return scanned[0]
        if nesting:
            return -1
    found = _ENDS[quote].match(text, position)
    return found.end() if found else -1


def has_fields(prefix: str) -> bool:
    """Whether strings with this prefix hold replacement fields."""
    return not _FIELD_PREFIXES.isdisjoint(prefix)


def fields(
    text: str, position: int, quote: str, nesting: int = 1
) -> tuple[int, list[tuple[int, int]]] | None:
    """Find the expressions in the content, from `position`, of a string with replacement fields.

    Gives the end of the string, its quotes included, and where each expression starts and ends, in
    order; None where the string has no end.
    """
    if nesting > _DEEPEST_FORMAT:
        return None
    scan = _Format(text, quote, nesting, min(len(text), position + _LONGEST_FORMAT))
    end = scan.literal(position, in_spec=False)
    return None if end < 0 else (end + len(quote), scan.expressions)


@dataclass(slots=True)
class _Format:
    """Reads one string with replacement fields; each method gives where it stopped, -1: in vain."""

    text: str
    quote: str
    nesting: int
    limit: int
    expressions: list[tuple[int, int]] = field(default_factory=list)

    def literal(self, position: int, *, in_spec: bool) -> int:
        """Read text and fields up to the closing quote, or to the brace that ends a format spec."""
        closing = "}" if in_spec else self.quote
        while 0 <= position < self.limit:
            found = _FIELD_STOPS.search(self.text, position)
            if found is None:
                return -1
            position = found.start()
            if self.text.startswith(closing, position):
                return position
            if found[0] == "\n" and len(self.quote) == 1:
                return -1
            position = self._step(found[0], position)
        return -1

    def _step(self, stop: str, position: int) -> int:
        """Pass over one thing inside the text: a field, a doubled brace, an escape, a quote."""
        if self.text.startswith(("{{", "}}"), position):
            return position + 2
        if stop == "{":
            return self._field(position + 1)
        if stop == "\\" and not self.text.startswith(("{", "}"), position + 1):
            return position + 2
        return position + 1

    def _field(self, position: int) -> int:
        """Read a field from behind its opening brace to behind its closing one."""
        end = self._expression(position)
        if end < 0:
            return -1
        self.expressions.append((position, end))
        found = _CONVERSION.match(self.text, end)
        position = found.end() if found else end
        if self.text.startswith(":", position):
            position = self.literal(position + 1, in_spec=True)
        return position + 1 if position >= 0 and self.text.startswith("}", position) else -1

    def _expression(self, position: int) -> int:
        """Find where the expression of a field ends."""
        depth = 0
        while position < self.limit:
            kind, end = _next(self.text, position, self.nesting)
            if kind is Kind.UNTERMINATED:
                return -1
            if kind is Kind.OP:
                piece = self.text[position:end]
                if depth == 0 and (piece in {"}", "!"} or piece[0] == ":"):
                    return position
                depth += (piece in _OPENING) - (piece in _CLOSING)
            position = end
        return -1


def statements(text: str) -> Iterator[list[Token]]:
    """Group the significant tokens into simple statements and the heads of compound ones."""
    statement: list[Token] = []
    lambdas = 0
    for token in tokens(text):
        if _ends_statement(token, statement, lambdas):
            if token.text == ":":
                statement.append(token)
            if statement:
                yield statement
            statement, lambdas = [], 0
        elif token.kind not in _INSIGNIFICANT:
            statement.append(token)
            lambdas += (token.text == "lambda") - (token.text == ":") if token.depth == 0 else 0
            lambdas = max(0, lambdas)
    if statement:
        yield statement


def _ends_statement(token: Token, statement: list[Token], lambdas: int) -> bool:
    if token.depth:
        return False
    if token.kind is Kind.NEWLINE or token.text == ";":
        return True
    is_head = bool(statement) and statement[0].text in _HEADS
    return token.text == ":" and is_head and not lambdas
