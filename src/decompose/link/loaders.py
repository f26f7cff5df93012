"""Which class does a loader of the program's own give, that is handed names?

    CategoryForm = get_class("dashboard.catalogue.forms", "CategoryForm")
    Line, Basket = get_classes("basket.models", ["Line", "Basket"])
    Product = get_model("catalogue", "Product")

What the loader does is not followed: a place and a name, both written out, that only one module of the program fits
(its dotted name ends in the place, or in the place and `models`) are taken at their word. Frameworks' registries of
models do not mind upper and lower case (`get_model("basket", "line")`), so a class is found by either.
"""

import re
from collections.abc import Iterator

from decompose.link.world import World, elements
from decompose.model.facts import DefinitionKind, ModuleFacts, Op

LOADS = re.compile(r"(?:^|_)(?:get|load|import|find|resolve|locate)(?:_|$)")
"""What the name of a loader holds."""
Wanted = tuple[str, list[str], bool]
"""Place, names, and whether several were asked for."""
_BOTH = 2  # place and name
_MAX_NAMES = 40
_MOST_PLACES = 6


class Places:
    """Modules by the last part of their names."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._modules: dict[str, list[tuple[str, int]]] = {}
        self._classes: dict[int, dict[str, str]] = {}
        for number, facts in enumerate(world.facts):
            last = facts.module.rpartition(".")[2]
            self._modules.setdefault(last, []).append((facts.module, number))

    def of(self, place: str, near: str) -> Iterator[int]:
        """Modules that a place may mean, likeliest first: those beside the module `near`; none where too many do.

        A package comes before its `models`: who asks for something that it lacks goes on to these.
        """
        top = near.partition(".")[0]
        for wanted in (place, f"{place}.models"):
            last = wanted.rpartition(".")[2]
            found = [
                (module, number)
                for module, number in self._modules.get(last, ())
                if module == wanted or module.endswith(f".{wanted}")
            ]
            beside = [each for each in found if each[0].partition(".")[0] == top]
            if len(found) <= _MOST_PLACES:
                yield from (number for _, number in beside or found)

    def spelled(self, module: int, name: str) -> str:
        """A name as the class of a module is spelled that is meant by it."""
        known = self._classes.get(module)
        if known is None:
            known = self._classes[module] = {
                each.name.lower(): each.name
                for each in self._world.facts[module].definitions
                if each.kind is DefinitionKind.CLASS
            }
        return known.get(name.lower(), name)


def wanted(facts: ModuleFacts, row: int) -> Wanted | None:
    """What a call asks for by a place and one or several names; None where it is no such call."""
    expressions = facts.expressions
    items, start = expressions.items, expressions.b[row]
    if items[start] < _BOTH or expressions.op[items[start + 1]] != Op.STRING:
        return None
    place, named = facts.strings[expressions.a[items[start + 1]]], items[start + 2]
    if facts.expressions.op[named] == Op.STRING:
        names, several = [facts.strings[facts.expressions.a[named]]], False
    elif facts.expressions.op[named] == Op.DISPLAY:
        names, several = list(_texts(facts, named)), True
    else:
        return None
    sound = place.replace(".", "").isidentifier() and all(name.isidentifier() for name in names)
    return (place, names, several) if sound and 0 < len(names) <= _MAX_NAMES else None


def _texts(facts: ModuleFacts, display: int) -> Iterator[str]:
    for row in elements(facts, display):
        is_text = facts.expressions.op[row] == Op.STRING
        yield facts.strings[facts.expressions.a[row]] if is_text else ""
