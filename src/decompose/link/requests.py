"""What does a request carry? `request.shop = shop` in a middleware, `self.request.shop.orders` in a view.

The request is a library's object: who hands it to whom is not seen. But web programs agree on its name, so that what
is stored under an attribute of anything called `request` is what such an attribute gives elsewhere, where nothing
else is known of it.
"""

from decompose.link.outside import Store
from decompose.link.supplied import Supplied
from decompose.link.values import BOUND, EXTERNAL, TAG_BITS, TAG_MASK, Values
from decompose.link.world import World
from decompose.model.knowledge import Knowledge

_REQUEST = "request"


class Requests(Supplied):
    """Attributes of requests, whoever assigns them."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self._request = self.interner.external(_REQUEST)
        self.carried_names = frozenset(
            world.facts[module].strings[world.facts[module].stores.name[position]]
            for module, _, position in self.outside_stores
            if self._is_on_request(module, position)
        )

    def _is_on_request(self, module: int, position: int) -> bool:
        facts = self.world.facts[module]
        return self.last_text(facts, facts.stores.base[position]) == _REQUEST

    def assign(self, store: Store) -> None:
        """`base.name = value`, where base is no `self`."""
        super().assign(store)
        module, scope, position = store
        if self._is_on_request(module, position):
            stores = self.world.facts[module].stores
            name = self.world.facts[module].strings[stores.name[position]]
            found = self.evaluate(module, scope, stores.value[position])
            self.assign_to(self._request, name, found)

    def carried(self, module: int, base: int, name: str, found: Values) -> Values:
        """What `base.name` gives, if `base` is a request and the program's is not `found` there."""
        is_request = self.last_text(self.world.facts[module], base) == _REQUEST
        if not is_request or not all(self._is_librarys(each) for each in found):
            return found
        return self.read_assigned((self._request, name)) or found

    def _is_librarys(self, found: int) -> bool:
        """Is nothing known of a value but that a library's object has it?"""
        if found & TAG_MASK == BOUND:
            found = self.interner.bound[found >> TAG_BITS][0]
        return found & TAG_MASK == EXTERNAL
