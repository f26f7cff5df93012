"""How does a route of `path()` or a regular expression of `re_path()` read as an OpenAPI path?

A regular expression has many matches; the path shows the shortest one, with a parameter for each group: what may be
left out is left out unless it holds a group, of alternatives the first is taken, and what matches anything without a
name is called `{any}`.
"""

import re
from dataclasses import dataclass

_CONVERTED = re.compile(r"<(?:\s*([^\s<>:]+)\s*:)?\s*([^\s<>]+)\s*>")
_TYPES = {"int": "integer", "float": "number"}
_WHOLE = re.compile(r"[\[(]*(?:\\d|[0-9-])+[\])]*(?:[+*]|\{\d+(?:,\d*)?\})?")
_QUANTIFIER = re.compile(r"[*+?]|\{(\d*)(?:,\d*)?\}")
_ANY = "{any}"
_CLASSES = "dDwWsS"
_ANCHORS = "AZbBz"
_MAX_DEPTH = 30


@dataclass(frozen=True, slots=True)
class Template:
    """A piece of a path in OpenAPI spelling, with the types of its parameters."""

    path: str
    parameters: tuple[tuple[str, str], ...] = ()

    def __add__(self, other: "Template") -> "Template":
        """The piece followed by another; a parameter of the same name stands once."""
        new = tuple(each for each in other.parameters if each not in self.parameters)
        return Template(self.path + other.path, self.parameters + new)


def path_template(route: str) -> Template:
    """`orders/<int:pk>/` as `orders/{pk}/`."""
    found = [
        (match[2], _TYPES.get(match[1] or "str", "string")) for match in _CONVERTED.finditer(route)
    ]
    return Template(_CONVERTED.sub(r"{\2}", route), tuple(found))


def regex_template(regex: str) -> Template:
    r"""`^orders/(?P<pk>\d+)/$` as `orders/{pk}/`."""
    reader = _Reader(regex)
    return Template(reader.sequence(), tuple(reader.parameters))


class _Reader:
    """Reads a regular expression once, from left to right."""

    def __init__(self, regex: str) -> None:
        self.regex = regex
        self.position = 0
        self.depth = 0
        self.parameters: list[tuple[str, str]] = []

    def sequence(self) -> str:
        """Everything up to the end or the closing bracket: the first alternative."""
        pieces: list[str] = []
        while self.position < len(self.regex) and self.regex[self.position] != ")":
            if self.regex[self.position] == "|":
                self._skip_alternatives()
                break
            before = len(self.parameters)
            piece = self._piece()
            if self._may_be_left_out() and len(self.parameters) == before:
                piece = ""
            if not (piece == _ANY and pieces and pieces[-1] == _ANY):
                pieces.append(piece)
        return "".join(pieces)

    def _piece(self) -> str:
        character = self.regex[self.position]
        self.position += 1
        if character == "\\":
            return self._escaped()
        if character == "(":
            return self._group()
        if character == "[":
            return self._set()
        if character == ".":  # alone it is nearly always meant for itself: `robots.txt`
            return _ANY if _QUANTIFIER.match(self.regex, self.position) else "."
        return "" if character in "^$" else character

    def _escaped(self) -> str:
        character = self.regex[self.position : self.position + 1]
        self.position += 1
        if character in _CLASSES:
            return _ANY
        return "" if character in _ANCHORS else character

    def _set(self) -> str:
        start = self.position
        end = self.regex.find("]", start + 1)
        self.position = len(self.regex) if end < 0 else end + 1
        body = self.regex[start : self.position - 1].removeprefix("\\")
        return body if len(body) == 1 else _ANY

    def _group(self) -> str:
        end = self._closing(self.position)
        body = self.regex[self.position : end]
        named = re.match(r"\?P<(\w+)>", body)
        if named or not body.startswith("?"):
            name = named[1] if named else f"arg{len(self.parameters) + 1}"
            inner = body[named.end() :] if named else body
            self.parameters.append((name, "integer" if _WHOLE.fullmatch(inner) else "string"))
            self.position = end + 1
            return f"{{{name}}}"
        piece = ""
        if (
            re.match(r"\?[a-zA-Z-]*:", body) and self.depth < _MAX_DEPTH
        ):  # else flags, look-ahead, a comment
            self.position += body.index(":") + 1
            self.depth += 1
            piece = self.sequence()
            self.depth -= 1
        self.position = end + 1
        return piece

    def _closing(self, start: int) -> int:
        """Where the bracket closes that was opened before `start`."""
        depth, position, in_set = 1, start, False
        while position < len(self.regex):
            character = self.regex[position]
            if character == "\\":
                position += 1
            elif in_set:
                in_set = character != "]"
            elif character == "[":
                in_set = True
            else:
                depth += (character == "(") - (character == ")")
                if depth == 0:
                    return position
            position += 1
        return len(self.regex)

    def _skip_alternatives(self) -> None:
        self.position = self._closing(self.position)

    def _may_be_left_out(self) -> bool:
        """Read a quantifier; does it allow none?"""
        quantifier = _QUANTIFIER.match(self.regex, self.position)
        if quantifier is None:
            return False
        self.position = quantifier.end()
        if self.regex[self.position : self.position + 1] in ("?", "+"):  # reluctant, possessive
            self.position += 1
        return quantifier[0] in "*?" or quantifier[1] in ("0", "")
