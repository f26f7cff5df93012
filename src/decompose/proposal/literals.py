"""How does any text become a TOML string or comment that means exactly that text, and nothing else?"""

import re

_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
}
_SPECIAL = re.compile(
    '["\\\\\x00-\x1f\x7f\u0080-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]'
)
# Beyond what TOML demands: what a terminal or editor would obey instead of show (C1, bidirectional marks).
_LONGEST_COMMENT = 140


def legible(name: str) -> str:
    r"""A name without lone surrogates, which no text file can hold: they are spelled out as `\\udc80`."""
    return name if name.isascii() else name.encode("utf-8", "backslashreplace").decode("utf-8")


def quoted(text: str) -> str:
    """A basic string."""
    return f'"{_SPECIAL.sub(_escaped, legible(text))}"'


def _escaped(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04x}"


def comment(text: str) -> str:
    """Text on one line, shortened, without control characters; to stand after `# `."""
    line = " ".join(_SPECIAL.sub(_shown, legible(text)).split())
    return line if len(line) <= _LONGEST_COMMENT else f"{line[: _LONGEST_COMMENT - 1].rstrip()}…"


def _shown(found: re.Match[str]) -> str:
    return found[0] if found[0] in '"\\' else " "
