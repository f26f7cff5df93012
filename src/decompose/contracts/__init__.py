"""What must cross a boundary, written down so that both sides can be held to it?

So far: the HTTP operations of each service, as OpenAPI 3.1.
"""

from decompose.contracts.openapi import documents, openapi

__all__ = ["documents", "openapi"]
