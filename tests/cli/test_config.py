"""Which source of options wins, and what the analyzed tree may not say."""

from pathlib import Path

import pytest

from decompose.config import Options, Settings, options
from decompose.errors import DecomposeError


def tree(root: Path, section: str) -> Path:
    (root / "pyproject.toml").write_text(f'[project]\nname = "x"\n\n[tool.decompose]\n{section}')
    return root


def mistake(root: Path, given: Settings | None = None, file: Path | None = None) -> DecomposeError:
    with pytest.raises(DecomposeError) as caught:
        options(root, given or Settings(), file)
    return caught.value


def test_without_any_source_the_defaults_hold(tmp_path: Path) -> None:
    assert options(tmp_path, Settings(), None) == Options(tmp_path, Path("decompose-out"))


def test_each_option_comes_from_the_first_source_that_names_it(tmp_path: Path) -> None:
    tree(tmp_path, 'services = 3\nseed = 3\nexclude = ["three"]\n')
    file = tmp_path / "own.toml"
    file.write_text('services = 2\nseed = 2\njobs = 2\nout = "results"\n')

    found = options(tmp_path, Settings(services=1), file)

    assert (found.services, found.seed, found.exclude) == (1, 2, ("three",))
    assert (found.jobs, found.output) == (2, tmp_path / "results")


def test_a_zero_given_is_not_the_same_as_nothing_given(tmp_path: Path) -> None:
    tree(tmp_path, "seed = 3\n")
    assert options(tmp_path, Settings(seed=0), None).seed == 0


def test_paths_of_a_file_are_relative_to_it(tmp_path: Path) -> None:
    file = tmp_path / "settings" / "decompose.toml"
    file.parent.mkdir()
    file.write_text('cache-dir = "../kept"\ncache = true\n')

    found = options(tmp_path, Settings(), file)

    assert found.cache_folder == tmp_path / "settings" / "../kept"
    assert found.use_cache


def test_a_file_may_be_a_pyproject(tmp_path: Path) -> None:
    file = tree(tmp_path, 'cache = false\nout = "here"\n') / "pyproject.toml"
    elsewhere = tmp_path / "program"
    elsewhere.mkdir()

    found = options(elsewhere, Settings(), file)

    assert (found.use_cache, found.output) == (False, tmp_path / "here")


def test_a_pyproject_without_our_section_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.other]\nservices = "decompose"\n')
    assert options(tmp_path, Settings(), tmp_path / "pyproject.toml").services is None


@pytest.mark.parametrize(
    ("setting", "remedy"),
    [
        ('out = "/etc"', "--out"),
        ('cache-dir = "/etc"', "--cache-dir"),
        ("cache = false", "--no-cache"),
        ("jobs = 400", "--jobs"),
    ],
)
def test_the_analyzed_tree_cannot_say_where_or_how_to_run(
    tmp_path: Path, setting: str, remedy: str
) -> None:
    found = mistake(tree(tmp_path, f"services = 3\n{setting}\n"))

    assert found.where == f"{tmp_path}/pyproject.toml:6"
    assert "cannot be set by the code that is analyzed" in found.what
    assert remedy in found.remedy


@pytest.mark.parametrize("key", ["plugins", "python", "execute", "on-finish"])
def test_there_are_no_options_that_name_code(tmp_path: Path, key: str) -> None:
    assert "there is no option" in mistake(tree(tmp_path, f'{key} = "x"\n')).what


@pytest.mark.parametrize(
    ("setting", "line", "near"),
    [
        ("exlude = []", 5, "did you mean exclude?"),
        ('# exlude\n"exlude" = []', 6, "did you mean exclude?"),
        ("service = 3", 5, "did you mean services?"),
        ("zzz = 3", 5, "known are apart, cache, cache-dir, dialect, exclude"),
    ],
)
def test_an_unknown_key_is_told_with_its_line_and_the_nearest(
    tmp_path: Path, setting: str, line: int, near: str
) -> None:
    found = mistake(tree(tmp_path, setting + "\n"))

    assert found.where == f"{tmp_path}/pyproject.toml:{line}"
    assert near in found.remedy


def test_the_line_is_that_of_our_own_section(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.other]\nservice = 1\n[tool.decompose]\nservice = 2\n"
    )
    assert mistake(tmp_path).where.endswith("pyproject.toml:4")


@pytest.mark.parametrize(
    "setting",
    [
        "services = 0",
        "services = -1",
        "services = true",
        "services = 2.0",
        'services = "two"',
        "services = 100000",
        "seed = -1",
        "dialect = 3",
        'dialect = "klingon"',
        'exclude = "x"',
        "exclude = [1]",
    ],
)
def test_a_value_that_does_not_fit_is_told_with_what_would(tmp_path: Path, setting: str) -> None:
    found = mistake(tree(tmp_path, setting + "\n"))

    assert found.where.endswith("pyproject.toml:5")
    assert " must be a" in found.what


def test_numbers_of_the_command_line_are_held_to_the_same_limits(tmp_path: Path) -> None:
    assert mistake(tmp_path, Settings(services=0)).where == "--services"
    assert "512" in mistake(tmp_path, Settings(jobs=513)).what


def test_a_broken_pyproject_matters_only_where_it_speaks_of_us(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text('[tool]\nname = "decompose\n')
    assert options(tmp_path, Settings(), None).services is None

    file.write_text("[tool.decompose]\nservices = \n")
    assert mistake(tmp_path).where == f"{file}:2"


@pytest.mark.parametrize("section", ['tool = "x" # decompose', "[tool]\ndecompose = 3"])
def test_a_section_that_is_none_is_not_a_crash(tmp_path: Path, section: str) -> None:
    (tmp_path / "pyproject.toml").write_text(section + "\n")
    try:
        options(tmp_path, Settings(), None)
    except DecomposeError as error:
        assert error.where.endswith("pyproject.toml:2")  # noqa: PT017  (either is right)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe[tool.decompose]", b"\x00", b"# decompose\n" * 200_000]
)
def test_a_pyproject_that_is_no_text_or_endless_says_nothing(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)
    assert options(tmp_path, Settings(), None).services is None


def test_deeply_nested_toml_is_no_crash(tmp_path: Path) -> None:
    tree(tmp_path, "exclude = " + "[" * 100_000 + "\n")
    assert "not TOML" in mistake(tmp_path).what


def test_a_byte_order_mark_does_not_hide_the_section(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("\ufeff[tool.decompose]\nservices = 4\n", "utf-8")
    assert options(tmp_path, Settings(), None).services == 4


def test_isolated_leaves_the_tree_out(tmp_path: Path) -> None:
    tree(tmp_path, 'out = "/etc"\n')
    assert options(tmp_path, Settings(), None, isolated=True).output == Path("decompose-out")


def test_a_folder_in_the_place_of_pyproject_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()
    assert options(tmp_path, Settings(), None).services is None


def test_a_file_that_is_not_there_is_told_with_its_option(tmp_path: Path) -> None:
    found = mistake(tmp_path, file=tmp_path / "absent.toml")

    assert "there is no such file" in found.what
    assert "--config" in found.remedy
