"""Which HTTP methods does an expression list? `["GET", "post"]`, `[HTTPMethod.GET]`, a constant of these."""

from collections.abc import Iterator

from decompose.model.facts import Op
from decompose.model.view import Expression


def listed_verbs(given: Expression) -> tuple[str, ...]:
    """In capitals and in order, each once; what is not known from the text is left out."""
    values = given.bound() if given.op in (Op.NAME, Op.ATTRIBUTE) else (given,)
    return tuple(dict.fromkeys(verb for each in values for verb in _verbs(each.literal())))


def _verbs(literal: object) -> Iterator[str]:
    if isinstance(literal, list | tuple):
        yield from (each.upper() for each in literal if isinstance(each, str))
