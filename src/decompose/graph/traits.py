"""Which class does a view mean where a generic method of its bases says `self.form_class`, or asks some view?

Terms
-----
trait     an attribute by which classes that answer routes choose other classes (`form_class`, `queryset`).
subject   what an event is about: the class that is made, the class of a method, the model of a table.
picked    an event that is one of several on a line, none of them for sure, all about classes chosen by one trait:
          of those a view that is known means its own. The linker keeps few of many, so its own may not be among them.
asked     a method of a view's bases is called on an object of unknown class: while a view answers, that is the view.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from decompose.graph.dependency import NOBODY
from decompose.graph.events import ACCESS
from decompose.model.program import PREFIXES, Confidence, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from decompose.graph.analysis import Program
    from decompose.graph.dispatch import Dispatch
    from decompose.graph.events import Event

_FEWEST = 2


class Picked(NamedTuple):
    """How an event depends on the view; see the module."""

    trait: str
    subject: int
    others: frozenset[int]  # subjects on the line, its own among them

    @property
    def is_first(self) -> bool:
        """Does it stand for all of the line, where none of them is meant?"""
        return self.subject == min(self.others)


class Asked(NamedTuple):
    """How an event asks an object that may be the view that answers."""

    of: int  # the class whose method is called, NOBODY where only methods are known that may override it
    overrides: bool  # is it one that may answer instead?


class Traits:
    """What the classes of a program that answer routes choose, and what they answer themselves."""

    def __init__(self, program: Program, dispatch: Dispatch) -> None:
        index = program.graph.index
        self._kinds = program.graph.nodes.kind
        self._dispatch = dispatch
        self._chosen: dict[tuple[int, str], tuple[int, ...]] = {}
        self._named: dict[int, set[str]] = defaultdict(set)  # class -> traits that choose it
        for each in program.class_choices:
            nodes = tuple(index[name] for name in each.chosen if name in index)
            if each.owner in index:
                self._chosen[index[each.owner], each.attribute] = nodes
                for node in nodes:
                    self._named[node].add(each.attribute)
        views = {index[route.view] for route in program.routes if route.view in index}
        self.views = frozenset(each for view in views for each in dispatch.order(view))
        self._names = program.graph.nodes.names
        self._model: dict[int, int] = {}
        self._table: dict[int, int] = {}
        for table in program.tables:
            node = index.get(PREFIXES[NodeKind.TABLE] + table.name, NOBODY)
            if table.model in index and node != NOBODY:
                self._model[node] = index[table.model]
                self._table.setdefault(index[table.model], node)
        self._based = {base for model in self._table for base in dispatch.order(model)}

    def model(self, table: int) -> int:
        """The class whose rows a table holds, NOBODY where it is none of the program's."""
        return self._model.get(table, NOBODY)

    def table(self, class_: int) -> int:
        """The table of a class, NOBODY for none."""
        return self._table.get(class_, NOBODY)

    def is_abstract(self, class_: int) -> bool:
        """Has a class no table, though one that extends it has? Then there are rows of heirs only."""
        return self.table(class_) == NOBODY and class_ in self._based

    def of(self, class_: int, trait: str) -> tuple[int, ...]:
        """What a class chooses, itself or the nearest of its bases; () where none does."""
        for each in self._dispatch.order(class_) if class_ != NOBODY else ():
            found = self._chosen.get((each, trait))
            if found is not None:
                return found
        return ()

    def answer(self, view: int, method: int, asked: Asked) -> int:
        """The method of a view that answers where one of its family is called, NOBODY where another family is."""
        order, name = self._dispatch.order, self._dispatch.last_name(method)
        own = order(view)
        if asked.of == NOBODY:
            family = order(self._dispatch.owner(method))
            is_own = any(each in own and self._dispatch.defines(each, name) for each in family)
        else:
            is_own = asked.of in own
        return self._dispatch.answering(view, name) if is_own else NOBODY

    def picked(self, events: Iterable[Event]) -> dict[tuple[int, int], Picked]:
        """(line, target) of a function's events -> how they depend on the view."""
        lines: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for event in events if self._named else ():
            subject = self.subject(event)
            if subject in self._named and event.confidence < Confidence.EXACT:
                lines[event.line][subject].append(event.target)
        return {
            (line, target): picked
            for line, targets in lines.items()
            for picked in self._of_line(targets)
            for target in targets[picked.subject]
        }

    def _of_line(self, subjects: Iterable[int]) -> list[Picked]:
        counts = Counter(trait for each in subjects for trait in self._named[each])
        trait, count = min(counts.items(), key=lambda item: (-item[1], item[0]))
        if count < _FEWEST:
            return []
        others = frozenset(each for each in subjects if trait in self._named[each])
        return [Picked(trait, each, others) for each in sorted(others)]

    def subject(self, event: Event) -> int:
        """What an event is about, NOBODY where that is no class."""
        if event.what == ACCESS:
            return self.model(event.target)
        if self._kinds[event.target] == NodeKind.CLASS:
            return event.target
        return self._dispatch.owner(event.target)

    def name_of(self, table: int) -> str:
        """The name of a table."""
        return self._names[table].removeprefix(PREFIXES[NodeKind.TABLE])

    def instead(self, target: int, class_: int) -> int:
        """What stands for a target when another class is meant: its table, itself, or its method; NOBODY for none."""
        kind = self._kinds[target]
        if kind == NodeKind.TABLE:
            return self.table(class_)
        if kind == NodeKind.CLASS:
            return class_
        return self._dispatch.answering(class_, self._dispatch.last_name(target))
