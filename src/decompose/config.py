"""Options of a run: frozen, from the command line, the environment, `--config` or `[tool.decompose]`."""

from dataclasses import dataclass
from pathlib import Path


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
