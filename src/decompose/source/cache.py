"""What was worked out before, kept from run to run?

One SQLite store of rows `key -> bytes`. Keys name everything that the bytes depend on, so a row is
never stale. The store may be deleted at any time; two runs may share it; it never stops a run:

- a row whose checksum does not fit is as good as absent, and the next `put_many` replaces it;
- a file that is no store of ours is thrown away and begun anew;
- where the disk is full, read-only or locked, the run goes on without, with one Problem.

The analyzed tree may be hostile and bring a cache folder of its own: links in its place are not
followed, and rows are bytes to be decoded with care, never objects.
"""

import contextlib
import hashlib
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from decompose.disk import write_atomic
from decompose.model.source import Problem
from decompose.source.read import why

FOLDER_NAME = ".decompose_cache"
LARGEST_STORE = 512 << 20  # bytes of rows; the oldest go first
_FILLED_AFTER_EVICTION = 0.8
_STORE = "cache.sqlite"
_TAG = (
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This folder is a cache of decompose; it may be deleted at any time.\n"
)
_VERSION = 1
_SCHEMA = (
    "CREATE TABLE entries (key TEXT PRIMARY KEY, used INTEGER NOT NULL, size INTEGER NOT NULL,"
    " checksum INTEGER NOT NULL, data BLOB NOT NULL)"
)
_INDEX = "CREATE INDEX entries_by_age ON entries (used, size)"
_PATIENCE = 10.0  # seconds to wait for another run that writes
_PAUSE = 0.01  # seconds between two tries
_KEYS_A_QUERY = 500  # below SQLite's limit on variables, whatever its version
_USE_IS_NEWS_AFTER = 24 * 3600  # seconds; a row read again sooner needs no new time of use


def cache_folder(root: Path, override: Path | None = None) -> Path:
    """Choose where the cache of an analyzed folder lies; nothing is written yet.

    `override`, else `.decompose_cache` in the folder, else (read-only tree, or something of that
    name that is no folder of ours) a folder of this tree's own in the user's cache folder.
    """
    if override is not None:
        return override
    place = root.resolve()
    inside = place / FOLDER_NAME
    if not inside.is_symlink():
        home = inside if inside.is_dir() else place
        if os.access(home, os.W_OK | os.X_OK) and (home is inside or not inside.exists()):
            return inside
    name = hashlib.sha256(os.fsencode(place)).hexdigest()[:16]
    return _user_folder() / "decompose" / name


def _user_folder() -> Path:
    """Give the user's cache folder; as its standard says, a relative XDG_CACHE_HOME is nothing."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    if Path(named).is_absolute():
        return Path(named)
    with contextlib.suppress(RuntimeError):  # no home folder is known
        return Path.home() / ".cache"
    return Path("/nonexistent")


class _ForeignStoreError(sqlite3.DatabaseError):
    """The file is a database, but none of ours or of another version."""


class Cache:
    """A store of rows, open; as a context manager it closes itself. Use `Cache.open`."""

    def __init__(self, folder: Path | None, *, largest: int = LARGEST_STORE) -> None:
        self._folder: Final = folder
        self._largest: Final = largest
        self._connection: sqlite3.Connection | None = None
        self._problems: list[Problem] = []
        self._has_healed = False

    @classmethod
    def open(cls, folder: Path | None, *, largest: int = LARGEST_STORE) -> Self:
        """Open the store in `folder`, made if missing; with None, nothing is kept or found."""
        cache = cls(folder, largest=largest)
        cache._open()
        return cache

    @property
    def problems(self) -> tuple[Problem, ...]:
        """At most one: why the run goes on without a cache."""
        return tuple(self._problems)

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Give the rows that are there and sound."""
        found: dict[str, bytes] = {}
        self._safely(lambda connection: found.update(_sound_rows(connection, keys)))
        return found

    def put_many(self, items: Mapping[str, bytes]) -> None:
        """Keep rows, in one transaction; the oldest go where the store grows too large."""
        if items:
            self._safely(lambda connection: _put(connection, items, self._largest))

    def close(self) -> None:
        """Close the store; what was put is kept."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def _open(self) -> None:
        if self._folder is None:
            return
        try:
            _prepare(self._folder)
            self._connection = _connect(self._folder / _STORE)
        except sqlite3.DatabaseError as error:
            self._heal_or_give_up(error)
        except OSError as error:
            self._give_up(why(error))

    def _safely(self, act: Callable[[sqlite3.Connection], object]) -> None:
        """Do something with the store, once more if it had to be begun anew."""
        for _ in range(2):
            if self._connection is None:
                return
            try:
                act(self._connection)
            except sqlite3.DatabaseError as error:
                self._heal_or_give_up(error)
            else:
                return

    def _heal_or_give_up(self, error: sqlite3.DatabaseError) -> None:
        """Begin a broken store anew, once; a disk that refuses is left alone."""
        self.close()
        if self._folder is None or self._has_healed or not _is_broken(error):
            self._give_up(str(error))
            return
        self._has_healed = True
        try:
            _remove(self._folder / _STORE)
            self._connection = _connect(self._folder / _STORE)
        except sqlite3.DatabaseError as again:
            self._give_up(str(again))
        except OSError as again:
            self._give_up(why(again))

    def _give_up(self, reason: str) -> None:
        self.close()
        if not self._problems:
            message = f"the cache cannot be used, so everything is worked out anew: {reason}"
            remedy = "give a writable folder with --cache-dir, or use --no-cache"
            self._problems.append(Problem(FOLDER_NAME, 0, "cache", message, remedy))


def _is_broken(error: sqlite3.DatabaseError) -> bool:
    """Tell a broken store from a disk that refuses: those errors are of a class of their own."""
    if isinstance(error, _ForeignStoreError):
        return True
    return not isinstance(error, sqlite3.OperationalError) or "no such" in str(error)


def _prepare(folder: Path) -> None:
    """Make the folder, marked so that backups, git and our own discovery pass it by."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("CACHEDIR.TAG", _TAG), (".gitignore", "*\n")):
        if not os.path.lexists(folder / name):
            write_atomic(folder / name, text)
    if (folder / _STORE).is_symlink():
        _remove(folder / _STORE)


