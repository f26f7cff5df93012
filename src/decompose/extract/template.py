"""What does one template of Django's language or of Jinja say? Read in one pass, by the marks that both share.

The two languages differ in their tags, not in what is asked here: names after `{%`, dotted paths, `|filter`. Nothing
is rendered, and what cannot be told (a template named by a variable) is left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from decompose.model.templates import (
    CALLED,
    ELEMENT,
    SHOWN,
    TAG,
    UNKNOWN,
    Inclusion,
    Lookup,
    Part,
    Template,
)

_CLOSINGS = {"%": "%}", "{": "}}", "#": "#}"}
_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|[A-Za-z_]\w*|\d+|==|!=|<=|>=|\S', re.ASCII
)
_QUOTED = re.compile(r"""(["'])([^"'{}]+)\1""")
_LOOP = re.compile(r"([\w\s,()]+?)\s+in\s+(.+)", re.DOTALL)
_PLAIN = {"comment": "endcomment", "verbatim": "endverbatim", "raw": "endraw"}
_OPERATORS = frozenset({"and", "or", "not", "in", "is", "if", "else", "elif", "recursive"})
_CONSTANTS = frozenset({"True", "False", "None", "true", "false", "none"})
_MANNERS = frozenset(
    {"as", "with", "by", "only", "ignore", "missing", "context", "without", "import"}
)
_OWN = frozenset({"loop", "forloop", "block", "super", "self", "caller", "from"})
_WORDS = _OPERATORS | _CONSTANTS | _MANNERS | _OWN
_SILENT = frozenset(
    ["block", "load", "csrf_token", "templatetag", "spaceless", "autoescape", "else", "empty", "do"]
)
_OPENS = frozenset({"for", "with", "macro", "call", "blocktrans", "blocktranslate"})
_OWN_BLOCKS = frozenset(
    {"if", "for", "with", "block", "set", "macro", "call", "blocktrans", "blocktranslate", "filter"}
    | {"autoescape", "spaceless", "comment", "verbatim", "raw", "cache", "language", "ifchanged"}
    | {"trans", "localize", "localtime", "timezone", "ifequal", "ifnotequal", ""}
)
"""Tags with an end whose content is rendered as if it stood by itself."""
_TAKES_IN = frozenset({"extends", "include", "import", "from"})
_LONGEST = 8
_LONGEST_MARK = 2_000  # characters; what comes after is no expression that a person wrote


def read_template(path: str, names: tuple[str, ...], text: str) -> Template:
    """Tell what a template says. `names` are those that it goes by."""
    marks = list(_marks(text))
    ends = {inside.split(None, 1)[0][3:] for kind, inside in marks if inside[:3] == "end"}
    reading = _Reading(frozenset(ends - _OWN_BLOCKS))
    until = ""
    for kind, inside in marks:
        if until:
            until = "" if inside == until else until
        elif kind == "{":
            reading.show(inside)
        elif kind == "%" and inside:
            word = inside.split(None, 1)[0]
            until = _PLAIN.get(word, "")
            reading.tag(word, inside[len(word) :].strip())
    return Template(
        path,
        names,
        tuple(sorted(reading.included, key=repr)),
        tuple(sorted(reading.libraries)),
        _part(reading.parts[""]),
        tuple((tag, _part(part)) for tag, part in sorted(reading.parts.items()) if tag),
    )


@dataclass(slots=True)
class _Part:
    """What stands outside of foreign blocks, or inside of those of one tag."""

    tags: set[str] = field(default_factory=set)
    filters: set[str] = field(default_factory=set)
    lookups: set[Lookup] = field(default_factory=set)


def _part(part: _Part) -> Part:
    return Part(tuple(sorted(part.tags)), tuple(sorted(part.filters)), tuple(sorted(part.lookups)))


def _marks(text: str) -> Iterator[tuple[str, str]]:
    """("%", "{" or "#", what stands inside) in order; linear also where marks never close."""
    unclosed: set[str] = set()
    start = text.find("{")
    while start >= 0:
        kind = text[start + 1 : start + 2]
        end = -1
        if kind in _CLOSINGS and kind not in unclosed:
            end = text.find(_CLOSINGS[kind], start + 2)
            if end < 0:
                unclosed.add(kind)
        if end >= 0:
            yield kind, text[start + 2 : min(end, start + _LONGEST_MARK)].strip("-+ \t\r\n")
        start = text.find("{", start + 1 if end < 0 else end + 2)


@dataclass(slots=True)
class _Reading:
    """What has been read so far; `scopes` hold what the template's own variables stand for, innermost last.

    `foreign`: tags that have an end and are none of the languages' own; `inside`: those that stand open.
    """

    foreign: frozenset[str]
    included: set[Inclusion] = field(default_factory=set)
    libraries: set[str] = field(default_factory=set)
    parts: dict[str, _Part] = field(default_factory=lambda: {"": _Part()})
    inside: list[str] = field(default_factory=list)
    scopes: list[dict[str, Lookup]] = field(default_factory=lambda: [{}])

    def show(self, text: str) -> None:
        """`{{ text }}`."""
        paths = self.expression(text)
        if len(paths) == 1 and "|" not in text:
            self.note((*paths[0], SHOWN))

    def tag(self, word: str, rest: str) -> None:
        """`{% word rest %}`."""
        if word.startswith("end"):
            self.close(word[3:])
        elif word == "load":
            self.load(rest)
        elif word == "for":
            self.loop(rest)
        elif word in _OPENS:
            self.open(word, rest)
        elif word == "set":
            self.bind(rest)
        elif word in _TAKES_IN:
            self.take_in(rest)
        elif word not in _SILENT:
            self.other(word, rest)

    @property
    def part(self) -> _Part:
        """Where what is read belongs: the innermost foreign block that stands open."""
        return self.parts.setdefault(self.inside[-1] if self.inside else "", _Part())

    def close(self, word: str) -> None:
        if word in _OPENS and len(self.scopes) > 1:
            self.scopes.pop()
        elif word in self.inside:
            while self.inside.pop() != word:
                pass

    def load(self, rest: str) -> None:
        words = rest.split()
        self.libraries.update(words[-1:] if "from" in words else words)

    def loop(self, rest: str) -> None:
        self.scopes.append({})
        found = _LOOP.fullmatch(rest)
        if found is None:
            return
        paths = self.expression(found[2])
        variables = re.findall(r"\w+", found[1])
        element: Lookup = (*paths[0], ELEMENT) if paths else (UNKNOWN,)
        if len(variables) == 1:
            self.scopes[-1][variables[0]] = element
            return
        pair = paths[0] if paths else ()
        pair = pair[:-1] if pair and pair[-1] == CALLED else pair
        values: Lookup = (*pair[:-1], ELEMENT) if pair and pair[-1] == "items" else (UNKNOWN,)
        self.scopes[-1].update(dict.fromkeys(variables, (UNKNOWN,)))
        self.scopes[-1][variables[-1]] = values

    def open(self, word: str, rest: str) -> None:
        """`with`, and blocks that hand variables to what stands in them."""
        if word == "macro":
            self.scopes.append(dict.fromkeys(re.findall(r"\w+", rest)[1:], (UNKNOWN,)))
            return
        bound = self.given(rest)
        self.expression(rest)
        self.scopes.append(bound)

    def bind(self, rest: str) -> None:
        """`set name = value` of Jinja; without a value the name stands for a text."""
        name, sign, value = rest.partition("=")
        paths = self.expression(value) if sign else []
        self.scopes[-1][name.strip()] = paths[0] if paths else (UNKNOWN,)

    def take_in(self, rest: str) -> None:
        given = tuple(sorted(self.given(rest).items()))
        self.included.update(Inclusion(name, given) for _, name in _QUOTED.findall(rest))
        self.expression(rest)

    def other(self, word: str, rest: str) -> None:
        self.part.tags.add(word)
        self.expression(rest)
        words = rest.split()
        if len(words) > 1 and words[-2] == "as" and words[-1].isidentifier():
            self.scopes[-1][words[-1]] = (TAG + word,)
        if word in self.foreign:
            self.inside.append(word)

    def given(self, rest: str) -> dict[str, Lookup]:
        """Names that a tag binds: `name=value`, and `value as name`."""
        bound: dict[str, Lookup] = {}
        for name, value in re.findall(r"(?<!\w)(\w+)\s*=\s*([\w.]+)", rest):
            bound[name] = self.resolved(tuple(value.split(".")))
        for value, name in re.findall(r"(?<![\w.])([\w.]+)\s+as\s+(\w+)", rest):
            bound[name] = self.resolved(tuple(value.split(".")))
        return bound

    def expression(self, text: str) -> list[Lookup]:
        """The lookups in an expression, in order; they and its filters are noted."""
        chains = _Chains()
        for mark in _TOKEN.findall(text):
            chains.add(mark)
        chains.close()
        self.part.filters.update(chains.filters)
        paths = [self.resolved(tuple(chain)) for chain in chains.found]
        for path in paths:
            self.note(path)
        return paths

    def note(self, path: Lookup) -> None:
        if len(path) > 1 and path[:2] != (UNKNOWN, SHOWN):
            self.part.lookups.add(path[: _LONGEST + 1])

    def resolved(self, path: Lookup) -> Lookup:
        """The same path with a variable of the template's own replaced."""
        for scope in reversed(self.scopes):
            if path and path[0] in scope:
                return (*scope[path[0]], *path[1:])[:_LONGEST]
        return path


@dataclass(slots=True)
class _Chains:
    """Dotted chains in a row of tokens; brackets set the chain before them aside until they close."""

    found: list[list[str]] = field(default_factory=list)
    filters: set[str] = field(default_factory=set)
    current: list[str] | None = None
    before: str = ""
    aside: list[list[str] | None] = field(default_factory=list)

    def add(self, mark: str) -> None:
        if mark[0].isalpha() or mark[0] == "_":
            self._word(mark)
        elif mark.isdigit():
            if self.before == "." and self.current is not None:
                self.current.append(ELEMENT)
        elif mark in ("(", "["):
            self._open(CALLED if mark == "(" else ELEMENT)
        elif mark in (")", "]"):
            self.close()
            self.current = self.aside.pop() if self.aside else None
        elif mark == "=":
            self.current = None  # the name of an argument
        elif mark != ".":
            self.close()
        self.before = mark

    def _word(self, mark: str) -> None:
        if self.before == "." and self.current is not None:
            self.current.append(mark)
            return
        self.close()
        if self.before == "|":
            self.filters.add(mark)
        elif mark not in _WORDS:
            self.current = [mark]

    def _open(self, part: str) -> None:
        if self.current is not None:
            self.current.append(part)
        self.aside.append(self.current)
        self.current = None

    def close(self) -> None:
        if self.current is not None:
            self.found.append(self.current)
        self.current = None
