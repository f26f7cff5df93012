"""A cache never stops a run: broken, shared, read-only, full or hostile."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from decompose.source import Cache, cache_folder

ITEMS = {f"{number:064x}": bytes([number]) * (number + 1) for number in range(50)}
KEYS = sorted(ITEMS)


def filled(folder: Path) -> Path:
    with Cache.open(folder) as cache:
        cache.put_many(ITEMS)
        assert cache.problems == ()
    return folder / "cache.sqlite"


def test_what_was_put_is_found_in_the_next_run(tmp_path: Path) -> None:
    filled(tmp_path)
    with Cache.open(tmp_path) as cache:
        assert cache.get_many([*KEYS, "unknown"]) == ITEMS
        assert cache.get_many([]) == {}


def test_more_keys_than_one_query_may_name(tmp_path: Path) -> None:
    items = {f"{number:064x}": b"x" for number in range(3000)}
    with Cache.open(tmp_path) as cache:
        cache.put_many(items)
        assert cache.get_many(sorted(items)) == items


def test_without_a_folder_nothing_is_kept() -> None:
    with Cache.open(None) as cache:
        cache.put_many(ITEMS)
        assert cache.get_many(KEYS) == {}
        assert cache.problems == ()


def test_the_folder_says_that_it_is_a_cache(tmp_path: Path) -> None:
    filled(tmp_path / "deep" / "cache")
    tag = (tmp_path / "deep" / "cache" / "CACHEDIR.TAG").read_text()
    assert tag.startswith("Signature: 8a477f597d28d172789f06886806bc55")
    assert (tmp_path / "deep" / "cache" / ".gitignore").read_text() == "*\n"


def test_a_corrupt_row_is_absent_until_it_is_put_again(tmp_path: Path) -> None:
    store = filled(tmp_path)
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE entries SET data = 'text' WHERE key = ?", (KEYS[0],))
        connection.execute("UPDATE entries SET data = x'00' WHERE key = ?", (KEYS[7],))
        connection.commit()
    with Cache.open(tmp_path) as cache:
        found = cache.get_many(KEYS)
        assert set(ITEMS) - set(found) == {KEYS[0], KEYS[7]}
        cache.put_many({KEYS[7]: ITEMS[KEYS[7]]})
        assert cache.get_many([KEYS[7]]) == {KEYS[7]: ITEMS[KEYS[7]]}
        assert cache.problems == ()


def test_a_row_that_was_copied_to_another_key_is_absent(tmp_path: Path) -> None:
    store = filled(tmp_path)
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE entries SET key = 'stolen' WHERE key = ?", (KEYS[3],))
        connection.commit()
    with Cache.open(tmp_path) as cache:
        assert cache.get_many(["stolen"]) == {}


def _no_database(store: Path) -> None:
    store.write_bytes(b"this is no database" * 1000)


def _cut_off(store: Path) -> None:
    os.truncate(store, store.stat().st_size // 2 + 7)


def _overwritten(store: Path) -> None:
    data = bytearray(store.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    store.write_bytes(data)


def _another_schema(store: Path) -> None:
    store.unlink()
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("CREATE VIEW entries AS SELECT 'a' AS key, 1 AS used")
        connection.commit()


def _another_version(store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize(
    "harm", [_no_database, _cut_off, _overwritten, _another_schema, _another_version]
)
def test_a_broken_store_is_begun_anew(tmp_path: Path, harm: object) -> None:
    assert callable(harm)
    harm(filled(tmp_path))
    with Cache.open(tmp_path) as cache:
        found = cache.get_many(KEYS)
        assert all(ITEMS[key] == data for key, data in found.items())
        cache.put_many(ITEMS)
        assert cache.problems == ()
    with Cache.open(tmp_path) as cache:
        assert cache.get_many(KEYS) == ITEMS


def test_the_oldest_rows_go_when_the_store_is_full(tmp_path: Path) -> None:
    with Cache.open(tmp_path, largest=10_000) as cache:
        cache.put_many({"old": b"o" * 4000})
    with closing(sqlite3.connect(tmp_path / "cache.sqlite")) as connection:
        connection.execute("UPDATE entries SET used = 1")
        connection.commit()
    with Cache.open(tmp_path, largest=10_000) as cache:
        cache.put_many({"new": b"n" * 7000})
        assert set(cache.get_many(["old", "new"])) == {"new"}


def test_rows_in_use_outlive_rows_that_are_not(tmp_path: Path) -> None:
    with Cache.open(tmp_path) as cache:
        cache.put_many({"used": b"u" * 4000, "idle": b"i" * 4000})
    with closing(sqlite3.connect(tmp_path / "cache.sqlite")) as connection:
        connection.execute("UPDATE entries SET used = 1")
        connection.commit()
    with Cache.open(tmp_path, largest=10_000) as cache:
        cache.get_many(["used"])
        cache.put_many({"new": b"n" * 3000})
        assert set(cache.get_many(["used", "idle", "new"])) == {"used", "new"}


_OTHER_RUN = """
import sys
from pathlib import Path
from decompose.source import Cache
with Cache.open(Path(sys.argv[1])) as cache:
    for number in range(60):
        cache.put_many({f"{sys.argv[2]}-{number}-{one}": b"x" * 500 for one in range(5)})
        assert cache.get_many([f"{sys.argv[2]}-{number}-0"]), number
    assert cache.problems == (), cache.problems
