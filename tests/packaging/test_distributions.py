"""A stranger gets the same program from a wheel, a source distribution and an editable checkout.

Nothing here needs the network: the backend comes from the running environment, and a fresh
environment borrows the dependencies of this one through a `.pth` file, which lends the packages but
does not run this environment's own `.pth` files (and so never the editable install under test).
"""

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
VERSION = PROJECT["version"]
KINDS = ("wheel", "sdist", "editable")
RELEASED = (  # what a distributor needs to build, test and package from the source distribution
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "fixtures/shop/truth.toml",
    "pyproject.toml",
    "src/decompose/py.typed",
    "tests/packaging/test_distributions.py",
    ".ci/venv.sh",
)


@dataclass(frozen=True, slots=True)
class Distributions:
    """The two files that a release consists of."""

    wheel: Path
    sdist: Path


@dataclass(frozen=True, slots=True)
class Installation:
    """A fresh environment that has the project installed in one of the `KINDS` of ways."""

    kind: str
    environment: Path

    def run(self, program: str, *arguments: str) -> str:
        """Standard output of one of the environment's programs, run away from the checkout."""
        command = [str(self.environment / "bin" / program), *arguments]
        return _run(command, folder=self.environment)


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    folder = tmp_path_factory.mktemp("dist")
    _run([sys.executable, "-m", "hatchling", "build", "--directory", str(folder)], folder=ROOT)
    return Distributions(wheel=next(folder.glob("*.whl")), sdist=next(folder.glob("*.tar.gz")))


@pytest.fixture(scope="session", params=KINDS)
def installation(
    request: pytest.FixtureRequest,
    distributions: Distributions,
    tmp_path_factory: pytest.TempPathFactory,
) -> Installation:
    environment = tmp_path_factory.mktemp(request.param)
    _run([sys.executable, "-m", "venv", "--without-pip", str(environment)], folder=environment)
    _lend_packages(environment)
    _install(_source(request.param, distributions), environment)
    return Installation(request.param, environment)


def _source(kind: str, distributions: Distributions) -> Sequence[str]:
    if kind == "editable":
        return ["--editable", str(ROOT)]
    return [str(distributions.wheel if kind == "wheel" else distributions.sdist)]


def _lend_packages(environment: Path) -> None:
    lender = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    library = next((environment / "lib").glob("python3*")) / "site-packages"
    (library / "lent.pth").write_text("".join(f"{path}\n" for path in sorted(lender)))


def _install(what: Sequence[str], environment: Path) -> None:
    python = str(environment / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    pip += ["--no-index", "--ignore-installed", "--disable-pip-version-check"]
    _run([*pip, "--no-deps", "--no-build-isolation", *what], folder=environment)


def _run(command: Sequence[str], *, folder: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        command, cwd=folder, env=clean, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command} exited {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def _names(folder: Path) -> set[str]:
    """The files below `folder` that belong to it: relative, POSIX, no byte code."""
    files = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    return {file.as_posix() for file in files if "__pycache__" not in file.parts}


def test_the_command_says_its_version(installation: Installation) -> None:
    assert VERSION in installation.run("decompose", "--version").split()


def test_the_module_is_the_command(installation: Installation) -> None:
    version = installation.run("python", "-m", "decompose", "--version")

    assert version == installation.run("decompose", "--version")


def test_the_schema_of_an_analysis_comes_along(installation: Installation) -> None:
    schema = json.loads(installation.run("decompose", "schema", "analysis"))

    assert schema["$schema"].startswith("https://json-schema.org/")


def test_the_templates_come_along(installation: Installation) -> None:
    code = "from decompose.disk import templates; print(templates())"
    found = Path(installation.run("python", "-c", code).rstrip("\n"))

    assert _names(found) == _names(ROOT / "templates")
    assert _names(found)


def test_the_installation_runs_its_own_copy(installation: Installation) -> None:
    code = "import decompose; print(decompose.__file__)"
    home = ROOT / "src" if installation.kind == "editable" else installation.environment

    assert Path(installation.run("python", "-c", code).rstrip("\n")).is_relative_to(home)


def test_the_wheel_holds_the_package_its_templates_and_nothing_else(
    distributions: Distributions,
) -> None:
    expected = {f"decompose/{name}" for name in _names(ROOT / "src" / "decompose")}
    expected |= {f"decompose/_templates/{name}" for name in _names(ROOT / "templates")}
    names = set(zipfile.ZipFile(distributions.wheel).namelist())

    information = {name for name in names if ".dist-info/" in name}
    assert names - information == expected
    assert "decompose/py.typed" in names


def test_the_wheel_carries_the_license_and_how_it_is_called(distributions: Distributions) -> None:
    information = f"decompose_monolith-{VERSION}.dist-info"
    with zipfile.ZipFile(distributions.wheel) as wheel:
        text = wheel.read(f"{information}/licenses/LICENSE")
        metadata = wheel.read(f"{information}/METADATA").decode()
        commands = wheel.read(f"{information}/entry_points.txt").decode()

    assert text == (ROOT / "LICENSE").read_bytes()
    assert "License-Expression: Apache-2.0\n" in metadata
    assert "decompose = decompose.cli:main" in commands


@pytest.mark.parametrize("name", RELEASED)
def test_the_source_distribution_can_be_built_and_tested(
    distributions: Distributions, name: str
) -> None:
    with tarfile.open(distributions.sdist) as archive:
        assert f"decompose_monolith-{VERSION}/{name}" in archive.getnames()


@pytest.mark.parametrize("stray", ["__pycache__", ".pyc", ".sqlite3", ".decompose_cache", "/.venv"])
def test_nothing_made_on_the_way_is_released(distributions: Distributions, stray: str) -> None:
    with tarfile.open(distributions.sdist) as archive:
        assert [name for name in archive.getnames() if stray in name] == []
