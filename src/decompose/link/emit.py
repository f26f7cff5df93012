"""Every use becomes an edge, or is counted with the reason why not."""

from array import array
from dataclasses import dataclass, field

from decompose.graph.builder import GraphBuilder
from decompose.graph.dependency import NOBODY
from decompose.link.creation import Creation
from decompose.link.edges import IMPLICIT, Edges, Place
from decompose.link.evaluate import Evaluator
from decompose.link.guesses import Guesses
from decompose.link.implicit import Implicit
from decompose.link.operations import Operations
from decompose.link.values import (
    BOUND,
    CLASS,
    EXTERNAL,
    FUNCTION,
    INSTANCE,
    MODULE,
    OBJECT,
    RAW,
    TAG_BITS,
    TAG_MASK,
    Values,
)
from decompose.link.world import World, absolute
from decompose.model import ops
from decompose.model.facts import (
    LOOP_SHIFT,
    NOTHING,
    ROLE_MASK,
    DefinitionKind,
    ModuleFacts,
    Role,
)
from decompose.model.program import (
    PREFIXES,
    WRAPPED,
    WRAPPER,
    Confidence,
    EdgeKind,
    NodeKind,
    Reason,
)

TYPING = "typing"  # mediator of imports under TYPE_CHECKING
_ROLES = tuple(Role)
_REASONS = {reason: number for number, reason in enumerate(Reason)}
_KINDS = {
    Role.READ: EdgeKind.USES,
    Role.WRITE: EdgeKind.USES,
    Role.INHERIT: EdgeKind.INHERITS,
    Role.ANNOTATE: EdgeKind.USES,
    Role.DELETE: EdgeKind.USES,
}


@dataclass
class Rest:
    """Calls that were not linked, as columns; nodes are provisional."""

    source: "array[int]" = field(default_factory=lambda: array("i"))
    line: "array[int]" = field(default_factory=lambda: array("i"))
    reason: "array[int]" = field(default_factory=lambda: array("i"))
    text: list[str] = field(default_factory=list)
    linked: int = 0


