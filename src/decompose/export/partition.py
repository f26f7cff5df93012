"""Which member goes to which service? `{member: service}`."""

from decompose.export.labels import atom_labels, module_labels
from decompose.export.options import ExportOptions, Level
from decompose.export.text import rows
from decompose.graph import Analysis
from decompose.model.partition import RESERVED


def render(analysis: Analysis, options: ExportOptions) -> str:
    """JSON: every definition (or module) of the program -> its service, `shared` or `unused`; sorted.

    Definition level: modules' own code, top-level definitions, and `table:NAME`. Service level: each service itself.
    """
    graph, partition = analysis.program.graph, analysis.partition
    if options.level is Level.SERVICE:
        found = {each.name: each.name for each in partition.capabilities}
        used = {*partition.labels().values()}
        found.update({label: label for label in RESERVED if label in used})
    else:
        labels = atom_labels(graph, partition, tests=options.tests)
        if options.level is Level.MODULE:
            labels = module_labels(graph, labels)
        found = {graph.nodes.names[node]: label for node, label in labels.items()}
    return rows(found)
