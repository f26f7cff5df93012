"""An unchanged tree is not analyzed twice: the outputs of a run are kept under everything that they depend on."""

import hashlib
import sys

import decompose
from decompose import evidence
from decompose.config import Options
from decompose.frameworks import readers
from decompose.model.facts import FACTS_VERSION
from decompose.source import Cache, Discovery
from decompose.steps.earlier import Beside, text_digest

_PARTS = "parts"


def run_key(found: Discovery, options: Options, beside: Beside) -> str:
    """Everything that the outputs of a run depend on, as one digest. Folders and worker counts do not matter."""
    digest = hashlib.sha256()
    plugins = [reader.name for reader in readers()]
    steering = (
        *(options.services, options.seed, options.resolution, options.max_lines),
        options.dialect,
    )
    wanted = (*steering, text_digest(options.start), options.root.resolve().name)
    for part in (
        decompose.__version__,
        FACTS_VERSION,
        sys.version_info[:2],
        plugins,
        wanted,
        beside.edited.digest,
    ):
        digest.update(repr(part).encode())
    for file in found.files:
        row = (file.path, file.module, file.role.value, file.digest)
        digest.update("\0".join(row).encode("utf-8", "surrogateescape") + b"\n")
    for text in found.texts:
        digest.update(f"{text.path}\0{text.digest}".encode("utf-8", "surrogateescape") + b"\n")
    for problem in found.problems:
        digest.update(repr(problem).encode())
    digest.update(repr(beside.history.commits).encode("utf-8", "surrogateescape"))
    digest.update(repr(options.rules).encode("utf-8", "surrogateescape"))
    digest.update(repr((beside.owners.source, beside.owners.of)).encode("utf-8", "surrogateescape"))
    for trace in options.traces:
        digest.update(evidence.digest(trace).encode())
    return digest.hexdigest()


def remembered(cache: Cache, key: str) -> dict[str, bytes] | None:
    """The outputs kept under a key, all of them or None."""
    listed = cache.get_many([f"{key}:{_PARTS}"]).get(f"{key}:{_PARTS}")
    if listed is None:
        return None
    names = listed.decode("utf-8", "replace").split("\n")
    rows = cache.get_many([f"{key}:{name}" for name in names])
    found = {name: rows[f"{key}:{name}"] for name in names if f"{key}:{name}" in rows}
    return found if len(found) == len(names) else None


def remember(cache: Cache, key: str, outputs: dict[str, bytes]) -> None:
    """Keep the outputs of a run."""
    rows = {f"{key}:{name}": data for name, data in outputs.items()}
    cache.put_many({**rows, f"{key}:{_PARTS}": "\n".join(sorted(outputs)).encode()})
