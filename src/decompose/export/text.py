"""How is any name put into JSON, XML, DOT, Markdown or Mermaid so that it stays a name?"""

import json
import re
from collections.abc import Mapping

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_XML = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\n": "&#10;",
    "\r": "&#13;",
    "\t": "&#9;",
}
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>()#!|~&]")
_MERMAID = re.compile(r"[^\w .,:/\-()=+*@|{}…→×]")


def rows(table: Mapping[str, object]) -> str:
    """A JSON object, one key a line, sorted by key."""
    if not table:
        return "{}\n"
    lines = (f" {compact(key)}: {compact(table[key])}" for key in sorted(table))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def compact(value: object) -> str:
    """JSON on one line. Lone surrogates, which no encoding can hold, become escapes."""
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def xml(text: str) -> str:
    """Text for an element or an attribute in double quotes; what XML cannot hold becomes U+FFFD."""
    return "".join(_XML.get(each, each) for each in _NOT_XML.sub("\ufffd", text))


def dot(text: str) -> str:
    """A quoted string; no escape in it is obeyed, no HTML label begins."""
    shown = _CONTROL.sub(" ", _legible(text)).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{shown}"'


def mermaid(text: str) -> str:
    """A quoted label: everything but plain characters as an entity of Mermaid's."""
    return f'"{_MERMAID.sub(_entity, _CONTROL.sub(" ", _legible(text)))}"'


def markdown(text: str) -> str:
    """Text for a cell of a Markdown table, in which nothing is obeyed: neither HTML nor links nor emphasis."""
    return _MARKDOWN.sub(r"\\\g<0>", _CONTROL.sub(" ", _legible(text)))


def _entity(found: re.Match[str]) -> str:
    return f"#{ord(found[0])};"


def _legible(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")
