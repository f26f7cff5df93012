"""Which real monoliths are measured, and how do they come to this machine?

They are pinned wheels of the package registry: downloaded once with pip, checked against the digest
below, unpacked, never installed and never run.
"""

import hashlib
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Monolith:
    """One pinned release. `quick`: small enough for a first impression (`--quick`)."""

    name: str
    version: str
    sha256: str
    quick: bool = False

    @property
    def requirement(self) -> str:
        """As pip is asked for it."""
        return f"{self.name}=={self.version}"

    @property
    def pattern(self) -> str:
        """Matches the wheel's file name, in which a dash of the name is an underscore."""
        return f"{self.name.replace('-', '_')}-{self.version}-*.whl"


MONOLITHS = (
    Monolith(
        name="homeassistant",
        version="2024.3.3",
        sha256="6e1ec2c07441d63fdcfb8acd2c4bbb6f68bc97330855784d3623d10c38fe3577",
    ),
    Monolith(
        name="nova",
        version="34.0.0",
        sha256="8b46997836961762608e6e46e6d4945325d8a1fb8004e79e552e55839061f10c",
    ),
    Monolith(
        name="apache-superset",
        version="6.1.0",
        sha256="4b5886b2d6389a32df790aeae2532ad72529bce1af93b6edf2d1b2a8bf658748",
    ),
    Monolith(
        name="pretix",
        version="2026.8.0",
        sha256="a78932e698778d873530d67f25a57c28d1c09b1bfb1a22ec817c00d90397db85",
    ),
    Monolith(
        name="indico",
        version="3.2.9",
        sha256="194d2e31ccaabd2b9af7809e67d60d942faee35a6b4de36f0c2c280a32ed84c3",
    ),
    Monolith(
        name="wagtail",
        version="8.0.1",
        sha256="1e6ad5c7891a54efce1400e168298b5a2cc343b642cee89c31bf5ec30c98b26c",
        quick=True,
    ),
    Monolith(
        name="django-oscar",
        version="4.2.1",
        sha256="adbb95ea0130859c204cc6fb221052d6d437ecbaa90800e8418a809f72645e9c",
        quick=True,
    ),
)


def obtain(monolith: Monolith, downloads: Path) -> Path:
    """The wheel in the folder `downloads`, fetched where it is not there yet.

    Raises `SystemExit` where it is not the pinned file: figures of another one are worth nothing.
    """
    downloads.mkdir(parents=True, exist_ok=True)
    if not any(downloads.glob(monolith.pattern)):
        _download(monolith, downloads)
    wheel = min(downloads.glob(monolith.pattern))
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest != monolith.sha256:
        raise SystemExit(f"{wheel}: SHA-256 is {digest}, pinned is {monolith.sha256}")
    return wheel


def _download(monolith: Monolith, downloads: Path) -> None:
    """Ask pip; the wheel is only read, so that it need not suit the running Python."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    wheel_alone = ["--no-deps", "--only-binary=:all:", "--ignore-requires-python"]
    subprocess.run([*pip, *wheel_alone, "--dest", str(downloads), monolith.requirement], check=True)


def unpack(wheel: Path, folder: Path) -> Path:
    """A fresh copy of the wheel's files in `folder`; what an earlier run left there goes."""
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder
