"""The exchange format `decompose-analysis`, version 1: what `analysis.json.gz` holds, field by field.

These types and those of `framework_facts` and `proposed` are the format; `json` converts between them and what stages
hand to each other. Tables of many rows are columns of equal length. A field may be added in any release, and readers
ignore what they don't know; whatever else changes raises `VERSION`.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from decompose.export.framework_facts import Facts
from decompose.export.proposed import (
    Boundary,
    Changes,
    Crossings,
    Finding,
    Hierarchy,
    Independence,
    Partition,
    Proposal,
    Scores,
    Teamwork,
    Text,
)
from decompose.model.program import Confidence, EdgeKind, NodeKind, Reason

FORMAT = "decompose-analysis"
VERSION = 1
NODE_KINDS = [kind.name.lower() for kind in NodeKind]
EDGE_KINDS = [kind.name.lower() for kind in EdgeKind]
CONFIDENCES = [each.name.lower() for each in Confidence]
_READ = 3  # confidences that reading alone gives
REASONS = [reason.value for reason in Reason]


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
