"""What does this one text say? A syntax tree goes in, `ModuleFacts` come out; no other file is asked.

`extract` never raises on anybody's code, holds on to no syntax node, and depends on nothing but the tree.
"""

from decompose.extract.codec import decode, encode
from decompose.extract.module import ModuleName, extract
from decompose.extract.template import read_template

__all__ = ["ModuleName", "decode", "encode", "extract", "read_template"]
