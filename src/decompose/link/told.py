"""What do the results of `model.knowledge` stand for, at a call and seen from a receiver?"""

from decompose.link.results import Call
from decompose.link.tools import Tools
from decompose.link.values import (
    CLASS,
    EXTERNAL,
    INSTANCE,
    NONE,
    OBJECT,
    TAG_BITS,
    TAG_MASK,
    Values,
    merge,
    value,
)
from decompose.link.world import World, arguments
from decompose.model import ops
from decompose.model.facts import NOTHING
from decompose.model.knowledge import Knowledge


class Told(Tools):
    """Values of what frameworks say that their names give."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self._labels: dict[str, list[int]] | None = None

    def known_result(self, result: str, receiver: int, module: int, scope: int, row: int) -> Values:
        """What a result of `model.knowledge` stands for, at a call."""
        if "|" in result:
            each_of = result.split("|")
            return merge(
                *[self.known_result(each, receiver, module, scope, row) for each in each_of]
            )
        kind, _, rest = result.partition(":")
        library, _, position = rest.rpartition(":")
        if kind == "called" and not rest.isdigit():
            return self._calling_keyword((module, scope, row), rest)
        if kind in ("argument", "itself", "within", "called", "row", "rows"):
            return self._of_argument(kind, (module, scope, row), int(rest))
        if kind == "of" and position.isdigit():
            items = self.instances_of_argument((module, scope, row), int(position))
            return (self.interner.object(library, items),)
        return self.result_of(
            result, receiver, self.items_of(receiver) if receiver != NOTHING else NONE
        )

    def result_of(self, result: str, receiver: int, items: Values) -> Values:
        """What a result of `model.knowledge` that needs no arguments stands for."""
        if "|" in result:
            return merge(*[self.result_of(each, receiver, items) for each in result.split("|")])
        kind, _, library = result.partition(":")
        found: Values = NONE
        if kind in ("same", "entered"):
            found = NONE if receiver == NOTHING else (receiver,)
        elif kind == "item":
            found = items
        elif kind in ("from", "by"):
            found = self._from_class(library, items)
            found = found if kind == "from" else self._instances(found, items)
        elif kind == "named":
            found = self._instances_under(receiver, library)
        elif kind in ("of", "items"):
            found = (self.interner.object(library or "builtins.list", items),)
        elif kind == "is":
            found = (self.interner.object(library),)
        return found

    def _instances_under(self, receiver: int, path: str) -> Values:
        """Instances of the classes that the receiver has under a dotted path, or what a query there holds."""
        if receiver == NOTHING:
            return NONE
        if self.is_super(receiver):
            receiver = value(INSTANCE, self.interner.class_of(receiver) >> TAG_BITS)
        found: Values = (receiver,)
        for name in path.split("."):
            found = merge(*[self.attribute(each, name) for each in found])
        classes = (value(INSTANCE, each >> TAG_BITS) for each in found if each & TAG_MASK == CLASS)
        held = (self.items_of(each) for each in found if each & TAG_MASK == OBJECT)
        return merge(tuple(sorted(classes)), *held)

    def _from_class(self, name: str, items: Values) -> Values:
        """An attribute of the classes of some instances."""
        return merge(
            *[
                self.attribute(value(CLASS, each >> TAG_BITS), name)
                for each in items
                if each & TAG_MASK == INSTANCE
            ]
        )

    def _instances(self, found: Values, items: Values) -> Values:
        """Instances, which hold these, of the program's classes among some values."""
        kinds = (each for each in found if each & TAG_MASK == CLASS)
        return tuple(self.interner.instance(kind, items) for kind in kinds)

    def _calling_argument(self, call: Call, position: int) -> Values:
        """What calling an argument gives; what it yields where it is a generator."""
        made = merge(*[self.result(each, *call) for each in self.argument(call, position)])
        generator = self.interner.external("builtins.generator")
        return merge(
            *[
                self.items_of(each)
                if each & TAG_MASK == OBJECT and self.interner.class_of(each) == generator
                else (each,)
                for each in made
            ]
        )

    def _calling_keyword(self, call: Call, name: str) -> Values:
        module, scope, row = call
        facts = self.world.facts[module]
        given = [
            each
            for word, each in arguments(facts, row)[1]
            if word != NOTHING and facts.strings[word] == name
        ]
        made = [found for each in given for found in self.evaluate(module, scope, each)]
        return merge(*[self.result(each, *call) for each in made])

    def _of_argument(self, kind: str, call: Call, position: int) -> Values:
        """What a result that speaks of an argument stands for."""
        if kind == "called":
            return self._calling_argument(call, position)
        if kind == "itself":
            module, _, row = call
            is_told_more = bool(arguments(self.world.facts[module], row)[1])
            return NONE if is_told_more else self.argument(call, position)
        if kind in ("row", "rows"):
            found = self._rows_of_argument(call, position)
            return found if kind == "row" else (self.interner.object("builtins.list", found),)
        given = self.instances_of_argument(call, position)
        return given if kind == "argument" else merge(*[self.items_of(each) for each in given])

    def _rows_of_argument(self, call: Call, position: int) -> Values:
        """Instances of a class that is given, or what a manager or query that is given holds."""
        given = self.instances_of_argument(call, position)
        return merge(
            *[
                self.items_of(each)
                if self.interner.class_of(each) & TAG_MASK == EXTERNAL or self.items_of(each)
                else (each,)
                for each in given
            ]
        )

    def instances_of_argument(self, call: Call, position: int) -> Values:
        """Instances of the classes given as an argument, or as the keywords `to` and `model`."""
        module, scope, row = call
        facts = self.world.facts[module]
        positional, keywords = arguments(facts, row)
        rows = positional[position : position + 1] or [
            each
            for word, each in keywords
            if word != NOTHING and facts.strings[word] in ("to", "argument", "model")
        ]
        found = NONE
        for each in rows:
            found = self._instances_named(module, scope, each)
        return found

    def _instances_named(self, module: int, scope: int, row: int) -> Values:
        facts = self.world.facts[module]
        if facts.expressions.op[row] == ops.STRING:
            return self.labelled(facts.strings[facts.expressions.a[row]], module, scope)
        if facts.expressions.op[row] == ops.LAMBDA:
            inner = facts.expressions.a[row]
            returned = self.returned(self.world.symbol(module, inner))
            return tuple(
                sorted(
                    value(INSTANCE, each >> TAG_BITS)
                    for each in returned
                    if each & TAG_MASK == CLASS
                )
            )
        found = []
        for each in self.evaluate(module, scope, row):
            if each & TAG_MASK == CLASS:
                found.append(value(INSTANCE, each >> TAG_BITS))
            elif each & TAG_MASK in (INSTANCE, OBJECT):
                found.append(each)
        return tuple(sorted(found))

    def labelled(self, label: str, module: int, scope: int) -> Values:
        """Instances of the class that a string names: "self", "Order", "orders.Order", "shop.orders.models.Order"."""
        if label == "self":
            symbol = self.world.symbol(module, scope)
            return (value(INSTANCE, symbol),) if self.world.is_class(symbol) else NONE
        if self._labels is None:
            self._labels = _classes_by_name(self.world)
        package, _, name = label.rpartition(".")
        candidates = self._labels.get(name, [])
        if package:
            wanted = package.rpartition(".")[2]
            candidates = [
                each
                for each in candidates
                if wanted.lower()
                in self.world.facts[self.world.module_of[each]].module.lower().split(".")
            ]
        same = [each for each in candidates if self.world.module_of[each] == module]
        candidates = same or candidates
        return (value(INSTANCE, candidates[0]),) if len(candidates) == 1 else NONE


def _classes_by_name(world: World) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for symbol in range(len(world.module_of)):
        definition = world.definition(symbol)
        if definition.bases and world.is_class(symbol):
            found.setdefault(definition.name, []).append(symbol)
    return found
