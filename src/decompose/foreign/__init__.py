"""What does the graph of another tool say? A file of `decompose-graph/1` becomes a program like any other.

read      the file, checked, with the place of whatever is wrong
program   nodes, edges and entry points in our own terms
"""

from decompose.foreign.program import node_name, program
from decompose.foreign.read import read, schema

__all__ = ["node_name", "program", "read", "schema"]
