"""What was measured, how it reads as a page, and whether it got worse: pure functions."""

import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

Share = tuple[int, int]  # found, of
_FLOOR = 0.005
"""How much lower a share may be and still count as equal: tests with threads and clocks vary by a call or two."""
_RECALL = ("direct", "implicit", "mediated", "between_modules", "modules")
_HEADS = ("direct", "implicit", "library", "between modules", "modules")

_TABLES = ("written_recall", "written_precision", "read_recall", "read_precision")

_HEAD = """\
# Accuracy

Written by `{command}`: edit `tests/accuracy/`, not this page. Tests ran under CPython {pythons} on {system}.

Each program's own tests are run under `decompose record`, and the analysis of its files is measured against what ran
with `decompose audit`; [cli.md](cli.md#audit) says what the words mean. The first three programs are fixtures of this
repository, the others are pinned source distributions of the package registry. Nothing of the trace goes into the
analysis. Figures may rise and not fall: the command fails where one is lower than here by more than {floor}.

## Recall: what ran, and was read
"""
_SECOND = """
## What was read, and was seen

A lower bound of precision: of the static edges that leave functions that ran (lines that ran), those that were seen.
Overrides that may answer, and names alone, are not in it.
"""
_THIRD = """
## Tables that entry points touch

Of the programs whose tests ask a database: pairs of an entry point that ran and a table. Recall: of the pairs that ran
those that were read; precision: of those that were read, by lines and calls that ran, those that were seen. What the
tests' data do not bring about (a loop over no rows) counts against it. What deletions take along is not in it.
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of one subject by name, as `decompose audit` tells them; its size; how its tests ended."""

    subject: str
    kind: str
    python: str
    exit_code: int
    functions: int
    calls: int
    shares: Mapping[str, Share]
    entry_points: int = 0  # that ran, where tables were noted

    def ratio(self, name: str) -> float | None:
        """A share as a number, None of nothing."""
        found, total = self.shares.get(name, (0, 0))
        return found / total if total else None


def figures(subject: str, kind: str, trace: Mapping[str, Any], audit: Mapping[str, Any]) -> Figures:
    """The figures of an audit, as JSON has them."""
    recall = {name: _share(audit["recall"][name]) for name in _RECALL}
    observed = audit["observed"]
    bound: dict[str, Share] = {"bound_modules": _share(observed["modules"])}
    for column in ("of_functions", "of_lines"):
        rows = [observed[part][column] for part in ("written", "implicit", "framework")]
        known = [_share(row) for row in rows if row is not None]
        bound[f"bound_{column}"] = (sum(n for n, _ in known), sum(of for _, of in known))
    tables = audit.get("tables")
    touched = {
        name: _share(tables[name.partition("_")[0]][name.partition("_")[2]])
        for name in (_TABLES if tables else ())
    }
    return Figures(
        subject,
        kind,
        ", ".join(trace["pythons"]),
        trace["exit_code"],
        audit["functions"],
        audit["calls"],
        {**recall, **bound, **touched},
        tables["entry_points"] if tables else 0,
    )


def _share(row: Mapping[str, Any]) -> Share:
    return row["found"], row["total"]


def worse(before: Sequence[Figures], now: Sequence[Figures]) -> list[str]:
    """Shares that are lower than they were, as sentences."""
    known = {each.subject: each for each in before}
    found = []
    for each in now:
        old = known.get(each.subject)
        for name in sorted(old.shares) if old is not None else ():
            was, is_ = old.ratio(name) if old else None, each.ratio(name)
            if was is not None and (is_ is None or is_ < was - _FLOOR):
                said = "nothing" if is_ is None else f"{is_:.1%}"
                found.append(f"{each.subject}: {name} is {said}, was {was:.1%}")
    return found


def dumps(found: Iterable[Figures]) -> str:
    """Figures as they are kept."""
    return json.dumps([asdict(each) for each in found], indent=1) + "\n"


def loads(text: str) -> list[Figures]:
    """Figures that were kept."""
    rows = json.loads(text)
    return [
        Figures(**{**row, "shares": {name: tuple(share) for name, share in row["shares"].items()}})
        for row in rows
    ]


def document(found: Sequence[Figures], command: str) -> str:
    """The page."""
    pythons = ", ".join(sorted({each.python for each in found}))
    head = _HEAD.format(
        command=command, pythons=pythons, system=platform.system(), floor=f"{_FLOOR:.1%}"
    )
    return "\n".join(
        [head, *_recall(found), _SECOND, *_bounds(found), _THIRD, *_touched(found), ""]
    )


def _recall(found: Sequence[Figures]) -> list[str]:
    heads = [f"{head} | of" for head in _HEADS]
    lines = [
        f"| program | kind | functions | {' | '.join(heads)} | tests |",
        "| --- | --- | ---: |" + " ---: | ---: |" * len(_HEADS) + " --- |",
    ]
    for each in found:
        cells = [f"{_said(each.ratio(name))} | {each.shares[name][1]:,}" for name in _RECALL]
        ended = "passed" if each.exit_code == 0 else f"ended with {each.exit_code}"
        lines.append(
            f"| {each.subject} | {each.kind} | {each.functions:,} | {' | '.join(cells)} | {ended} |"
        )
    means = [f"**{_said(_mean(found, name))}** | " for name in _RECALL]
    return [*lines, f"| **mean** | | | {' | '.join(means)} | |"]


def _bounds(found: Sequence[Figures]) -> list[str]:
    names = ("bound_of_functions", "bound_of_lines", "bound_modules")
    lines = [
        "| program | of functions that ran | of | of lines that ran | of | modules | of |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for each in found:
        cells = [f"{_said(each.ratio(name))} | {each.shares[name][1]:,}" for name in names]
        lines.append(f"| {each.subject} | {' | '.join(cells)} |")
    means = [f"**{_said(_mean(found, name))}** | " for name in names]
    return [*lines, f"| **mean** | {' | '.join(means)} |"]


def _touched(found: Sequence[Figures]) -> list[str]:
    """Tables of entry points, where they were noted."""
    measured = [each for each in found if each.entry_points]
    heads = [f"{name.replace('_', ', ')} | of" for name in _TABLES]
    lines = [
        f"| program | kind | entry points | {' | '.join(heads)} |",
        "| --- | --- | ---: |" + " ---: | ---: |" * len(_TABLES),
    ]
    for each in measured:
        cells = [f"{_said(each.ratio(name))} | {each.shares[name][1]:,}" for name in _TABLES]
        lines.append(
            f"| {each.subject} | {each.kind} | {each.entry_points:,} | {' | '.join(cells)} |"
        )
    means = [f"**{_said(_mean(measured, name))}** | " for name in _TABLES]
    return [*lines, f"| **mean** | | | {' | '.join(means)} |"]


def _mean(found: Sequence[Figures], name: str) -> float | None:
    ratios = [ratio for each in found if (ratio := each.ratio(name)) is not None]
    return sum(ratios) / len(ratios) if ratios else None


def _said(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio:.1%}"
