"""How is a text changed in many places, without a line lost or gained?"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Put `text` in place of what stands from `start` to `end`; it holds as many line ends."""

    start: int
    end: int
    text: str


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Make all edits at once; of two that overlap the first in the text is made."""
    parts: list[str] = []
    position = 0
    for edit in sorted(edits):
        if edit.start >= position:
            parts += (text[position : edit.start], edit.text)
            position = edit.end
    parts.append(text[position:])
    return "".join(parts)


def erase(text: str, start: int, end: int) -> Edit:
    """Remove a stretch of code; where it spans lines, backslashes keep them one statement."""
    return Edit(start, end, "\\\n" * text.count("\n", start, end))
