"""How does a route's path read as a valid OpenAPI path template?

Terms
-----
template   a path whose parameters stand in braces, each name once, everything else percent-encoded where needed.
shape      a template without the names: OpenAPI holds two templates of equal shape to be the same path.

A parameter's name never travels, so it may be changed where it is no identifier or stands twice.
"""

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

_PARAMETER = re.compile(r"\{([^{}]*)\}")
_SAFE = "/-._~!$&'()*+,;=:@"  # may stand unencoded in a path (RFC 3986)
_TYPES = ("integer", "number", "boolean", "string")
_TAKEN = {"request", "self"}  # names that a handler's own arguments have


@dataclass(frozen=True, slots=True)
class Parameter:
    """A path parameter. `type`: of OpenAPI; `slashes`: may its value hold slashes?"""

    name: str
    type: str
    slashes: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """A path template and its parameters in order."""

    path: str
    shape: str
    parameters: tuple[Parameter, ...] = ()


def template(path: str, types: Mapping[str, str], raw: str = "") -> Template:
    """The template of a path. `types`: parameter -> OpenAPI type; `raw`: the route as its framework spells it."""
    parts = _PARAMETER.split(re.sub(r"/{2,}", "/", f"/{path}"))
    parameters: list[Parameter] = []
    pieces, shape = [], []
    for position, part in enumerate(parts):
        if position % 2 == 0:
            pieces.append(quote(part, safe=_SAFE, errors="replace"))
            shape.append(pieces[-1])
            continue
        written = part.partition(":")[0]
        type_ = types.get(part, types.get(written, "string"))
        name = _identifier(written, {parameter.name for parameter in parameters})
        slashes = part.endswith(":path") or _takes_slashes(written, raw)
        parameters.append(Parameter(name, type_ if type_ in _TYPES else "string", slashes))
        pieces.append(f"{{{name}}}")
        shape.append("{}")
    return Template("".join(pieces), "".join(shape), tuple(parameters))


def renamed(
    parameters: tuple[Parameter, ...], like: tuple[Parameter, ...]
) -> tuple[Parameter, ...]:
    """Parameters of a template under the names of another of the same shape; a type holds if both agree."""
    return tuple(
        Parameter(
            theirs.name,
            theirs.type if theirs.type == own.type else "string",
            own.slashes or theirs.slashes,
        )
        for own, theirs in zip(parameters, like, strict=True)
    )


def _identifier(written: str, taken: set[str]) -> str:
    name = re.sub(r"[^0-9A-Za-z_]", "_", written)[:60].strip("_") or "value"
    if name[0].isdigit():
        name = f"value_{name}"
    if keyword.iskeyword(name) or name in _TAKEN:
        name += "_"
    candidate, count = name, 2
    while candidate in taken:
        candidate, count = f"{name}_{count}", count + 1
    return candidate


def _takes_slashes(name: str, raw: str) -> bool:
    if f"<path:{name}>" in raw or f"{{{name}:path}}" in raw:
        return True
    if re.search(rf"\(\?P<{re.escape(name)}>\.[*+]", raw):
        return True
    return name == "any" and (".*" in raw or ".+" in raw)
