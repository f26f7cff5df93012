"""What does a reader of our JSON have to expect?"""

import json
from typing import Any

from decompose.errors import DecomposeError
from decompose.export.json import document_schema
from decompose.export.wire import FORMAT, VERSION

SCHEMAS = ("analysis",)
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(name: str = "analysis") -> str:
    """The JSON Schema (2020-12) of an exchange format. Errors: DecomposeError for a name that is none."""
    if name not in SCHEMAS:
        raise DecomposeError(
            f"there is no schema {name!r}", remedy=f"choose one of: {', '.join(SCHEMAS)}"
        )
    document: dict[str, Any] = {
        "$schema": _DIALECT,
        "$id": f"urn:{FORMAT}:{VERSION}",
        "title": "Analysis of a program by decompose",
        **document_schema(),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
