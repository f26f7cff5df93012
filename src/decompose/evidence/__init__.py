"""What does run time add to what was read?

wire   the exchange format `decompose-trace`, field by field
file   a trace as bytes, and back
"""

from decompose.evidence.file import decode, encode, read, schema

__all__ = ["decode", "encode", "read", "schema"]
