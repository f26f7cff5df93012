"""A template and a service become text. What a template prints must be encoded, see `encode`."""

from functools import cache

import jinja2

from decompose.disk import templates
from decompose.scaffold.encode import FILTERS, Encoded
from decompose.scaffold.operations import by_path, spelled
from decompose.scaffold.python import (
    job_signature,
    not_moved,
    route_row,
    signature,
    task_decorator,
    task_signature,
)


def render(template: str, **values: object) -> str:
    """The text of a template of `templates/scaffold`; names that it does not know are errors."""
    return environment().get_template(template).render(**values)


@cache
def environment() -> jinja2.Environment:
    """What all templates share: strict names, the encodings, and nothing printed without one."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates() / "scaffold"),
        undefined=jinja2.StrictUndefined,
        finalize=_checked,
        autoescape=False,  # noqa: S701 -- nothing here is HTML; `_checked` refuses what no filter has encoded
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(FILTERS)
    made.filters["by_path"] = by_path
    made.globals.update(
        job_signature=job_signature,
        not_moved=not_moved,
        route_row=route_row,
        signature=signature,
        spelled=spelled,
        task_decorator=task_decorator,
        task_signature=task_signature,
    )
    return made


def _checked(value: object) -> object:
    if isinstance(value, Encoded | int | jinja2.Undefined):
        return value
    raise TypeError(f"a template prints {value!r} without an encoding")