class Emitter:
    """Adds nodes and edges of all modules to a builder."""

    def __init__(
        self,
        world: World,
        evaluator: Evaluator,
        builder: GraphBuilder,
        file_of: dict[str, int],
        tests: frozenset[int],
    ) -> None:
        self.world = world
        self.evaluator = evaluator
        self.builder = builder
        self.rest = Rest()
        self._file_of = file_of
        self.links = Edges(evaluator, builder, tests)
        operations = Operations(world, evaluator)
        self.implicit = Implicit(world, evaluator, self.links, operations)
        self.creation = Creation(evaluator, self.links, operations)
        self.guesses = Guesses(world, evaluator, self.links)
        self._externals: dict[str, int] = {}
        self._variables: dict[tuple[int, str], int] = {}

    def nodes(self) -> None:
        """A node for every module and definition; lambdas count as their owner."""
        for facts in self.world.facts:
            file = self._file_of[facts.path]
            self.builder.node(
                facts.module, NodeKind.MODULE, file=file, line=1, end_line=facts.line_count
            )
        for module, facts in enumerate(self.world.facts):
            self._definitions(module, facts)

    def _definitions(self, module: int, facts: ModuleFacts) -> None:
        first, file = self.world.first[module], self._file_of[facts.path]
        for scope, definition in enumerate(facts.definitions):
            parent = (
                NOBODY
                if definition.parent == NOTHING
                else self.links.node_of[first + definition.parent]
            )
            if definition.kind is DefinitionKind.LAMBDA:
                self.links.node_of[first + scope] = parent
                continue
            self.links.node_of[first + scope] = self.builder.node(
                self.world.dotted(first + scope),
                self._kind(facts, scope),
                parent=parent,
                file=file,
                line=definition.line,
                end_line=definition.end_line,
            )

    def _kind(self, facts: ModuleFacts, scope: int) -> NodeKind:
        definition = facts.definitions[scope]
        if definition.kind is DefinitionKind.MODULE:
            return NodeKind.MODULE
        if definition.kind is DefinitionKind.CLASS:
            return NodeKind.CLASS
        around = facts.definitions[definition.parent].kind
        return NodeKind.METHOD if around is DefinitionKind.CLASS else NodeKind.FUNCTION

    def edges(self) -> None:
        """An edge for every use and import that can be linked."""
        for module, facts in enumerate(self.world.facts):
            self._imports(module, facts)
            uses, first = facts.uses, self.world.first[module]
            call, decorate, raised = int(Role.CALL), int(Role.DECORATE), int(Role.RAISE)
            for scope, row, line, flags in zip(
                uses.scope, uses.expression, uses.line, uses.flags, strict=True
            ):
                place = Place(
                    module, scope, self.links.node_of[first + scope], line, flags >> LOOP_SHIFT
                )
                if flags & ROLE_MASK == call:
                    self._call(facts, row, place)
                elif flags & ROLE_MASK == decorate:
                    self._decorate(row, place)
                elif flags & ROLE_MASK == raised:
                    self._raise(row, place)
                else:
                    self._reference(facts, row, place, _ROLES[flags & ROLE_MASK])
            self.implicit.blocks(module, facts)
            self._wrappers(module, facts)
            self.implicit.operations(module, facts)
        self.creation.add()
        self.guesses.add()

    def _imports(self, module: int, facts: ModuleFacts) -> None:
        first = self.world.first[module]
        for position, each in enumerate(facts.imports):
            source = self.links.node_of[first + each.scope]
            mediator = TYPING if each.typing_only else ""
            for target in self._import_targets(module, position):
                if target != source:
                    self.builder.edge(
                        source,
                        target,
                        EdgeKind.IMPORTS,
                        Confidence.EXACT,
                        line=each.line,
                        mediated_by=mediator,
                    )

    def _import_targets(self, module: int, position: int) -> list[int]:
        facts = self.world.facts[module]
        each = facts.imports[position]
        named = absolute(facts, each)
        number = self.world.module_number.get(named)
        found = [] if number is None else [self.links.node_of[self.world.first[number]]]
        if not each.name or each.name == "*":
            return found or (
                [self._external(named)] if named and named not in self.world.packages else []
            )
        definitions = [
            self.links.node_of[
                value >> TAG_BITS
                if value & TAG_MASK != MODULE
                else self.world.first[value >> TAG_BITS]
            ]
            for value in self.evaluator.imported(module, position)
            if value & TAG_MASK in (CLASS, FUNCTION, MODULE)
        ]
        if number is None and not definitions and named and named not in self.world.packages:
            return [self._external(f"{named}.{each.name}")]
        return [*found, *definitions]

    def _external(self, name: str) -> int:
        """The node of a library's name, as far as the name is written in the program."""
        name = name.partition("(")[0]
        known = self._externals.get(name)
        if known is None:
            node_name = PREFIXES[NodeKind.EXTERNAL] + name
            known = self._externals[name] = self.builder.node(node_name, NodeKind.EXTERNAL)
        return known

    def _call(self, facts: ModuleFacts, row: int, place: Place) -> None:
        callee = facts.expressions.a[row]
        values = self.evaluator.evaluate(place.module, place.scope, callee)
        if not values:
            if self.implicit.missing(facts, callee, place):
                self.rest.linked += 1
            else:
                self.implicit.unknown_call(facts, row, place)
                self.guesses.missed(facts, row, place)
                self._unlinked(facts, callee, place, self._reason(facts, callee, place))
            return
        if facts.expressions.op[callee] == ops.ATTRIBUTE:
            self.implicit.chain(facts, callee, place)
            self._class_overrides(facts, callee, place)
        confidence = self._confidence(facts, callee, place, values)
        outcomes = {self._call_value(each, row, place, confidence) for each in values}
        if None in outcomes:
            self.rest.linked += 1
            return
        best = Reason.LIBRARY if Reason.LIBRARY in outcomes else min(outcomes, key=str)
        self._unlinked(facts, callee, place, best or Reason.DYNAMIC)

    def _class_overrides(self, facts: ModuleFacts, callee: int, place: Place) -> None:
        """A method of a class that goes by another name than its own (`cls`, a parameter)."""
        base = facts.expressions.a[callee]
        found = self.evaluator.evaluate(place.module, place.scope, base)
        if len(found) != 1 or found[0] & TAG_MASK != CLASS:
            return  # of several, each is known
        symbol = found[0] >> TAG_BITS
        if self.evaluator.last_text(facts, base) != self.world.definition(symbol).name:
            self.links.class_overrides(place, symbol, facts.strings[facts.expressions.b[callee]])

    def _decorate(self, row: int, place: Place) -> None:
        """`@decorator` calls it, in the scope where the definition stands."""
        for found in self.evaluator.evaluate(place.module, place.scope, row):
            if found & TAG_MASK != EXTERNAL:
                self._call_value(found, NOTHING, place, Confidence.EXACT)

    def _wrappers(self, module: int, facts: ModuleFacts) -> None:
        """A decorated function hangs on the wrappers that are put around it."""
        for scope, definition in enumerate(facts.definitions):
            if not definition.decorators or definition.kind is DefinitionKind.CLASS:
                continue
            symbol = self.world.symbol(module, scope)
            node = self.links.node_of[symbol]
            place = Place(module, scope, node, definition.line, 0)
            for wrapper in self.evaluator.wrappers(symbol):
                self.links.to(place, wrapper, EdgeKind.USES, Confidence.INFERRED, WRAPPER)

    def _raise(self, row: int, place: Place) -> None:
        """`raise Problem` makes one."""
        for found in self.evaluator.evaluate(place.module, place.scope, row):
            if found & TAG_MASK == CLASS:
                self._instantiate(found >> TAG_BITS, place, Confidence.EXACT)

    def _call_value(
        self, found: int, row: int, place: Place, confidence: Confidence
    ) -> Reason | None:
        """Link one possible callee of a call (NOTHING: of a decorator); the reason where it is not the program's."""
        tag, number = found & TAG_MASK, found >> TAG_BITS
        if tag == BOUND:
            return self._call_bound(found, row, place, confidence)
        if tag in (FUNCTION, RAW):
            self._call_function(found, place, confidence)
            return None
        if tag == CLASS:
            self._instantiate(number, place, confidence)
            if row != NOTHING and self._is_class_value(number, row, place.module):
                self.links.constructors(place, number)
            return None
        if tag in (INSTANCE, OBJECT):
            return self._call_instance(found, place)
        if tag == EXTERNAL:
            name = self.evaluator.interner.names[number]
            if row != NOTHING:
                self.implicit.library_call(name, row, place)
            return self._call_external(name, place)
        return Reason.DYNAMIC

    def _call_bound(
        self, found: int, row: int, place: Place, confidence: Confidence
    ) -> Reason | None:
        function, receiver = self.evaluator.interner.bound[found >> TAG_BITS]
        if function & TAG_MASK not in (FUNCTION, RAW):
            if function & TAG_MASK == EXTERNAL:
                self.implicit.library_method(function, receiver, place)
                self.guesses.library(self.evaluator.interner.external_name(function))
            return self._call_value(function, row, place, confidence)
        symbol = function >> TAG_BITS
        if self.links.is_left_open(symbol, receiver):
            self.links.to(place, symbol, EdgeKind.USES, confidence)
        else:
            self._call_function(function, place, confidence)
        self.links.overrides(place, symbol, receiver)
        return None

    def _call_function(self, found: int, place: Place, confidence: Confidence) -> None:
        """A call of a decorated function enters what its decorators made of it, and by way of that the function."""
        symbol = found >> TAG_BITS
        wrapped = self.evaluator.wrapped(symbol) if found & TAG_MASK == FUNCTION else ()
        for each in wrapped:
            if each != found:
                self._call_value(each, NOTHING, place, Confidence.INFERRED)
        for each in self.evaluator.dispatched.get(symbol, ()):
            self.links.to(place, each, EdgeKind.CALLS, Confidence.INFERRED, IMPLICIT)
        if not wrapped:
            self.links.to(place, symbol, EdgeKind.CALLS, confidence)
        elif symbol << TAG_BITS | RAW not in wrapped:
            self.links.to(place, symbol, EdgeKind.USES, confidence, WRAPPED)

    def _instantiate(self, symbol: int, place: Place, confidence: Confidence) -> None:
        self.links.to(place, symbol, EdgeKind.INSTANTIATES, confidence)
        for name in ("__new__", "__init__", "__post_init__"):
            method = self.evaluator.method_symbol(symbol << TAG_BITS | CLASS, name)
            if method != NOTHING:
                mediator = IMPLICIT if name == "__post_init__" else ""
                self.links.to(place, method, EdgeKind.CALLS, confidence, mediator)

    def _is_class_value(self, symbol: int, row: int, module: int) -> bool:
        """Is a class called by another name than its own, so that it may be a subclass?"""
        facts = self.world.facts[module]
        name = self.evaluator.last_text(facts, facts.expressions.a[row])
        return name != self.world.definition(symbol).name

    def _call_instance(self, found: int, place: Place) -> Reason | None:
        detail = self.evaluator.interner.detail(found)
        if detail is not None and detail[0] == "partial":
            return self._call_partial(found, place)
        kind = self.evaluator.interner.class_of(found)
        method = self.evaluator.method_symbol(kind, "__call__")
        if method == NOTHING:
            return Reason.LIBRARY if kind & TAG_MASK == EXTERNAL else Reason.UNKNOWN_ATTRIBUTE
        self.links.to(place, method, EdgeKind.CALLS, Confidence.INFERRED)
        return None

    def _call_partial(self, found: int, place: Place) -> Reason | None:
        outcomes = [
            self._call_value(each, NOTHING, place, Confidence.INFERRED)
            for each in self.evaluator.interner.items(found)
        ]
        return outcomes[0] if outcomes and None not in outcomes else None

    def _call_external(self, name: str, place: Place) -> Reason:
        if name.startswith("builtins."):
            return Reason.BUILTIN
        self.builder.edge(
            place.source,
            self._external(name),
            EdgeKind.CALLS,
            Confidence.EXACT,
            line=place.line,
            loop_depth=place.loop,
        )
        return Reason.LIBRARY

    def _confidence(
        self, facts: ModuleFacts, callee: int, place: Place, values: Values
    ) -> Confidence:
        """Exact where names and imports alone lead there."""
        if len(values) > 1:
            return Confidence.INFERRED
        op = facts.expressions.op[callee]
        if op == ops.NAME:
            return Confidence.EXACT
        if op != ops.ATTRIBUTE:
            return Confidence.INFERRED
        base = facts.expressions.a[callee]
        receivers = self.evaluator.evaluate(place.module, place.scope, base)
        named = facts.expressions.op[base] == ops.NAME
        own = named and facts.strings[facts.expressions.a[base]] in ("self", "cls")
        exact = own or all(each & TAG_MASK in (MODULE, CLASS) for each in receivers)
        return Confidence.EXACT if exact else Confidence.INFERRED

    def _reason(self, facts: ModuleFacts, callee: int, place: Place) -> Reason:
        if facts.expressions.op[callee] != ops.ATTRIBUTE:
            return Reason.DYNAMIC
        base = facts.expressions.a[callee]
        receivers = self.evaluator.evaluate(place.module, place.scope, base)
        return Reason.UNKNOWN_ATTRIBUTE if receivers else Reason.UNKNOWN_RECEIVER

    def _unlinked(self, facts: ModuleFacts, callee: int, place: Place, reason: Reason) -> None:
        self.rest.source.append(place.source)
        self.rest.line.append(place.line)
        self.rest.reason.append(_REASONS[reason])
        self.rest.text.append(short_text(facts, callee))

    def _reference(self, facts: ModuleFacts, row: int, place: Place, role: Role) -> None:
        values = self.evaluator.evaluate(place.module, place.scope, row)
        linked = False
        for each in values:
            tag = each & TAG_MASK
            if tag in (CLASS, FUNCTION):
                symbol = each >> TAG_BITS
                linked = True
                if self.links.node_of[symbol] != place.source:
                    self.links.to(place, symbol, _KINDS[role], Confidence.EXACT)
            elif tag == EXTERNAL and role is Role.INHERIT:
                self._inherit_external(each, place)
        if facts.expressions.op[row] == ops.ATTRIBUTE:
            self.implicit.attribute(facts, row, place, role)
            self.implicit.chain(facts, facts.expressions.a[row], place)
            if not values:
                self.guesses.missed_read(facts, row, place)
            if not linked:
                self._attribute(facts, row, place, values)
        elif facts.expressions.op[row] == ops.NAME and not linked:
            name = facts.strings[facts.expressions.a[row]]
            self._variable(place, self._variable_module(place.module, name))

    def _inherit_external(self, found: int, place: Place) -> None:
        target = self._external(self.evaluator.interner.external_name(found))
        self.builder.edge(
            place.source, target, EdgeKind.INHERITS, Confidence.EXACT, line=place.line
        )

    def _attribute(self, facts: ModuleFacts, row: int, place: Place, values: Values) -> None:
        """A module's variable is a use of the module."""
        expressions = facts.expressions
        name = facts.strings[expressions.b[row]]
        for receiver in self.evaluator.evaluate(place.module, place.scope, expressions.a[row]):
            if receiver & TAG_MASK == MODULE and not any(
                each & TAG_MASK == MODULE for each in values
            ):
                self._variable(place, self._variable_module(receiver >> TAG_BITS, name))

    def _variable(self, place: Place, module: int) -> None:
        if module not in (NOTHING, place.module):
            target = self.links.node_of[self.world.first[module]]
            self.builder.edge(
                place.source,
                target,
                EdgeKind.USES,
                Confidence.EXACT,
                line=place.line,
                loop_depth=place.loop,
            )

    def _variable_module(self, module: int, name: str) -> int:
        """The module that binds a variable which `module` knows by `name`; NOTHING for locals and libraries."""
        key = (module, name)
        known = self._variables.get(key)
        if known is None:
            self._variables[key] = NOTHING
            known = self._variables[key] = self._follow_variable(module, name)
        return known

    def _follow_variable(self, module: int, name: str) -> int:
        for entry in self.world.members(self.world.first[module]).get(name, ()):
            if entry >= 0:
                return module
            facts = self.world.facts[module]
            imported = facts.imports[-1 - entry]
            target = self.world.module_number.get(absolute(facts, imported))
            if imported.name and target is not None and target != module:
                return self._variable_module(target, imported.name)
        return NOTHING


def short_text(facts: ModuleFacts, row: int) -> str:
    """An expression roughly as written: names, dots, and brackets for what stands between."""
    parts: list[str] = []
    expressions = facts.expressions
    for _ in range(8):
        op = expressions.op[row]
        if op == ops.ATTRIBUTE:
            parts.append(f".{facts.strings[expressions.b[row]]}")
        elif op == ops.CALL:
            parts.append("()")
        elif op == ops.SUBSCRIPT:
            parts.append("[]")
        else:
            parts.append(facts.strings[expressions.a[row]] if op == ops.NAME else "…")
            break
        row = expressions.a[row]
    else:
        parts.append("…")
    return "".join(reversed(parts))
