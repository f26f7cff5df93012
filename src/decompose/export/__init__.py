"""In which form do other tools, and later runs, take a result?

json      `analysis.json.gz`: the whole analysis, there and back; `wire` says what each field means
schema    its JSON Schema
render    everything that is only written: call graph, partition, GraphML, DOT, Mermaid, CRUD matrix, tables,
          accesses, sequences
"""

from decompose.export.json import decode, encode
from decompose.export.options import ExportOptions, Form, Level
from decompose.export.render import FORMATS, FORMS, render
from decompose.export.schema import SCHEMAS, schema

__all__ = [
    "FORMATS",
    "FORMS",
    "SCHEMAS",
    "ExportOptions",
    "Form",
    "Level",
    "decode",
    "encode",
    "render",
    "schema",
]
