"""What is different from the analysis before?"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Move:
    """A member (atom or table) that changed its place. Services, `shared` or `unused`; "" for none."""

    member: str  # as it is called today; a member that is gone: as it was
    before: str
    after: str
    why: str


@dataclass(frozen=True, slots=True)
class Changes:
    """An analysis beside the one before it. Everything sorted."""

    moved: tuple[Move, ...] = ()
    added: tuple[Move, ...] = ()  # new code; `before` is ""
    gone: tuple[Move, ...] = ()  # code that is no more; `after` is ""
    renamed: tuple[tuple[str, str], ...] = ()  # members: earlier name, name today
    services_added: tuple[str, ...] = ()
    services_gone: tuple[str, ...] = ()
    services_renamed: tuple[tuple[str, str], ...] = ()
    kept: int = 0  # members that stayed where they were

    def __bool__(self) -> bool:
        """Is anything different?"""
        return bool(self.moved or self.added or self.gone or self.renamed or self.services_renamed)


@dataclass(frozen=True, slots=True)
class MoveRow:
    """Members that moved from one place to another for one reason, with one of them."""

    before: str
    after: str
    why: str
    members: int
    example: str


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """Changes in a few lines."""

    kept: int
    moved: int
    added: int
    gone: int
    renamed: int
    services_added: tuple[str, ...]
    services_gone: tuple[str, ...]
    services_renamed: tuple[tuple[str, str], ...]
    moves: tuple[MoveRow, ...]  # most members first


def counted(changes: Changes) -> ChangeCounts:
    """How many changed, and what moved where and why."""
    return ChangeCounts(
        kept=changes.kept,
        moved=len(changes.moved),
        added=len(changes.added),
        gone=len(changes.gone),
        renamed=len(changes.renamed),
        services_added=changes.services_added,
        services_gone=changes.services_gone,
        services_renamed=changes.services_renamed,
        moves=rows(changes.moved),
    )


def rows(moves: Iterable[Move]) -> tuple[MoveRow, ...]:
    """Moves by where from, where to and why; most members first."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for each in moves:
        found[each.before, each.after, each.why].append(each.member)
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(MoveRow(*key, len(names), min(names)) for key, names in ranked)
