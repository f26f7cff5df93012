"""What is asked of an export."""

from dataclasses import dataclass
from enum import StrEnum

from decompose.model.program import Confidence


class Level(StrEnum):
    """What one member of an export stands for."""

    DEFINITION = "definition"
    MODULE = "module"
    SERVICE = "service"


class Form(StrEnum):
    """How a table of results is written, where a format has several ways."""

    CSV = "csv"
    JSON = "json"
    MARKDOWN = "markdown"
    MERMAID = "mermaid"
    DBML = "dbml"


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How to export. What a format has no use for is ignored."""

    level: Level | None = None
    """None: what suits the format."""
    form: Form | None = None
    """None: the first that the format has."""
    min_confidence: Confidence = Confidence.INFERRED
    direct: bool = False
    """Leave out dependencies that run through a framework or the language."""
    external: bool = False
    """Libraries too."""
    lines: bool = False
    """Callees as `{"to", "lines"}`."""
    tests: bool = False
    """Tests too; each belongs to the service of what it imports most."""
