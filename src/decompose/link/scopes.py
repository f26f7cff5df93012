"""What names stand for across modules: imports, re-exports, star imports, submodules, libraries' names."""

import builtins
from abc import ABC, abstractmethod

from decompose.link.cache import Cache, Rounds
from decompose.link.values import MODULE, NONE, Interner, Values, value
from decompose.link.world import World, absolute, last_name
from decompose.model.facts import NOTHING, Import, ModuleFacts
from decompose.model.knowledge import Knowledge

_UNBOUND: Values = (NOTHING,)  # a module does not bind the name
BUILTINS = frozenset(dir(builtins))


class Scopes(ABC):
    """Module namespaces and imports."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        self.world = world
        self.knowledge = knowledge
        self.interner = Interner()
        self.rounds = Rounds()
        self._namespaces: Cache[tuple[int, str]] = self.rounds.cache()
        self._imports: Cache[tuple[int, int]] = self.rounds.cache()
        self._starred: dict[int, str] = {}
        self._stars = [
            [each for each in facts.imports if each.name == "*" and each.scope == 0]
            for facts in world.facts
        ]

    @abstractmethod
    def evaluate(self, module: int, scope: int, row: int) -> Values:
        """The values of a row."""

    @abstractmethod
    def entries(self, module: int, scope: int, entries: list[int]) -> Values:
        """The union of what a name's bindings and imports give."""

    def namespace(self, module: int, name: str) -> Values | None:
        """What a module-level name stands for; None where the module does not bind it."""
        key = (module, name)
        found = self._namespaces.get(key)
        if found is None:
            found = self._namespaces.find(key, self._bound_in, module, name)
        return None if found is _UNBOUND else found

    def _bound_in(self, module: int, name: str) -> Values:
        entries = self.world.members(self.world.first[module]).get(name)
        if entries:
            return self.entries(module, 0, entries)
        is_bound = False
        for star in reversed(self._stars[module]):
            target = self.world.module_number.get(absolute(self.world.facts[module], star))
            if target is not None and target != module and self._exports(target, name):
                found = self.namespace(target, name)
                if found:
                    return found
                is_bound = is_bound or found is not None
        return NONE if is_bound else _UNBOUND

    def stars(self, module: int) -> list[int]:
        """Modules of the program that a module imports everything from, last first."""
        facts = self.world.facts[module]
        found = [
            self.world.module_number.get(absolute(facts, star))
            for star in reversed(self._stars[module])
        ]
        return [each for each in found if each is not None]

    def starred(self, module: int) -> str:
        """The one library that a module imports everything from, also through modules of the program; "" for none.

        Where there are several, nothing tells whose a name is.
        """
        known = self._starred.get(module)
        if known is None:
            self._starred[module] = ""
            found = {
                absolute(self.world.facts[module], star)
                for star in self._stars[module]
                if absolute(self.world.facts[module], star) not in self.world.module_number
            }
            found.update(self.starred(each) for each in self.stars(module) if each != module)
            found.discard("")
            known = self._starred[module] = found.pop() if len(found) == 1 else ""
        return known

    def _exports(self, module: int, name: str) -> bool:
        exported = self.world.facts[module].exported
        return name in exported if exported is not None else not name.startswith("_")

    def module_attribute(self, module: int, name: str) -> Values:
        """What `module.name` stands for: a binding, else a submodule."""
        found = self.namespace(module, name)
        if found:
            return found
        submodule = self.named_module(f"{self.world.facts[module].module}.{name}")
        return submodule or found or NONE

    def named_module(self, name: str) -> Values:
        """A module of the program, or a folder of modules without an `__init__` (named like a library)."""
        number = self.world.module_number.get(name)
        if number is not None:
            return (value(MODULE, number),)
        return (self.interner.external(name),) if name in self.world.packages else NONE

    def external_attribute(self, base: str, name: str) -> Values:
        """What `base.name` stands for, where base is a library's name or a namespace package of the program."""
        dotted = f"{base}.{name}"
        if base in self.world.packages or dotted in self.world.module_number:
            found = self.named_module(dotted)
            if found:
                return found
        return (self.interner.external(self.canonical(dotted)),)

    def canonical(self, dotted: str) -> str:
        """A library's name in the spelling that readers use."""
        return self.knowledge.aliases.get(dotted, dotted)

    def imported(self, module: int, position: int) -> Values:
        """What the name that an import binds stands for."""
        key = (module, position)
        known = self._imports.get(key)
        if known is None:
            facts = self.world.facts[module]
            known = self._imports.find(key, self._import, facts, facts.imports[position])
        return known

    def _import(self, facts: ModuleFacts, imported: Import) -> Values:
        if not imported.name:
            wanted = imported.module if imported.alias else imported.module.partition(".")[0]
            return self.named_module(wanted) or (self.interner.external(self.canonical(wanted)),)
        source = absolute(facts, imported)
        number = self.world.module_number.get(source)
        if number is None:
            return self.external_attribute(source, imported.name) if source else NONE
        if self.world.facts[number] is facts:
            return self.named_module(f"{source}.{imported.name}")
        return self.module_attribute(number, imported.name)

    def lookup_dotted(self, dotted: str) -> Values:
        """What an absolute dotted name (a string in the code) stands for, re-exports followed."""
        parts = dotted.replace(":", ".").split(".")
        for cut in range(len(parts), 0, -1):
            number = self.world.module_number.get(".".join(parts[:cut]))
            if number is not None:
                found: Values = (value(MODULE, number),)
                for name in parts[cut:]:
                    found = tuple(each for base in found for each in self.attribute(base, name))
                return found
        return NONE

    @abstractmethod
    def attribute(self, receiver: int, name: str) -> Values:
        """What `receiver.name` stands for."""

    def last_text(self, facts: ModuleFacts, row: int) -> str:
        """The last name of an expression as text, "" where it has none."""
        number = last_name(facts, row)
        return "" if number == NOTHING else facts.strings[number]
