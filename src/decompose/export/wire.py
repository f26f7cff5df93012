"""The exchange format `decompose-analysis`, version 1: what `analysis.json.gz` holds, field by field.

These types are the format; `json` converts between them and what stages hand to each other. Tables of many rows are
columns of equal length. A field may be added in any release, and readers ignore what they don't know; whatever else
changes raises `VERSION`.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from decompose.model.program import Confidence, EdgeKind, NodeKind, Reason

FORMAT = "decompose-analysis"
VERSION = 1
NODE_KINDS = [kind.name.lower() for kind in NodeKind]
EDGE_KINDS = [kind.name.lower() for kind in EdgeKind]
CONFIDENCES = [each.name.lower() for each in Confidence]
_READ = 3  # confidences that reading alone gives
REASONS = [reason.value for reason in Reason]


Ref = Annotated[
    int,
    Meta(description="A name: n ≥ 0 is node n of the graph, n < 0 is `strings[-n - 1]`."),
]
Text = Annotated[int, Meta(ge=0, description="A position in `strings`.")]


class Files(Struct):
    """Columns of the files that were read, sorted by path."""

    path: Annotated[list[str], Meta(description="POSIX, relative to the analyzed folder.")]
    module: Annotated[list[str], Meta(description="Dotted name.")]
    role: Annotated[list[str], Meta(description="program, test, migration, generated or vendored.")]
    is_package: Annotated[list[bool], Meta(description="Is it an `__init__.py`?")]
    size: Annotated[list[int], Meta(description="Bytes.")]
    digest: Annotated[list[str], Meta(description='Hex SHA-256 of the bytes, "" when unread.')]


class Problem(Struct):
    """Something that could not be read as it stands."""

    path: Annotated[str, Meta(description="File or folder.")]
    line: Annotated[int, Meta(description="0: the whole file.")]
    kind: Annotated[str, Meta(description="A short stable word: syntax, encoding, unreadable, …")]
    message: Annotated[str, Meta(description="What is wrong.")]
    remedy: Annotated[str, Meta(description="What to do next.")]


class GraphFiles(Struct):
    """Columns of the files that nodes stand in."""

    path: Annotated[list[str], Meta(description="POSIX, relative to the analyzed folder.")]
    role: Annotated[list[str], Meta(description="As in `files`.")]
    lines: Annotated[list[int], Meta(description="Lines of text.")]


class Nodes(Struct):
    """Columns of nodes: code first, each part sorted by name."""

    name: Annotated[
        list[str],
        Meta(description="Dotted for code, else with a prefix: `table:orders_order`."),
    ]
    kind: Annotated[list[int], Meta(description="Position in `node_kinds`.")]
    parent: Annotated[
        list[int], Meta(description="Node of the definition or module around it, else -1.")
    ]
    file: Annotated[list[int], Meta(description="Position in the graph's files, else -1.")]
    line: Annotated[list[int], Meta(description="Where it begins; 0 if it stands nowhere.")]
    end_line: Annotated[list[int], Meta(description="Where it ends.")]


class Edges(Struct):
    """Columns of edges, sorted by source, target, kind and mediator: the source depends on the target."""

    source: Annotated[list[int], Meta(description="Node.")]
    target: Annotated[list[int], Meta(description="Node.")]
    kind: Annotated[list[int], Meta(description="Position in `edge_kinds`.")]
    confidence: Annotated[list[int], Meta(description="Position in `confidences`.")]
    mediator: Annotated[
        list[int],
        Meta(description='Position in `mediators`: what it runs through; "": written in the code.'),
    ]
    sites: Annotated[list[int], Meta(description="How many sites it has; they follow in order.")]
    site_line: Annotated[
        list[int], Meta(description="Of each site: its line in the file of the source.")
    ]
    site_loop: Annotated[list[int], Meta(description="Of each site: depth of loops around it.")]
    observed_edge: Annotated[list[int], Meta(description="Edges that a trace saw.")]
    observed_count: Annotated[list[int], Meta(description="How often it saw them.")]


class Graph(Struct):
    """The dependency graph of code, tables and entry points."""

    node_kinds: Annotated[list[str], Meta(description="Names of kinds of nodes.")]
    edge_kinds: Annotated[list[str], Meta(description="Names of kinds of edges.")]
    confidences: Annotated[list[str], Meta(description="Names of confidences, least first.")]
    mediators: Annotated[list[str], Meta(description="What edges run through.")]
    files: Annotated[GraphFiles, Meta(description="Files that nodes stand in.")]
    nodes: Annotated[Nodes, Meta(description="Nodes.")]
    edges: Annotated[Edges, Meta(description="Edges.")]


class Site(Struct):
    """A place in a file."""

    path: Annotated[str, Meta(description="POSIX, relative to the analyzed folder.")]
    line: Annotated[int, Meta(description="From 1.")]


class Column(Struct):
    """A column of a table."""

    name: Annotated[str, Meta(description="In the database.")]
    type: Annotated[str, Meta(description="As the framework spells it.")]
    line: Annotated[int, Meta(description="Where it is declared.")]
    primary_key: Annotated[bool, Meta(description="Is it (part of) the primary key?")]
    nullable: Annotated[bool, Meta(description="May it be null?")]
    unique: Annotated[bool, Meta(description="Is each value unique?")]
    references: Annotated[str, Meta(description='Foreign key: "table.column", else "".')]
    on_delete: Annotated[str, Meta(description="What happens when the row it names goes.")]


class Table(Struct):
    """A table of the program's database."""

    name: Annotated[str, Meta(description="In the database.")]
    model: Annotated[str, Meta(description='Dotted class, "" if there is none.')]
    site: Annotated[Site, Meta(description="Where it is declared.")]
    framework: Annotated[str, Meta(description="Who declares it.")]
    columns: Annotated[list[Column], Meta(description="In order of declaration.")]
    confidence: Annotated[int, Meta(description="Position in `confidences`.")]
    implicit_of: Annotated[
        str, Meta(description='"Model.field" for the join table of a many-to-many, else "".')
    ]


