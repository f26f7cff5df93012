"""Names that go into paths and code: made of what is safe everywhere, or refused."""

import builtins
import hashlib
import keyword
import re
from collections.abc import Iterable

from decompose.errors import DecomposeError
from decompose.model.partition import RESERVED

_SERVICE = re.compile(r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{name}{n}" for name in ("com", "lpt") for n in range(10)),
}

_IMPORTED = {"shared_task"}  # names that a module of jobs or tasks uses itself


def service_name(name: str) -> str:
    """The name, if it can be a folder, a package and a host; else a mistake of the proposal."""
    if not _SERVICE.fullmatch(name) or name in _DEVICES or name in RESERVED:
        raise DecomposeError(
            f"{name!r} cannot be the name of a service",
            remedy="take a lower-case letter, then up to 62 letters, digits and single dashes",
        )
    return name


def package_name(service: str, ending: str) -> str:
    """The import package of a service; no library or module of Python is called so."""
    return f"{service.replace('-', '_')}_{ending}"


def functions(names: Iterable[str]) -> dict[str, str]:
    """Name -> an identifier of its own, the same whatever the order of names."""
    wanted = {name: _identifier(name) for name in names}
    claims: dict[str, list[str]] = {}
    for name in sorted(wanted):
        claims.setdefault(wanted[name], []).append(name)
    found = {}
    for identifier, claimants in claims.items():
        for name in claimants:
            digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
            found[name] = identifier if len(claimants) == 1 else f"{identifier}_{digest}"
    return found


def _identifier(name: str) -> str:
    words = re.sub(r"[^0-9a-z]+", "_", name.lower()).strip("_")[:80].strip("_")
    if not words or words[0].isdigit():
        words = f"job_{words}".rstrip("_")
    taken = keyword.iskeyword(words) or hasattr(builtins, words) or words in _IMPORTED
    return f"{words}_" if taken else words
