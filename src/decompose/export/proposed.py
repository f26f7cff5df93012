"""The second half of the exchange format: what is proposed, what it costs, and what it is beside.

See `wire`, which holds the first half and the document; the same rules hold for changes.
"""

from typing import Annotated

from msgspec import Meta, Struct

Ref = Annotated[
    int,
    Meta(description="A name: n ≥ 0 is node n of the graph, n < 0 is `strings[-n - 1]`."),
]
Text = Annotated[int, Meta(ge=0, description="A position in `strings`.")]


class Site(Struct):
    """A place in a file."""

    path: Annotated[str, Meta(description="POSIX, relative to the analyzed folder.")]
    line: Annotated[int, Meta(description="From 1.")]


class Doubt(Struct):
    """A member that perturbed runs do not agree on."""

    member: Annotated[Ref, Meta(description="Atom.")]
    agreement: Annotated[float, Meta(description="Share of runs that leave it, 0 to 1.")]
    second: Annotated[str, Meta(description="The service it goes to otherwise.")]


class Reasons(Struct):
    """Columns of reasons."""

    name: Annotated[list[Ref], Meta(description="Atom or table.")]
    text: Annotated[list[Text], Meta(description="The reason.")]


class Capability(Struct):
    """A service as the partition has it."""

    name: Annotated[str, Meta(description="Unique.")]
    purpose: Annotated[str, Meta(description="What it does.")]
    members: Annotated[list[Ref], Meta(description="Atoms of code.")]
    tables: Annotated[list[Ref], Meta(description="Tables it owns.")]
    entry_points: Annotated[list[Ref], Meta(description="Routes, tasks, … that it answers.")]
    vocabulary: Annotated[list[str], Meta(description="Its telling words, most telling first.")]
    lines: Annotated[int, Meta(description="Lines of its members.")]
    confidence: Annotated[float, Meta(description="Mean agreement of its members, 0 to 1.")]


class Partition(Struct):
    """A total map from atoms to services, `shared` and `unused`."""

    capabilities: Annotated[list[Capability], Meta(description="Services.")]
    shared: Annotated[list[Ref], Meta(description="Atoms of the shared library.")]
    unused: Annotated[list[Ref], Meta(description="Atoms that nothing reaches.")]
    reasons: Annotated[Reasons, Meta(description="Why an atom is shared, unused, placed oddly.")]
    doubts: Annotated[list[Doubt], Meta(description="Least agreement first.")]
    table_reasons: Annotated[Reasons, Meta(description="Why a table's owner owns it.")]
    verdict: Annotated[str, Meta(description="Whether splitting is worth it.")]
    worth_it: Annotated[bool, Meta(description="The same as yes or no.")]


class Service(Struct):
    """A service as proposed."""

    name: Annotated[str, Meta(description="Lower case, digits, dashes.")]
    purpose: Annotated[str, Meta(description="What it does.")]
    members: Annotated[list[str], Meta(description="Dotted prefixes; the longest decides.")]
    tables: Annotated[list[str], Meta(description="Names of tables.")]
    entry_points: Annotated[list[str], Meta(description="Names of nodes.")]


class Constraints(Struct):
    """What a person asks of every later analysis."""

    pins: Annotated[dict[str, str], Meta(description="Member prefix or `table:NAME` -> service.")]
    together: Annotated[list[list[str]], Meta(description="Members that must share a service.")]
    apart: Annotated[list[list[str]], Meta(description="Members that must not.")]


class Proposal(Struct):
    """What `decompose.toml` says."""

    version: Annotated[int, Meta(description="Of its own format.")]
    services: Annotated[list[Service], Meta(description="In order of the file.")]
    shared: Annotated[list[str], Meta(description="Prefixes of the shared library.")]
    unused: Annotated[list[str], Meta(description="Prefixes of unused code.")]
    constraints: Annotated[Constraints, Meta(description="Pins and the like.")]


class Boundary(Struct):
    """Everything of the consumer that depends on the provider."""

    provider: Annotated[str, Meta(description="Service.")]
    consumer: Annotated[str, Meta(description="Service.")]
    weight: Annotated[float, Meta(description="Of all crossings.")]
    crossings: Annotated[int, Meta(description="How many crossings it has; they follow in order.")]


