"""What do names and attributes that are read, written, annotated with or inherited from refer to?"""

from decompose.link.edges import Edges, Place
from decompose.link.evaluate import Evaluator
from decompose.link.externals import Externals
from decompose.link.guesses import Guesses
from decompose.link.implicit import Implicit
from decompose.link.values import (
    CLASS,
    EXTERNAL,
    FUNCTION,
    MODULE,
    TAG_BITS,
    TAG_MASK,
    Values,
)
from decompose.link.world import World, absolute
from decompose.model import ops
from decompose.model.facts import NOTHING, ModuleFacts, Role
from decompose.model.program import Confidence, EdgeKind

_KINDS = {
    Role.READ: EdgeKind.USES,
    Role.WRITE: EdgeKind.USES,
    Role.INHERIT: EdgeKind.INHERITS,
    Role.ANNOTATE: EdgeKind.USES,
    Role.DELETE: EdgeKind.USES,
}


class References:
    """Adds the edges of references."""

    def __init__(
        self,
        evaluator: Evaluator,
        edges: Edges,
        externals: Externals,
        implicit: Implicit,
        guesses: Guesses,
    ) -> None:
        self._evaluator = evaluator
        self._world: World = evaluator.world
        self._edges = edges
        self._externals = externals
        self._implicit = implicit
        self._guesses = guesses
        self._variables: dict[tuple[int, str], int] = {}

    def add(self, facts: ModuleFacts, row: int, place: Place, role: Role) -> None:
        """Those of a use in a role."""
        values = self._evaluator.evaluate(place.module, place.scope, row)
        linked = False
        for each in values:
            tag = each & TAG_MASK
            if tag in (CLASS, FUNCTION):
                symbol = each >> TAG_BITS
                linked = True
                if self._edges.node_of[symbol] != place.source:
                    self._edges.to(place, symbol, _KINDS[role], Confidence.EXACT)
            elif tag == EXTERNAL and role is Role.INHERIT:
                self._inherit(each, place)
        if facts.expressions.op[row] == ops.ATTRIBUTE:
            self._implicit.attribute(facts, row, place, role)
            self._implicit.chain(facts, facts.expressions.a[row], place)
            if not values:
                self._guesses.missed_read(facts, row, place)
            if not linked:
                self._attribute(facts, row, place, values)
        elif facts.expressions.op[row] == ops.NAME and not linked:
            name = facts.strings[facts.expressions.a[row]]
            self._variable(place, self._variable_module(place.module, name))

    def _inherit(self, found: int, place: Place) -> None:
        target = self._externals.node(self._evaluator.interner.external_name(found))
        self._edges.builder.edge(
            place.source, target, EdgeKind.INHERITS, Confidence.EXACT, line=place.line
        )

    def _attribute(self, facts: ModuleFacts, row: int, place: Place, values: Values) -> None:
        """A module's variable is a use of the module."""
        expressions = facts.expressions
        name = facts.strings[expressions.b[row]]
        for receiver in self._evaluator.evaluate(place.module, place.scope, expressions.a[row]):
            if receiver & TAG_MASK == MODULE and not any(
                each & TAG_MASK == MODULE for each in values
            ):
                self._variable(place, self._variable_module(receiver >> TAG_BITS, name))

    def _variable(self, place: Place, module: int) -> None:
        if module not in (NOTHING, place.module):
            target = self._edges.node_of[self._world.first[module]]
            self._edges.to_node(place, target, EdgeKind.USES, Confidence.EXACT)

    def _variable_module(self, module: int, name: str) -> int:
        """The module that binds a variable which `module` knows by `name`; NOTHING for locals and libraries."""
        key = (module, name)
        known = self._variables.get(key)
        if known is None:
            self._variables[key] = NOTHING
            known = self._variables[key] = self._follow_variable(module, name)
        return known

    def _follow_variable(self, module: int, name: str) -> int:
        for entry in self._world.members(self._world.first[module]).get(name, ()):
            if entry >= 0:
                return module
            facts = self._world.facts[module]
            imported = facts.imports[-1 - entry]
            target = self._world.module_number.get(absolute(facts, imported))
            if imported.name and target is not None and target != module:
                return self._variable_module(target, imported.name)
        return NOTHING
