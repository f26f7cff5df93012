"""Which options hold for a run, and who said so?

Options come from the command line and the environment, from the file of `--config`, and from
`[tool.decompose]` of the analyzed tree's own pyproject.toml; in this order, each option by itself.

The analyzed tree may be hostile, so its file can say what the program is (`exclude`, `services`, `dialect`,
`seed`), and nothing about this machine: where to write, how many processes, what to load.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from decompose.errors import DecomposeError
from decompose.rules import RULES

DEFAULT_OUTPUT = Path("decompose-out")
DEFAULT_TRACE = Path("trace.json")
DIALECTS = (
    *("bigquery", "clickhouse", "databricks", "duckdb", "hive", "mysql", "oracle", "postgres"),
    *("redshift", "snowflake", "spark", "sqlite", "starrocks", "teradata", "trino", "tsql"),
)
"""Dialects of SQL that can be named."""
_MOST_SERVICES = 1000
_MOST_SEED = 2**32 - 1
_MOST_JOBS = 512
_LARGEST_FILE = 1_000_000  # bytes; a configuration is never as large
_SECTION = ("tool", "decompose")
_NAME = "tool.decompose"


@dataclass(frozen=True, slots=True)
class Options:
    """How to analyze. Paths given by the user; nothing here comes from the analyzed tree but `exclude` and figures."""

    root: Path
    output: Path
    services: int | None = None  # how many; None: as the evidence says
    exclude: tuple[str, ...] = ()  # gitignore-style globs
    jobs: int = 0  # worker processes; 0: one a core
    use_cache: bool = True
    cache_folder: Path | None = None
    seed: int = 0
    traces: tuple[Path, ...] = ()  # what `decompose record` wrote
    start: Path | None = None  # a person's own partition to begin with
    resolution: float | None = None  # granularity, instead of what the evidence chooses
    max_lines: int | None = None  # of a service
    use_history: bool = False  # ask git which files changed together
    rules: Mapping[str, Any] = field(default_factory=dict)  # of the partition: see `rules`
    dialect: str = ""  # of SQL; "": guessed
    graph: Path | None = None  # analyze this graph of another tool instead of the tree


@dataclass(frozen=True, slots=True)
class Settings:
    """What one source of options says; None where it says nothing."""

    exclude: tuple[str, ...] | None = None
    services: int | None = None
    seed: int | None = None
    dialect: str | None = None
    jobs: int | None = None
    cache: bool | None = None
    cache_dir: Path | None = None
    out: Path | None = None
    rules: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Key:
    """What may stand behind a key of a configuration file. `least`, `most`: of a number."""

    kind: type
    says: str
    least: int = 0
    most: int = 0
    is_data: bool = False  # says something of the program, so that its own tree may set it
    check: Callable[[Any], bool] | None = None  # of a rule of the partition
    words: frozenset[str] = frozenset()  # those that a text may be; none: it is a path


_KEYS = {
    "exclude": _Key(list, "a list of globs", is_data=True),
    "services": _Key(int, f"a number from 1 to {_MOST_SERVICES}", 1, _MOST_SERVICES, is_data=True),
    "seed": _Key(int, f"a number from 0 to {_MOST_SEED}", 0, _MOST_SEED, is_data=True),
    "dialect": _Key(
        str, f"a dialect of SQL: {', '.join(DIALECTS)}", is_data=True, words=frozenset(DIALECTS)
    ),
    "jobs": _Key(int, f"a number from 0 to {_MOST_JOBS}", 0, _MOST_JOBS),
    "cache": _Key(bool, "true or false"),
    "cache-dir": _Key(str, "a path"),
    "out": _Key(str, "a path"),
} | {name: _Key(dict, says, is_data=True, check=check) for name, (says, check) in RULES.items()}


def options(root: Path, given: Settings, file: Path | None, *, isolated: bool = False) -> Options:
    """Join what the command line and environment say with the configuration files.

    `file`: that of `--config`; `isolated`: leave the analyzed tree's own configuration out.
    Raises DecomposeError with file and line of whatever is wrong in a file.
    """
    _check(given)
    layers = [given]
    if file is not None:
        layers.append(_from_file(file))
    if not isolated:
        layers.append(_from_tree(root))
    joined = _join(layers)
    return Options(
        root=root,
        output=joined.out or DEFAULT_OUTPUT,
        services=joined.services,
        exclude=joined.exclude or (),
        jobs=joined.jobs or 0,
        use_cache=joined.cache is not False,
        cache_folder=joined.cache_dir,
        seed=joined.seed or 0,
        rules=joined.rules or {},
        dialect=joined.dialect or "",
    )


def _check(given: Settings) -> None:
    """Refuse numbers and words of the command line or environment that no file might hold either."""
    for name, key in _KEYS.items():
        if name in RULES:
            continue
        value = getattr(given, name.replace("-", "_"))
        is_data = key.kind is int or key.words
        if is_data and value is not None and not _fits(value, key):
            raise DecomposeError(
                f"this must be {key.says}, not {value}",
                where=f"--{name}",
                remedy=f"correct it, or DECOMPOSE_{name.upper()} in the environment",
            )


def _join(layers: Iterable[Settings]) -> Settings:
    """Take each option from the first layer that says anything about it."""
    values: dict[str, Any] = {}
    for layer in layers:
        for name in (each.name for each in fields(Settings)):
            if values.get(name) is None:
                values[name] = getattr(layer, name)
    return Settings(**values)


def _from_file(file: Path) -> Settings:
    """Read the file of `--config`: a pyproject.toml, or one that holds our keys and nothing else."""
    try:
        text = _text(file)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise DecomposeError(
            f"the configuration cannot be read: {reason}",
            where=str(file),
            remedy="check the path given with --config",
        ) from error
    document = _parsed(text, file)
    table = _section(document, text, file)
    if table is None:
        table = {} if file.name == "pyproject.toml" else document
    settings = _settings(_Source(table, text, file))
    return replace(
        settings,
        cache_dir=settings.cache_dir and file.parent / settings.cache_dir,
        out=settings.out and file.parent / settings.out,
    )


def _from_tree(root: Path) -> Settings:
    """Read `[tool.decompose]` of the analyzed folder's pyproject.toml, as far as there is one.

    A file that is broken and does not mention us is none of our business.
    """
    file = root / "pyproject.toml"
    try:
        text = _text(file)
    except (OSError, UnicodeDecodeError):
        return Settings()
    if "decompose" not in text:
        return Settings()
    try:
        document = _parsed(text, file)
    except DecomposeError:
        if f"[{_NAME}]" in text:
            raise
        return Settings()
    source = _Source(_section(document, text, file) or {}, text, file)
    for key in source.table:
        if key in _KEYS and not _KEYS[key].is_data:
            raise DecomposeError(
                f"{key} cannot be set by the code that is analyzed",
                where=source.place(key),
                remedy=f"give --{_option(key)}, or a file of your own with --config",
            )
    return _settings(source)


def _text(file: Path) -> str:
    """Read a file that is one: no device, no pipe, nothing endless."""
    if not file.is_file():
        raise FileNotFoundError(2, "there is no such file")
    with file.open("rb") as stream:
        data = stream.read(_LARGEST_FILE + 1)
    if len(data) > _LARGEST_FILE:
        raise OSError(27, "it is too large")
    return data.decode("utf-8-sig")


def _parsed(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        raise DecomposeError(
            f"this is not TOML: {error}",
            where=f"{file}:{line[1]}" if line else str(file),
            remedy="correct the line",
        ) from error


def _section(document: Mapping[str, Any], text: str, file: Path) -> dict[str, Any] | None:
    """Find the table [tool.decompose]."""
    found: Any = document
    for name in _SECTION:
        if not isinstance(found, dict):
            return None
        found = found.get(name)
    if found is None or isinstance(found, dict):
        return found
    raise DecomposeError(
        f"[{_NAME}] is no table",
        where=f"{file}:{_line_of('decompose', text) or 1}",
        remedy="write it as a table of keys and values",
    )


@dataclass(frozen=True, slots=True)
class _Source:
    """A table of keys, and the text that it stands in."""

    table: Mapping[str, Any]
    text: str
    file: Path

    def place(self, key: str) -> str:
        """Give the file and, where it can be found, the line of a key."""
        line = _line_of(key, self.text)
        return f"{self.file}:{line}" if line else str(self.file)


def _settings(source: _Source) -> Settings:
    values: dict[str, Any] = {}
    rules: dict[str, Any] = {}
    for key, value in source.table.items():
        if key not in _KEYS:
            raise _unknown(key, source)
        if not _fits(value, _KEYS[key]):
            raise DecomposeError(
                f"{key} must be {_KEYS[key].says}, not {_shown(value)}",
                where=source.place(key),
                remedy="correct the value",
            )
        if key in RULES:
            rules[key] = value
        else:
            is_path = isinstance(value, str) and not _KEYS[key].words
            values[key.replace("-", "_")] = Path(value) if is_path else _converted(value)
    return Settings(**values, rules=rules or None)


def _fits(value: object, key: _Key) -> bool:
    if key.check is not None:
        return key.check(value)
    if key.kind is list:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if key.kind is int:
        return type(value) is int and key.least <= value <= key.most
    if key.words:
        return isinstance(value, str) and value in key.words
    return isinstance(value, key.kind) and value != ""


def _converted(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"  # noqa: PLR2004  (what a line can hold)


def _unknown(key: str, source: _Source) -> DecomposeError:
    known = ", ".join(sorted(_KEYS))
    near = difflib.get_close_matches(key.replace("_", "-"), _KEYS, n=1)
    guess = f"did you mean {near[0]}? " if near else ""
    return DecomposeError(
        f"there is no option {key!r}",
        where=source.place(key),
        remedy=f"{guess}known are {known}",
    )


def _option(key: str) -> str:
    return "no-cache" if key == "cache" else key


def _line_of(key: str, text: str) -> int:
    """Find the line on which a key is set, first in our own section; 0 if it is spelled in some other way."""
    setting = re.compile(rf"""^\s*(?:[\w.-]+\.|\w+\s*=\s*\{{.*)?["']?{re.escape(key)}["']?\s*=""")
    lines = text.splitlines()
    found = [number for number, line in enumerate(lines, 1) if setting.search(line)]
    header = [number for number, line in enumerate(lines, 1) if line.strip() == f"[{_NAME}]"]
    below = [number for number in found if header and number > header[0]]
    return next(iter(below or found), 0)
