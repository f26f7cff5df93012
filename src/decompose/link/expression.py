"""One expression as framework readers see it."""

from collections.abc import Sequence
from typing import Self

from decompose.link.borrowed import is_only_read
from decompose.link.evaluate import Evaluator
from decompose.link.unchanged import parameter
from decompose.link.values import (
    CLASS,
    FUNCTION,
    INSTANCE,
    OBJECT,
    RAW,
    TAG_BITS,
    TAG_MASK,
    TUPLE,
)
from decompose.link.world import absolute, arguments, elements, reaching
from decompose.model import ops
from decompose.model.facts import NOTHING, PARAMETER, DefinitionKind, ModuleFacts, Op
from decompose.model.source import Site

_WRAPPED = (ops.AWAIT, ops.STAR, ops.ELEMENT, ops.ITEM, ops.ENTER)
_ON_A_BASE = frozenset([ops.ATTRIBUTE, ops.SUBSCRIPT, *_WRAPPED])
_OPS = tuple(Op)  # by their numbers; looking one up in the enum costs five times as much
_MAX_HOPS = 12
_METHODS = "http.HTTPMethod"
"""The standard library's enumeration whose members are strings: their own names."""


class Expr:
    """See `model.view.Expression`."""

    __slots__ = (
        *("_evaluator", "_facts", "_line", "_module", "_row", "_scope", "_told"),
        "loop_depth",
    )

    def __init__(
        self,
        evaluator: Evaluator,
        module: int,
        scope: int,
        row: int,
        line: int = 0,
        loop_depth: int = 0,
    ) -> None:
        self._evaluator = evaluator
        self._facts: ModuleFacts = evaluator.world.facts[module]
        self._module = module
        self._scope = scope
        self._told = row  # it may be known to be more than what is written: `if isinstance(order.line, Gift)`
        op = self._facts.expressions.op
        while op[row] in ops.NARROWING:
            row = self._facts.expressions.a[row]
        self._row = row
        self._line = line
        self.loop_depth = loop_depth

    def __repr__(self) -> str:
        return f"<{self.text()} at {self.site}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expr) and (self._module, self._row) == (other._module, other._row)

    def __hash__(self) -> int:
        return self._module << 20 ^ self._row

    def _at(self, row: int) -> "Expr":
        return Expr(self._evaluator, self._module, self._scope, row, 0, self.loop_depth)

    @property
    def op(self) -> Op:
        """What kind of expression it is."""
        return _OPS[self._facts.expressions.op[self._row]]

    @property
    def site(self) -> Site:
        """Where it stands."""
        return Site(self._facts.path, self._line or self._facts.expressions.line[self._row])

    @property
    def last_line(self) -> int:
        """The last line of what it holds, as far as known: lambdas and arguments included."""
        facts, op = self._facts, self.op
        own = facts.expressions.line[self._row]
        if op is Op.LAMBDA:
            return max(own, facts.definitions[facts.expressions.a[self._row]].end_line)
        if op is not Op.CALL:
            return own
        parts = (*self.arguments, *self.keywords.values())
        return max((part.last_line for part in parts), default=own)

    @property
    def module(self) -> str:
        """The module that it stands in."""
        return self._facts.module

    @property
    def owner(self) -> str:
        """Dotted name of the function, class or module whose scope it belongs to."""
        definitions = self._facts.definitions
        scope = self._scope
        while definitions[scope].kind is DefinitionKind.LAMBDA:
            scope = definitions[scope].parent
        world = self._evaluator.world
        return world.dotted(world.symbol(self._module, scope))

    @property
    def is_only_read(self) -> bool:
        """Is it an argument of the program's functions, none of which does more than read its attributes?"""
        return is_only_read(self._evaluator, (self._module, self._scope, self._row))

    @property
    def parameter(self) -> str:
        """The parameter of its own function that it is, not bound anew since; "" where it is none."""
        return parameter(self._evaluator.world, self._module, self._scope, self._row)

    @property
    def unpacked(self) -> Sequence["Expr"]:
        """What a call unpacks into its arguments: `rows` of `*rows`, `words` of `**words`."""
        expressions = self._facts.expressions
        if expressions.op[self._row] != ops.CALL:
            return []
        positional, words = arguments(self._facts, self._row)
        stars = [expressions.a[row] for row in positional if expressions.op[row] == ops.STAR]
        return [self._at(row) for row in (*stars, *(row for word, row in words if word == NOTHING))]

    def text(self) -> str:
        """Approximately as written, for messages."""
        op, facts = self.op, self._facts
        a, b = facts.expressions.a[self._row], facts.expressions.b[self._row]
        if op in (ops.NAME, ops.STRING):
            return facts.strings[a] if op is Op.NAME else repr(facts.strings[a])
        if op is Op.LITERAL:
            return facts.strings[b] if b != NOTHING else facts.strings[a]
        if op is Op.ATTRIBUTE:
            return f"{self._at(a).text()}.{facts.strings[b]}"
        if op is Op.CALL:
            return f"{self._at(a).text()}(…)"
        if op is Op.SUBSCRIPT:
            return f"{self._at(a).text()}[{self._at(b).text()}]"
        return "…"

    def string(self) -> str | None:
        """Its value where it is a string known from the text (constants followed, `+` and f-strings folded)."""
        return self.text_value(_MAX_HOPS)

    def text_value(self, hops: int) -> str | None:
        """Its value as a string, following at most so many names."""
        op, facts = self.op, self._facts
        if op is Op.STRING:
            return facts.strings[facts.expressions.a[self._row]]
        if hops == 0:
            return None
        if op in (ops.BINARY, ops.FORMAT):
            parts = [each.text_value(hops - 1) for each in self.elements]
            return None if None in parts else "".join(part for part in parts if part is not None)
        if op in (ops.NAME, ops.ATTRIBUTE):
            found = [each for each in self.bound_once() if each != self]
            return found[0].text_value(hops - 1) if len(found) == 1 else self._member(hops)
        if op is Op.CALL and self.attribute in (
            "_",
            "gettext_lazy",
            "gettext",
            "ugettext_lazy",
            "N_",
            "text",
        ):
            first = self.arguments[:1]
            return first[0].text_value(hops - 1) if first else None
        return None

    def _member(self, hops: int) -> str | None:
        """The string that a member of an enumeration is: `HTTPMethod.GET`, `Status.OPEN.value`."""
        base = self.base
        if self.op is not Op.ATTRIBUTE or base is None:
            return None
        if self.attribute == "value":
            return base.text_value(hops - 1)
        is_named = self.attribute.isupper() and self.name() == f"{_METHODS}.{self.attribute}"
        return self.attribute if is_named else None

    def literal(self) -> object:
        """Its value where it is a literal (also list, tuple, dict displays of literals), else None."""
        op, facts = self.op, self._facts
        a, b = facts.expressions.a[self._row], facts.expressions.b[self._row]
        if op is Op.LITERAL:
            return _literal(facts.strings[a], facts.strings[b] if b != NOTHING else "")
        if op is Op.DISPLAY:
            values = [each.literal() for each in self.elements]
            if facts.strings[a] == "dict":
                keys = [each.literal() for each in self.keys]
                return {
                    key: value
                    for key, value in zip(keys, values, strict=True)
                    if isinstance(key, str | int)
                }
            return tuple(values) if facts.strings[a] == "tuple" else values
        return self.string()

    @property
    def values(self) -> tuple[int, ...]:
        """What it may stand for, as the evaluator's integers."""
        return self._evaluator.evaluate(self._module, self._scope, self._told)

    def name(self) -> str | None:
        """Canonical dotted name of what it denotes, else None."""
        for found in self.values:
            name = self._evaluator.dotted_name(found)
            if name is not None:
                return name
        return None

    def symbols(self) -> tuple[str, ...]:
        """Dotted names of the program's functions, methods and classes that it may denote."""
        world, interner = self._evaluator.world, self._evaluator.interner
        called = [inner for each in self.values for inner in interner.called(each)]
        kinds = (CLASS, FUNCTION, RAW)
        found = [world.dotted(each >> TAG_BITS) for each in called if each & TAG_MASK in kinds]
        return tuple(dict.fromkeys(found))

    def class_symbols(self) -> tuple[int, ...]:
        """Symbols of the classes that it may denote."""
        return tuple(each >> TAG_BITS for each in self.values if each & TAG_MASK == CLASS)

    def types(self) -> tuple[str, ...]:
        """Classes its value may be an instance of: "CLASS", or "CLASS[ITEM]" where what it holds is known."""
        return tuple(dict.fromkeys(name for each in self.values for name in self._type_names(each)))

    def _type_names(self, found: int) -> list[str]:
        interner = self._evaluator.interner
        if found & TAG_MASK == TUPLE:
            return ["builtins.tuple"]
        if found & TAG_MASK not in (INSTANCE, OBJECT):
            return []
        name = self._evaluator.dotted_name(interner.class_of(found)) or ""
        items = [inner for each in interner.items(found) for inner in self._type_names(each)]
        return [f"{name}[{item}]" for item in items] or [name]

    @property
    def callee(self) -> "Expr | None":
        """What is called, where it is a call."""
        expressions, row = self._facts.expressions, self._row
        return self._at(expressions.a[row]) if expressions.op[row] == ops.CALL else None

    @property
    def arguments(self) -> Sequence["Expr"]:
        """Positional arguments, where it is a call."""
        if self._facts.expressions.op[self._row] != ops.CALL:
            return []
        return [self._at(row) for row in arguments(self._facts, self._row)[0]]

    @property
    def keywords(self) -> "dict[str, Expr]":
        """Keyword arguments, where it is a call (`**` left out)."""
        if self.op is not Op.CALL:
            return {}
        words = arguments(self._facts, self._row)[1]
        return {self._facts.strings[word]: self._at(row) for word, row in words if word != NOTHING}

    @property
    def base(self) -> "Expr | None":
        """What stands before the dot or bracket; of a wrapped value, what it was made from."""
        expressions = self._facts.expressions
        op, a = expressions.op[self._row], expressions.a[self._row]
        if op == ops.CALL:
            return self._at(expressions.a[a]) if expressions.op[a] == ops.ATTRIBUTE else None
        return self._at(a) if op in _ON_A_BASE else None

    @property
    def attribute(self) -> str:
        """The last name."""
        if self._facts.expressions.op[self._row] == ops.SUBSCRIPT:
            return ""
        return self._evaluator.last_text(self._facts, self._row)

    @property
    def elements(self) -> "Sequence[Expr]":
        """Elements of a display, f-string, union, binary expression, or comprehension."""
        op, expressions = self.op, self._facts.expressions
        if op is Op.DISPLAY:
            rows = elements(self._facts, self._row)
            return [self._at(row) for row in (rows[1::2] if self._is_dict() else rows)]
        if op is Op.FORMAT:
            return [self._at(row) for row in elements(self._facts, self._row)]
        if op in (ops.UNION, ops.BINARY):
            return [self._at(expressions.a[self._row]), self._at(expressions.b[self._row])]
        return [self._at(expressions.b[self._row])] if op is Op.COMPREHENSION else []

    def _is_dict(self) -> bool:
        return self._facts.strings[self._facts.expressions.a[self._row]] == "dict"

    @property
    def keys(self) -> Sequence["Expr"]:
        """Keys of a dict display, in the order of `elements`; the index of a subscript."""
        if self.op is Op.DISPLAY and self._is_dict():
            return [self._at(row) for row in elements(self._facts, self._row)[::2]]
        return [self._at(self._facts.expressions.b[self._row])] if self.op is Op.SUBSCRIPT else []

    @property
    def position(self) -> int:
        """Which part it is, where it is one part of an unpacked value, else -1."""
        return self._facts.expressions.b[self._row] if self.op is Op.ITEM else -1

    def bound(self) -> "Sequence[Expr]":
        """Where it is a name or attribute: the expressions it is bound to, wherever that is; else itself."""
        seen: list[Expr] = []
        ends: list[Expr] = []
        waiting: list[Expr] = [self]
        while waiting and len(seen) < 4 * _MAX_HOPS:
            each = waiting.pop(0)
            if each in seen:
                continue
            seen.append(each)
            further = [found for found in each.bound_once() if found != each]
            waiting.extend(further)
            if (
                not further
            ):  # a value, or a name that nobody binds: a parameter, an attribute of one
                ends.append(each)
        return ends or [self]

    def bound_once(self) -> "list[Expr]":
        """What a name or attribute is bound to, one step on."""
        op, expressions = self.op, self._facts.expressions
        if op is Op.NAME:
            number, seen = expressions.a[self._row], expressions.b[self._row]
            here = [] if seen == NOTHING else reaching(self._facts, seen)
            if here:
                kept = [entry for entry in here if entry > PARAMETER]
                narrowed = [PARAMETER - 1 - entry for entry in here if entry < PARAMETER]
                found = self._from_entries(self._evaluator, self._module, kept)
                for row in narrowed:
                    found.extend(self._at(expressions.a[row]).bound_once())
                return found
            return self._entries_of_name(number, self._facts.strings[number])
        if op is Op.ATTRIBUTE:
            return self._entries_of_attribute(self._facts.strings[expressions.b[self._row]])
        return [self]

    def _entries_of_name(self, number: int, name: str) -> "list[Expr]":
        world = self._evaluator.world
        definitions = self._facts.definitions
        scope = self._scope
        while scope > 0:
            entries = (
                world.local(self._module, scope, number)
                if definitions[scope].kind > DefinitionKind.CLASS
                else world.members(world.symbol(self._module, scope)).get(name)
                if scope == self._scope
                else None
            )
            if entries:
                return self._from_entries(self._evaluator, self._module, entries)
            if any(parameter.name == name for parameter in definitions[scope].parameters):
                return []
            scope = definitions[scope].parent
        return self.bound_in(self._evaluator, self._module, name)

    def _entries_of_attribute(self, name: str) -> "list[Expr]":
        found: list[Expr] = []
        receivers = self._evaluator.evaluate(
            self._module, self._scope, self._facts.expressions.a[self._row]
        )
        for receiver in receivers:
            tag, number = receiver & TAG_MASK, receiver >> TAG_BITS
            if tag == 0:
                found.extend(self.bound_in(self._evaluator, number, name))
            elif tag in (CLASS, INSTANCE):
                found.extend(self._member_entries(number, name))
        return found

    def _member_entries(self, symbol: int, name: str) -> "list[Expr]":
        world = self._evaluator.world
        for base in self._evaluator.order(symbol):
            if base & TAG_MASK != CLASS:
                continue
            owner = base >> TAG_BITS
            entries = world.members(owner).get(name)
            if entries:
                return self._from_entries(self._evaluator, world.module_of[owner], entries)
            stores = self._evaluator.stores.get(owner, {}).get(name, ())
            if stores:
                return [
                    Expr(self._evaluator, module, scope, world.facts[module].stores.value[position])
                    for module, scope, position in stores
                    if world.facts[module].stores.value[position] != NOTHING
                ]
        return []

    @classmethod
    def bound_in(cls, evaluator: Evaluator, module: int, name: str) -> list[Self]:
        """The expressions that a module-level name is bound to, imports followed."""
        return cls._module_entries(evaluator, module, name, set())

    @classmethod
    def _module_entries(
        cls, evaluator: Evaluator, module: int, name: str, seen: set[tuple[int, str]]
    ) -> list[Self]:
        if (module, name) in seen:
            return []
        seen.add((module, name))
        world = evaluator.world
        facts = world.facts[module]
        found: list[Self] = []
        entries = world.members(world.first[module]).get(name, ())
        for entry in entries:
            if entry >= 0:
                found.extend(cls._from_entries(evaluator, module, [entry]))
                continue
            imported = facts.imports[-1 - entry]
            target = world.module_number.get(absolute(facts, imported))
            if imported.name and target is not None:
                found.extend(cls._module_entries(evaluator, target, imported.name, seen))
        if not entries:
            for star in evaluator.stars(module):
                found.extend(cls._module_entries(evaluator, star, name, seen))
        return found

    @classmethod
    def _from_entries(cls, evaluator: Evaluator, module: int, entries: Sequence[int]) -> list[Self]:
        world = evaluator.world
        facts = world.facts[module]
        found: list[Self] = []
        for entry in entries:
            if entry >= 0:
                row = facts.bindings.value[entry]
                if row != NOTHING:
                    found.append(cls(evaluator, module, facts.bindings.scope[entry], row))
            else:
                imported = facts.imports[-1 - entry]
                target = world.module_number.get(absolute(facts, imported))
                if imported.name and target is not None:
                    found.extend(
                        cls._module_entries(
                            evaluator, target, imported.name, {(module, imported.alias)}
                        )
                    )
        return found


def _literal(kind: str, text: str) -> object:
    if kind == "bool":
        return text == "True"
    try:
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
    except ValueError:  # cut where it was long
        return None
    return None
