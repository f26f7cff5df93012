"""What stands behind a library's name, where the program has said so by a decorator?

`flask_login.current_user` is whom the function gives back that is decorated with `user_loader`: see
`Knowledge.supplied`.
"""

from decompose.link.delegating import Delegating
from decompose.link.values import NONE, Values, merge
from decompose.link.world import World
from decompose.model.knowledge import Knowledge


class Supplied(Delegating):
    """Values of a library's names that functions of the program supply."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self._suppliers: dict[str, list[int]] | None = None

    def external_attribute(self, base: str, name: str) -> Values:
        """What `base.name` stands for, where base is a library's name or a namespace package of the program."""
        supplied = self._supplied(self.canonical(f"{base}.{name}"))
        return supplied or super().external_attribute(base, name)

    def _supplied(self, dotted: str) -> Values:
        decorator = self.knowledge.supplied.get(dotted)
        if decorator is None:
            return NONE
        if self._suppliers is None:
            self._suppliers = self._decorated(frozenset(self.knowledge.supplied.values()))
        return merge(*map(self.returned, self._suppliers.get(decorator, ())))

    def _decorated(self, names: frozenset[str]) -> dict[str, list[int]]:
        """Decorator of one of the names -> the functions (as symbols) below it."""
        found: dict[str, list[int]] = {}
        for module, facts in enumerate(self.world.facts):
            if names.isdisjoint(facts.strings):
                continue
            for scope, definition in enumerate(facts.definitions):
                for row in definition.decorators:
                    last = self.last_text(facts, row)
                    if last in names:
                        found.setdefault(last, []).append(self.world.symbol(module, scope))
        return found
