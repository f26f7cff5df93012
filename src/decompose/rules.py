"""What may a configuration ask of the partition? Rules about the program's parts, checked as they are read.

    shared = ["shop.utils"]                       # packages for the shared library
    together = [["shop.cart", "shop.checkout"]]   # in one service
    apart = [["shop.orders", "shop.invoices"]]    # never in one
    pins = {"shop.loyalty" = "customers"}         # code or "table:NAME" -> service
    owners = {"orders_order" = "sales"}           # table -> service that owns it
    teams = {"@sales" = ["shop.orders"]}          # who owns which code, before CODEOWNERS

Members are dotted names; each stands for all below it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from decompose.model.partition import RESERVED, SHARED
from decompose.model.proposal import SERVICE_NAME, Constraints

_TABLE = "table:"


def _members(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each for each in value)


def _groups(value: Any) -> bool:
    return isinstance(value, list) and all(_members(each) and len(each) > 1 for each in value)


def _services(value: Any) -> bool:
    return isinstance(value, dict) and all(
        key and isinstance(name, str) and (name in RESERVED or SERVICE_NAME.fullmatch(name))
        for key, name in value.items()
    )


def _teams(value: Any) -> bool:
    return isinstance(value, dict) and all(key and _members(each) for key, each in value.items())


RULES: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "shared": ("a list of dotted names", _members),
    "together": ("a list of lists of at least two dotted names", _groups),
    "apart": ("a list of lists of at least two dotted names", _groups),
    "pins": ('a table of "dotted name" = "service"', _services),
    "owners": ('a table of "table" = "service"', _services),
    "teams": ('a table of "team" = ["dotted name", …]', _teams),
}
"""Key -> what it must be, and whether a value is."""


def constraints(rules: Mapping[str, Any]) -> Constraints:
    """The rules that bind a partition."""
    tables = {
        name if name.startswith(_TABLE) else _TABLE + name: service
        for name, service in rules.get("owners", {}).items()
    }
    pins = dict.fromkeys(rules.get("shared", ()), SHARED) | rules.get("pins", {}) | tables
    return Constraints(
        dict(sorted(pins.items())),
        tuple(map(tuple, rules.get("together", ()))),
        tuple(map(tuple, rules.get("apart", ()))),
    )


def teams(rules: Mapping[str, Any], module: str) -> tuple[str, ...]:
    """The teams of a module: those that name the longest prefix of it."""
    lengths: dict[str, int] = {}
    for team, members in sorted(rules.get("teams", {}).items()):
        fitting = [len(each) for each in members if f"{module}.".startswith(f"{each}.")]
        if fitting:
            lengths[team] = max(fitting)
    most = max(lengths.values(), default=0)
    return tuple(team for team, length in lengths.items() if length == most)