class Crossings(Struct):
    """Columns of the crossings of all boundaries, in order; heaviest first within a boundary."""

    kind: Annotated[list[int], Meta(description="Position in `edge_kinds`.")]
    source: Annotated[list[Ref], Meta(description="In the consumer.")]
    target: Annotated[list[Ref], Meta(description="In the provider.")]
    confidence: Annotated[list[int], Meta(description="Position in `confidences`.")]
    weight: Annotated[list[float], Meta(description="Sites, loops counted ten-fold.")]
    sites: Annotated[list[int], Meta(description="How many sites it has; they follow in order.")]
    site_path: Annotated[list[Text], Meta(description="Of each site: its file.")]
    site_line: Annotated[list[int], Meta(description="Of each site: its line.")]


class Finding(Struct):
    """The price of a boundary, or a trap in the code."""

    question: Annotated[str, Meta(description="What was asked.")]
    severity: Annotated[str, Meta(description="high, medium or low.")]
    subject: Annotated[str, Meta(description="A table, module, service or entry point.")]
    services: Annotated[list[str], Meta(description="Those involved.")]
    message: Annotated[str, Meta(description="What was found.")]
    sites: Annotated[list[Site], Meta(description="Evidence.")]
    remedy: Annotated[str, Meta(description="What to do about it.")]
    confidence: Annotated[int, Meta(description="Position in `confidences`. Since 0.2.")] = 2


class Scores(Struct):
    """The figures of one decomposition."""

    name: Annotated[str, Meta(description='"proposal", or the name of a rival.')]
    figures: Annotated[dict[str, float | None], Meta(description="By short name; null: undefined.")]


class Move(Struct):
    """A member that changed its place since the analysis before."""

    member: Annotated[Ref, Meta(description="Atom or table, by its name today.")]
    before: Annotated[str, Meta(description='Service, shared or unused; "": it was not there.')]
    after: Annotated[str, Meta(description='Service, shared or unused; "": it is gone.')]
    why: Annotated[str, Meta(description="In words.")]


class Changes(Struct):
    """What is different from the analysis before, each list sorted."""

    moved: Annotated[list[Move], Meta(description="Members that changed their place.")]
    added: Annotated[list[Move], Meta(description="New members.")]
    gone: Annotated[list[Move], Meta(description="Members that are no more.")]
    renamed: Annotated[
        list[tuple[Ref, Ref]], Meta(description="Members: earlier name, name today.")
    ]
    services_added: Annotated[list[str], Meta(description="New services.")]
    services_gone: Annotated[list[str], Meta(description="Services that are no more.")]
    services_renamed: Annotated[
        list[tuple[str, str]], Meta(description="Services: earlier name, name today.")
    ]
    kept: Annotated[int, Meta(description="Members that stayed where they were.")]


class Domain(Struct):
    """Services that are about one thing."""

    name: Annotated[str, Meta(description="Unique among domains.")]
    services: Annotated[list[str], Meta(description="Their names, sorted.")]


class Aggregate(Struct):
    """Tables of a service that live and die together."""

    service: Annotated[str, Meta(description="Who keeps them.")]
    root: Annotated[Ref, Meta(description="The table that the others belong to.")]
    tables: Annotated[list[Ref], Meta(description="The others, sorted.")]


class Hierarchy(Struct):
    """Domain -> service -> aggregate."""

    domains: Annotated[list[Domain], Meta(description="Most lines first; none: too few services.")]
    aggregates: Annotated[list[Aggregate], Meta(description="By service and root.")]


class TeamShare(Struct):
    """A team of a service."""

    team: Annotated[str, Meta(description="As CODEOWNERS spells it.")]
    share: Annotated[float, Meta(description="Of the service's lines, 0 to 1.")]


class ServiceTeams(Struct):
    """Who owns a service."""

    service: Annotated[str, Meta(description="Its name.")]
    teams: Annotated[list[TeamShare], Meta(description="Largest share first.")]


class Teamwork(Struct):
    """The partition beside the ownership of files."""

    source: Annotated[str, Meta(description="The file that says who owns what.")]
    services: Annotated[list[ServiceTeams], Meta(description="By name.")]
    single: Annotated[float, Meta(description="Share of services with one main team, 0 to 1.")]
    across: Annotated[
        float, Meta(description="Share of boundaries' weight between different teams, 0 to 1.")
    ]
    spread: Annotated[
        list[tuple[str, int]], Meta(description="Team, and of how many services it owns a part.")
    ]


class ServiceCommits(Struct):
    """How often a service changed."""

    service: Annotated[str, Meta(description="Its name.")]
    commits: Annotated[int, Meta(description="That touch it.")]
    alone: Annotated[int, Meta(description="Those of them that touch no other service.")]


class Independence(Struct):
    """How often services changed on their own."""

    commits: Annotated[int, Meta(description="That touch any service.")]
    alone: Annotated[int, Meta(description="That touch one only.")]
    services: Annotated[list[ServiceCommits], Meta(description="By name.")]
