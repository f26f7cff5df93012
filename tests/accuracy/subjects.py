"""Which programs is the graph measured on, and how are their own tests run?

The fixtures of this repository, and pinned source distributions of the package registry that carry tests: downloaded
once with pip, checked against the digest below. Their code runs in environments of their own under `build/`, and
only under `decompose record`.
"""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_QUIET = ("--quiet", "--disable-pip-version-check")


@dataclass(frozen=True, slots=True)
class Subject:
    """A program with tests. `sha256` "" for a fixture; `words`: arguments of its interpreter; `sql`: note tables."""

    name: str
    kind: str
    words: tuple[str, ...]
    version: str = ""
    sha256: str = ""
    requires: tuple[str, ...] = ()
    sql: bool = False

    @property
    def archive(self) -> str:
        """The file name of its source distribution."""
        return f"{self.name.replace('-', '_')}-{self.version}.tar.gz"


_PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")

SUBJECTS = (
    Subject("shop", "Django, Celery", _PYTEST, sql=True),
    Subject("clinic", "Flask, SQLAlchemy", _PYTEST, sql=True),
    Subject("learn", "FastAPI, SQLAlchemy", _PYTEST, sql=True),
    Subject(
        "yapf",
        "formatter",
        (*_PYTEST, "yapftests"),
        "0.43.0",
        "00d3aa24bfedff9420b2e0d5d9f5ab6d9d4268e72afbf59bb3fa542781d5218e",
        ("--editable", ".", "pytest==8.4.2"),
    ),
    Subject(
        "mkdocs",
        "command line",
        ("-m", "unittest", "discover", "-q", "-s", "mkdocs/tests", "-p", "*tests.py", "-t", "."),
        "1.6.1",
        "7b432f01d928c084353ab39c57282f29f92136665bdd6abf7c1ec8d822ef86f2",
        ("--editable", ".", "babel", "click==8.1.8"),
    ),
    Subject(
        "flask",
        "web framework",
        (*_PYTEST, "tests"),
        "3.1.3",
        "0ef0e52b8a9cd932855379197dd8f94047b359ca0a78695144304cb45f87c9eb",
        ("--editable", ".", "asgiref", "pytest==8.4.2", "python-dotenv"),
    ),
    Subject(
        "sqlite-utils",
        "command line, SQL",
        (*_PYTEST, "tests"),
        "4.2.1",
        "76114b6a5414714e6c70e5fa5c4781b301b590f6951b5da39c8cc60c21382ba1",
        ("--editable", ".", "hypothesis", "pytest==8.4.2"),
    ),
    Subject(
        "djangorestframework",
        "Django",
        (*_PYTEST, "tests"),
        "3.16.1",
        "166809528b1aced0a17dc66c24492af18049f2c9420dbd0be29422029cfc3ff7",
        ("django==5.2.7", "pytest==8.4.2", "pytest-django==4.11.1", "pytz"),
    ),
    Subject(
        "ara",
        "Django REST framework",
        ("manage.py", "test", "ara"),
        "1.8.0",
        "3579c8a80b6ce1b08bdbb557418cf0e12971ba6b8734158f7502b5a2bcd850c0",
        ("--editable", ".[server]", "factory-boy==3.3.3"),
        sql=True,
    ),
    Subject(
        "hyperkitty",
        "Django",
        (*_PYTEST, "hyperkitty"),
        "1.3.12",
        "deb582937ec5bc9ea9c1d5d86bfb76a4da429b60e1fea6fd6964e7c667cf161d",
        (
            *("--editable", ".", "Whoosh==2.7.4", "beautifulsoup4", "django-debug-toolbar"),
            *("elasticsearch", "isort", "lxml", "pytest==8.4.2", "pytest-django==4.11.1"),
        ),
        sql=True,
    ),
    Subject(
        "pretalx",
        "Django",
        (
            *_PYTEST,
            *("-W", "ignore", "--ds=pretalx.common.settings.test_settings"),
            *("src/tests/agenda", "src/tests/cfp"),
        ),
        "2025.2.2",
        "86da5f1031644194b3259d48ca4ffa3b4b46e50e061c9806a6429e6143ed6d23",
        (
            *("--editable", ".", "freezegun==1.5.5", "jsonschema==4.26.0", "pytest==8.4.2"),
            *("drf-spectacular==0.29.0", "pytest-django==4.11.1", "pytest-mock==3.15.1"),
            "responses",
        ),
        sql=True,
    ),
    Subject(
        "privacyidea",
        "Flask, SQLAlchemy",
        (
            *_PYTEST,
            *(f"tests/test_api_{part}.py" for part in ("users", "system", "machines")),
        ),
        "3.14",
        "9900ec9c94ca3d822551736c827f2aa2d74bc7acc45ee3b4c1ad346ab3cf06ce",
        ("-r", "tests/requirements.txt"),
        sql=True,
    ),
    Subject(
        "ihatemoney",
        "Flask, SQLAlchemy",
        (*_PYTEST, "-W", "ignore"),
        "7.2.1",
        "e74fc718f68e1ec400cf9c4364025a91febb86c9b523aeb33a52e5adbeaa77e1",
        ("--editable", ".", "pytest==9.0.2", "pytest-flask==1.3.0", "setuptools==79.0.1"),
        sql=True,
    ),
)


def obtain(subject: Subject, scratch: Path) -> Path:
    """A fresh copy of a subject's files below `scratch`.

    Raises `SystemExit` where what was downloaded is not the pinned file.
    """
    tree = scratch / subject.name / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    if not subject.sha256:
        shutil.copytree(
            ROOT / "fixtures" / subject.name, tree, ignore=shutil.ignore_patterns("__pycache__")
        )
        return tree
    archive = scratch / "sdists" / subject.archive
    if not archive.exists():
        _download(subject, archive.parent)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != subject.sha256:
        raise SystemExit(f"{archive}: SHA-256 is {digest}, pinned is {subject.sha256}")
    with tarfile.open(archive) as opened:
        opened.extractall(tree, filter="data")
    return next(path for path in tree.iterdir() if path.is_dir())


def _download(subject: Subject, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", *_QUIET]
    source = ["--no-deps", "--no-binary", subject.name, "--dest", str(folder)]
    subprocess.run([*pip, *source, f"{subject.name}=={subject.version}"], check=True)


def environment(subject: Subject, tree: Path, scratch: Path, python: str) -> Path:
    """The interpreter of an environment that holds what a subject needs; made when it is not there.

    The subject itself is run from its files: it is installed as a link to them.
    """
    place = scratch / subject.name / f"venv-{Path(python).name}"
    interpreter = place / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if not (place / "complete").exists():
        shutil.rmtree(place, ignore_errors=True)
        if python == sys.executable:
            venv.create(place, with_pip=True)
        else:
            subprocess.run([python, "-m", "venv", str(place)], check=True)
        wanted = subject.requires or ("-r", "requirements.txt")
        pip = [str(interpreter), "-m", "pip", "install", *_QUIET]
        subprocess.run([*pip, *wanted], cwd=tree, check=True)
        (place / "complete").touch()
    return interpreter
