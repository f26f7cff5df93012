"""What is a mapped class's table called? Names given, computed from the class's, or implied."""

import re
from collections.abc import Iterator

from decompose.model.facts import Op
from decompose.model.view import ClassView, Expression, ProgramView

_WORD = re.compile(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))")
_CONVERTERS = ("snake", "underscore", "decamel", "tablename", "table_name", "uncamel")


def own_value(found: ClassView, name: str) -> Expression | None:
    """The value last assigned to a name in the class's own body."""
    value = None
    for attribute, each, _ in found.assigned():
        if attribute == name and each is not None:
            value = each
    return value


def table_name(source: ClassView, subject: ClassView) -> str | None:
    """What `__tablename__`, assigned or computed in `source`, gives for `subject`; None if nothing.

    "" where it is computed in a way that cannot be followed.
    """
    value = own_value(source, "__tablename__")
    if value is not None and value.op is not Op.DEFINITION:
        return _text(value, subject) or ""
    method = source.methods().get("__tablename__")
    if method is None:
        return None
    return next(filter(None, (_text(each, subject) for each in method.returned)), "")


def implied_name(subject: ClassView) -> str:
    """The name that Flask-SQLAlchemy gives to a table: `OrderLine` is `order_line`."""
    return _snake(_last(subject))


def schema_name(sources: list[ClassView], view: ProgramView) -> str:
    """The schema that `__table_args__` puts a table into, "" for none.

    Programs that compute their `__table_args__` keep the parts under names that contain its own.
    """
    for source in sources:
        for value in _table_args(source):
            found = _schema(value, view)
            if found:
                return found
    return ""


def _table_args(source: ClassView) -> Iterator[Expression]:
    for name, value, _ in source.assigned():
        if "table_args" in name and value is not None:
            yield value
    for name, method in source.methods().items():
        if "table_args" in name:
            yield from method.returned


def _schema(value: Expression, view: ProgramView) -> str:
    if value.op is Op.CALL:
        given = value.keywords.get("schema")
        return (given.string() or "") if given is not None else ""
    if value.op in (Op.NAME, Op.ATTRIBUTE):
        bound = [each for each in value.bound() if each.op is Op.DISPLAY]
        return next(filter(None, (_schema(each, view) for each in bound)), "")
    for key, each in zip(value.keys, value.elements, strict=False):
        if key.string() == "schema":
            return each.string() or ""
    parts = (Op.DISPLAY, Op.BINARY, Op.CALL) if value.op is Op.BINARY else (Op.DISPLAY,)
    inner = (each for each in value.elements if each.op in parts)
    return next(filter(None, (_schema(each, view) for each in inner)), "")


def _text(value: Expression, subject: ClassView) -> str | None:
    """The text of an expression in which `cls.__name__` is the subject's."""
    if value.op is Op.ATTRIBUTE and value.attribute == "__name__":
        return _last(subject)
    if value.op is Op.CALL:
        return _converted(value, subject)
    if value.op in (Op.BINARY, Op.FORMAT):
        parts = [_text(part, subject) for part in value.elements]
        return None if None in parts else "".join(part for part in parts if part)
    if value.op is Op.UNION:
        return next(filter(None, (_text(each, subject) for each in value.elements)), None)
    return value.string()


def _converted(call: Expression, subject: ClassView) -> str | None:
    if call.attribute in ("lower", "upper") and call.base is not None:
        text = _text(call.base, subject)
        return text if text is None else getattr(text, call.attribute)()
    inner = [_text(argument, subject) for argument in call.arguments]
    text = next((each for each in inner if each and _last(subject) in each), None)
    if text is None:
        return None
    computed = call.attribute == "sub" or any(word in call.attribute for word in _CONVERTERS)
    return _snake(text) if computed else None


def _snake(text: str) -> str:
    return _WORD.sub(r"_\1", text).lower().lstrip("_")


def _last(subject: ClassView) -> str:
    return subject.name.rpartition(".")[2]
