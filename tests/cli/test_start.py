"""What a command loads before it needs it: time that everybody waits, and threads that forbid forks."""

import subprocess
import sys


def test_no_numeric_library_is_loaded_before_files_are_read() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import decompose.pipeline, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(told.stdout.split())
    assert "decompose.source.parallel" in loaded
    assert loaded.isdisjoint({"numpy", "scipy", "networkx", "sqlglot", "jinja2", "libcst"})
