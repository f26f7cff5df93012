"""Whom do `self` and `cls` stand for? Also in metaclasses and in `__init_subclass__`, where that is other classes."""

from decompose.link.containers import Containers
from decompose.link.hierarchy import class_symbols
from decompose.link.values import CLASS, INSTANCE, TAG_BITS, TAG_MASK, Values, value
from decompose.link.world import World
from decompose.model.facts import NOTHING
from decompose.model.knowledge import Knowledge

_OF_CLASSES = frozenset(["__new__", "__class_getitem__"])


class Receivers(Containers):
    """First parameters of methods."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self._by_metaclass: dict[int, list[int]] | None = None

    def own_receiver(self, module: int, scope: int) -> Values | None:
        """The values of `self` or `cls`; None where the function is no method."""
        owner = self.world.owner_class(module, scope)
        if owner == NOTHING:
            return None
        marks = self.marks(self.world.symbol(module, scope))
        if "staticmethod" in marks:
            return None
        name = self.world.facts[module].definitions[scope].name
        if name == "__init_subclass__":
            return self._class_values(self.subclasses.get(owner, [])) or (value(CLASS, owner),)
        if "classmethod" in marks or name in _OF_CLASSES:
            return (value(CLASS, owner),)
        return self.classes_made_by(owner) or (value(INSTANCE, owner),)

    def _class_values(self, symbols: list[int]) -> Values:
        return tuple(sorted(value(CLASS, symbol) for symbol in symbols))

    def classes_made_by(self, metaclass: int) -> Values:
        """The classes that a metaclass makes; none where the class is no metaclass."""
        if self._by_metaclass is None:
            self._by_metaclass = {}
            self._by_metaclass = self._find_made()
        return self._class_values(self._by_metaclass.get(metaclass, []))

    def _find_made(self) -> dict[int, list[int]]:
        """Metaclass -> classes that name it, and their subclasses."""
        found: dict[int, set[int]] = {}
        for symbol in class_symbols(self.world):
            module, scope = self.world.place(symbol)
            definition = self.world.facts[module].definitions[scope]
            for word, row in definition.keywords:
                if word != "metaclass":
                    continue
                for each in self.evaluate(module, definition.parent, row):
                    for base in self.order_of(each) if each & TAG_MASK == CLASS else ():
                        if base & TAG_MASK == CLASS:
                            made = found.setdefault(base >> TAG_BITS, set())
                            made.update([symbol, *self.subclasses.get(symbol, ())])
        return {metaclass: sorted(made) for metaclass, made in found.items()}
