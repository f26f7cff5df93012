"""Who reads and writes the tables of the smaller mappers?

An expression is *of* a model where it is the class, a query of it, or rows: what a method of any of these does is what
the mapper's verbs say. A query is told where it begins, at the class or at a relation of a row.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from decompose.frameworks.records.schema import Relation, Schema
from decompose.model.facts import Op
from decompose.model.program import AccessMode, Confidence, Join, TableAccess
from decompose.model.source import Site
from decompose.model.view import Expression

_MAX_DEPTH = 40
_FOLLOWED = (Op.CALL, Op.AWAIT, Op.ELEMENT, Op.ITEM, Op.ENTER, Op.STAR, Op.SUBSCRIPT)
_GENERATORS = frozenset({"select", "get", "exists", "count", "delete", "max", "min", "sum", "avg"})
_MAX_CHAIN = 30


@dataclass(slots=True)
class Accesses:
    """Finds accesses, each once a function, table, way and line."""

    schema: Schema
    found: dict[TableAccess | Join, None] = field(default_factory=dict)
    _of: dict[Expression, frozenset[str]] = field(default_factory=dict)
    _written: set[Expression] = field(default_factory=set)
    """Calls that begin a query which a later method of the chain makes a write."""

    def read(self) -> Iterator[TableAccess | Join]:
        """Calls of the mapper's verbs, new rows, attributes."""
        calls = list(self.schema.program.calls(*sorted(self.schema.style.verbs)))
        for call in calls:
            self._verb(call)
        for call in calls:
            self._begin(call)
        for call in self.schema.program.calls_of(*sorted(self.schema.models)):
            self._make(call)
        for call in self.schema.program.calls(*sorted(self.schema.style.joins)):
            self._join(call)
        self._follow()
        self._store()
        yield from self.found

    def _follow(self) -> None:
        """Attributes that lead to other rows."""
        models = self.schema.models
        relations = {name for model in models.values() for name in model.relations}
        for use in self.schema.program.loads(*sorted(relations)):
            for model in sorted(self._models(use.base)):
                relation = models[model].relations.get(use.name)
                if relation is not None and not use.base.symbols():
                    self._relation(use.base.owner, relation, use.site, use.loop_depth)

    def _store(self) -> None:
        """Attributes that are assigned to rows that were there before."""
        names = {name for model in self.schema.models.values() for name in model.attributes}
        for use in self.schema.program.stores(*sorted(names)):
            if use.base.symbols() or self._is_new(use.base):
                continue
            for model in sorted(self._models(use.base)):
                if use.name in self.schema.models[model].attributes:
                    self._add(use.base.owner, model, AccessMode.UPDATE, use.site, use.loop_depth)

    def _verb(self, call: Expression) -> None:
        """A write by a method of a class, query or row; what began the query is no read then."""
        modes = self.schema.style.verbs[call.attribute]
        if call.base is None or not any(mode.writes for mode in modes):
            self._generator(call)
            return
        for model in sorted(self._models(call.base)):
            if self._is_own(call):
                continue
            for mode in modes:
                is_first = mode is AccessMode.UPDATE and call.attribute in ("save", "asave")
                kind = AccessMode.CREATE if is_first and self._is_new(call.base) else mode
                self._add(call.owner, model, kind, call.site, call.loop_depth)
            at: Expression | None = call.base
            for _ in range(_MAX_CHAIN):
                if at is None or at.op not in (Op.CALL, Op.ATTRIBUTE, Op.AWAIT):
                    break
                self._written.add(at)
                at = at.base

    def _generator(self, call: Expression) -> None:
        """`select(p for p in Person)` of Pony."""
        if call.base is not None or call.attribute not in _GENERATORS or not call.arguments:
            return
        given = call.arguments[0]
        mode = AccessMode.DELETE if call.attribute == "delete" else AccessMode.READ
        if given.op is Op.COMPREHENSION:
            for model in sorted(self._models(given)):
                self._add(call.owner, model, mode, call.site, call.loop_depth)

    def _begin(self, call: Expression) -> None:
        """A read that begins at the class."""
        base = call.base
        if base is None or call in self._written or call.attribute not in self.schema.style.verbs:
            return
        is_start = call.attribute in self.schema.style.reads
        if base.op is Op.ATTRIBUTE and base.attribute == "objects" and base.base is not None:
            if base in self._written:
                return
            base, is_start = base.base, True
        if is_start:
            for model in sorted({*base.symbols()} & {*self.schema.models}):
                if not self._is_own(call):
                    self._add(call.owner, model, AccessMode.READ, call.site, call.loop_depth)

    def _make(self, call: Expression) -> None:
        """`Person(name=…)`: a new row, stored by Pony at once and by the others when it is saved."""
        if self.schema.style.name == "pony" and call.callee is not None:
            for model in call.callee.symbols():
                if model in self.schema.models:
                    self._add(call.owner, model, AccessMode.CREATE, call.site, call.loop_depth)

    def _join(self, call: Expression) -> None:
        """Models that are joined, or paths of relations that are loaded or asked along."""
        if call.base is None:
            return
        for model in sorted(self._models(call.base)):
            own = self.schema.models[model].table
            others = [
                self.schema.models[each].table
                for argument in call.arguments
                for each in sorted(self._models(argument))
            ]
            words = [*(each.string() or "" for each in call.arguments), *call.keywords]
            for path in words:
                others.extend(self._along(model, path))
            for other in dict.fromkeys(others):
                if other != own:
                    self._table(call.owner, other, AccessMode.READ, call.site, call.loop_depth)
                    self.found.setdefault(Join(call.owner, own, other, call.site))

    def _along(self, model: str, path: str) -> Iterator[str]:
        """Tables that a path like `author__team__name` leads through; its last part may be a column."""
        for part in path.split("__"):
            relation = self.schema.models[model].relations.get(part)
            if relation is None or relation.target not in self.schema.models:
                return
            if relation.through:
                yield relation.through
            yield self.schema.models[relation.target].table
            model = relation.target

    def _relation(self, source: str, relation: Relation, site: Site, depth: int) -> None:
        self._add(source, relation.target, AccessMode.READ, site, depth, Confidence.INFERRED)
        if relation.through:
            self._table(source, relation.through, AccessMode.READ, site, depth)

    def _models(self, expression: Expression | None, depth: int = _MAX_DEPTH) -> frozenset[str]:
        """The models that an expression is of."""
        if expression is None or depth == 0:
            return frozenset()
        known = self._of.get(expression)
        if known is None:
            self._of[expression] = frozenset()
            known = self._of[expression] = frozenset(self._found(expression, depth - 1))
        return known

    def _found(self, expression: Expression, depth: int) -> Iterator[str]:
        named = [*expression.symbols(), *(_bare(each) for each in expression.types())]
        direct = [name for name in named if name in self.schema.models]
        if direct:
            yield from direct
        elif expression.op is Op.ATTRIBUTE:
            yield from self._attribute(expression, depth)
        else:
            for part in _parts(expression):
                yield from self._models(part, depth)

    def _attribute(self, expression: Expression, depth: int) -> Iterator[str]:
        for model in self._models(expression.base, depth):
            relation = self.schema.models[model].relations.get(expression.attribute)
            if relation is not None:
                yield relation.target
            elif expression.attribute == "objects":
                yield model

    def _is_new(self, base: Expression) -> bool:
        """Is it a row that the same function makes?"""
        made = [each for each in base.bound() if each.op is Op.CALL and each.callee is not None]
        return any(
            each.owner == base.owner and not {*each.callee.symbols()}.isdisjoint(self.schema.models)
            for each in made
            if each.callee is not None
        )

    def _is_own(self, call: Expression) -> bool:
        """Is it a method that the program writes itself? That is told of the method."""
        symbols = call.callee.symbols() if call.callee is not None else ()
        return any(self.schema.program.function_named(name) is not None for name in symbols)

    def _add(
        self,
        source: str,
        model: str,
        mode: AccessMode,
        site: Site,
        depth: int,
        confidence: Confidence = Confidence.EXACT,
    ) -> None:
        self._table(source, self.schema.models[model].table, mode, site, depth, confidence)

    def _table(
        self,
        source: str,
        table: str,
        mode: AccessMode,
        site: Site,
        depth: int,
        confidence: Confidence = Confidence.EXACT,
    ) -> None:
        if "migrations" not in source.split("."):
            access = TableAccess(source, table, mode, site, depth, confidence)
            self.found.setdefault(access)


def _parts(expression: Expression) -> Iterator[Expression]:
    """What an expression is of the same models as."""
    match expression.op:
        case Op.NAME:
            yield from (each for each in expression.bound_once() if each != expression)
        case Op.COMPREHENSION | Op.UNION | Op.DISPLAY:
            yield from expression.elements[:4]
        case kind if kind in _FOLLOWED and expression.base is not None:
            yield expression.base


def _bare(type_: str) -> str:
    """The innermost class of a type: what a list holds."""
    return type_.rpartition("[")[2].rstrip("]")
