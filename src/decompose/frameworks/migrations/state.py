"""The schema that a history of migrations leaves, table by table."""

from dataclasses import dataclass, field, replace

from decompose.model.program import Column
from decompose.model.source import Site


@dataclass(slots=True)
class Left:
    """A table as its migrations leave it; columns by lower-case name."""

    name: str
    site: Site
    columns: dict[str, Column] = field(default_factory=dict)
    is_sure: bool = True
    """Was every step understood?"""

    def add(self, column: Column) -> None:
        """Add a column, or put it in the place of its old self."""
        self.columns[column.name.lower()] = column

    def drop(self, name: str) -> None:
        """Remove a column."""
        self.columns.pop(name.lower(), None)

    def rename(self, old: str, new: str) -> None:
        """Give a column another name, in its place."""
        self.columns = {
            (new if key == old.lower() else key).lower(): (
                replace(column, name=new) if key == old.lower() else column
            )
            for key, column in self.columns.items()
        }
