"""What was found once is kept, unless it rests on something that is still growing.

While arguments flow to parameters (`parameters`), an answer may be *open*: it has read what callers may yet add to, or
itself while it was being computed. Who has read an open answer is noted, so that what has grown makes exactly those
be computed anew, who begin with what they had found before: what is defined by itself grows to a fixpoint.
"""

from collections.abc import Callable, Hashable
from typing import Generic, ParamSpec, TypeVar

from decompose.link.values import NONE, Values

Key = TypeVar("Key", bound=Hashable)
P = ParamSpec("P")
Item = tuple[int, Hashable]
"""Number of a cache (negative: something else that can be read, or reads) and a key in it."""


class Rounds:
    """Whether what is being computed now is open, and who has read what."""

    def __init__(self) -> None:
        self.is_open = False
        self.are_over = False
        self.reader: Item | None = None
        self.running: set[Item] = set()
        self._readers: dict[Item, list[Item]] = {}
        self._changed: dict[Item, None] = {}
        self._seen_running: set[Item] = set()
        self._caches: list[Cache[Hashable]] = []

    def cache(self) -> "Cache[Key]":
        """A new cache."""
        made: Cache[Key] = Cache(self, len(self._caches))
        self._caches.append(made)  # type: ignore[arg-type] # invariant in its key
        return made

    def read(self, item: Item) -> None:
        """Note that what is being computed rests on something that may still grow."""
        if self.are_over:
            return
        self.is_open = True
        if self.reader is not None:
            self._readers.setdefault(item, []).append(self.reader)
        if item in self.running:
            self._seen_running.add(item)

    def change(self, item: Item) -> None:
        """Note that something has grown."""
        if not self.are_over:
            self._changed[item] = None

    def finish(self, item: Item, reader: Item | None, *, is_new: bool) -> None:
        """An open answer has been computed for a reader; `is_new`: it differs from what was there before."""
        self.running.discard(item)
        if reader is not None:
            self._readers.setdefault(item, []).append(reader)
        if item in self._seen_running:
            self._seen_running.discard(item)
            if is_new:
                self._changed[item] = None

    def begin(self) -> list[Item]:
        """Forget all answers that rest on what has changed; those of them that are in no cache."""
        waiting, self._changed = list(self._changed), {}
        outside: dict[Item, None] = {}
        while waiting:
            for reader in self._readers.pop(waiting.pop(), ()):
                number, key = reader
                if number < 0:
                    outside[reader] = None
                elif key in self._caches[number].open:
                    self._caches[number].reopen(key)
                    waiting.append(reader)
        return list(outside)

    def end(self) -> None:
        """Keep all that is open: nothing grows any more."""
        self.are_over = True
        for cache in self._caches:
            cache.kept.update(cache.open)
            cache.open.clear()
            cache.before.clear()
        self._readers.clear()


class Cache(Generic[Key]):
    """Answers by key: `get` what is known, else `find` it."""

    __slots__ = ("before", "kept", "number", "open", "rounds")

    def __init__(self, rounds: Rounds, number: int) -> None:
        self.rounds = rounds
        self.number = number
        self.kept: dict[Key, Values] = {}
        self.open: dict[Key, Values] = {}
        self.before: dict[Key, Values] = {}

    def get(self, key: Key) -> Values | None:
        """What is known, None where nothing is."""
        found = self.kept.get(key)
        if found is None:
            found = self.open.get(key)
            if found is not None:
                self.rounds.read((self.number, key))
        return found

    def reopen(self, key: Key) -> None:
        """Forget an open answer but as what to begin with."""
        self.before[key] = self.open.pop(key)

    def find(
        self, key: Key, compute: Callable[P, Values], *args: P.args, **kwargs: P.kwargs
    ) -> Values:
        """Compute an answer that is not known; asked for itself meanwhile, it is what was found before."""
        rounds = self.rounds
        if rounds.are_over:
            self.kept[key] = NONE
            found = self.kept[key] = compute(*args, **kwargs)
            return found
        item = (self.number, key)
        was_open, rounds.is_open = rounds.is_open, False
        reader, rounds.reader = rounds.reader, item
        before = self.open[key] = self.before.get(key, NONE)
        rounds.running.add(item)
        found = compute(*args, **kwargs)
        rounds.reader = reader
        if rounds.is_open:
            self.open[key] = found
            rounds.finish(item, reader, is_new=found != before)
        else:
            rounds.running.discard(item)
            del self.open[key]
            self.kept[key] = found
            rounds.is_open = was_open
        return found
