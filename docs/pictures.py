"""What README.md shows of `make demo`: the summary as text, the report as pictures. By hand: `make pictures`.

Needs Chromium. All is made anew, from one fresh analysis, whenever a run says something different or
the report looks different, so that README never shows what the program does not do.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_README = _ROOT / "README.md"
_SAID = re.compile(r"(?<=```text\n)shop .*?(?=```\n)", re.DOTALL)
_IMAGES = _ROOT / "docs" / "images"
_DEMO = "build/demo"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_STYLING = ("COLUMNS", "FORCE_COLOR", "DECOMPOSE_SERVICES", "DECOMPOSE_SEED", "DECOMPOSE_EXCLUDE")
_WIDTH = 1400  # pixels
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
_MAP_ALONE = "<style>section:not(#map), nav, header { display: none } .frame { display: block }</style></head>"


def main() -> None:
    """Analyze the shop as `make demo` does, quote what was said and photograph what came out."""
    browser = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        sys.exit(f"no browser: install one of {', '.join(_BROWSERS)}")
    _IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        _quote(_analyze(Path(scratch)))
        page = Path(scratch, _DEMO, "report.html")
        _photograph(browser, page, "report.png", height=900)
        _photograph(browser, _map_alone(page), "services.png", height=1000)


def _analyze(scratch: Path) -> str:
    """What a run says that writes below `scratch`, where `make demo` writes below the checkout."""
    command = [sys.executable, "-m", "decompose", "analyze", str(_ROOT / "fixtures" / "shop")]
    plain = {name: value for name, value in os.environ.items() if name not in _STYLING}
    done = subprocess.run(
        [*command, "--no-cache", "--out", _DEMO],
        cwd=scratch,
        env=plain,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


def _quote(said: str) -> None:
    """Put a run's words into README, in place of those of an earlier run."""
    text, places = _SAID.subn(lambda _: said, _README.read_text(encoding="utf-8"))
    if places != 1:
        sys.exit(f"{_README.name}: one block of text is expected to quote the shop, not {places}")
    _README.write_text(text, encoding="utf-8")


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
