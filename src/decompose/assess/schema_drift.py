"""Where do models and migrations disagree? Then one of them is not what the database has.

A service that takes over a table must know its columns; it cannot where two sources say different things.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.assess.split import listed
from decompose.model.partition import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.assess.split import Split
    from decompose.model.program import SchemaDrift

MOST = 20
REMEDY = "Ask the database, bring both in line, and only then hand the table to a service."


def findings(seen: Split) -> Iterator[Finding]:
    """Tables with differing columns, by name."""
    for drift in seen.program.drifts[:MOST]:
        node = seen.program.graph.index.get(f"table:{drift.table}")
        service = seen.service(node) if node is not None else ""
        yield Finding(
            question="schema_drift",
            severity=Severity.LOW,
            subject=drift.table,
            services=(service,) if service else (),
            message=f"Models and migrations disagree on {drift.table}: {_difference(drift)}.",
            sites=(drift.site, drift.migration),
            remedy=REMEDY,
        )


def _difference(drift: SchemaDrift) -> str:
    parts = [
        f"only {where} have {listed(columns)}"
        for where, columns in (("models", drift.only_models), ("migrations", drift.only_migrations))
        if columns
    ]
    return ", ".join(parts)
