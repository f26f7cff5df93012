"""What may the head of a compound statement be replaced by, and which clauses may follow it?"""

import re
from collections.abc import Sequence

_CLASS = re.compile(r"class[ ]+(\w+)")
_FUNCTION = re.compile(r"(?:async[ ]+)?def[ ]+(\w+)")
_CLAUSES = frozenset({"else", "elif", "except", "finally"})
_FOLLOWERS = {
    "if": frozenset({"elif", "else"}),
    "for": frozenset({"else"}),
    "while": frozenset({"else"}),
    "async": frozenset({"else"}),
    "try": frozenset({"except", "else", "finally"}),
}
ANY_HEAD = "if 1:"
_PLAIN_HEADS = {
    "else": "else:",
    "elif": "elif 1:",
    "except": "except:",
    "finally": "finally:",
    "try": "try:",
    "for": "for _ in ():",
    "while": "while 1:",
}
_BEFORE_CLAUSE = {
    "else": "if 1:\n pass\n",
    "elif": "if 1:\n pass\n",
    "except": "try:\n pass\n",
    "finally": "try:\n pass\n",
}
_BEHIND_TRY = "\nfinally:\n pass"


def in_place(words: Sequence[str]) -> list[bool]:
    """Say of each clause of a statement whether it has its place, by the words that they begin with.

    No `else` follows a `def`, no clause stands first, and a `try` is none without its handlers.
    """
    first, *others = words
    followers = _FOLLOWERS.get(first, frozenset())
    if first == "try" and {"except", "finally"}.isdisjoint(others):
        return [False] * len(words)
    return [first not in _CLAUSES, *(word in followers for word in others)]


def complete_head(head: str, word: str, width: int) -> str:
    """Make a statement of a head that begins with `word`, whose body is indented beyond `width`."""
    behind = _BEHIND_TRY if word == "try" else ""
    return f"{_BEFORE_CLAUSE.get(word, '')}{head}\n{' ' * (width + 1)}pass{behind}"


def plain_head(written: str) -> str:
    """Give a head that is sound, of the same kind and name."""
    if (function := _FUNCTION.match(written)) is not None:
        return f"{function[0]}(*args, **kwargs):"
    if (named := _CLASS.match(written)) is not None:
        return f"{named[0]}:"
    return _PLAIN_HEADS.get(first_word(written), ANY_HEAD)


def first_word(line: str) -> str:
    """Give the word that a line begins with."""
    found = re.match(r"\s*(\w*)", line)
    return found[1] if found else ""
