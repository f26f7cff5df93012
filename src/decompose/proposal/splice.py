"""How is a text changed in a few places while everything else in it stays, byte for byte?

Terms
-----
item  an element of a list with what belongs to it: own-line comments before, comma and comment after.
head  what stands in a list before its first item, foot what stands after its last.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from decompose.proposal.literals import quoted
from decompose.proposal.places import Path, Places, Span, places, unquoted
from decompose.proposal.writing import INDENT


@dataclass(frozen=True, slots=True)
class Item:
    """One element of a list, as written."""

    name: str
    before: str
    literal: str
    after: str

    @property
    def remark(self) -> str:
        """The comment on its line, without the sign; "" if there is none."""
        return self.after.partition("#")[2].strip() if "#" in self.after else ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of texts, as written."""

    head: str
    items: tuple[Item, ...]
    foot: str
    newline: str

    @property
    def is_tall(self) -> bool:
        """Does it stand on several lines?"""
        return not self.items or "\n" in self.head or any("\n" in item.after for item in self.items)


class Splice:
    """Collects replacements of spans of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.places: Places = places(text)
        self._changes: list[tuple[int, int, str]] = []

    def result(self) -> str:
        """The text with all changes."""
        parts: list[str] = []
        at = 0
        for start, end, new in sorted(self._changes, key=lambda change: change[:2]):
            parts.extend((self.text[at:start], new))
            at = end
        return "".join((*parts, self.text[at:]))

    def replace(self, span: Span, new: str) -> None:
        """Put a text in the place of a span; spans do not overlap."""
        self._changes.append((*span, new))

    def value(self, path: Path, new: str) -> None:
        """Replace a value by a text in quotes."""
        self.replace(self.places.values[path], quoted(new))

    def insert(self, at: int, block: str) -> None:
        """Insert whole lines at the beginning of a line."""
        lead = self.newline if at and self.text[at - 1] != "\n" else ""
        self.replace((at, at), lead + block.replace("\n", self.newline))

    def listing(self, path: Path) -> Listing | None:
        """The list at a path, None if there is none."""
        if path not in self.places.values:
            return None
        return listing(self.text, self.places, path, self.newline)

    def line_end(self, at: int) -> int:
        """Where the next line begins."""
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end + 1

    def block_end(self, path: Path) -> int:
        """Where the lines of a table end: after its last value."""
        ends = [span[1] for place, span in self.places.values.items() if place[: len(path)] == path]
        return self.line_end(max(ends, default=len(self.text)))

    def remove_block(self, path: Path) -> None:
        """Remove a table with its header, and one empty line after it."""
        start = self.text.rfind("\n", 0, self.places.values[path][0]) + 1
        end = self.block_end(path)
        following = self.line_end(end)
        if not self.text[end:following].strip():
            end = following
        self.replace((start, end), "")

    def remove_pair(self, path: Path) -> None:
        """Remove a key with its value: its whole line, if nothing else stands on it."""
        start, end = self.places.keys[path][0], self.places.values[path][1]
        first = self.text.rfind("\n", 0, start) + 1
        last = self.line_end(end)
        rest = self.text[end:last].strip()
        alone = not self.text[first:start].strip() and (not rest or rest.startswith("#"))
        self.replace((first, last) if alone else (start, end), "")


def listing(text: str, found: Places, path: Path, newline: str) -> Listing:
    """Take a list apart; `unparse` puts it together again."""
    opening, closing = found.values[path]
    spans: list[Span] = []
    while (*path, len(spans)) in found.values:
        spans.append(found.values[*path, len(spans)])
    starts = [start for start, _ in spans] + [closing - 1]
    head, before = _cut(text[opening + 1 : starts[0]])
    items: list[Item] = []
    for position, (start, end) in enumerate(spans):
        after, following = _cut(text[end : starts[position + 1]])
        literal = text[start:end]
        items.append(Item(unquoted(literal), before, literal, after))
        before = following
    return Listing(head, tuple(items), before, newline)


def _cut(gap: str) -> tuple[str, str]:
    """What belongs to the line that ends here, and what belongs to the next item."""
    end = gap.find("\n")
    return (gap, "") if end < 0 else (gap[: end + 1], gap[end + 1 :])


def unparse(found: Listing) -> str:
    """A list as text, brackets included."""
    if not found.items and "#" not in found.head + found.foot:
        return "[]"
    parts = ["[", found.head]
    for position, item in enumerate(found.items):
        after = item.after
        is_last = position == len(found.items) - 1
        if not is_last and "," not in after.partition("#")[0]:
            after = f",{after or ' '}"
        if is_last and not found.is_tall:
            after = after.rstrip(", ")
        parts.extend((item.before, item.literal, after))
    return "".join((*parts, found.foot, "]"))


def without(found: Listing, gone: Callable[[Item], bool], ours: Mapping[str, str]) -> Listing:
    """A list without some items. Comments stay, on lines of their own; `ours`: remarks that need not stay."""
    kept: list[Item] = []
    carried = ""
    for item in found.items:
        if not gone(item):
            kept.append(replace(item, before=carried + item.before))
            carried = ""
            continue
        if "#" in item.before:
            carried += item.before.rstrip(" \t")
        if item.remark and item.remark != ours.get(item.name):
            carried += f"{INDENT}# {item.remark}{found.newline}"
    return replace(found, items=tuple(kept), foot=carried + found.foot)


def with_added(found: Listing, names: list[str], remarks: Mapping[str, str]) -> Listing:
    """A list with more items: where they sort, if the list is sorted, else at its end."""
    items = list(found.items)
    is_sorted = all(left.name <= right.name for left, right in pairwise(items))
    head, tall = found.head, found.is_tall
    if tall and "\n" not in head and not items:
        head = found.newline if not head.strip() else f"{head.rstrip()}{found.newline}"
    indent = next(
        (i.before.rpartition("\n")[2] for i in items if tall and i.before.strip(" \t") == ""),
        INDENT,
    )
    for name in sorted(names):
        at = len(items)
        while is_sorted and at and items[at - 1].name > name:
            at -= 1
        items.insert(
            at, _made(name, remarks.get(name, ""), indent if tall else None, found.newline)
        )
    return replace(found, head=head, items=tuple(items))


def _made(name: str, remark: str, indent: str | None, newline: str) -> Item:
    if indent is None:
        return Item(name, "", quoted(name), ", ")
    return Item(name, indent, quoted(name), f",{f'  # {remark}' if remark else ''}{newline}")


def with_remarks(found: Listing, old: Mapping[str, str], new: Mapping[str, str]) -> Listing:
    """A list whose machine-made remarks are today's; what a person wrote or removed stays."""
    if not found.is_tall:
        return found
    items = []
    for item in found.items:
        before, now = old.get(item.name, ""), new.get(item.name, "")
        if item.remark == before != now and "\n" in item.after:
            comma = item.after.partition("#")[0].rstrip() or ","
            items.append(
                replace(item, after=f"{comma}{f'  # {now}' if now else ''}{found.newline}")
            )
        else:
            items.append(item)
    return replace(found, items=tuple(items))
