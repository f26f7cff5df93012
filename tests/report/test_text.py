import json

import pytest

from decompose.report.text import anchor, counted, embedded, figure, percent, shortened, visible


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.4172, "0.42"),
        (4.2, "4.20"),
        (61.53, "61.5"),
        (549.9, "550"),
        (12345.0, "12,345"),
        (-0.5, "-0.50"),
    ],
)
def test_figures_have_three_digits_or_are_whole(value: float, text: str) -> None:
    assert figure(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (1.0, "100 %"), (0.999, "> 99 %"), (0.001, "< 1 %"), (0.42, "42 %")],
)
def test_a_share_is_never_rounded_to_all_or_nothing(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize("name", ["</script>", "a b", "1st", "", "ä", "x" * 200, "a\nb"])
def test_anchors_of_odd_names_are_numbers(name: str) -> None:
    assert anchor("table", name, 7) == "table-7"


def test_anchors_of_plain_names_survive_a_new_run() -> None:
    assert (
        anchor("service", "order-lines", 1)
        == anchor("service", "order-lines", 9)
        == "service-order-lines"
    )


@pytest.mark.parametrize("text", ["</script>", "<!--", "\u2028", "\ud800", "naïve 日本 🎉", "\x00"])
def test_embedded_text_comes_back_as_it_is_shown(text: str) -> None:
    raw = embedded({"a": [text]})
    assert raw.isascii()
    assert not set(raw) & set("<>&")
    assert json.loads(raw) == {"a": [visible(text)]}


@pytest.mark.parametrize("text", ["plain", "naïve 日本 🎉", "line\nbreak\ttab"])
def test_what_people_can_read_stays(text: str) -> None:
    assert visible(text) == text


def test_words_agree_with_their_number() -> None:
    assert [counted(n, "table") for n in (0, 1, 1200)] == ["0 tables", "1 table", "1,200 tables"]
    assert counted(2, "boundary", "boundaries") == "2 boundaries"


def test_what_is_shortened_says_so() -> None:
    assert shortened("abcdef", 4) == "abc…"
    assert shortened("abcd", 4) == "abcd"
