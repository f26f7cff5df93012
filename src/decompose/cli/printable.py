"""How are names that a stranger chose shown without being obeyed?

Files, classes and tables of the analyzed program may be named so that a terminal would move its
cursor, change its title or write backwards. Whatever is not plain text is shown as its escape.
"""

import unicodedata

_NOT_SHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories of what does not show: control, format (bidi), surrogates, separators of lines."""


def printable(text: str, *, lines: bool = False) -> str:
    """Replace every character that does not show by its escape; with `lines`, line ends stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        each if each.isprintable() or (lines and each == "\n") else _escape(each) for each in text
    )


def _escape(character: str) -> str:
    """Write a character as Python would, but leave spaces of other scripts as a space."""
    if unicodedata.category(character) not in _NOT_SHOWN:
        return " "
    return character.encode("unicode_escape").decode("ascii")
