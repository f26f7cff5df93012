"""What do objects work with that are told so where they are made? Generic code then does something else for each.

    class Repository:
        def __init__(self, session, model):
            self.model = model
        def all(self):
            return self.session.scalars(select(self.model))
    class Shop:
        @property
        def orders(self):
            return Repository(self.session, Order)
    def listing(shop: Shop):
        return shop.orders.all()                     reads orders, and of all Repositories that are made, this one's

Told are: the objects, what is held in attributes on the way to them, and who asks them. Nothing is said where no class
of the program is given one of several classes. Known to miss: objects in containers, and what comes as a parameter
whose class is not final.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from decompose.frameworks.objects.making import INIT, Making
from decompose.frameworks.objects.values import SELF, Values
from decompose.model.facts import Op
from decompose.model.program import Fact, Held, ObjectAsked, ObjectHolds
from decompose.model.view import ClassView, Expression, ProgramView

__all__ = ["EXAMPLES", "INTEREST", "NAME", "PHASE", "settle"]

NAME = "python.objects"
PHASE = 0
INTEREST = frozenset({INIT})
_MAX_ROUNDS = 4

EXAMPLES = (
    (
        {
            "models.py": """
                class Order: ...
                class Person: ...
            """,
            "store.py": """
                from models import Order, Person
                class Repository:
                    def __init__(self, session, model):
                        self.session = session
                        self.model = model
                    def make(self):
                        return self.model()
                class People(Repository):
                    def __init__(self, session):
                        super().__init__(session, Person)
                class Store:
                    @property
                    def orders(self):
                        return Repository(None, Order)
                    @property
                    def people(self):
                        return People(None)
                class Screen:
                    def __init__(self, rows: Repository):
                        self.rows = rows
                    def add(self):
                        self.rows.make()
            """,
            "views.py": """
                from store import Screen, Store
                def add(store: Store):
                    store.people.make()
                class Orders:
                    store = Store()
                    @property
                    def screen(self):
                        return Screen(self.store.orders)
                    def post(self):
                        self.screen.add()
            """,
        },
        {
            "+store.Repository at store.py:15",
            "+store.People at store.py:18",
            "+store.Screen at views.py:9",
            "store.Repository at store.py:15.model holds =models.Order",
            "store.People at store.py:18.model holds =models.Person",
            "store.Screen at views.py:9.rows holds self.store.orders",
            "store.Store.orders holds +store.Repository at store.py:15",
            "store.Store.people holds +store.People at store.py:18",
            "store.Screen.rows holds !store.Repository",
            "views.Orders.screen holds +store.Screen at views.py:9",
            "views.Orders.store holds +store.Store",
            "store.Screen.add asks self.rows to make",
            "views.add asks !store.Store.people to make",
            "views.Orders.post asks self.screen to add",
        },
    ),
)


def settle(view: ProgramView) -> Iterator[Fact]:
    """Yield who asks objects that were told what to work with, then all that leads to these."""
    chosen = list(view.choosing())
    if chosen:
        found = _Objects(view, Values(view, Making(view)))
        for name, attribute, _ in chosen:
            found.values.steps[attribute][name] = None
        found.ask(dict.fromkeys(name for name, _, _ in chosen))
        yield from found.asked
        yield from found.leading(dict.fromkeys(attribute for _, attribute, _ in chosen))


@dataclass(slots=True)
class _Objects:
    view: ProgramView
    values: Values
    asked: list[ObjectAsked] = field(default_factory=list)
    _methods: set[str] = field(default_factory=set)

    def ask(self, names: dict[str, None]) -> None:
        """Find who asks objects of some classes, then of those that were given one of them."""
        for _ in range(_MAX_ROUNDS):
            methods = {each for name in names for each in self._methods_of(name)} - self._methods
            self._methods |= methods
            new = [
                each for call in self.view.calls_of(*sorted(methods)) for each in self._ask(call)
            ]
            self.asked.extend(new)
            names = {name: None for each in new for name in self._given(each)}

    def _methods_of(self, name: str) -> Iterator[str]:
        """Methods that objects of a class, or of those that extend it, answer with."""
        found = self.view.class_named(name)
        above = filter(None, map(self.view.class_named, found.mro)) if found is not None else ()
        for each in (*above, *self.view.subclasses(name)):
            for method, function in each.methods().items():
                if method != INIT:
                    yield function.name

    def _ask(self, call: Expression) -> Iterator[ObjectAsked]:
        base = call.base
        if base is None or (base.op is Op.CALL and base.attribute == "super"):
            return
        held = self.values.of(base)
        if held and SELF not in held and not all(each[0][0] == "=" for each in held):
            yield ObjectAsked(call.owner, call.attribute, held, call.site)

    def _given(self, asked: ObjectAsked) -> Iterator[str]:
        """The class of the function that asks, where its objects are given whom they ask."""
        function = self.view.function_named(asked.source)
        for held in asked.held if function is not None else ():
            owner = function.owner if function is not None else ""
            if held[:1] == SELF and held[1] in self.values.making.told(owner):
                yield owner

    def leading(self, attributes: dict[str, None]) -> Iterator[Fact]:
        """What is held in attributes: those that choose, and all on the way to whom is asked."""
        waiting = [*attributes, *(name for each in self.asked for name in _names(each.held))]
        seen: set[tuple[str, str]] = set()
        objects: dict[str, None] = {}
        ways = [held for each in self.asked for held in each.held]
        while waiting or ways:
            objects.update((held[0][1:], None) for held in ways if held[0][0] == "+")
            waiting.extend(name for held in ways for name in held[1:])
            ways = []
            attributes.update(dict.fromkeys(waiting))
            waiting = []
            for fact in [
                *self._of_classes(attributes, seen),
                *self._of_objects(objects, attributes, seen),
            ]:
                ways.extend(fact.held)
                yield fact
        yield from (self.values.made[name] for name in objects if name in self.values.made)

    def _of_classes(
        self, attributes: dict[str, None], seen: set[tuple[str, str]]
    ) -> Iterator[ObjectHolds]:
        for attribute in attributes:
            for name in list(self.values.steps.get(attribute, ())):
                for each in self._family(name):
                    if (each.name, attribute) in seen:
                        continue
                    seen.add((each.name, attribute))
                    held = tuple(dict.fromkeys(self.values.held_by(each, attribute)))
                    if held:
                        yield ObjectHolds(each.name, attribute, held, each.site)

    def _family(self, name: str) -> Iterator[ClassView]:
        """A class, those that it extends, and those that extend it."""
        found = self.view.class_named(name)
        yield from filter(None, map(self.view.class_named, found.mro if found is not None else ()))
        yield from self.view.subclasses(name)

    def _of_objects(
        self, objects: dict[str, None], attributes: dict[str, None], seen: set[tuple[str, str]]
    ) -> Iterator[ObjectHolds]:
        for name in objects:
            for attribute, given in self.values.given.get(name, {}).items():
                if attribute in attributes and (name, attribute) not in seen:
                    seen.add((name, attribute))
                    held = self.values.of(given)
                    if held:
                        yield ObjectHolds(name, attribute, held, given.site)


def _names(held: tuple[Held, ...]) -> Iterator[str]:
    for each in held:
        yield from each[1:]