class Route(Struct):
    """An HTTP endpoint."""

    method: Annotated[str, Meta(description='"GET", …; "*" where the framework leaves it open.')]
    path: Annotated[str, Meta(description="In OpenAPI spelling.")]
    handler: Annotated[str, Meta(description="Dotted function or class.")]
    site: Annotated[Site, Meta(description="Where it is declared.")]
    framework: Annotated[str, Meta(description="Who routes it.")]
    name: Annotated[str, Meta(description="The name that the framework knows it by.")]
    parameters: Annotated[
        list[tuple[str, str]], Meta(description="Path parameters with their OpenAPI types.")
    ]
    raw: Annotated[str, Meta(description="The path as the framework spells it.")]
    confidence: Annotated[int, Meta(description="Position in `confidences`.")]
    view: Annotated[str, Meta(description="Class whose object is asked. Since 0.2.")] = ""


class Task(Struct):
    """A background job."""

    name: Annotated[str, Meta(description="It is sent by this name.")]
    handler: Annotated[str, Meta(description="Dotted function that runs it.")]
    site: Annotated[Site, Meta(description="Where it is declared.")]
    framework: Annotated[str, Meta(description="Who runs it.")]


class Command(Struct):
    """A command-line or management command."""

    name: Annotated[str, Meta(description="As typed.")]
    handler: Annotated[str, Meta(description="Dotted function or class.")]
    site: Annotated[Site, Meta(description="Where it is declared.")]
    framework: Annotated[str, Meta(description="Who offers it.")]


class Schedule(Struct):
    """Something that runs by the clock."""

    name: Annotated[str, Meta(description="Its name.")]
    target: Annotated[str, Meta(description="Node of a task, or dotted function.")]
    site: Annotated[Site, Meta(description="Where it is declared.")]
    framework: Annotated[str, Meta(description="Who starts it.")]
    when: Annotated[str, Meta(description="As written.")]


class Publish(Struct):
    """Code that sends to a task, signal or queue."""

    source: Annotated[str, Meta(description="Dotted function or module.")]
    target: Annotated[str, Meta(description="Name of a node.")]
    site: Annotated[Site, Meta(description="Where it sends.")]
    framework: Annotated[str, Meta(description="Who carries it.")]
    confidence: Annotated[int, Meta(description="Position in `confidences`.")]


class Handler(Struct):
    """A function that receives a signal or consumes a queue."""

    signal: Annotated[str, Meta(description="Name of a node.")]
    handler: Annotated[str, Meta(description="Dotted function.")]
    site: Annotated[Site, Meta(description="Where it is connected.")]
    framework: Annotated[str, Meta(description="Who carries it.")]
    sender: Annotated[str, Meta(description='Dotted class that it listens to, "" for all.')]


class Access(Struct):
    """A function whose text reads or writes a table."""

    source: Annotated[str, Meta(description="Dotted function or module.")]
    table: Annotated[str, Meta(description="Name of the table.")]
    mode: Annotated[str, Meta(description="create, read, update or delete.")]
    site: Annotated[Site, Meta(description="Where.")]
    loop_depth: Annotated[int, Meta(description="Loops around it.")]
    confidence: Annotated[int, Meta(description="Position in `confidences`.")]
    columns: Annotated[list[str], Meta(description="As far as known.")]
    locks: Annotated[bool, Meta(description="Do its rows stay locked? Since 0.2.")] = False
    whole: Annotated[bool, Meta(description="Are all rows read? Since 0.2.")] = False


