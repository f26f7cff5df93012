"""How do names of a hostile program, figures and data become text of a page?"""

import json
import re
import unicodedata
from collections.abc import Mapping

from markupsafe import Markup

_NEVER_SHOWN_RAW = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control and format characters (also those that turn text around), lone surrogates, unassigned ones."""
_LAYOUT = frozenset("\n\t")
_PLAIN_NAME = re.compile(r"[A-Za-z_][\w.-]{0,80}", re.ASCII)


def visible(value: object) -> object:
    """What a template may print: characters that hide, or that UTF-8 cannot hold, are spelled out."""
    if type(value) is str:  # nearly all of a page
        return value if value.isprintable() else "".join(map(_spelled, value))
    if not isinstance(value, str) or isinstance(value, Markup) or value.isprintable():
        return value
    return "".join(map(_spelled, value))


def _spelled(character: str) -> str:
    if character in _LAYOUT or unicodedata.category(character) not in _NEVER_SHOWN_RAW:
        return character
    return f"\\u{ord(character):04x}"


def embedded(data: object) -> Markup:
    """JSON that may stand in a script element: no `</script`, no `<!--`, ASCII only."""
    text = json.dumps(_clean(data), separators=(",", ":"), sort_keys=True)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 -- nothing in it can end the element or the comment state


def _clean(data: object) -> object:
    if isinstance(data, Mapping):
        return {visible(str(key)): _clean(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_clean(value) for value in data]
    return visible(data)


def anchor(kind: str, name: str, number: int) -> str:
    """A unique id within the page: by name where the name is plain, so that links survive a new run."""
    return f"{kind}-{name}" if _PLAIN_NAME.fullmatch(name) else f"{kind}-{number}"


def figure(value: float) -> str:
    """A number for people, in three figures or whole: 12,345, 61.5, 0.42."""
    if float(value).is_integer():
        return f"{value:,.0f}"
    digits = max(0, 3 - len(str(int(abs(value)))))
    return f"{value:,.{digits}f}"


def percent(share: float) -> str:
    """A share of 0-1 in percent; never rounded to all or nothing when it is not."""
    rounded = f"{100 * share:.0f} %"
    if rounded == "100 %" and share < 1:
        return "> 99 %"
    return "< 1 %" if rounded == "0 %" and share > 0 else rounded


def counted(count: int, one: str, many: str = "") -> str:
    """`1 table`, `1,200 tables`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, with an ellipsis where some are left out."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
