"""Rules of the partition in a configuration: read strictly, and obeyed."""

from pathlib import Path

import pytest

from decompose import pipeline
from decompose.config import Options, Settings, options
from decompose.errors import DecomposeError
from decompose.rules import constraints, teams

SHOP = Path(__file__).parents[2] / "fixtures" / "shop"
RULES = """[tool.decompose]
shared = ["core.mixins"]
together = [["cart", "promotions"]]
apart = [["customers", "notifications"]]
pins = {"catalogue.importer" = "suppliers"}
owners = {"customers_wishlistitem" = "catalogue"}
teams = {"@buying" = ["catalogue", "cart"], "@care" = ["customers"]}
"""


def read(tmp_path: Path, text: str) -> Options:
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    return options(tmp_path, Settings(), None)


def test_rules_become_constraints(tmp_path: Path) -> None:
    found = constraints(read(tmp_path, RULES).rules)
    assert found.pins == {
        "catalogue.importer": "suppliers",
        "core.mixins": "shared",
        "table:customers_wishlistitem": "catalogue",
    }
    assert found.together == (("cart", "promotions"),)
    assert found.apart == (("customers", "notifications"),)


@pytest.mark.parametrize(
    "rule",
    [
        'shared = "core"',
        "together = [['a']]",
        "apart = ['a', 'b']",
        'pins = {"a" = "Not A Name"}',
        "owners = ['orders']",
        'teams = {"@a" = "orders"}',
    ],
)
def test_a_rule_of_the_wrong_form_is_told_with_its_line(tmp_path: Path, rule: str) -> None:
    with pytest.raises(DecomposeError) as caught:
        read(tmp_path, f"[tool.decompose]\nseed = 1\n{rule}\n")
    assert str(caught.value.where).endswith("pyproject.toml:3")


def test_the_longest_prefix_says_whose_a_module_is() -> None:
    rules = {"teams": {"@a": ["shop"], "@b": ["shop.orders"], "@c": ["shop.orders", "x"]}}
    assert teams(rules, "shop.orders.models") == ("@b", "@c")
    assert teams(rules, "shop.ordersextra") == ("@a",)
    assert teams(rules, "elsewhere") == ()


def test_rules_are_obeyed_and_what_they_miss_is_a_problem(tmp_path: Path) -> None:
    rules = read(
        tmp_path, RULES.replace('["core.mixins"]', '["core.mixins", "core.nowhere"]')
    ).rules
    wanted = Options(root=SHOP, output=tmp_path / "out", use_cache=False, rules=rules)
    summary = pipeline.analyze(wanted).summary
    found = pipeline.load(tmp_path / "out")
    labels = found.partition.labels()

    assert labels["catalogue.importer"] == "suppliers"
    assert labels["table:customers_wishlistitem"] == labels["catalogue.models.Product"]
    assert {label for name, label in labels.items() if name.startswith("core.mixins")} == {"shared"}
    assert labels["cart.models.Cart"] == labels["promotions.models.Voucher"]
    assert labels["customers.models.Customer"] != labels["notifications.models.Message"]
    assert ["core.nowhere" in each.message for each in summary.problems] == [True]
    assert summary.teamwork is not None
    assert dict(summary.teamwork.spread)["@buying"] >= 1