class Join(Struct):
    """Two tables in one query."""

    source: Annotated[str, Meta(description="Dotted function or module.")]
    left: Annotated[str, Meta(description="Name of a table.")]
    right: Annotated[str, Meta(description="Name of a table.")]
    site: Annotated[Site, Meta(description="Where.")]


class Transaction(Struct):
    """Lines of a function that run in one transaction."""

    source: Annotated[str, Meta(description="Dotted function or module.")]
    kind: Annotated[str, Meta(description="atomic, session, begin or request.")]
    site: Annotated[Site, Meta(description="What shows it: a decorator, `with` or commit.")]
    last_line: Annotated[int, Meta(description="Where it ends.")]
    framework: Annotated[str, Meta(description="Who offers it.")]
    begins: Annotated[int, Meta(description="Where it begins, 0: at `site`. Since 0.2.")] = 0


class AfterCommit(Struct):
    """Lines of a function that run only once the transaction around them is committed."""

    source: Annotated[str, Meta(description="Dotted function or module.")]
    site: Annotated[Site, Meta(description="Where they begin.")]
    last_line: Annotated[int, Meta(description="Where they end.")]
    framework: Annotated[str, Meta(description="Who offers it.")]


class Cascade(Struct):
    """A mapper changes rows of one table as it deletes one of another; what columns say themselves is none."""

    table: Annotated[str, Meta(description="Whose rows are deleted.")]
    target: Annotated[str, Meta(description="Whose rows are changed.")]
    mode: Annotated[str, Meta(description="delete or update.")]
    site: Annotated[Site, Meta(description="Where it is said.")]
    framework: Annotated[str, Meta(description="Which mapper.")]


class MethodGuard(Struct):
    """Lines of a function that run only when a request comes by one of some HTTP methods."""

    source: Annotated[str, Meta(description="Dotted function or module.")]
    methods: Annotated[list[str], Meta(description="Upper case, sorted.")]
    site: Annotated[Site, Meta(description="Where they begin.")]
    last_line: Annotated[int, Meta(description="Where they end.")]


class ClassChoice(Struct):
    """Classes that a class chooses by an attribute, for generic methods of its bases."""

    owner: Annotated[str, Meta(description="Dotted class, which answers a route, or a base of it.")]
    attribute: Annotated[str, Meta(description="Name of the attribute.")]
    chosen: Annotated[list[str], Meta(description="Dotted classes of the program.")]
    site: Annotated[Site, Meta(description="Where.")]


class StateUse(Struct):
    """A function that reads or writes a state outside of tables."""

    source: Annotated[str, Meta(description="Dotted function or module.")]
    kind: Annotated[str, Meta(description="cache, session, file, setting, host, mail or variable.")]
    key: Annotated[str, Meta(description="A pattern: `*` for what only a run knows.")]
    site: Annotated[Site, Meta(description="Where.")]
    framework: Annotated[str, Meta(description="Who found it.")]
    writes: Annotated[bool, Meta(description="Is it changed?")]
    loop_depth: Annotated[int, Meta(description="Loops around it.")]
    confidence: Annotated[int, Meta(description="Position in `confidences`.")]


class SchemaDrift(Struct):
    """A table of which models and migrations say different columns."""

    table: Annotated[str, Meta(description="Name of the table.")]
    only_models: Annotated[list[str], Meta(description="Columns that only the model has.")]
    only_migrations: Annotated[list[str], Meta(description="Columns that only migrations leave.")]
    site: Annotated[Site, Meta(description="The model.")]
    migration: Annotated[Site, Meta(description="The migration that makes the table.")]


class Facts(Struct):
    """What the frameworks say, each list sorted."""

    tables: Annotated[list[Table], Meta(description="Tables.")]
    routes: Annotated[list[Route], Meta(description="HTTP endpoints.")]
    tasks: Annotated[list[Task], Meta(description="Background jobs.")]
    commands: Annotated[list[Command], Meta(description="Commands.")]
    schedules: Annotated[list[Schedule], Meta(description="What runs by the clock.")]
    publishes: Annotated[list[Publish], Meta(description="Who sends what.")]
    handlers: Annotated[list[Handler], Meta(description="Who receives what.")]
    accesses: Annotated[list[Access], Meta(description="Who touches which table.")]
    joins: Annotated[list[Join], Meta(description="Tables in one query.")]
    transactions: Annotated[list[Transaction], Meta(description="Transactions.")]
    after_commits: Annotated[
        list[AfterCommit], Meta(description="What waits for a commit; since 0.2.")
    ] = []
    guards: Annotated[
        list[MethodGuard], Meta(description="What runs for some HTTP methods only; since 0.2.")
    ] = []
    class_choices: Annotated[
        list[ClassChoice], Meta(description="What views choose by attributes; since 0.2.")
    ] = []
    cascades: Annotated[
        list[Cascade], Meta(description="What mappers delete along; since 0.2.")
    ] = []
    states: Annotated[
        list[StateUse], Meta(description="Who shares what beside tables; since 0.2.")
    ] = []
    drifts: Annotated[
        list[SchemaDrift], Meta(description="Where models and migrations disagree; since 0.2.")
    ] = []


