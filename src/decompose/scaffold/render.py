"""A template and a service become text. What a template prints must be encoded, see `encode`."""

from functools import cache

import jinja2

from decompose.disk import templates
from decompose.scaffold.encode import FILTERS, Encoded
from decompose.scaffold.operations import by_path, python_type, spelled


def render(template: str, **values: object) -> str:
    """The text of a template of `templates/scaffold`; names that it does not know are errors."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates() / "scaffold"),
        undefined=jinja2.StrictUndefined,
        finalize=_checked,
        autoescape=False,  # noqa: S701 -- nothing here is HTML; `_checked` refuses what no filter has encoded
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(FILTERS)
    environment.filters["by_path"] = by_path
    environment.globals.update(python_type=python_type, spelled=spelled)
    return environment


def _checked(value: object) -> object:
    if isinstance(value, Encoded | int | jinja2.Undefined):
        return value
    raise TypeError(f"a template prints {value!r} without an encoding")
