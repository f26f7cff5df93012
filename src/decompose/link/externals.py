"""Nodes for what stands outside of the program, and edges for imports."""

from decompose.graph.builder import GraphBuilder
from decompose.link.edges import Edges
from decompose.link.evaluate import Evaluator
from decompose.link.values import CLASS, FUNCTION, MODULE, TAG_BITS, TAG_MASK
from decompose.link.world import World, absolute
from decompose.model.facts import Import, ModuleFacts
from decompose.model.program import PREFIXES, Confidence, EdgeKind, NodeKind

TYPING = "typing"  # mediator of imports under TYPE_CHECKING


class Externals:
    """Nodes of libraries' names."""

    def __init__(self, builder: GraphBuilder) -> None:
        self._builder = builder
        self._nodes: dict[str, int] = {}

    def node(self, name: str) -> int:
        """The node of a library's name, as far as the name is written in the program."""
        known = self._nodes.get(name)
        if known is None:
            written = PREFIXES[NodeKind.EXTERNAL] + name.partition("(")[0]
            known = self._nodes[name] = self._builder.node(written, NodeKind.EXTERNAL)
        return known


class Imports:
    """Edges of imports; what a name stands for in a module is asked once, however many import it."""

    def __init__(
        self, world: World, evaluator: Evaluator, edges: Edges, externals: Externals
    ) -> None:
        self._world = world
        self._evaluator = evaluator
        self._edges = edges
        self._externals = externals
        self._targets: dict[tuple[str, str], list[int]] = {}

    def add(self, module: int, facts: ModuleFacts) -> None:
        """Those of a module."""
        first, builder = self._world.first[module], self._edges.builder
        for position, each in enumerate(facts.imports):
            source = self._edges.node_of[first + each.scope]
            mediator = TYPING if each.typing_only else ""
            for target in self._targets_of(module, position, each):
                if target != source:
                    builder.edge(
                        source,
                        target,
                        EdgeKind.IMPORTS,
                        Confidence.EXACT,
                        line=each.line,
                        mediated_by=mediator,
                    )

    def _targets_of(self, module: int, position: int, imported: Import) -> list[int]:
        facts = self._world.facts[module]
        named = absolute(facts, imported)
        if named == facts.module:  # its own submodules are asked for
            return self._find_targets(module, position, named)
        key = (named, imported.name)
        known = self._targets.get(key)
        if known is None:
            known = self._targets[key] = self._find_targets(module, position, named)
        return known

    def _find_targets(self, module: int, position: int, named: str) -> list[int]:
        imported = self._world.facts[module].imports[position]
        number = self._world.module_number.get(named)
        found = [] if number is None else [self._module_node(number)]
        is_library = bool(named) and named not in self._world.packages
        if not imported.name or imported.name == "*":
            return found or ([self._externals.node(named)] if is_library else [])
        definitions = [
            self._module_node(each >> TAG_BITS)
            if each & TAG_MASK == MODULE
            else self._edges.node_of[each >> TAG_BITS]
            for each in self._evaluator.imported(module, position)
            if each & TAG_MASK in (CLASS, FUNCTION, MODULE)
        ]
        if number is None and not definitions and is_library:
            return [self._externals.node(f"{named}.{imported.name}")]
        return [*found, *definitions]

    def _module_node(self, module: int) -> int:
        return self._edges.node_of[self._world.first[module]]
