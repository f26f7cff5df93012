"""What did the analysis before say, and what of it still holds?

Only a program that has changed is compared: an unchanged one gives what it gave. Where the run before was
steered otherwise (another number of services, history asked for), everything is open again.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from decompose.config import Options
from decompose.graph import Analysis, Program
from decompose.graph.succession import Succession, succession
from decompose.model.history import History
from decompose.model.teams import Owners
from decompose.steps.output import PersonsFile


@dataclass(frozen=True, slots=True)
class Earlier:
    """`labels`: member of today -> its earlier label; `steady`: those that stay there."""

    analysis: Analysis
    since: Succession
    labels: Mapping[str, str] = field(default_factory=dict)
    steady: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the code: a person's file, commits, and who owns which file."""

    edited: PersonsFile
    history: History = field(default_factory=History)
    owners: Owners = field(default_factory=Owners)


@dataclass(frozen=True, slots=True)
class Past:
    """What stands beside the code, and the analysis before."""

    beside: Beside
    earlier: Earlier | None = None


def asked(options: Options) -> dict[str, str]:
    """What steers a run, beyond the code: as much as tells whether two runs were asked the same."""
    found = {
        "services": options.services,
        "seed": options.seed or None,
        "resolution": options.resolution,
        "max-size": options.max_lines,
        "start": text_digest(options.start) or None,
        "history": "yes" if options.use_history else None,
        "traces": len(options.traces) or None,
        "rules": json.dumps(options.rules, sort_keys=True) if options.rules else None,
    }
    return {name: str(value) for name, value in found.items() if value is not None}


def compared(
    analysis: Analysis, labels: Mapping[str, str], program: Program, steering: Mapping[str, str]
) -> Earlier:
    """The earlier analysis beside today's program. `labels`: what its proposal, as a person left it, says."""
    since = succession(analysis.program, program)
    known = analysis.partition.labels()
    today = {
        heir: labels[name] for name, heir in since.names.items() if name in known and name in labels
    }
    is_first = analysis.changes is None
    has_changed = bool(since.altered or since.added or since.gone)
    is_open = dict(analysis.asked) != dict(steering) or (is_first and not has_changed)
    steady = frozenset() if is_open else frozenset(today) - frozenset(since.altered)
    return Earlier(analysis, since, today, steady)


def text_digest(path: Path | None) -> str:
    """What stands in a file that steers the run; whoever reads it says what is wrong with it."""
    try:
        return "" if path is None else hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
