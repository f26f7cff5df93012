"""The real command, run as its users run it."""

import json
import re
import shutil
from pathlib import Path

import pytest
from command_line import decompose, files, names, program, started

from decompose import __version__

SHOP = Path(__file__).parents[2] / "fixtures" / "shop"
OURS = {".decompose-draft.toml", ".decompose-root", "analysis.json.gz", "decompose.toml"}
OURS |= {"report.html"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small program that was analyzed; tests leave it as it is."""
    folder = tmp_path_factory.mktemp("analyzed")
    program(folder / "monolith")
    done = started("analyze", "monolith", "--services", "3", cwd=folder)
    assert (done.code, done.err) == (0, "")
    return folder


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [(), ("-h",), ("--help",)])
def test_without_words_there_is_help(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = decompose(*words, cwd=tmp_path)

    assert done.code == 0
    assert done.err == ""
    for command in ("analyze", "report", "export", "scaffold", "schema", "version"):
        assert re.search(rf"^\W*{command}\b", done.out, re.MULTILINE)


@pytest.mark.parametrize(
    "command", ["analyze", "report", "export", "scaffold", "schema", "version"]
)
def test_each_command_has_help_with_an_example(tmp_path: Path, command: str) -> None:
    done = decompose(command, "-h", cwd=tmp_path)

    assert done.code == 0
    assert f"Example: decompose {command}" in done.out
    assert all("--help" in line for line in done.out.splitlines() if "<bool>" in line)


@pytest.mark.parametrize("words", [("--version",), ("-V",), ("version",)])
def test_the_version_is_told(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert started(*words, cwd=tmp_path).out == f"decompose {__version__}\n"


@pytest.mark.parametrize(
    ("words", "what", "remedy"),
    [
        (("analize",), "No such command 'analize'", "analyze?"),
        (("frobnicate",), "No such command 'frobnicate'", "decompose --help"),
        (("analyze", "--serivces", "3"), "there is no option --serivces", "--services?"),
        (("analyze", "--services", "many"), "--services: ", "decompose analyze --help"),
        (("analyze", "--services", "0"), "--services: ", "from 1 to"),
        (("analyze", "a", "b"), "unexpected extra argument", "decompose analyze --help"),
        (("analyze", "absent"), "absent: there is no such folder", "spelled"),
        (("analyze", "file.py"), "file.py: this is a file, not a folder", "give its folder"),
        (("analyze", "empty"), "empty: there is no Python file in this folder", "--exclude"),
        (("analyze", ".", "--out", "file.py"), "file.py: the output folder is a file", "--out"),
        (("analyze", ".", "--config", "absent.toml"), "absent.toml: ", "--config"),
        (("export",), "Missing argument 'FORMAT'", "decompose export --help"),
        (("export", "callgrph"), "'callgrph' is not known", "callgraph?"),
        (("export", "dot", "--from", "absent"), "absent: there is no analysis here", "--from"),
        (("report", "--from", "absent"), "absent: there is no analysis here", "analyze"),
        (("scaffold", "--from", "absent"), "absent: there is no analysis here", "analyze"),
        (("schema", "analysys"), "'analysys' is not known", "analysis?"),
    ],
)
def test_a_mistake_is_told_in_a_line_with_what_to_try(
    tmp_path: Path, words: tuple[str, ...], what: str, remedy: str
) -> None:
    (tmp_path / "file.py").write_text("x = 1\n")
    (tmp_path / "empty").mkdir()

    done = decompose(*words, cwd=tmp_path)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: ")
    assert what in done.err
    assert remedy in done.err
    assert len(done.err.splitlines()) == 2
    assert names(tmp_path) == {"empty", "file.py"}


def test_debug_shows_the_traceback_wherever_it_stands(tmp_path: Path) -> None:
    assert "Traceback" not in decompose("analyze", "absent", cwd=tmp_path).err
    assert "Traceback" in decompose("analyze", "absent", "--debug", cwd=tmp_path).err
    assert "Traceback" in decompose("--debug", "analyze", "absent", cwd=tmp_path).err


# --- analyze -------------------------------------------------------------------------------------


def test_an_analysis_writes_its_files_and_nothing_else(place: Path) -> None:
    assert set(files(place / "decompose-out")) == OURS
    assert names(place / "monolith") == {"app", ".decompose_cache"}
    assert (place / "monolith" / ".decompose_cache" / "CACHEDIR.TAG").is_file()


def test_the_summary_is_plain_text_in_a_pipe_and_nothing_else_is_said(place: Path) -> None:
    done = decompose("analyze", "monolith", "--services", "3", cwd=place)

    assert (done.code, done.err) == (0, "")
    assert "\x1b" not in done.out
    assert "\r" not in done.out
    assert done.out.startswith("monolith  15 files, ")
    assert "Flask, SQLAlchemy  6 tables, 9 routes" in done.out
    assert "3 services" in done.out
    assert "open decompose-out/report.html" in done.out
    assert done.out == decompose("analyze", "monolith", "--services", "3", cwd=place).out


def test_json_is_the_summary_for_machines(place: Path) -> None:
    done = decompose("analyze", "monolith", "--services", "3", "--json", "--timings", cwd=place)

    found = json.loads(done.out)
    assert done.err == ""
    assert (found["schema"], found["name"], found["files"]) == (1, "monolith", 15)
    assert (found["tables"], found["entry_points"]["route"]) == (6, 9)
    assert len(found["services"]) == 3
    assert {"name", "lines", "tables", "entry_points", "confidence"} <= set(found["services"][0])
    assert found["conflicts"] == []
    assert all(set(row) == {"stage", "cpu", "wall"} for row in found["timings"])
    assert {"discover", "write"} <= {row["stage"] for row in found["timings"]}


def test_without_timings_there_are_none(place: Path) -> None:
    done = decompose("analyze", "monolith", "--services", "3", "--json", cwd=place)

    assert "timings" not in json.loads(done.out)


def test_quiet_says_nothing_but_what_went_wrong(place: Path) -> None:
    done = decompose("analyze", "monolith", "--services", "3", "--quiet", cwd=place)

    assert (done.code, done.out, done.err) == (0, "", "")
    assert decompose("analyze", "absent", "--quiet", cwd=place).err.startswith("error: absent")


@pytest.mark.parametrize(
    ("env", "styled"),
    [
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm-256color"}, False),
    ],
)
def test_a_pipe_is_styled_only_by_force(place: Path, env: dict[str, str], *, styled: bool) -> None:
    done = decompose("analyze", "monolith", "--services", "3", cwd=place, env=env)

    assert ("\x1b[" in done.out) is styled
    assert done.err == ""


def test_options_may_stand_in_the_environment(place: Path, tmp_path: Path) -> None:
    env = {"DECOMPOSE_OUT": str(tmp_path / "out"), "DECOMPOSE_EXCLUDE": "shelves invoices"}
    env |= {"DECOMPOSE_NO_CACHE": "1", "DECOMPOSE_SERVICES": "1"}

    done = decompose("analyze", "monolith", "--json", cwd=place, env=env)
    again = decompose("export", "partition", cwd=place, env=env)

    assert json.loads(done.out)["tables"] == 2
    assert set(json.loads(again.out).values()) <= {"orders", "shared", "unused"}


def test_the_trees_own_configuration_is_read_and_the_command_line_wins(tmp_path: Path) -> None:
    root = program(tmp_path / "monolith")
    (root / "pyproject.toml").write_text('[tool.decompose]\nexclude = ["shelves"]\nservices = 2\n')

    own = decompose("analyze", "monolith", "--json", cwd=tmp_path)
    given = decompose("analyze", "monolith", "--json", "--services", "1", cwd=tmp_path)
    alone = decompose("analyze", "monolith", "--json", "--isolated", cwd=tmp_path)

    assert (json.loads(own.out)["tables"], len(json.loads(own.out)["services"])) == (4, 2)
    assert len(json.loads(given.out)["services"]) == 1
    assert json.loads(alone.out)["tables"] == 6


def test_the_tree_cannot_say_where_to_write(tmp_path: Path) -> None:
    root = program(tmp_path / "monolith", ["orders"])
    (root / "pyproject.toml").write_text('[tool.decompose]\nout = "/tmp/elsewhere"\n')

    done = decompose("analyze", "monolith", cwd=tmp_path)

    assert done.code == 2
    assert done.err.startswith("error: monolith/pyproject.toml:2: out cannot be set")


def test_a_broken_file_is_told_and_the_rest_is_analyzed(tmp_path: Path) -> None:
    root = program(tmp_path / "monolith")
    (root / "app" / "broken.py").write_text("def f(:\n    pass\n\n\ndef sound():\n    return 1\n")
    (root / "app" / "null.py").write_bytes(b"x = 1\n\0\0\n")

    done = decompose("analyze", "monolith", cwd=tmp_path)
    machine = json.loads(decompose("analyze", "monolith", "--json", cwd=tmp_path).out)
    calls = json.loads(decompose("export", "callgraph", cwd=tmp_path).out)

    assert done.code == 0
    assert re.search(r"Problems +2  app/broken\.py:1: ", done.out)
    assert machine["tables"] == 6
    assert [row["path"] for row in machine["problems"]] == ["app/broken.py", "app/null.py"]
    assert "app.broken.sound" in calls


def test_names_of_the_analyzed_program_are_shown_and_not_obeyed(tmp_path: Path) -> None:
    root = program(tmp_path / "mono\x1b[31m[red]lith", ["orders"])
    (root / "app" / "\x1b]0;owned\x07[bold].py").write_text("def f(:\n")

    done = decompose("analyze", root.name, cwd=tmp_path)
    wrong = decompose("analyze", "\x1b[31m[red]", cwd=tmp_path)

    assert done.code == 0
    assert not {"\x1b", "\x07"} & set(done.out + done.err + wrong.err)
    assert "\\x1b]0;owned\\x07[bold].py" in done.out
    assert "mono\\x1b[31m[red]lith" in done.out


def test_two_runs_are_equal_to_the_byte_whatever_the_hash_seed_and_the_number_of_workers(
    tmp_path: Path,
) -> None:
    for number, jobs in (("1", "1"), ("2", "2")):
        place = tmp_path / number
        shutil.copytree(SHOP, place / "shop", ignore=shutil.ignore_patterns(".decompose_cache"))
        words = ("analyze", "shop", "--no-cache", "--jobs", jobs)
        done = started(*words, cwd=place, env={"PYTHONHASHSEED": number})
        (place / "decompose-out" / "said").write_text(done.out)
        assert done.code == 0

    first, second = (files(tmp_path / number / "decompose-out") for number in "12")
    assert set(first) == OURS | {"said"}
    assert first == second
    assert not (tmp_path / "1" / "shop" / ".decompose_cache").exists()


def test_edits_of_the_proposal_survive_the_next_run(tmp_path: Path) -> None:
    program(tmp_path / "monolith")
    words = ("analyze", "monolith", "--services", "3")
    decompose(*words, cwd=tmp_path)
    file = tmp_path / "decompose-out" / "decompose.toml"
    edited = re.sub(r'purpose = ".*"', 'purpose = "What I want."', file.read_text(), count=1)
    file.write_text("# mine\n" + edited)
    (tmp_path / "monolith" / "app" / "new.py").write_text("def added():\n    return 1\n")

    done = decompose(*words, cwd=tmp_path)

    assert done.code == 0
    assert file.read_text().startswith("# mine\n")
    assert file.read_text().count('purpose = "What I want."') == 1
    assert "What I want" in done.out


def test_a_mistake_in_the_proposal_is_told_with_its_line(tmp_path: Path) -> None:
    program(tmp_path / "monolith")
    decompose("analyze", "monolith", "--services", "3", cwd=tmp_path)
    file = tmp_path / "decompose-out" / "decompose.toml"
    before = file.read_text()
    file.write_text(before.replace("purpose", "porpoise", 1))
    line = file.read_text()[: file.read_text().index("porpoise")].count("\n") + 1

    for command in (("analyze", "monolith"), ("report",), ("export", "dot"), ("scaffold",)):
        done = decompose(*command, cwd=tmp_path)
        assert done.code == 2, command
        assert f"decompose-out/decompose.toml:{line}: " in done.err
        assert "purpose" in done.err


@pytest.mark.parametrize("damage", [b"", b"garbage", b"SQLite format 3\0" + b"x" * 5000])
def test_a_broken_cache_is_begun_anew(tmp_path: Path, damage: bytes) -> None:
    program(tmp_path / "monolith")
    words = ("analyze", "monolith", "--cache-dir", "cache")
    first = decompose(*words, cwd=tmp_path)
    (tmp_path / "cache" / "cache.sqlite").write_bytes(damage)
    shutil.rmtree(tmp_path / "decompose-out")

    second = decompose(*words, cwd=tmp_path)

    assert (second.code, second.out, second.err) == (0, first.out, "")


def test_a_cache_folder_that_cannot_be_is_a_problem_and_no_more(tmp_path: Path) -> None:
    program(tmp_path / "monolith")
    (tmp_path / "file").write_text("mine")

    done = decompose("analyze", "monolith", "--cache-dir", "file", cwd=tmp_path)

    assert done.code == 0
    assert "the cache cannot be used" in done.out
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("name", ["report.html", "analysis.json.gz"])
def test_a_file_of_somebody_else_is_not_overwritten(tmp_path: Path, name: str) -> None:
    program(tmp_path / "monolith", ["orders"])
    foreign = tmp_path / "out" / name
    foreign.parent.mkdir()
    foreign.write_text("mine")

    done = decompose("analyze", "monolith", "--out", "out", cwd=tmp_path)

    assert done.code == 2
    assert f"out/{name}: this file was not written by decompose" in done.err
    assert files(tmp_path / "out") == {name: b"mine"}


@pytest.mark.parametrize("name", sorted(OURS - {"decompose.toml"}))
def test_a_link_in_the_output_folder_is_not_followed(tmp_path: Path, name: str) -> None:
    program(tmp_path / "monolith", ["orders"])
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / "decompose-out").mkdir()
    (tmp_path / "decompose-out" / name).symlink_to(precious)

    assert decompose("analyze", "monolith", cwd=tmp_path).code == 2
    assert precious.read_text() == "mine"


def test_other_files_in_the_output_folder_stay(tmp_path: Path) -> None:
    program(tmp_path / "monolith", ["orders"])
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")

    assert decompose("analyze", "monolith", "--out", "out", cwd=tmp_path).code == 0
    assert files(tmp_path / "out")["notes.txt"] == b"mine"


@pytest.mark.parametrize("out", [".", "app"])
def test_the_output_folder_may_not_hold_the_program(tmp_path: Path, out: str) -> None:
    program(tmp_path, ["orders"])

    done = decompose("analyze", ".", "--out", out, cwd=tmp_path)

    assert done.code == 2
    assert "the output folder holds code of the analyzed program" in done.err


def test_the_output_folder_in_the_tree_is_not_analyzed(tmp_path: Path) -> None:
    program(tmp_path)
    first = decompose("analyze", "--services", "3", cwd=tmp_path)
    decompose("scaffold", cwd=tmp_path)
    assert list((tmp_path / "decompose-out" / "services").rglob("*.py"))

    assert decompose("analyze", "--services", "3", cwd=tmp_path).out == first.out
    elsewhere = decompose("analyze", "--services", "3", "--out", "other", "--json", cwd=tmp_path)
    assert json.loads(elsewhere.out)["files"] == 15


# --- what follows an analysis --------------------------------------------------------------------


def test_a_report_is_rendered_again_after_editing(place: Path, tmp_path: Path) -> None:
    before = files(place / "decompose-out")
    proposal = tmp_path / "edited.toml"
    text = before["decompose.toml"].decode()
    proposal.write_text(re.sub(r'purpose = ".*"', 'purpose = "Said by me."', text, count=1))
    page = tmp_path / "page.html"

    done = started("report", "--proposal", proposal, "-o", page, cwd=place)

    assert (done.code, done.out, done.err) == (0, f"wrote {page}\n", "")
    assert "Said by me." in page.read_text("utf-8")
    assert files(place / "decompose-out") == before


def test_a_report_nowhere_is_a_message(place: Path) -> None:
    done = decompose("report", "-o", "absent/page.html", cwd=place)

    assert done.code == 2
    assert done.err.startswith("error: ")
    assert "absent" in done.err


@pytest.mark.parametrize("form", ["callgraph", "partition", "graphml", "dot", "mermaid"])
def test_each_format_goes_to_standard_output_or_a_file(
    place: Path, tmp_path: Path, form: str
) -> None:
    done = decompose("export", form, cwd=place)
    filed = started("export", form, "-o", tmp_path / "file", cwd=place)

    assert (done.code, done.err, filed.out) == (0, "", "")
    assert done.out.endswith("\n")
    assert (tmp_path / "file").read_text("utf-8") == done.out


def test_exports_take_their_options(place: Path) -> None:
    def calls(*words: str) -> dict[str, list[object]]:
        found: dict[str, list[object]] = json.loads(
            decompose("export", "callgraph", *words, cwd=place).out
        )
        return found

    caller = "app.orders.views.list_orders"
    assert "app.orders.logic.every_orders" in calls()[caller]
    assert not any("flask" in str(callee) for callee in calls()[caller])
    assert any("flask" in str(callee) for callee in calls("--external")[caller])
    assert {"to": "app.orders.logic.every_orders", "lines": [10]} in calls("--lines")[caller]
    modules = decompose("export", "partition", "--level", "module", cwd=place).out
    assert set(json.loads(modules)) == {
        each.replace("/", ".").removesuffix(".py").removesuffix(".__init__")
        for each in files(place / "monolith")
        if each.endswith(".py")
    }


@pytest.mark.parametrize(
    ("words", "remedy"),
    [(("--level", "modul"), "module?"), (("--min-confidence", "exakt"), "exact?")],
)
def test_a_word_that_an_export_does_not_know_is_told_with_the_nearest(
    place: Path, words: tuple[str, ...], remedy: str
) -> None:
    done = decompose("export", "callgraph", *words, cwd=place)

    assert done.code == 2
    assert remedy in done.err


def test_the_schema_is_json(tmp_path: Path) -> None:
    assert "$schema" in json.loads(decompose("schema", "analysis", cwd=tmp_path).out)


def test_a_dry_run_tells_files_and_reasons_and_writes_nothing(place: Path) -> None:
    done = started("scaffold", "--dry-run", cwd=place)

    assert done.code == 0
    assert re.search(r"^created +\S+/pyproject\.toml +\w+", done.out, re.MULTILINE)
    assert "nothing was written" in done.out
    assert not (place / "decompose-out" / "services").exists()


def test_a_scaffold_keeps_what_was_edited(place: Path, tmp_path: Path) -> None:
    out = tmp_path / "services"
    services = re.findall(
        r'^name = "(.*)"', (place / "decompose-out/decompose.toml").read_text(), re.MULTILINE
    )
    first = decompose("scaffold", "--out", out, "--service", services[0], cwd=place)
    assert first.code == 0
    assert (out / services[0]).is_dir()
    assert not (out / services[1]).exists()
    readme = out / services[0] / "README.md"
    readme.write_text("mine")

    second = decompose("scaffold", "--out", out, "--service", services[0], cwd=place)

    assert second.code == 0
    assert f"kept: edited or deleted by you, and left so\n  {services[0]}/README.md" in second.out
    assert readme.read_text() == "mine"


def test_a_service_that_is_not_proposed_is_told(place: Path) -> None:
    done = decompose("scaffold", "--service", "ordrs", cwd=place)

    assert done.code == 2
    assert "ordrs" in done.err


def test_a_scaffold_refuses_where_sources_changed_and_names_them(tmp_path: Path) -> None:
    program(tmp_path / "monolith")
    decompose("analyze", "monolith", "--services", "3", cwd=tmp_path)
    with (tmp_path / "monolith" / "app" / "main.py").open("a") as file:
        file.write("\n\ndef later():\n    pass\n")

    done = decompose("scaffold", cwd=tmp_path)

    assert done.code == 2
    assert "app/main.py" in done.err
    assert "decompose analyze" in done.err
    assert not (tmp_path / "decompose-out" / "services").exists()
