"""Where in a TOML text does each value stand?

`tomllib` reads the values but forgets their places. This scans a text that `tomllib` has already accepted, so it
checks nothing: it only finds where keys and values begin and end.

Terms
-----
path   keys and positions down to a value: ("service", 0, "members", 2).
span   (start, end) offsets into the text; `text[start:end]` is the value as written.
"""

import tomllib
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
Span = tuple[int, int]

_BLANK = " \t\r\n"


@dataclass
class Places:
    """Spans by path. A table's is that of its header; a key's own span is in `keys`."""

    text: str
    values: dict[Path, Span] = field(default_factory=dict)
    keys: dict[Path, Span] = field(default_factory=dict)
    headers: list[tuple[Path, int]] = field(default_factory=list)  # in order of the text

    def line(self, path: Path) -> int:
        """The line of a value or, failing that, of the nearest thing around it; lines count from 1."""
        while path and path not in self.keys and path not in self.values:
            path = path[:-1]
        start = (self.keys.get(path) or self.values.get(path) or (0, 0))[0]
        return self.text.count("\n", 0, start) + 1


def places(text: str) -> Places:
    """The places of all values of a valid TOML text."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.found


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 1 if text.startswith("\ufeff") else 0
        self.found = Places(text)
        self.lengths: dict[Path, int] = {}  # of arrays of tables, so far

    def document(self) -> None:
        table: Path = ()
        self.skip()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip()

    def skip(self, also: str = "") -> None:
        """Pass blanks, comments, and the characters of `also`."""
        while self.at < len(self.text):
            if self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif self.text[self.at] in _BLANK or self.text[self.at] in also:
                self.at += 1
            else:
                return

    def header(self) -> Path:
        start = self.at
        is_array = self.text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        path: Path = ()
        keys = self.key()
        for key in keys[:-1]:
            path = self.last((*path, key))
        path = (*path, keys[-1])
        if is_array:
            self.lengths[path] = self.lengths.get(path, 0) + 1
        path = self.last(path)
        self.skip()
        self.at += 2 if is_array else 1
        self.found.values[path] = (start, self.at)
        self.found.headers.append((path, start))
        return path

    def last(self, path: Path) -> Path:
        """The last element of an array of tables, else the table itself."""
        return (*path, self.lengths[path] - 1) if path in self.lengths else path

    def key(self) -> list[str]:
        """A dotted key; stops after it."""
        parts: list[str] = []
        while True:
            self.skip()
            parts.append(self.simple_key())
            self.skip()
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def simple_key(self) -> str:
        start = self.at
        quote = self.text[start]
        if quote in "\"'":
            self.string()
            return unquoted(self.text[start : self.at])
        while self.at < len(self.text) and self.text[self.at] not in " \t\r\n.=]#":
            self.at += 1
        return self.text[start : self.at]

    def pair(self, table: Path) -> None:
        self.skip()
        start = self.at
        path = table
        for key in self.key():
            path = (*path, key)
            self.found.keys.setdefault(path, (start, self.at))
        self.skip()
        self.at += 1  # the sign "="
        self.skip()
        self.value(path)

    def value(self, path: Path) -> None:
        start = self.at
        opening = self.text[start]
        if opening in "\"'":
            self.string()
        elif opening == "[":
            self.elements(path, "]")
        elif opening == "{":
            self.elements(path, "}")
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}#\r\n":
                self.at += 1
        self.found.values[path] = (start, self.at)

    def elements(self, path: Path, closing: str) -> None:
        self.at += 1
        position = 0
        self.skip(",")
        while self.text[self.at] != closing:
            if closing == "]":
                self.value((*path, position))
            else:
                self.pair(path)
            position += 1
            self.skip(",")
        self.at += 1

    def string(self) -> None:
        quote = self.text[self.at]
        if self.text.startswith(quote * 3, self.at):
            self.long_string(quote)
            return
        self.at += 1
        while self.text[self.at] != quote:
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        self.at += 1

    def long_string(self, quote: str) -> None:
        self.at += 3
        while not self.text.startswith(quote * 3, self.at):
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        self.at += 3
        while self.text.startswith(quote, self.at):  # up to two quotes may stand before the end
            self.at += 1


def unquoted(literal: str) -> str:
    """The text that a string's literal means; the literal itself if it is no string."""
    value = tomllib.loads(f"key = {literal}")["key"]
    return value if isinstance(value, str) else literal
