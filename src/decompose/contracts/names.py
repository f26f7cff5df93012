"""What are operations called, and how are they grouped? By their handlers, so that a person finds them again.

An operation is named after its handler and method (`order_detail_get`). Where several operations would have one name,
all of them take up words of their path; where that is not enough, a digest of it. A group is named after the module
of its handlers, without the words that every such module has.
"""

import hashlib
import keyword
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeVar

_GENERIC = {
    "api", "apis", "blueprint", "blueprints", "controller", "controllers", "endpoint", "endpoints", "handler",
    "handlers", "resource", "resources", "rest", "route", "router", "routers", "routes", "urls", "view", "views",
    "viewset", "viewsets",
}  # fmt: skip
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LONGEST = 80

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


_STEPS = 10


def operation_names(handlers: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """(method, path template) -> operationId. `handlers`: the same -> dotted handler without its module."""

    def ladder(key: tuple[str, str]) -> tuple[str, ...]:
        method, path = key
        name = handlers[key].removesuffix(f".{method}")
        digest = hashlib.sha256(f"{method} {path}".encode()).hexdigest()[:8]
        short = f"{identifier(name, 'operation')}_{method}"
        long = f"{short}_{identifier(path, 'root')}"
        return short, long, f"{short}_{digest}", f"{short}_{digest}_"

    return unique(handlers, ladder)


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
