import os
import stat
from pathlib import Path

import pytest

from decompose import disk
from decompose.errors import DecomposeError


@pytest.mark.parametrize("data", ["naïve\r\ntext\n", b"\x00bytes\xff", ""])
def test_what_was_written_is_read_back(tmp_path: Path, data: str | bytes) -> None:
    path = tmp_path / "file"
    disk.write_atomic(path, data)
    assert path.read_bytes() == (data.encode() if isinstance(data, str) else data)
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_the_mode_of_an_existing_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "run.sh"
    path.write_text("old")
    path.chmod(0o750)
    disk.write_atomic(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o750


def test_a_new_file_has_the_mode_that_open_would_give(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    disk.write_atomic(tmp_path / "ours", "")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_link_stays_a_link_and_its_target_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("old")
    (tmp_path / "link").symlink_to("target")
    disk.write_atomic(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "new"


def test_a_failed_write_keeps_the_old_file_and_leaves_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        disk.write_atomic(path, "new")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_missing_folder_is_the_callers_to_make(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        disk.write_atomic(tmp_path / "missing" / "file", "")


def test_templates_are_found_in_the_checkout() -> None:
    assert disk.templates().is_dir()


def _installed_at(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package.mkdir(parents=True)
    monkeypatch.setattr(disk, "__file__", str(package / "disk.py"))


def test_templates_packed_with_the_package_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _installed_at(tmp_path / "src" / "decompose", monkeypatch)
    (tmp_path / "templates").mkdir()
    assert disk.templates() == tmp_path / "templates"
    (tmp_path / "src" / "decompose" / "_templates").mkdir()
    assert disk.templates() == tmp_path / "src" / "decompose" / "_templates"


def test_a_strangers_templates_folder_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _installed_at(tmp_path / "site-packages" / "decompose", monkeypatch)
    (tmp_path / "templates").mkdir()
    with pytest.raises(DecomposeError, match="install decompose-monolith again"):
        disk.templates()
