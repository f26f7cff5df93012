"""A run never harms what a person has done in the folder; each row of the table in `scaffold.write` is a test."""

import json
from pathlib import Path

import pytest

from decompose.errors import DecomposeError
from decompose.model.planned import PlannedFile
from decompose.scaffold import Written, write

MANIFEST = ".decompose-manifest.json"


def planned(**texts: str) -> tuple[PlannedFile, ...]:
    """`a="x"` is the file `s/a` with the text `x`."""
    return tuple(PlannedFile(f"s/{name}", text, "") for name, text in texts.items())


def digests(folder: Path) -> dict[str, str]:
    found = json.loads((folder / MANIFEST).read_text())["files"]
    assert isinstance(found, dict)
    return found


def test_a_first_run_creates(tmp_path: Path) -> None:
    assert write(planned(a="1"), tmp_path / "out") == Written(created=("s/a",))
    assert (tmp_path / "out/s/a").read_text() == "1"


def test_an_equal_run_writes_nothing(tmp_path: Path) -> None:
    write(planned(a="1"), tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert write(planned(a="1"), tmp_path) == Written(unchanged=("s/a",))
    assert before == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}


def test_what_nobody_edited_is_updated(tmp_path: Path) -> None:
    write(planned(a="1"), tmp_path)
    assert write(planned(a="2"), tmp_path) == Written(updated=("s/a",))
    assert (tmp_path / "s/a").read_text() == "2"


def test_an_edited_file_is_kept(tmp_path: Path) -> None:
    write(planned(a="1"), tmp_path)
    (tmp_path / "s/a").write_text("mine")
    assert write(planned(a="1"), tmp_path) == Written(kept=("s/a",))
    assert (tmp_path / "s/a").read_text() == "mine"


def test_an_edited_file_with_news_is_a_conflict_until_it_is_solved(tmp_path: Path) -> None:
    write(planned(a="1"), tmp_path)
    (tmp_path / "s/a").write_text("mine")
    for _ in range(2):
        assert write(planned(a="2"), tmp_path) == Written(conflicts=("s/a",))
    assert (tmp_path / "s/a").read_text() == "mine"
    (tmp_path / "s/a").write_text("2")
    assert write(planned(a="2"), tmp_path) == Written(unchanged=("s/a",))


def test_somebodys_own_file_is_a_conflict(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s/a").write_text("mine")
    assert write(planned(a="1", b="1"), tmp_path) == Written(created=("s/b",), conflicts=("s/a",))
    assert (tmp_path / "s/a").read_text() == "mine"
    assert "s/a" not in digests(tmp_path)


def test_a_deleted_file_stays_deleted(tmp_path: Path) -> None:
    write(planned(a="1", b="1"), tmp_path)
    (tmp_path / "s/a").unlink()
    for text in ("1", "2"):
        assert write(planned(a=text, b="1"), tmp_path).kept == ("s/a",)
    assert not (tmp_path / "s/a").exists()


def test_a_service_whose_folder_is_gone_is_generated_anew(tmp_path: Path) -> None:
    write(planned(a="1"), tmp_path)
    (tmp_path / "s/a").unlink()
    (tmp_path / "s").rmdir()
    assert write(planned(a="2"), tmp_path) == Written(created=("s/a",))


def test_what_is_no_longer_planned_goes_unless_it_was_edited(tmp_path: Path) -> None:
    write(planned(a="1", b="1", c="1"), tmp_path)
    (tmp_path / "s/b").write_text("mine")
    assert write(planned(c="1"), tmp_path) == Written(
        unchanged=("s/c",), removed=("s/a",), kept=("s/b",)
    )
    assert not (tmp_path / "s/a").exists()
    assert (tmp_path / "s/b").read_text() == "mine"


def test_folders_that_become_empty_go_too(tmp_path: Path) -> None:
    deep = (PlannedFile("s/x/y/a", "1", ""), PlannedFile("s/b", "1", ""))
    write(deep, tmp_path)
    write(deep[1:], tmp_path)
    assert not (tmp_path / "s/x").exists()
    assert (tmp_path / "s/b").exists()


def test_services_that_are_not_in_the_plan_are_left_alone(tmp_path: Path) -> None:
    other = PlannedFile("t/a", "1", "")
    write((*planned(a="1"), other), tmp_path)
    assert write(planned(a="2"), tmp_path) == Written(updated=("s/a",))
    assert (tmp_path / "t/a").exists()
    assert set(digests(tmp_path)) == {"s/a", "t/a"}


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    assert write(planned(a="1"), tmp_path / "out", dry_run=True) == Written(created=("s/a",))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("link", ["s", "s/a"])
def test_nothing_is_written_or_removed_through_a_link(tmp_path: Path, link: str) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a").write_text("1")
    write(planned(a="1", b="1"), out)
    for path in [out / "s/a", out / "s/b"]:
        path.unlink()
    if link == "s":
        (out / "s").rmdir()
    (out / link).symlink_to(elsewhere / link.removeprefix("s").removeprefix("/"))
    assert "s/a" in write(planned(a="2", b="1"), out).conflicts
    write(planned(b="1"), out)
    assert (elsewhere / "a").read_text() == "1"


def test_a_folder_in_place_of_a_file_is_a_conflict(tmp_path: Path) -> None:
    (tmp_path / "s/a").mkdir(parents=True)
    assert write(planned(a="1"), tmp_path) == Written(conflicts=("s/a",))


def test_a_manifest_that_was_tampered_with_removes_nothing_outside(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(planned(a="1"), out)
    (tmp_path / "victim").write_text("1")
    listed = json.loads((out / MANIFEST).read_text())
    digest = listed["files"]["s/a"]
    listed["files"] |= {"s/../../victim": digest, "/etc/passwd": digest, "s//a": digest}
    (out / MANIFEST).write_text(json.dumps(listed))
    assert write(planned(a="1"), out).removed == ()
    assert (tmp_path / "victim").exists()


@pytest.mark.parametrize("path", ["../a", "/a", "s/../../a", "a b", "s/\n", "", "s/./a", "é"])
def test_a_path_that_is_not_plain_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(DecomposeError):
        write((PlannedFile(path, "", ""),), tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 9, "files": {}}', '{"files": 1}'])
def test_a_broken_manifest_stops_the_run(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(DecomposeError, match="list of generated files"):
        write(planned(a="1"), tmp_path)


def test_a_file_in_place_of_the_folder_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(DecomposeError, match="is a file"):
        write(planned(a="1"), tmp_path / "out")
