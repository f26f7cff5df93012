"""Which object is at work, and what is it told to work with? Objects of one class may differ by where they are made.

Terms
-----
kind      what is known of an object: its class (a node), or the place that makes it, seen from whom it is made by (a
          number above all nodes; `Dispatch` knows its class). NOBODY where nothing is known.
held      what a kind has in an attribute; see `model.program.Held`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from decompose.graph.dependency import NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from decompose.graph.analysis import Program
    from decompose.graph.dispatch import Dispatch
    from decompose.model.program import Held

_MAX_DEPTH = 12
_MAX_NESTING = 4  # of objects that are made by objects that are made …


class _Found(NamedTuple):
    """A kind that a value may be: or a class itself, or a class that others may extend."""

    kind: int
    is_class: bool = False
    is_open: bool = False


class Objects:
    """See the module."""

    def __init__(self, program: Program, dispatch: Dispatch) -> None:
        self._index = program.graph.index
        self._dispatch = dispatch
        self._made = {each.name: each.made for each in program.objects}
        self._held: dict[tuple[int | str, str], tuple[Held, ...]] = {}
        self._dependent: set[str] = (
            set()
        )  # objects that are told something of whom they are made by
        self._choosing: set[str] = set()  # attributes that hold classes
        for each in program.holdings:
            owner = each.owner if each.owner in self._made else self._index.get(each.owner, NOBODY)
            self._held[owner, each.attribute] = each.held
            if any(held[0][0] in "s+" for held in each.held):
                self._dependent.add(each.owner)
            if any(held[0][0] == "=" for held in each.held):
                self._choosing.add(each.attribute)
        self._asked: dict[tuple[int, int, str], tuple[Held, ...]] = defaultdict(tuple)
        for asked in program.asked:
            if asked.source in self._index:
                key = (self._index[asked.source], asked.site.line, asked.method)
                self._asked[key] += asked.held
        self._kinds: dict[tuple[str, int], int] = {}
        self._places: dict[int, tuple[str, int]] = {}
        self._known: dict[tuple[int, str], tuple[_Found, ...]] = {}
        self._traits: dict[int, dict[str, tuple[int, ...]]] = {}

    def asked(self, node: int, line: int, method: str, owner: int) -> tuple[int, ...]:
        """Kinds of the objects whose method a function calls in a line, `owner`: the kind that it runs for."""
        held = self._asked.get((node, line, method))
        if held is None:
            return ()
        found = self._all(held, owner, self._dispatch.owner(node), _MAX_DEPTH)
        return tuple(dict.fromkeys(each.kind for each in found if not self._is_open(each)))

    def traits(self, owner: int) -> dict[str, tuple[int, ...]]:
        """Attribute of a kind -> the classes that it has there, where others have other ones."""
        known = self._traits.get(owner)
        if known is None:
            pairs = ((name, self._chosen_by(owner, name)) for name in sorted(self._choosing))
            known = self._traits[owner] = {name: chosen for name, chosen in pairs if chosen}
        return known

    def _chosen_by(self, owner: int, attribute: str) -> tuple[int, ...]:
        found = self._step(owner, attribute, _MAX_DEPTH)
        return tuple(dict.fromkeys(each.kind for each in found if each.is_class))

    def _is_open(self, found: _Found) -> bool:
        return found.is_class or (found.is_open and not self._dispatch.is_final(found.kind))

    def _all(self, held: Iterable[Held], owner: int, home: int, depth: int) -> Iterator[_Found]:
        """What values are, said in a method of class `home` that runs for `owner`."""
        for each in held if depth else ():
            front = list(self._root(each[0], owner, home))
            for name in each[1:]:
                front = [
                    further for at in front for further in self._step(at.kind, name, depth - 1)
                ]
            yield from front

    def _root(self, root: str, owner: int, home: int) -> Iterator[_Found]:
        if root == "self":
            found = _Found(home, is_open=True) if owner == NOBODY else _Found(owner)
        elif root[0] == "+" and root[1:] in self._made:
            found = _Found(self._kind(root[1:], home if owner == NOBODY else owner))
        else:
            class_ = self._index.get(root[1:], NOBODY)
            found = _Found(class_, is_class=root[0] == "=", is_open=root[0] == "!")
        if found.kind != NOBODY:
            yield found

    def _kind(self, name: str, context: int) -> int:
        """The kind of objects that one place makes while it runs for another kind."""
        if name not in self._dependent or self._nesting(context) >= _MAX_NESTING:
            context = NOBODY
        known = self._kinds.get((name, context))
        if known is None:
            class_ = self._index.get(self._made[name], NOBODY)
            known = self._kinds[name, context] = self._dispatch.add_kind(class_)
            self._places[known] = (name, context)
        return known

    def _nesting(self, kind: int) -> int:
        count = 0
        while kind in self._places:
            kind = self._places[kind][1]
            count += 1
        return count

    def _step(self, kind: int, attribute: str, depth: int) -> tuple[_Found, ...]:
        """What a kind has in an attribute: as it was told, else as its class or the nearest of its bases says."""
        key = (kind, attribute)
        known = self._known.get(key)
        if known is None:
            self._known[key] = ()
            known = self._known[key] = tuple(
                dict.fromkeys(self._worked_out(kind, attribute, depth))
            )
        return known

    def _worked_out(self, kind: int, attribute: str, depth: int) -> Iterator[_Found]:
        if kind in self._places:
            name, context = self._places[kind]
            held = self._held.get((name, attribute))
            if held is not None:
                home = context if context not in self._places else NOBODY
                yield from self._all(held, context, home, depth)
                return
        for class_ in self._dispatch.order(kind):
            held = self._held.get((class_, attribute))
            if held is not None:
                yield from self._all(held, kind, class_, depth)
                return
