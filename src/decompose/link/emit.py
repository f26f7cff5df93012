"""Every definition becomes a node, every use an edge or a count of why not."""

from decompose.graph.builder import GraphBuilder
from decompose.graph.dependency import NOBODY
from decompose.graph.packing import site
from decompose.link.calls import Calls
from decompose.link.creation import Creation
from decompose.link.edges import Edges, Place
from decompose.link.evaluate import Evaluator
from decompose.link.externals import Externals, Imports
from decompose.link.guesses import Guesses
from decompose.link.implicit import Implicit
from decompose.link.operations import Operations
from decompose.link.proxies import Proxies
from decompose.link.references import References
from decompose.link.world import World
from decompose.model.facts import (
    LOOP_SHIFT,
    NOTHING,
    ROLE_MASK,
    DefinitionKind,
    ModuleFacts,
    Role,
)
from decompose.model.program import WRAPPER, Confidence, EdgeKind, NodeKind

_ROLES = tuple(Role)
_CALL, _INHERIT, _DECORATE, _RAISE = map(int, (Role.CALL, Role.INHERIT, Role.DECORATE, Role.RAISE))


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
        self._file_of = file_of
        self.links = Edges(evaluator, builder, tests)
        externals = Externals(builder)
        operations = Operations(world, evaluator)
        guesses = Guesses(world, evaluator, self.links)
        implicit = Implicit(world, evaluator, self.links, operations)
        self.creation = Creation(evaluator, self.links, operations)
        self.proxies = Proxies(evaluator, self.links)
        self.imports = Imports(world, evaluator, self.links, externals)
        self.references = References(evaluator, self.links, externals, implicit, guesses)
        self.calls = Calls(evaluator, self.links, externals, implicit, guesses)
        self.implicit, self.guesses = implicit, guesses

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
            self.imports.add(module, facts)
            self._uses(module, facts)
            self.implicit.blocks(module, facts)
            self._wrappers(module, facts)
            self.implicit.operations(module, facts)
        self.creation.add()
        self.proxies.add()
        self.guesses.add()

    def _uses(self, module: int, facts: ModuleFacts) -> None:
        """Names and attributes share rows within a function: what a row gives in a role is found once."""
        uses, first, links = facts.uses, self.world.first[module], self.links
        known: dict[int, tuple[int, int]] = {}
        self.calls.begin()
        node_of, ends = links.node_of, self.builder.ends
        for scope, row, line, flags in zip(
            uses.scope, uses.expression, uses.line, uses.flags, strict=True
        ):
            role, where = flags & ROLE_MASK, site(line, flags >> LOOP_SHIFT)
            key = row << LOOP_SHIFT | role
            before = known.get(key)
            if before is not None:
                links.repeat(*before, where)
                continue
            place = Place(module, scope, node_of[first + scope], line, where)
            if role == _CALL:
                self.calls.add(facts, row, place)
                continue
            count = len(ends)
            self._reference(facts, row, place, role)
            if role != _INHERIT:  # of which loops are not noted
                known[key] = (count, len(ends))

    def _reference(self, facts: ModuleFacts, row: int, place: Place, role: int) -> None:
        if role == _DECORATE:
            self.calls.decorate(row, place)
        elif role == _RAISE:
            self.calls.raised(row, place)
        else:
            self.references.add(facts, row, place, _ROLES[role])

    def _wrappers(self, module: int, facts: ModuleFacts) -> None:
        """A decorated function hangs on the wrappers that are put around it."""
        for scope, definition in enumerate(facts.definitions):
            if not definition.decorators or definition.kind is DefinitionKind.CLASS:
                continue
            symbol = self.world.symbol(module, scope)
            node = self.links.node_of[symbol]
            place = Place(module, scope, node, definition.line, site(definition.line, 0))
            for wrapper in self.evaluator.wrappers(symbol):
                self.links.to(place, wrapper, EdgeKind.USES, Confidence.INFERRED, WRAPPER)
