"""Which bindings of a name may a read of it see? Reaching definitions of one scope, found in the same pass.

Terms
-----
entry    what binds a name: the number of a binding, or `-1 - position` of an import; `PARAMETER` stands for the
         argument that a function is given.
version  a list of entries, and of further versions that it includes; one for each state that a name has had. It may
         grow while it is in use: what a loop's body binds is seen by the reads above it when the loop comes round.

A branch is read, closed (what it changed is kept, the state before comes back) and joined with its rivals. A branch
that ends in `return`, `raise`, `break` or `continue` does not reach what follows.
"""

from typing import NamedTuple

from decompose.extract.slots import Slots
from decompose.extract.table import Table
from decompose.model.facts import NOTHING, PARAMETER

Version = list["int | Version"]


class Mark(NamedTuple):
    """A state to come back to."""

    changes: int
    bound: int
    paths: int


class Flow:
    """The versions of the names of the scope that is being read."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.is_dead = False
        self.slots = Slots()
        self.killed: list[int] = []
        """Entries that no other scope sees: bound anew later, or a comprehension's among others."""
        self._trail: list[tuple[str, Version | None, int]] = []
        self._path_trail: list[tuple[int, int]] = []  # (row of an attribute, what was known of it)
        self._bound: list[tuple[str, int]] = []  # (name, entry), as they were bound
        self._passing: list[tuple[str, int]] = []  # the same, of comprehensions that have ended
        self._declared: set[str] = set()
        self._elsewhere: set[str] = set()
        self._parameters: list[str] = []
        self._once: set[str] = set()
        self._is_plain = True  # no name is bound twice

    def open(self, parameters: list[str]) -> None:
        """Begin a scope."""
        self.is_dead = False
        self.table.live = {name: [PARAMETER] for name in parameters}
        self._parameters = parameters
        self._once = set(parameters)
        self._is_plain = True
        self._trail.clear()
        self._path_trail.clear()
        self._bound.clear()
        self._passing.clear()
        self.slots.rows.clear()
        self._declared.clear()
        self._elsewhere.clear()

    def leave_out(self, names: list[str]) -> None:
        """`global` and `nonlocal` names belong to another scope."""
        self._elsewhere.update(names)
        for name in names:
            self.table.live.pop(name, None)

    def bind(self, name: str, entry: int, *, adds: bool = False, declares: bool = False) -> None:
        """A name gets a new value; `adds`: what it had before may be seen still."""
        if name in self._elsewhere:
            return
        if self.slots.rows:
            self.slots.forget(name)
        if name in self._once:
            self._is_plain = False
        else:
            self._once.add(name)
        self._bound.append((name, entry))
        table = self.table
        before = table.live.get(name)
        self._trail.append((name, before, table.names.pop(name, NOTHING)))
        adding = before is not None and (adds or name in self._declared)
        table.live[name] = [before, entry] if adding else [entry]
        if declares:
            self._declared.add(name)

    def narrow(self, name: str, row: int) -> None:
        """More is known of a name's value from here on."""
        if name not in self._elsewhere:
            self._is_plain = False
            self._set(name, [PARAMETER - 1 - row])

    def narrow_path(self, path: int, row: int) -> None:
        """More is known of an attribute's value from here on; `NOTHING`: no more than is written."""
        paths = self.table.paths
        self._path_trail.append((path, paths.get(path, NOTHING)))
        if row == NOTHING:
            paths.pop(path, None)
        else:
            paths[path] = row

    def widen(self, mark: Mark, names: set[str]) -> None:
        """What was known of names since a mark holds no longer; what else was bound stays."""
        live = self.table.live
        others = [
            (name, live[name])
            for name, _, _ in self._trail[mark.changes :]
            if name not in names and name in live
        ]
        self._undo(mark)
        for name, version in others:
            self._set(name, version)

    def _set(self, name: str, version: Version) -> None:
        table = self.table
        self._trail.append((name, table.live.get(name), table.names.pop(name, NOTHING)))
        table.live[name] = version

    def mark(self) -> Mark:
        """The state now."""
        self.slots.rows.clear()
        return Mark(len(self._trail), len(self._bound), len(self._path_trail))

    def close(self, mark: Mark) -> dict[str, Version] | None:
        """Go back to a state; what had changed since, None where the end of the branch is not reached."""
        changed = self.since(mark)
        self._undo(mark)
        return changed

    def _undo(self, mark: Mark) -> None:
        if len(self._trail) > mark.changes:
            self._undo_names(mark)
        if len(self._path_trail) > mark.paths:
            self._undo_paths(mark)

    def _undo_names(self, mark: Mark) -> None:
        table = self.table
        for name, version, row in reversed(self._trail[mark.changes :]):
            table.names.pop(name, None)
            if version is None:
                table.live.pop(name, None)
            else:
                table.live[name] = version
            if row != NOTHING:
                table.names[name] = row
        del self._trail[mark.changes :]

    def _undo_paths(self, mark: Mark) -> None:
        table = self.table
        for path, before in reversed(self._path_trail[mark.paths :]):
            if before == NOTHING:
                table.paths.pop(path, None)
            else:
                table.paths[path] = before
        del self._path_trail[mark.paths :]

    def join(self, branches: list[dict[str, Version] | None]) -> None:
        """Go on where several branches meet."""
        alive = [branch for branch in branches if branch is not None]
        if not any(alive):
            self.is_dead = self.is_dead or not alive
            return
        for name in dict.fromkeys(name for branch in alive for name in branch):
            before = self.table.live.get(name)
            versions = [branch.get(name, before) for branch in alive]
            met: Version = [each for each in versions if each is not None]
            self._set(name, met[0] if len(met) == 1 and isinstance(met[0], list) else met)

    def come_round(self, mark: Mark) -> None:
        """End a loop: what its body binds is seen at its beginning and after it."""
        bound = self._bound[mark.bound :]
        self.close(mark)
        live = self.table.live
        for name, entry in bound:
            before = live.get(name)
            if before is None:
                self._set(name, [entry])
            else:
                before.append(entry)

    def interrupt(self, mark: Mark) -> dict[str, Version] | None:
        """End what an exception may leave anywhere: close it, but let what follows see everything it bound."""
        bound = self._bound[mark.bound :]
        closed = self.close(mark)
        seen: dict[str, Version] = {}
        for name, entry in bound:
            before = self.table.live.get(name)
            seen.setdefault(name, [] if before is None else [before]).append(entry)
        for name, version in seen.items():
            self._set(name, version)
        return closed

    def since(self, mark: Mark) -> dict[str, Version] | None:
        """What has changed since a mark, without going back; None where the end is not reached."""
        dead, self.is_dead = self.is_dead, False
        if dead:
            return None
        if len(self._trail) == mark.changes:
            return {}
        live = self.table.live
        return {name: live[name] for name, _, _ in self._trail[mark.changes :] if name in live}

    def forget(self, mark: Mark, escaped: list[tuple[str, int]]) -> None:
        """End a comprehension: its variables are gone, what `:=` bound in it stays."""
        bound = self._bound[mark.bound :]
        del self._bound[mark.bound :]
        self._undo(mark)
        for name, entry in bound:
            if (name, entry) in escaped:
                self.bind(name, entry, adds=True)
            else:
                self._passing.append((name, entry))
                if name not in self.table.live:
                    self._set(name, [])

    def finish(self, *, is_module: bool) -> None:
        """End the scope: write what reads see, where that is less than everything that binds the name."""
        if self._is_plain and not self._passing:
            return
        entries: dict[str, list[int]] = {name: [] for name in self._parameters}
        for name, entry in self._bound + self._passing:
            entries.setdefault(name, []).append(entry)
        self._write_reads(entries)
        passing = {entry for _, entry in self._passing}
        for name, own in entries.items():
            if len(own) > 1 and (is_module or passing):
                last = flat(self.table.live.get(name, [])) if is_module else {*own} - passing
                self.killed.extend(each for each in own if last and each not in last)

    def _write_reads(self, entries: dict[str, list[int]]) -> None:
        table, parameters = self.table, frozenset(self._parameters)
        for name, row, version in table.reads:
            count = len(entries.get(name, ())) + (name in parameters)
            seen = flat(version)
            if len(seen) < count or not seen or min(seen) < PARAMETER:
                table.set_second(row, table.items(sorted(seen)))


def flat(version: Version) -> set[int]:
    """All entries of a version."""
    found: set[int] = set()
    seen: set[int] = set()
    waiting = [version]
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        for part in each:
            if isinstance(part, int):
                found.add(part)
            else:
                waiting.append(part)
    return found
