"""A page as its reader meets it: elements with attributes and text, by the standard library's parser."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "link", "input", "br", "img"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own text and that of all it holds."""
        return "".join(self.pieces)


@dataclass
class Page(HTMLParser):
    html: str
    elements: list[Element] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()
        assert not self._open, f"never closed: {[e.tag for e in self._open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID and not self.get_starttag_text().endswith("/>"):
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or (self._open and self._open[-1].tag != tag and tag in ("rect", "path")):
            return
        assert self._open, tag
        assert self._open[-1].tag == tag, (self._open[-1].tag, tag)
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.pieces.append(data)

    def all(self, tag: str = "", **wanted: str) -> list[Element]:
        return [
            e
            for e in self.elements
            if (not tag or e.tag == tag)
            and all(e.attributes.get(k) == v for k, v in wanted.items())
        ]

    def having(self, name: str, tag: str = "") -> list[Element]:
        """Elements of a class."""
        return [e for e in self.all(tag) if name in e.attributes.get("class", "").split()]

    def one(self, identifier: str) -> Element:
        (found,) = self.all(id=identifier)
        return found

    @property
    def policy(self) -> dict[str, str]:
        (meta,) = (e for e in self.all("meta") if e.attributes.get("http-equiv"))
        parts = (part.strip().partition(" ") for part in meta.attributes["content"].split(";"))
        return {name: value for name, _, value in parts}

    @property
    def embedded(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.one("embedded").text)
        return found


def digest(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
