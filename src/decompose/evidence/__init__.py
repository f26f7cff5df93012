"""What does run time add to what was read?

wire     the exchange format `decompose-trace`, field by field
file     a trace as bytes, and back
observe  traces laid over the program that was read
"""

from decompose.evidence.file import decode, digest, encode, read, schema
from decompose.evidence.observe import Evidence, observe

__all__ = ["Evidence", "decode", "digest", "encode", "observe", "read", "schema"]