class Unlinked(Struct):
    """Columns of uses that could not be linked, sorted by source and line."""

    reasons: Annotated[list[str], Meta(description="Names of reasons.")]
    source: Annotated[list[int], Meta(description="Node.")]
    line: Annotated[list[int], Meta(description="In the file of the source.")]
    reason: Annotated[list[int], Meta(description="Position in `reasons`.")]
    text: Annotated[list[int], Meta(description="Position in `texts`.")]
    texts: Annotated[list[str], Meta(description="What was called, roughly as written.")]


class Words(Struct):
    """The vocabulary: which words stand in which atom."""

    node: Annotated[list[int], Meta(description="Atom.")]
    count: Annotated[list[int], Meta(description="How many words the atom has; they follow.")]
    word: Annotated[list[Text], Meta(description="The words of all atoms in order.")]
    times: Annotated[list[int], Meta(description="How often each word stands there.")]


class Docs(Struct):
    """Columns of first paragraphs of docstrings."""

    node: Annotated[list[int], Meta(description="Node.")]
    text: Annotated[list[str], Meta(description="The paragraph.")]


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


class Document(Struct):
    """One finished analysis. Paths are relative, nothing depends on the clock: equal programs give equal documents."""

    format: Annotated[Literal["decompose-analysis"], Meta(description="Always the same.")]
    version: Annotated[int, Meta(ge=1, description="Of this format.")]
    name: Annotated[str, Meta(description="Of the analyzed folder.")]
    strings: Annotated[list[str], Meta(description="Texts that other fields refer to.")]
    files: Annotated[Files, Meta(description="Files that were read.")]
    problems: Annotated[list[Problem], Meta(description="What could not be read, sorted.")]
    frameworks: Annotated[list[str], Meta(description="Those in use, sorted.")]
    graph: Annotated[Graph, Meta(description="What depends on what.")]
    facts: Annotated[Facts, Meta(description="What the frameworks say.")]
    resolved: Annotated[dict[str, int], Meta(description='Uses by outcome: "linked", or why not.')]
    unlinked: Annotated[Unlinked, Meta(description="Uses that could not be linked.")]
    words: Annotated[Words, Meta(description="The vocabulary.")]
    docs: Annotated[Docs, Meta(description="Docstrings.")]
    partition: Annotated[Partition, Meta(description="Which part belongs where.")]
    alternatives: Annotated[list[Partition], Meta(description="Others, coarser first.")]
    proposal: Annotated[Proposal, Meta(description="The same as prefixes, as a person sees it.")]
    boundaries: Annotated[list[Boundary], Meta(description="Heaviest first.")]
    crossings: Annotated[Crossings, Meta(description="The evidence of boundaries.")]
    findings: Annotated[list[Finding], Meta(description="Most severe first.")]
    scores: Annotated[list[Scores], Meta(description='"proposal" first, then its rivals.')]
    left_out: Annotated[
        dict[str, int], Meta(description="Findings beyond those above, by question. Since 0.2.")
    ] = {}
    asked: Annotated[
        dict[str, str], Meta(description="What steered the run, beyond the code. Since 0.2.")
    ] = {}
    changes: Annotated[
        Changes | None, Meta(description="Since the analysis before, if any. Since 0.2.")
    ] = None
    hierarchy: Annotated[
        Hierarchy | None, Meta(description="Services in domains, with aggregates. Since 0.2.")
    ] = None
    teamwork: Annotated[
        Teamwork | None, Meta(description="Beside CODEOWNERS, if there is one. Since 0.2.")
    ] = None
    independence: Annotated[
        Independence | None, Meta(description="By git's history, if asked for. Since 0.2.")
    ] = None


class Envelope(Struct):
    """As much of a document as tells whether it can be read."""

    format: str = ""
    version: int = 0


def confidences(highest: int) -> list[str]:
    """The legend of confidences; without that of traces where there was none, for readers who don't know it."""
    return CONFIDENCES[: max(_READ, highest + 1)]
