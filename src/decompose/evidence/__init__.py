"""What do run time and history add to what was read?

wire     the exchange format `decompose-trace`, field by field
file     a trace as bytes, and back
observe  traces laid over the program that was read
history  commits of the analyzed tree
codeowners  who owns which file
"""

from decompose.evidence.codeowners import read_owners
from decompose.evidence.file import decode, digest, encode, read, schema
from decompose.evidence.history import read_history
from decompose.evidence.observe import Evidence, observe

__all__ = [
    "Evidence",
    "decode",
    "digest",
    "encode",
    "observe",
    "read",
    "read_history",
    "read_owners",
    "schema",
]
