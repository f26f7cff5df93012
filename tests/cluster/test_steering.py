"""What a person may ask of the search: where to begin, how fine, how large."""

import json
from pathlib import Path

import pytest

from decompose import pipeline
from decompose.config import Options
from decompose.errors import DecomposeError
from decompose.proposal import read_start

SHOP = Path(__file__).parents[2] / "fixtures" / "shop"


def labels(tmp_path: Path, **asked: object) -> dict[str, str]:
    options = Options(root=SHOP, output=tmp_path / "out", use_cache=False, **asked)  # type: ignore[arg-type]
    pipeline.analyze(options)
    return pipeline.load(tmp_path / "out").partition.labels()


def written(tmp_path: Path, found: object) -> Path:
    path = tmp_path / "start.json"
    path.write_text(json.dumps(found))
    return path


def test_a_partition_to_begin_with_keeps_its_names_and_most_of_its_members(tmp_path: Path) -> None:
    mine = {"orders": "till", "cart": "till", "payments": "money", "shipping": "parcels"}
    found = labels(tmp_path, start=written(tmp_path, mine))
    assert {"till", "money", "parcels"} <= set(found.values())
    for prefix, service in mine.items():
        members = [found[name] for name in found if name.startswith(f"{prefix}.")]
        members = [label for label in members if label not in ("shared", "unused")]
        assert members.count(service) > len(members) / 2


def test_what_a_proposal_says_can_be_begun_with(tmp_path: Path) -> None:
    labels(tmp_path)
    start = read_start(tmp_path / "out" / "decompose.toml")
    assert set(start.values()) > {"shared"}
    assert any(name.startswith("table:") for name in start)


@pytest.mark.parametrize("text", ["[", "[1]", '{"orders": 1}'])
def test_what_is_no_partition_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "start.json"
    path.write_text(text)
    with pytest.raises(DecomposeError, match=r"JSON|partition"):
        read_start(path)


def test_a_higher_resolution_is_finer(tmp_path: Path) -> None:
    coarse = set(labels(tmp_path / "coarse", resolution=0.2).values())
    fine = set(labels(tmp_path / "fine", resolution=3.0).values())
    assert len(fine) > len(coarse)


def test_a_service_that_is_too_large_is_cut_further(tmp_path: Path) -> None:
    labels(tmp_path / "whole")
    labels(tmp_path / "cut", max_lines=250)
    whole, cut = (
        max(each.lines for each in pipeline.load(tmp_path / name / "out").partition.capabilities)
        for name in ("whole", "cut")
    )
    assert cut < whole
