"""What does the standard library call back? `sorted(rows, key=age)` calls `age`, `Thread(target=work)` calls `work`.

What is handed over is called from where it is handed over: on the stack, nothing of the program stands between.
"""

from collections.abc import Iterator

from decompose.link.evaluate import Evaluator
from decompose.link.hierarchy import class_symbols, external_bases, library_bases
from decompose.link.hooks import (
    ASKED,
    CALLED_BACK,
    CALLED_BACK_BY_METHODS,
    HANDED_HOOKS,
    HOOKS,
    Taken,
)
from decompose.link.values import (
    BOUND,
    CLASS,
    FUNCTION,
    INSTANCE,
    OBJECT,
    RAW,
    TAG_BITS,
    TAG_MASK,
    Values,
    value,
)
from decompose.link.world import arguments
from decompose.model import ops
from decompose.model.facts import NOTHING, ModuleFacts

_MAX_SUBCLASSES = 40


class Callbacks:
    """What a call of a library hands over to be called."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._construction: dict[int, tuple[int, ...]] = {}
        self._asked: dict[str, tuple[int, ...]] = {}
        self._libraries: dict[str, list[int]] | None = None

    def given(self, name: str, module: int, scope: int, row: int) -> Values:
        """What a call of a library's function or method hands over; `name` is dotted."""
        taken = CALLED_BACK.get(name) or CALLED_BACK_BY_METHODS.get(name.rpartition(".")[2])
        if taken is None:
            return ()
        facts = self._evaluator.world.facts[module]
        found: dict[int, None] = {}
        for each in _rows(facts, row, taken):
            found.update(dict.fromkeys(self._evaluator.evaluate(module, scope, each)))
        return tuple(found)

    def entered(self, values: Values) -> Iterator[tuple[int, int]]:
        """(function, receiver or NOTHING) that calling values enters, where it is the program's."""
        for each in values:
            tag, number = each & TAG_MASK, each >> TAG_BITS
            if tag in (FUNCTION, RAW):
                yield number, NOTHING
            elif tag == BOUND:
                function, receiver = self._evaluator.interner.bound[number]
                if function & TAG_MASK in (FUNCTION, RAW):
                    yield function >> TAG_BITS, receiver
            elif tag == CLASS:
                yield from self._methods(each, ("__new__", "__init__", *HANDED_HOOKS))
            elif tag in (INSTANCE, OBJECT):
                yield from self._methods(self._evaluator.interner.class_of(each), ("__call__",))

    def hooks(self, function: int, receiver: int) -> Iterator[tuple[int, int]]:
        """(method, receiver) that a library's method runs of the class that inherits it, or of its subclasses."""
        if receiver & TAG_MASK not in (INSTANCE, OBJECT):
            return
        kind = self._evaluator.interner.class_of(receiver)
        if kind & TAG_MASK != CLASS:
            return
        library, _, name = self._evaluator.interner.external_name(function).rpartition(".")
        for hook in HOOKS.get(library, _NO_HOOKS).get(name, ()):
            for symbol in self.named(kind >> TAG_BITS, hook):
                yield symbol, receiver

    def construction(self, symbol: int) -> tuple[int, ...]:
        """Methods of a class that a library's constructor runs, where the class has no other."""
        known = self._construction.get(symbol)
        if known is None:
            own = value(CLASS, symbol)
            is_own = self._evaluator.method_symbol(own, "__init__") != NOTHING
            patterns = () if is_own else self._patterns(symbol, "__init__")
            found = (each for hook in patterns for each in self._answering(symbol, hook))
            known = self._construction[symbol] = tuple(dict.fromkeys(found))
        return known

    def _patterns(self, symbol: int, name: str) -> Iterator[str]:
        for base in external_bases(self._evaluator.order(symbol)):
            library = self._evaluator.interner.external_name(base)
            yield from HOOKS.get(library, _NO_HOOKS).get(name, ())

    def _answering(self, symbol: int, name: str) -> Iterator[int]:
        found = self._evaluator.method_symbol(value(CLASS, symbol), name)
        if found != NOTHING:
            yield found

    def asked(self, name: str) -> tuple[int, ...]:
        """Methods of the program's classes that a library asks, whatever objects there are."""
        known = self._asked.get(name)
        if known is None:
            found = (
                method
                for library, hook in ASKED.get(name, ())
                for symbol in self._below(library)
                for method in self.named(symbol, hook)
            )
            known = self._asked[name] = tuple(dict.fromkeys(found))
        return known

    def _below(self, library: str) -> list[int]:
        """The program's classes with a library's class among their bases, by its name."""
        if self._libraries is None:
            self._libraries = {}
            for symbol in class_symbols(self._evaluator.world):
                for base in external_bases(self._evaluator.order(symbol)):
                    name = self._evaluator.interner.external_name(base)
                    for each in library_bases(name, self._evaluator.knowledge):
                        self._libraries.setdefault(each, []).append(symbol)
        return self._libraries.get(library, [])

    def named(self, symbol: int, pattern: str) -> list[int]:
        """Methods of a class or its subclasses with a name, or beginning with what stands before "*"."""
        evaluator = self._evaluator
        names = evaluator.world.members
        prefix, star, _ = pattern.partition("*")
        own = value(CLASS, symbol)
        family = [base >> TAG_BITS for base in evaluator.order(symbol) if base & TAG_MASK == CLASS]
        wanted = (
            {pattern} if not star else {n for c in family for n in names(c) if n.startswith(prefix)}
        )
        found = [evaluator.method_symbol(own, name) for name in sorted(wanted)]
        for subclass in evaluator.subclasses.get(symbol, ())[:_MAX_SUBCLASSES]:
            found.extend(
                evaluator.own_method(subclass, name)
                for name in names(subclass)
                if name == pattern or (star and name.startswith(prefix))
            )
        return [each for each in dict.fromkeys(found) if each != NOTHING]

    def _methods(self, kind: int, names: tuple[str, ...]) -> Iterator[tuple[int, int]]:
        for name in names:
            symbol = self._evaluator.method_symbol(kind, name)
            if symbol != NOTHING:
                yield symbol, NOTHING


def _rows(facts: ModuleFacts, row: int, taken: Taken) -> Iterator[int]:
    positional, keywords = arguments(facts, row)
    starred = any(facts.expressions.op[each] == ops.STAR for each in positional)
    for position in taken.positions:
        if position < len(positional) and not starred:
            yield positional[position]
    for word, each in keywords:
        if word != NOTHING and facts.strings[word] in taken.keywords:
            yield each


_NO_HOOKS: dict[str, tuple[str, ...]] = {}
