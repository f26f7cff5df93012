"""Replays Alembic's `upgrade` functions in the order of their revisions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from decompose.frameworks.migrations.state import Left
from decompose.model.facts import Op
from decompose.model.program import Column
from decompose.model.view import Expression, ProgramView

_STEPS = (
    *("create_table", "drop_table", "rename_table", "add_column", "drop_column"),
    *("alter_column", "add_columns", "drop_columns"),
)
NAMES = (*_STEPS, "execute")
_ALTERED = re.compile(
    r"\b(?:alter|create|drop)\s+table\s+(?:if\s+\w+\s+(?:exists\s+)?)?(?:only\s+)?[\"`]?([\w.]+)",
    re.IGNORECASE,
)
_BATCH = "batch_alter_table"
_BASES = ("alembic.op", "op", "batch_op", "batch")
_MAX_REVISIONS = 20_000


@dataclass(slots=True)
class History:
    """Tables by name as the revisions leave them."""

    tables: dict[str, Left] = field(default_factory=dict)
    loose: set[str] = field(default_factory=set)
    """Columns, in lower case, that are added to tables of which the text does not tell the name."""


def replay(view: ProgramView) -> History:
    """All revisions of the program, each after those that it revises."""
    order = {module: place for place, module in enumerate(_ordered(view))}
    calls = [
        call
        for call in view.calls(*NAMES)
        if call.module in order and call.owner.rpartition(".")[2] != "downgrade" and _is_op(call)
    ]
    history = History()
    for call in sorted(calls, key=lambda call: (order[call.module], call.site.line)):
        if call.attribute == "execute":
            _execute(history, call)
        else:
            _apply(history, call)
    return history


def _execute(history: History, call: Expression) -> None:
    """SQL is not replayed: of the tables that it alters no more is sure."""
    given = call.arguments[0] if call.arguments else None
    if given is not None and given.op is Op.CALL and given.arguments:
        given = given.arguments[0]
    for name in _ALTERED.findall(_text(given)):
        if name in history.tables:
            history.tables[name].is_sure = False


def _ordered(view: ProgramView) -> list[str]:
    """Modules of revisions, ancestors first, then by name."""
    revisions: dict[str, str] = {}
    parents: dict[str, list[str]] = {}
    for module in view.modules():
        for value in view.module_value(module, "revision"):
            text = value.string()
            if text and view.module_value(module, "down_revision"):
                revisions[text] = module
                parents[text] = list(_texts(view, module))
    depth: dict[str, int] = {}
    for start in sorted(revisions):
        _measure(start, parents, depth)
    return [
        revisions[each]
        for each in sorted(revisions, key=lambda each: (depth[each], revisions[each]))
    ]


def _texts(view: ProgramView, module: str) -> Iterator[str]:
    for value in view.module_value(module, "down_revision"):
        for each in (value, *value.elements):
            text = each.string()
            if text:
                yield text


def _measure(start: str, parents: dict[str, list[str]], depth: dict[str, int]) -> None:
    """How many revisions come before one; without recursion, for histories are long."""
    waiting = [start]
    open_: set[str] = set()
    while waiting and len(waiting) < _MAX_REVISIONS:
        revision = waiting[-1]
        missing = [
            each
            for each in parents.get(revision, ())
            if each in parents and each not in depth and each not in open_
        ]
        if revision in depth or not missing:
            before = [depth.get(each, 0) for each in parents.get(revision, ())]
            depth.setdefault(revision, 1 + max(before, default=0))
            waiting.pop()
        else:
            open_.add(revision)
            waiting.extend(missing)


def _is_op(call: Expression) -> bool:
    base = call.base
    if base is None:
        return call.attribute in _STEPS  # a helper of the program's own, called alike
    return (base.name() or "").startswith("alembic") or base.attribute in _BASES


def _apply(history: History, call: Expression) -> None:
    arguments, batch = list(call.arguments), _batch_table(call)
    name = batch or (_text(arguments.pop(0)) if arguments else "")
    schema = call.keywords.get("schema")
    if not name:
        _note_loose(history, call)
        return
    qualified = f"{_text(schema)}.{name}" if schema is not None and _text(schema) else name
    kind = call.attribute
    if kind == "create_table":
        before = history.tables.get(qualified)
        # Two databases may have a table of one name: neither can be compared with the models then.
        history.tables[qualified] = Left(qualified, call.site, is_sure=before is None)
        for each in arguments:
            _add(history.tables[qualified], each)
    elif kind == "drop_table":
        history.tables.pop(qualified, None)
    elif kind == "rename_table" and arguments:
        known = history.tables.pop(qualified, None)
        if known is not None:
            known.name = _text(arguments[0]) or known.name
            history.tables[known.name] = known
    elif qualified in history.tables:
        _change(history.tables[qualified], call, arguments)


def _note_loose(history: History, call: Expression) -> None:
    for each in call.arguments:
        for made in each.bound():
            if made.op is Op.CALL and made.attribute == "Column" and made.arguments:
                history.loose.add(_text(made.arguments[0]).lower())


def _change(left: Left, call: Expression, arguments: list[Expression]) -> None:
    first = arguments[0] if arguments else None
    if call.attribute.startswith("add_column"):
        for each in arguments:
            _add(left, each)
    elif call.attribute.startswith("drop_column"):
        for each in arguments:
            left.drop(_text(each))
    elif call.attribute == "alter_column" and first is not None:
        new = call.keywords.get("new_column_name")
        if new is not None:
            left.rename(_text(first), _text(new))


def _batch_table(call: Expression) -> str:
    """The table of `with op.batch_alter_table("orders") as batch_op`, "" for calls of `op` itself."""
    base = call.base
    for value in base.bound() if base is not None and base.op is Op.NAME else ():
        entered = value.base if value.op is Op.ENTER else value
        if entered is not None and entered.op is Op.CALL and entered.attribute == _BATCH:
            return _text(entered.arguments[0]) if entered.arguments else ""
    return ""


def _add(left: Left, made: Expression) -> None:
    """A `Column(…)`; constraints are none, what cannot be read makes the table unsure."""
    values = [value for value in made.bound() if value.op is Op.CALL]
    call = values[0] if values else made
    if call.op is not Op.CALL:
        left.is_sure = False
    elif call.attribute in ("Column", "mapped_column") and call.arguments:
        name = _text(call.arguments[0])
        left.is_sure = left.is_sure and bool(name)
        if name:
            left.add(_column(name, call))


def _column(name: str, call: Expression) -> Column:
    type_ = call.arguments[1] if len(call.arguments) > 1 else call.keywords.get("type_")
    target = next((each for each in call.arguments[1:] if each.attribute == "ForeignKey"), None)
    reference = target.arguments[0].string() if target is not None and target.arguments else None
    return Column(
        name,
        type_.attribute if type_ is not None else "",
        call.site.line,
        primary_key=_is(call, "primary_key"),
        nullable=not _is(call, "nullable", value=False) and not _is(call, "primary_key"),
        unique=_is(call, "unique"),
        references=reference or "",
    )


def _is(call: Expression, word: str, *, value: bool = True) -> bool:
    given = call.keywords.get(word)
    return given is not None and given.literal() is value


def _text(expression: Expression | None) -> str:
    return (expression.string() or "") if expression is not None else ""
