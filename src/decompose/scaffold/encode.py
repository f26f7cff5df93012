"""How does text of the analyzed program get into Python, TOML, JSON, Markdown or a shell without breaking out?

Templates may only print what one of these functions has encoded (or a number): `render` refuses everything else, so
that a forgotten encoding is an error and not a hole.
"""

import json
import re
import unicodedata
from collections.abc import Callable

import tomlkit


class Encoded(str):
    """Text that is safe where it is printed."""

    __slots__ = ()


def python(value: object) -> Encoded:
    """A Python literal: strings, numbers, None, and tuples of them."""
    if isinstance(value, str):
        return Encoded(_quoted(value))
    if isinstance(value, tuple):
        inner = ", ".join(python(each) for each in value)
        return Encoded(f"({inner},)" if len(value) == 1 else f"({inner})")
    if value is None or isinstance(value, (bool, int, float)):
        return Encoded(repr(value))
    raise TypeError(f"no literal for {type(value).__name__}")


def _quoted(text: str) -> str:
    """A literal with the quotes that formatters ask for."""
    literal = repr(text)
    if literal.startswith("'") and '"' not in literal:
        return f'"{literal[1:-1]}"'
    return literal


def toml(value: str) -> Encoded:
    """A TOML string."""
    return Encoded(tomlkit.string(line(value)).as_string())


def json_text(value: object) -> Encoded:
    """A JSON value, keys as they stand."""
    return Encoded(json.dumps(value, indent=2, ensure_ascii=False))


def prose(value: str) -> Encoded:
    """One line for a comment or a docstring: it can end neither."""
    return Encoded(line(value).replace("\\", "/").replace('"', "'").strip())


def line(value: str) -> str:
    """The text as one line, without characters that steer terminals or the direction of writing."""
    kept = (" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in value)
    return " ".join("".join(kept).split())


def markdown(value: str) -> Encoded:
    """Plain words in Markdown: no tags, links, emphasis or cells."""
    text = line(value).replace("&", "&amp;").replace("<", "&lt;")
    return Encoded(re.sub(r"([\\`*_{}\[\]|~#>!])", r"\\\1", text))


def code(value: str) -> Encoded:
    """A code span in Markdown, also within a table."""
    text = line(value).replace("|", "¦")
    runs = [len(run) for run in re.findall("`+", text)]
    fence = "`" * (max(runs, default=0) + 1)
    space = " " if text.startswith("`") or text.endswith("`") or not text else ""
    return Encoded(f"{fence}{space}{text}{space}{fence}")


def name(value: str) -> Encoded:
    """A name that is safe everywhere because of its letters; anything else is a mistake of ours."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", value, re.ASCII):
        raise ValueError(f"not a plain name: {value!r}")
    return Encoded(value)


def shell(value: str) -> Encoded:
    """The value of a line `NAME=value` in a file of environment variables."""
    if not re.fullmatch(r"[A-Za-z0-9_./:@,+=-]*", value, re.ASCII):
        raise ValueError(f"not a plain value: {value!r}")
    return Encoded(value)


FILTERS: dict[str, Callable[..., Encoded]] = {
    "py": python,
    "toml": toml,
    "json": json_text,
    "prose": prose,
    "md": markdown,
    "code": code,
    "name": name,
    "env": shell,
}
