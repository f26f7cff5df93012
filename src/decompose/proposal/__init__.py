"""What is a person asked to review, and what did they make of it?

draft    a partition, said in the fewest words
file     the text of a proposal and back, each mistake with its line
check    whether the program still holds what it names
labels   where each part of the program belongs
start    where a person wants a clustering to begin
changes  what moved since the analysis before
merge    a new draft and a person's edits in one text
"""

from decompose.proposal.changes import changes
from decompose.proposal.check import check
from decompose.proposal.draft import draft
from decompose.proposal.edits import decided, edits, joined, unknown
from decompose.proposal.file import from_toml
from decompose.proposal.labels import labels
from decompose.proposal.merge import Merged, merge
from decompose.proposal.partition import to_partition
from decompose.proposal.start import read_start
from decompose.proposal.writing import to_toml

__all__ = [
    "Merged",
    "changes",
    "check",
    "decided",
    "draft",
    "edits",
    "from_toml",
    "joined",
    "labels",
    "merge",
    "read_start",
    "to_partition",
    "to_toml",
    "unknown",
]
