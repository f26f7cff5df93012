"""Which files beside the Python ones are read."""

import pytest

from decompose.source.texts import is_text

READ = {
    "schema/orders.sql": True,
    "shop/templates/order.html": True,
    "shop/order.html": False,
    "pyproject.toml": True,
    "services/mail/setup.cfg": True,
    "services/mail/tox.toml": False,
    "tests/package/pyproject.toml": False,
}


@pytest.mark.parametrize("path", READ)
def test_sql_templates_and_declarations_of_packages_are_read(path: str) -> None:
    folder, _, name = path.rpartition("/")
    assert is_text(folder, name) is READ[path]
