"""A person's own partition: where to begin, as `export partition` writes it or as a proposal."""

import json
from pathlib import Path

from decompose.errors import DecomposeError
from decompose.model.partition import SHARED, UNUSED
from decompose.proposal.file import from_toml


def read_start(path: Path) -> dict[str, str]:
    """Member or prefix -> service. A `.json` file is `{member: service}`, any other a proposal.

    Raises DecomposeError where the file is neither.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DecomposeError(
            f"the partition cannot be read: {error}",
            where=str(path),
            remedy="name a proposal or what `decompose export partition` writes",
        ) from error
    return _from_json(text, path) if path.suffix == ".json" else _from_proposal(text, path)


def _from_json(text: str, path: Path) -> dict[str, str]:
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DecomposeError(
            f"this is not JSON: {error}", where=str(path), remedy="correct it"
        ) from error
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise DecomposeError(
            "a partition is an object of member: service, both text",
            where=str(path),
            remedy="see what `decompose export partition` writes",
        )
    return found


def _from_proposal(text: str, path: Path) -> dict[str, str]:
    proposal = from_toml(text, str(path))
    found = dict.fromkeys(proposal.shared, SHARED) | dict.fromkeys(proposal.unused, UNUSED)
    for service in proposal.services:
        found.update(dict.fromkeys(service.members, service.name))
        found.update(dict.fromkeys((f"table:{table}" for table in service.tables), service.name))
    return found
