"""A real browser without a window: what does a page print to the console, ask of the network, and become?

No protocol and no driver: the browser writes the finished document, its log and its network log itself.
"""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
OPTIONS = (
    "--headless",
    "--no-sandbox",  # containers and root have none; the pages are our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # the browser's own requests go nowhere
    "--enable-logging=stderr",
    "--dump-dom",
)
_BROWSERS_OWN = "not an origin"
_CONSOLE = re.compile(r":CONSOLE[:(][^\]]*\] (.*)")


@dataclass(frozen=True)
class Visit:
    """What came of opening a page."""

    document: str
    console: list[str]
    requests: list[str]  # of the page, not of the browser


def executable() -> str:
    """The browser; skips the test without one, fails where CI demands it."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        return found
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"CI needs a browser: none of {', '.join(NAMES)} is installed")
    pytest.skip(f"no browser: none of {', '.join(NAMES)} is installed")


def visit(page: Path, scratch: Path, *options: str, fragment: str = "") -> Visit:
    """Open a file and let its scripts settle."""
    log = scratch / "net.json"
    command = [
        executable(),
        *OPTIONS,
        *options,
        f"--user-data-dir={scratch / 'profile'}",
        f"--log-net-log={log}",
    ]
    run = subprocess.run(
        [*command, page.as_uri() + fragment], capture_output=True, timeout=120, check=True
    )
    console = _CONSOLE.findall(run.stderr.decode(errors="replace"))
    return Visit(run.stdout.decode(), console, _requests(json.loads(log.read_text())))


def _requests(log: dict[str, Any]) -> list[str]:
    """What was asked for on behalf of a page; an event's end has no address."""
    start = log["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    found = [event.get("params", {}) for event in log["events"] if event["type"] == start]
    return [
        asked["url"]
        for asked in found
        if "url" in asked and asked.get("initiator") != _BROWSERS_OWN
    ]
