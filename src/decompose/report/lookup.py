"""Whose is a name, and where does it stand? Asked by every section of the page."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from decompose.graph import NOBODY, Analysis
from decompose.model.partition import RESERVED, SHARED, UNUSED, libraries
from decompose.model.program import PREFIXES, NodeKind, Table
from decompose.model.source import Site
from decompose.report.limits import EXCERPT_LINES, EXCERPT_WIDTH, EXCERPTS
from decompose.report.text import anchor, shortened

LABELS = {SHARED: "shared library", UNUSED: "unused code", "": "outside all services"}


@dataclass(frozen=True, slots=True)
class Place:
    """Evidence: a site, and the lines that stand there where they are known."""

    site: str
    excerpt: str = ""


@dataclass
class Lookup:
    """Names of one analysis -> services, sites, excerpts."""

    analysis: Analysis
    excerpt: Callable[[Site], str] | None = None
    _excerpts: dict[Site, str] = field(default_factory=dict)

    @cached_property
    def services(self) -> tuple[str, ...]:
        """Names of the services, in the partition's order."""
        return tuple(capability.name for capability in self.analysis.partition.capabilities)

    @cached_property
    def libraries(self) -> frozenset[str]:
        """Names of those that others import and nobody runs."""
        return libraries(
            {
                each.name: len(each.tables) + len(each.entry_points)
                for each in self.analysis.partition.capabilities
            }
        )

    @cached_property
    def labels(self) -> dict[str, str]:
        """Atom or table -> service, `shared` or `unused`; tables with and without their prefix."""
        found = self.analysis.partition.labels()
        prefix = PREFIXES[NodeKind.TABLE]
        tables = {
            name.removeprefix(prefix): label
            for name, label in found.items()
            if name.startswith(prefix)
        }
        return tables | found

    @cached_property
    def entry_services(self) -> dict[str, str]:
        """Node of an entry point -> the service that answers."""
        return {
            entry: capability.name
            for capability in self.analysis.partition.capabilities
            for entry in capability.entry_points
        }

    def service_of(self, name: str) -> str:
        """The service of a node's name, `shared`, `unused`, or "" where it has none."""
        known = self.labels.get(name) or self.entry_services.get(name)
        if known:
            return known
        graph = self.analysis.program.graph
        node = graph.index.get(name)
        atom = NOBODY if node is None else graph.atoms[node]
        return "" if atom == NOBODY else self.labels.get(graph.nodes.names[atom], "")

    def site_of(self, name: str) -> str:
        """Where a node's name is defined; "" where that is unknown."""
        graph = self.analysis.program.graph
        node = graph.index.get(name)
        site = None if node is None else graph.site(node)
        return str(site) if site else ""

    def place(self, site: Site) -> Place:
        """A site with its excerpt; excerpts end when their budget is used up."""
        if (
            self.excerpt is not None
            and site not in self._excerpts
            and len(self._excerpts) < EXCERPTS
        ):
            self._excerpts[site] = _trimmed(self.excerpt(site))
        return Place(str(site), self._excerpts.get(site, ""))

    def anchor(self, service: str) -> str:
        """The id of a service's card."""
        if service in RESERVED or not service:
            return "rest"
        return anchor("service", service, self.services.index(service))

    @cached_property
    def tables(self) -> dict[str, int]:
        """Name of a table -> its position among all that are known."""
        owned = (
            name
            for capability in self.analysis.partition.capabilities
            for name in capability.tables
        )
        known = {table.name for table in self.analysis.program.tables}
        known.update(access.table for access in self.analysis.program.accesses)
        names = {name.removeprefix(PREFIXES[NodeKind.TABLE]) for name in (*known, *owned)}
        return {name: number for number, name in enumerate(sorted(names))}

    @cached_property
    def declared(self) -> dict[str, Table]:
        """Name -> table, as the program declares it."""
        return {table.name: table for table in self.analysis.program.tables}

    def table_anchor(self, name: str) -> str:
        """The id of a table's evidence."""
        return anchor("table", name, self.tables.get(name, len(self.tables)))

    @staticmethod
    def title(label: str) -> str:
        """How a service or reserved label is called on the page."""
        return LABELS.get(label, label)


def _trimmed(text: str) -> str:
    lines = [
        line.expandtabs(4).rstrip() for line in text.strip("\r\n").splitlines()[:EXCERPT_LINES]
    ]
    indents = [len(line) - len(line.lstrip()) for line in lines if line]
    margin = min(indents, default=0)
    return "\n".join(shortened(line[margin:], EXCERPT_WIDTH) for line in lines)
