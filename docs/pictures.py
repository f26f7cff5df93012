"""The pictures of README.md: the report of `fixtures/shop`, from a fresh analysis. By hand: `make pictures`.

Needs Chromium. A picture is made anew whenever the report looks different, so that none shows what
the program does not do.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from decompose.config import Options
from decompose.pipeline import analyze

_ROOT = Path(__file__).resolve().parents[1]
_IMAGES = _ROOT / "docs" / "images"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_WIDTH = 1400  # pixels
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
_MAP_ALONE = "<style>section:not(#map), nav, header { display: none } .frame { display: block }</style></head>"


def main() -> None:
    """Analyze the shop and photograph what came out."""
    browser = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        sys.exit(f"no browser: install one of {', '.join(_BROWSERS)}")
    _IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        analyze(Options(root=_ROOT / "fixtures" / "shop", output=folder, use_cache=False))
        page = folder / "report.html"
        _photograph(browser, page, "report.png", height=900)
        _photograph(browser, _map_alone(page), "services.png", height=1000)


def _map_alone(page: Path) -> Path:
    """A copy that shows the service map only; the page's own policy would forbid the change."""
    text = _POLICY.sub("", page.read_text(encoding="utf-8"), count=1)
    copy = page.with_name("map.html")
    copy.write_text(text.replace("</head>", _MAP_ALONE, 1), encoding="utf-8")
    return copy


def _photograph(browser: str, page: Path, name: str, *, height: int) -> None:
    look = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"]
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    size = [f"--window-size={_WIDTH},{height}", "--virtual-time-budget=4000"]
    command = [browser, *look, *quiet, *size, f"--screenshot={_IMAGES / name}", page.as_uri()]
    subprocess.run(command, capture_output=True, check=True)


if __name__ == "__main__":
    main()