"""


def test_runs_at_the_same_time_share_a_store(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _OTHER_RUN, str(tmp_path / "cache")]
    runs = [subprocess.Popen([*command, name]) for name in ("one", "two", "three")]
    assert [run.wait(60) for run in runs] == [0, 0, 0]
    with Cache.open(tmp_path / "cache") as cache:
        keys = [f"{name}-{n}-{one}" for name in ("one", "two") for n in range(60) for one in (0, 4)]
        assert len(cache.get_many(keys)) == len(keys)


def test_a_locked_store_costs_the_cache_and_one_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("decompose.source.cache._PATIENCE", 0.05)
    store = filled(tmp_path)
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with Cache.open(tmp_path) as cache:
            cache.put_many({"a": b"b"})
            cache.put_many({"c": b"d"})
            assert [problem.kind for problem in cache.problems] == ["cache"]
            assert "--no-cache" in cache.problems[0].remedy
    with Cache.open(tmp_path) as cache:
        assert cache.get_many(KEYS) == ITEMS, "the other run's store is left as it is"


def test_a_full_disk_costs_the_cache_and_one_problem(tmp_path: Path) -> None:
    with Cache.open(tmp_path) as cache:
        store = cache._connection  # noqa: SLF001  (a small disk that can be had in a test)
        assert store is not None
        store.execute("PRAGMA max_page_count = 8")
        cache.put_many({"a": b"x" * 1_000_000})
        cache.put_many(ITEMS)
        assert cache.get_many(KEYS) == {}
        assert [problem.kind for problem in cache.problems] == ["cache"]
        assert "full" in cache.problems[0].message


@pytest.mark.parametrize("place", ["file/below", "file"])
def test_a_folder_that_cannot_be_made_costs_the_cache_and_one_problem(
    tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").write_text("")
    with Cache.open(tmp_path / place) as cache:
        cache.put_many(ITEMS)
        assert cache.get_many(KEYS) == {}
        assert len(cache.problems) == 1


def test_a_link_in_place_of_the_store_is_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    with closing(sqlite3.connect(precious)) as connection:
        connection.execute("CREATE TABLE mine (x)")
        connection.commit()
    before = precious.read_bytes()
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "cache.sqlite").symlink_to(precious)
    filled(tmp_path / "cache")
    assert precious.read_bytes() == before


def test_the_cache_lies_in_the_analyzed_folder(tmp_path: Path) -> None:
    assert cache_folder(tmp_path) == tmp_path / ".decompose_cache"
    assert list(tmp_path.iterdir()) == [], "to choose is not to make"


def test_the_users_choice_comes_first(tmp_path: Path) -> None:
    assert cache_folder(tmp_path, tmp_path / "mine") == tmp_path / "mine"


def _read_only(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deny writing, also to root, whom tests may run as."""
    real = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: not str(path).startswith(str(root)) and real(path, mode)
    )


def test_a_read_only_tree_has_its_cache_with_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tree").mkdir()
    _read_only(tmp_path / "tree", monkeypatch)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    chosen = cache_folder(tmp_path / "tree")
    assert chosen.parent == tmp_path / "xdg" / "decompose"
    assert chosen == cache_folder(tmp_path / "tree" / ".." / "tree")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder(tmp_path / "tree").parent == tmp_path / ".cache" / "decompose"


@pytest.mark.parametrize("kind", ["link", "file"])
def test_what_a_strange_tree_puts_in_the_place_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    tree = tmp_path / "tree"
    tree.mkdir()
    if kind == "link":
        (tree / ".decompose_cache").symlink_to(tmp_path)
    else:
        (tree / ".decompose_cache").write_text("")
    assert cache_folder(tree).parent == tmp_path / "xdg" / "decompose"