def _remove(store: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        store.with_name(store.name + ending).unlink(missing_ok=True)


def _connect(store: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(store, timeout=_PATIENCE, isolation_level=None)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        _log_ahead(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        _check_schema(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on; where two runs do so at once SQLite does not wait by itself."""
    last = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= last:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _check_schema(connection: sqlite3.Connection) -> None:
    """Make our table in an empty file; refuse a file that holds anything else."""
    if _schema(connection) == (0, []):
        connection.execute("BEGIN IMMEDIATE")
        if _schema(connection) == (0, []):  # no other run was quicker
            connection.execute(_SCHEMA)
            connection.execute(_INDEX)
            connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.execute("COMMIT")
    if _schema(connection) != (_VERSION, sorted((_SCHEMA, _INDEX))):
        raise _ForeignStoreError("the file is no cache of this version")


def _schema(connection: sqlite3.Connection) -> tuple[int, list[str]]:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY sql")
    return version, [row[0] for row in rows]


def _sound_rows(connection: sqlite3.Connection, keys: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    today = int(time.time())
    old: list[str] = []
    for some in _batches(keys):
        marks = ",".join("?" * len(some))
        query = f"SELECT key, used, checksum, data FROM entries WHERE key IN ({marks})"  # noqa: S608 (marks only)
        for key, used, checksum, data in connection.execute(query, some):
            if isinstance(data, bytes) and checksum == _checksum(key, data):
                if not isinstance(used, int) or abs(today - used) > _USE_IS_NEWS_AFTER:
                    old.append(key)
                yield key, data
    if old:
        _touch(connection, old, today)


def _touch(connection: sqlite3.Connection, keys: Iterable[str], today: int) -> None:
    """Note that rows were used; a store that cannot be written is still good for reading."""
    with contextlib.suppress(sqlite3.OperationalError):
        rows = [(today, key) for key in keys]
        connection.executemany("UPDATE entries SET used = ? WHERE key = ?", rows)


def _batches(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _KEYS_A_QUERY):
        yield keys[start : start + _KEYS_A_QUERY]


def _checksum(key: str, data: bytes) -> int:
    return zlib.crc32(data, zlib.crc32(key.encode()))


def _put(connection: sqlite3.Connection, items: Mapping[str, bytes], largest: int) -> None:
    today = int(time.time())
    rows = [
        (key, today, len(data), _checksum(key, data), data) for key, data in sorted(items.items())
    ]
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)", rows)
        _evict(connection, largest)
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _evict(connection: sqlite3.Connection, largest: int) -> None:
    """Delete the rows used longest ago until the store is well below its cap."""
    total = connection.execute("SELECT total(size) FROM entries").fetchone()[0]
    if total <= largest:
        return
    surplus = total - largest * _FILLED_AFTER_EVICTION
    for rowid, size in connection.execute(
        "SELECT rowid, size FROM entries ORDER BY used, size, rowid"
    ).fetchall():
        if surplus <= 0:
            break
        connection.execute("DELETE FROM entries WHERE rowid = ?", (rowid,))
        surplus -= size
