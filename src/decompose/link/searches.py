"""Where in the program is something called, read, stored, looped over or written as text?"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from decompose.link.evaluate import Evaluator
from decompose.link.expression import Expr
from decompose.link.values import (
    BOUND,
    CLASS,
    FUNCTION,
    RAW,
    TAG_BITS,
    TAG_MASK,
)
from decompose.link.world import World, last_name
from decompose.model.facts import (
    LOOP_SHIFT,
    NOTHING,
    ROLE_MASK,
    Expressions,
    Op,
    RegionKind,
    Role,
)
from decompose.model.source import Site
from decompose.model.view import AttributeUse, Expression, Tested

_TESTS = {
    kind + fails: (operator, not fails)
    for kind, operator in (
        (RegionKind.TRUE, "true"),
        (RegionKind.EQUAL, "equal"),
        (RegionKind.AMONG, "among"),
        (RegionKind.BEGINS, "begins"),
        (RegionKind.ASYNC, "async"),
    )
    for fails in (False, True)
}
_COMPARING = frozenset({"equal", "among", "begins"})
_ATTRIBUTE, _CALL, _READ = int(Op.ATTRIBUTE), int(Role.CALL), int(Role.READ)


class Searches:
    """Finds expressions by the names in them; each search looks only at modules that hold the name."""

    def __init__(self, evaluator: Evaluator, interest: frozenset[str]) -> None:
        self._evaluator = evaluator
        self._world: World = evaluator.world
        self._interest = interest

    @cached_property
    def _calls(self) -> dict[str, list[tuple[int, int, int, int, int]]]:
        """Last name -> (module, scope, row, line, loop depth) of calls of interest."""
        return self._calls_by_name(self._interest)

    def _calls_by_name(
        self, names: frozenset[str]
    ) -> dict[str, list[tuple[int, int, int, int, int]]]:
        found: dict[str, list[tuple[int, int, int, int, int]]] = {}
        call = int(Role.CALL)
        for module, wanted in self._world.spelling(names).items():
            facts = self._world.facts[module]
            expressions, uses = facts.expressions, facts.uses
            for scope, row, line, flags in zip(
                uses.scope, uses.expression, uses.line, uses.flags, strict=True
            ):
                if flags & ROLE_MASK != call:
                    continue
                name = last_name(facts, expressions.a[row])
                if name in wanted:
                    entry = (module, scope, row, line, flags >> LOOP_SHIFT)
                    found.setdefault(facts.strings[name], []).append(entry)
        return found

    def calls(self, *names: str) -> Iterator[Expression]:
        """Calls whose last name is among `names`, in order of module and line; quicker where of INTEREST."""
        further = frozenset(names) - self._interest - self._calls.keys()
        if further:
            self._calls.update({name: [] for name in further})
            self._calls.update(self._calls_by_name(further))
        rows = [row for name in dict.fromkeys(names) for row in self._calls.get(name, ())]
        for module, scope, row, line, loop in sorted(
            rows, key=lambda row: (row[0], row[3], row[2])
        ):
            yield Expr(self._evaluator, module, scope, row, line, loop)

    def calls_of(self, *symbols: str) -> Iterator[Expression]:
        """Calls that may reach one of the program's definitions, in order of module and line."""
        wanted = dict.fromkeys(symbols)
        rows = {row for symbol in wanted for row in self._callers.get(symbol, ())}
        for module, scope, row, line, loop in sorted(
            rows, key=lambda row: (row[0], row[3], row[2])
        ):
            yield Expr(self._evaluator, module, scope, row, line, loop)

    @cached_property
    def _callers(self) -> dict[str, list[tuple[int, int, int, int, int]]]:
        """Dotted name -> (module, scope, row, line, loop depth) of calls that may reach it."""
        found: dict[int, list[tuple[int, int, int, int, int]]] = {}
        interner, call = self._evaluator.interner, int(Role.CALL)
        for module, facts in enumerate(self._world.facts):
            uses, callees = facts.uses, facts.expressions.a
            for scope, row, line, flags in zip(
                uses.scope, uses.expression, uses.line, uses.flags, strict=True
            ):
                if flags & ROLE_MASK != call:
                    continue
                for each in self._evaluator.evaluate(module, scope, callees[row]):
                    named = (
                        interner.bound[each >> TAG_BITS][0] if each & TAG_MASK == BOUND else each
                    )
                    if named & TAG_MASK in (CLASS, FUNCTION, RAW):
                        entry = (module, scope, row, line, flags >> LOOP_SHIFT)
                        found.setdefault(named >> TAG_BITS, []).append(entry)
        return self._by_name(found)

    def _by_name(
        self, found: dict[int, list[tuple[int, int, int, int, int]]]
    ) -> dict[str, list[tuple[int, int, int, int, int]]]:
        """The same by dotted name: definitions under one name have their callers together."""
        named: dict[str, list[tuple[int, int, int, int, int]]] = {}
        for symbol, rows in found.items():
            named.setdefault(self._world.dotted(symbol), []).extend(rows)
        return named

    def strings(self, wanted: Callable[[str], bool]) -> Iterator[Expression]:
        """Strings written in the program that are wanted, in order of module and row."""
        string = int(Op.STRING)
        for module, numbers in self._world.spelling(self._world.texts(wanted)).items():
            facts = self._world.facts[module]
            op, a, line = facts.expressions.op, facts.expressions.a, facts.expressions.line
            for scope in range(len(facts.definitions)):
                for row in range(facts.row_start[scope], facts.row_start[scope + 1]):
                    if op[row] == string and a[row] in numbers:
                        yield Expr(self._evaluator, module, scope, row, line[row])

    def items(self, *names: str) -> Iterator[Expression]:
        """Subscripts `base[key]` that are read, where the last name of the base is among `names`."""
        return self._after(Op.SUBSCRIPT, names)

    def members(self, *names: str) -> Iterator[Expression]:
        """Attributes `base.X` where the last name of the base is among `names`, each once a function."""
        return self._after(Op.ATTRIBUTE, names)

    def _after(self, kind: Op, names: Sequence[str]) -> Iterator[Expression]:
        """Rows of a kind whose base ends in one of the names, in order of module and row."""
        for module, wanted in self._world.spelling(names).items():
            facts = self._world.facts[module]
            op, a, line = facts.expressions.op, facts.expressions.a, facts.expressions.line
            for scope in range(len(facts.definitions)):
                for row in range(facts.row_start[scope], facts.row_start[scope + 1]):
                    if op[row] == kind and last_name(facts, a[row]) in wanted:
                        yield Expr(self._evaluator, module, scope, row, line[row])

    def with_blocks(self, *names: str) -> Iterator[tuple[Expression, int, int]]:
        """`with` expressions whose last name is among `names` (none given: all), with the lines of their bodies."""
        wanted = frozenset(names)
        for module, facts in enumerate(self._world.facts):
            regions = facts.regions
            for position, kind in enumerate(regions.kind):
                row = regions.expression[position]
                if kind != RegionKind.WITH:
                    continue
                if not wanted or self._evaluator.last_text(facts, row) in wanted:
                    found = Expr(self._evaluator, module, regions.scope[position], row)
                    yield found, regions.first_line[position], regions.last_line[position]

    def asked(self) -> Iterator[tuple[Expression, int, int, bool]]:
        """What names HTTP methods, lines that run for them, or with True for others."""
        for module, facts in enumerate(self._world.facts):
            regions = facts.regions
            for position, kind in enumerate(regions.kind):
                if kind in (RegionKind.ASKED, RegionKind.NOT_ASKED):
                    scope, row = regions.scope[position], regions.expression[position]
                    names = Expr(self._evaluator, module, scope, row)
                    lines = regions.first_line[position], regions.last_line[position]
                    yield names, *lines, kind == RegionKind.NOT_ASKED

    def tests(self) -> Iterator[Tested]:
        """Lines that run only for some values of parameters, and of their attributes."""
        for module, facts in enumerate(self._world.facts):
            regions, expressions = facts.regions, facts.expressions
            for position, kind in enumerate(regions.kind):
                if kind < RegionKind.TRUE:
                    continue
                operator, holds = _TESTS[kind]
                row = regions.expression[position]
                rows = [row]
                if operator in _COMPARING:
                    rows = [expressions.a[row], expressions.b[row]]
                scope = regions.scope[position]
                parts = [Expr(self._evaluator, module, scope, each) for each in rows]
                lines = regions.first_line[position], regions.last_line[position]
                yield Tested(parts[0], operator, parts[1] if parts[1:] else None, holds, *lines)

    def loops(self) -> Iterator[Site]:
        """Places of what loops run over."""
        for facts in self._world.facts:
            regions = facts.regions
            for kind, row in zip(regions.kind, regions.expression, strict=True):
                if kind == RegionKind.LOOP and row != NOTHING:
                    yield Site(facts.path, facts.expressions.line[row])

    def iterated(self) -> Iterator[Expression]:
        """What loops and comprehensions run over."""
        for module, facts in enumerate(self._world.facts):
            regions = facts.regions
            for scope, kind, row in zip(
                regions.scope, regions.kind, regions.expression, strict=True
            ):
                if kind in (RegionKind.LOOP, RegionKind.LISTED) and row != NOTHING:
                    yield Expr(self._evaluator, module, scope, row)

    def stores(self, *names: str) -> Iterator[AttributeUse]:
        """Assignments `base.name = value` whose name is among `names`, in order of module and line."""
        for module, wanted in self._world.spelling(names).items():
            facts = self._world.facts[module]
            stores = facts.stores
            for position, name in enumerate(stores.name):
                if name in wanted:
                    scope = stores.scope[position]
                    yield AttributeUse(
                        Expr(self._evaluator, module, scope, stores.base[position]),
                        facts.strings[name],
                        Site(facts.path, stores.line[position]),
                        0,
                        Expr(self._evaluator, module, scope, stores.value[position]),
                    )

    def item_stores(self) -> Iterator[AttributeUse]:
        """Assignments `base[key] = value`, with "" as name, in order of module and line."""
        for module, facts in enumerate(self._world.facts):
            stores = facts.stores
            for position, key in enumerate(stores.key):
                if key != NOTHING:
                    scope = stores.scope[position]
                    yield AttributeUse(
                        Expr(self._evaluator, module, scope, stores.base[position]),
                        "",
                        Site(facts.path, stores.line[position]),
                        0,
                        Expr(self._evaluator, module, scope, stores.value[position]),
                        Expr(self._evaluator, module, scope, key),
                    )

    def loads(self, *names: str) -> Iterator[AttributeUse]:
        """Reads of attributes `base.name` whose name is among `names`, in order of module and line."""
        for module, wanted in self._world.spelling(names).items():
            facts = self._world.facts[module]
            uses, expressions = facts.uses, facts.expressions
            if not _has_attribute(expressions, wanted):
                continue
            for scope, row, line, flags in zip(
                uses.scope, uses.expression, uses.line, uses.flags, strict=True
            ):
                for read in _reads(expressions, row, flags & ROLE_MASK):
                    if expressions.b[read] in wanted:
                        yield AttributeUse(
                            Expr(self._evaluator, module, scope, expressions.a[read]),
                            facts.strings[expressions.b[read]],
                            Site(facts.path, line),
                            flags >> LOOP_SHIFT,
                        )

    def uses_of(self, symbol: str) -> Iterator[tuple[str, Site]]:
        """Functions that call or read a definition, by its name or an import's, with the place."""
        name = symbol.rpartition(".")[2]
        aliases = self._world.renamed.get(name, ())
        for module, numbers in self._world.spelling(
            [name, *(alias for _, alias in aliases)]
        ).items():
            facts = self._world.facts[module]
            own = {name, *(alias for place, alias in aliases if place == module)}
            wanted = {number for number in numbers if facts.strings[number] in own}
            uses = facts.uses
            for scope, row, line in zip(uses.scope, uses.expression, uses.line, strict=True):
                if last_name(facts, row) not in wanted:
                    continue
                expression = Expr(self._evaluator, module, scope, row, line)
                if symbol in (expression.callee or expression).symbols():
                    yield expression.owner, expression.site


def _has_attribute(expressions: Expressions, names: set[int]) -> bool:
    """Does a module read an attribute of one of these names, or is it just a word of its?"""
    op, b = expressions.op, expressions.b
    for name in names:
        at = -1
        for _ in range(b.count(name)):
            at = b.index(name, at + 1)
            if op[at] == _ATTRIBUTE:
                return True
    return False


def _reads(expressions: Expressions, row: int, role: int) -> list[int]:
    """The attributes that a use reads: the one it ends in, unless it is called or assigned, and those before it."""
    op, a = expressions.op, expressions.a
    if role == _CALL:
        row = a[row]
    if role != _READ and op[row] == _ATTRIBUTE:
        row = a[row]
    found: list[int] = []
    while op[row] == _ATTRIBUTE:
        found.append(row)
        row = a[row]
    return found
