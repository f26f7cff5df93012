"""Classes whose bodies mean something else than usual: members of enums, fields of named tuples and typed dicts."""

from decompose.link.attributes import Attributes
from decompose.link.values import (
    CLASS,
    EXTERNAL,
    INSTANCE,
    NONE,
    OBJECT,
    TAG_MASK,
    Values,
    merge,
    value,
)
from decompose.link.world import World
from decompose.model import ops
from decompose.model.facts import NOTHING
from decompose.model.knowledge import Knowledge

_ENUMS = frozenset(
    [
        *(
            f"enum.{name}"
            for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum", "EnumMeta")
        ),
        *(f"django.db.models.{name}" for name in ("Choices", "TextChoices", "IntegerChoices")),
        *(
            f"django.db.models.enums.{name}"
            for name in ("Choices", "TextChoices", "IntegerChoices")
        ),
    ]
)
_TUPLES = frozenset(["typing.NamedTuple"])
_DICTS = frozenset(["typing.TypedDict", "typing_extensions.TypedDict"])


class Members(Attributes):
    """Members of enums, and fields that are asked for by position or key."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self._enums: dict[int, bool] = {}

    def own_member(self, owner: int, receiver: int, name: str) -> Values:
        """What a class itself defines under a name; what is assigned in an enum's body is a member of it."""
        if receiver & TAG_MASK == CLASS and self._is_enum(owner) and self._is_member(owner, name):
            return (value(INSTANCE, owner),)
        return super().own_member(owner, receiver, name)

    def _is_enum(self, symbol: int) -> bool:
        known = self._enums.get(symbol)
        if known is None:
            known = self._descends(value(CLASS, symbol), _ENUMS)
            if symbol in self.orders:
                self._enums[symbol] = known
        return known

    def _is_member(self, owner: int, name: str) -> bool:
        module = self.world.module_of[owner]
        facts = self.world.facts[module]
        entries = self.world.members(owner).get(name, ())
        if name.startswith("_") or not entries or entries[-1] < 0:
            return False
        row = facts.bindings.value[entries[-1]]
        return row != NOTHING and facts.expressions.op[row] not in (ops.DEFINITION, ops.LAMBDA)

    def _descends(self, kind: int, names: frozenset[str]) -> bool:
        return any(
            base & TAG_MASK == EXTERNAL and self.interner.external_name(base) in names
            for base in self.order_of(kind)
        )

    def item_fields(self, receiver: int, keys: list[str | int | None]) -> Values:
        """What a named tuple holds at positions, or a typed dict under names; all fields where a key is unknown."""
        if receiver & TAG_MASK not in (INSTANCE, OBJECT):
            return NONE
        kind = self.interner.class_of(receiver)
        if kind & TAG_MASK != CLASS:
            return NONE
        is_tuple = self._descends(kind, _TUPLES)
        if not is_tuple and not self._descends(kind, _DICTS):
            return NONE
        names = self.fields(kind)
        if None in keys:
            wanted = names
        elif is_tuple:
            places = [key for key in keys if isinstance(key, int)]
            wanted = [names[key] for key in places if -len(names) <= key < len(names)]
        else:
            wanted = [key for key in keys if isinstance(key, str) and key in names]
        return merge(*[self.attribute(receiver, name) for name in wanted])
