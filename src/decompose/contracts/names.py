"""What are operations called, and how are they grouped? By their handlers, so that a person finds them again.

An operation is named after its handler and method (`order_detail_get`), or the action of a view set (`order_list`).
Where several operations would have one name, all of them take the name of their route instead, then words of their
path; where that is not enough, a digest of it. A group is named after the module
of its handlers, without the words that every such module has.
"""

import hashlib
import keyword
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

_GENERIC = {
    "api", "apis", "blueprint", "blueprints", "controller", "controllers", "endpoint", "endpoints", "handler",
    "handlers", "resource", "resources", "rest", "route", "router", "routers", "routes", "urls", "view", "views",
    "viewset", "viewsets",
}  # fmt: skip
_ACTIONS = {"list", "create", "retrieve", "update", "partial_update", "destroy"}  # of view sets
_KIND = re.compile(r"(?<=.)(?:APIView|ViewSet|Viewset|View)$")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LONGEST = 80
_STEPS = 10

Item = TypeVar("Item", bound=Hashable)


def identifier(text: str, otherwise: str) -> str:
    """A lower-case Python identifier made of a text's ASCII letters and digits."""
    words = (
        re.sub(r"[^0-9a-z]+", "_", _HUMP.sub("_", text).lower()).strip("_")[:_LONGEST].strip("_")
    )
    if not words:
        return otherwise
    if words[0].isdigit():
        words = f"{otherwise}_{words}"
    return f"{words}_" if keyword.iskeyword(words) else words


def unique(items: Iterable[Item], ladder: Callable[[Item], tuple[str, ...]]) -> dict[Item, str]:
    """Item -> the first name of its ladder that no other item reaches; equal whatever the order of items.

    Items whose names are the same on one step all climb to the next; the last step must tell all items apart.
    """
    names: dict[Item, str] = {}
    waiting = {item: ladder(item) for item in items}
    taken: set[str] = set()
    step = 0
    while waiting:
        wanted = {item: steps[min(step, len(steps) - 1)] for item, steps in waiting.items()}
        counts = Counter(wanted.values())
        settled = {
            item: name for item, name in wanted.items() if counts[name] == 1 and name not in taken
        }
        names.update(settled)
        taken.update(counts)
        waiting = {item: steps for item, steps in waiting.items() if item not in settled}
        step += 1
        if step > _STEPS:
            raise ValueError("names that never differ")
    return names


@dataclass(frozen=True, slots=True)
class Called:
    """What a route's operation may be named after."""

    handler: str  # dotted, without its module
    route: str  # the name that the framework knows the route by, or ""


def operation_names(operations: Mapping[tuple[str, str], Called]) -> dict[tuple[str, str], str]:
    """(method, path template) -> operationId."""

    def ladder(key: tuple[str, str]) -> tuple[str, ...]:
        method, path = key
        handler = _handler_words(operations[key].handler, method)
        route = operations[key].route
        digest = hashlib.sha256(f"{method} {path}".encode()).hexdigest()[:8]
        ending = route if route in _ACTIONS else method
        steps = [f"{handler}_{ending}"]
        if route and route not in _ACTIONS:
            words = identifier(route, "route")
            steps += [f"{words}_{method}", f"{handler}_{words}_{method}"]
        steps.append(f"{handler}_{method}_{identifier(path, 'root')}")
        return (*steps, f"{handler}_{method}_{digest}", f"{handler}_{method}_{digest}_")

    return unique(operations, ladder)


def _handler_words(handler: str, method: str) -> str:
    """`OrderDetailView.get` -> `order_detail`; `OrderViewSet.pay` -> `order_pay`."""
    owner, _, last = handler.rpartition(".")
    kept = owner if last in (method, "dispatch") else handler
    parts = (_KIND.sub("", part) or part for part in kept.split("."))
    return identifier("_".join(parts), "operation").rstrip("_")


def group_names(modules: Iterable[str]) -> dict[str, str]:
    """Module of handlers -> name of its group."""
    known = sorted(set(modules))
    common = _common([module.split(".") for module in known])

    def ladder(module: str) -> tuple[str, ...]:
        parts = module.split(".")
        telling = [part for part in parts[common:] if part not in _GENERIC]
        nearest = max((n for n, part in enumerate(parts) if part not in _GENERIC), default=0)
        digest = hashlib.sha256(module.encode("utf-8", "replace")).hexdigest()[:8]
        full = identifier("_".join(parts), "root")
        short = identifier("_".join(telling or parts[nearest : nearest + 1]), "root")
        return short, identifier("_".join(parts[nearest:]), "root"), full, f"{full}_{digest}"

    return unique(known, ladder)


def _common(paths: list[list[str]]) -> int:
    """How many parts all paths begin with, the last part of each left out."""
    count = 0
    for parts in zip(*(path[:-1] for path in paths), strict=False):
        if len(set(parts)) > 1:
            break
        count += 1
    return count
