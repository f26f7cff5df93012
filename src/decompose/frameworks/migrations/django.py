"""Replays Django's migrations, app by app, in order of their names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from decompose.frameworks.migrations.state import Left
from decompose.model.facts import Op
from decompose.model.program import Column
from decompose.model.view import ClassView, Expression, ProgramView

_MIGRATION = "django.db.migrations.Migration"
_KEYS = ("ForeignKey", "OneToOneField", "ParentalKey")
_MANY = ("ManyToManyField", "TaggableManager", "GenericRelation", "GenericForeignKey")


@dataclass(slots=True)
class App:
    """The models of one app by class name in lower case, after all of its migrations."""

    package: str
    models: dict[str, Left] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    """Class name in lower case -> as written."""


def replay(view: ProgramView) -> Iterator[App]:
    """All apps with migrations, by package."""
    by_app: dict[str, list[ClassView]] = {}
    for found in view.subclasses(_MIGRATION):
        package, _, folder = found.module.rpartition(".")[0].rpartition(".")
        if folder.endswith("migrations") and package:
            by_app.setdefault(package, []).append(found)
    for package, migrations in sorted(by_app.items()):
        app = App(package)
        names = {found.module.rpartition(".")[2] for found in migrations}
        for found in sorted(migrations, key=lambda each: each.module):
            if not _is_squashed(found, names):
                operations = found.attribute("operations")
                for operation in _listed(operations):
                    _apply(view, app, operation)
        yield app


def _is_squashed(found: ClassView, names: set[str]) -> bool:
    """Does it only repeat what other migrations at hand have done?"""
    replaces = found.attribute("replaces")
    return replaces is not None and any(
        (each.elements[1].string() if len(each.elements) > 1 else None) in names
        for each in replaces.elements
    )


def _listed(operations: Expression | None) -> Iterator[Expression]:
    """Operations in a list, and in lists that are put together."""
    if operations is None:
        return
    for value in operations.bound():
        if value.op in (Op.DISPLAY, Op.BINARY):
            for element in value.elements:
                if element.op in (Op.DISPLAY, Op.BINARY, Op.NAME, Op.ATTRIBUTE):
                    yield from _listed(element)
                elif element.op is Op.STAR:
                    yield from _listed(element.base)
                else:
                    yield element


def _apply(view: ProgramView, app: App, operation: Expression) -> None:
    words = _words(operation)
    kind = operation.attribute
    if kind == "SeparateDatabaseAndState":
        for each in _listed(words.get("state_operations")):
            _apply(view, app, each)
    elif kind == "CreateModel":
        _create(view, app, operation, words)
    elif kind == "DeleteModel":
        app.models.pop(_text(words.get("name")).lower(), None)
    elif kind == "RenameModel":
        known = app.models.pop(_text(words.get("old_name")).lower(), None)
        if known is not None:
            app.models[_text(words.get("new_name")).lower()] = known
            app.classes[_text(words.get("new_name")).lower()] = _text(words.get("new_name"))
    elif "model_name" in words:
        _change(view, app.models.get(_text(words["model_name"]).lower()), kind, words)


_POSITIONS: Mapping[str, Sequence[str]] = {
    "CreateModel": ("name", "fields", "options", "bases"),
    "DeleteModel": ("name",),
    "RenameModel": ("old_name", "new_name"),
    "AddField": ("model_name", "name", "field"),
    "AlterField": ("model_name", "name", "field"),
    "RemoveField": ("model_name", "name"),
    "RenameField": ("model_name", "old_name", "new_name"),
    "SeparateDatabaseAndState": ("database_operations", "state_operations"),
}


def _words(operation: Expression) -> dict[str, Expression]:
    """Arguments by name, wherever they stand."""
    names = _POSITIONS.get(operation.attribute, ())
    return {**dict(zip(names, operation.arguments, strict=False)), **operation.keywords}


def _create(
    view: ProgramView, app: App, operation: Expression, words: Mapping[str, Expression]
) -> None:
    name, fields = _text(words.get("name")), words.get("fields")
    options = words.get("options")
    flags = {
        key.string(): value
        for each in (options.bound() if options is not None else ())
        for key, value in zip(each.keys, each.elements, strict=False)
    }
    if not name or any(
        flag in flags and flags[flag].literal() is True for flag in ("proxy", "abstract")
    ):
        return
    table = _text(flags.get("db_table"))
    left = Left(table, operation.site, is_sure=fields is not None)
    for value in fields.bound() if fields is not None else ():
        for pair in value.elements:
            if pair.op is Op.DISPLAY and len(pair.elements) > 1:
                _put(view, left, _text(pair.elements[0]), pair.elements[1])
    app.models[name.lower()] = left
    app.classes[name.lower()] = name


def _change(
    view: ProgramView, left: Left | None, kind: str, words: Mapping[str, Expression]
) -> None:
    if left is None:
        return
    name = _text(words.get("name"))
    if kind in ("AddField", "AlterField") and "field" in words:
        left.drop(name)
        left.drop(f"{name}_id")
        _put(view, left, name, words["field"])
    elif kind == "RemoveField":
        left.drop(name)
        left.drop(f"{name}_id")
    elif kind == "RenameField":
        old, new = _text(words.get("old_name")), _text(words.get("new_name"))
        left.rename(old, new)
        left.rename(f"{old}_id", f"{new}_id")


def _put(view: ProgramView, left: Left, name: str, made: Expression) -> None:
    column = _column(name, made, _lineage(view, made))
    if column is not None:
        left.add(column)


def _column(name: str, made: Expression, lineage: Sequence[str]) -> Column | None:
    """The column of a field: as its class's name says."""
    kind = made.attribute
    if made.op is not Op.CALL or not name or any(each.endswith(_MANY) for each in lineage):
        return None
    is_key = any(each.endswith(_KEYS) for each in lineage)
    column = _text(made.keywords.get("db_column")) or (f"{name}_id" if is_key else name)
    return Column(
        column,
        kind,
        made.site.line,
        primary_key=_is_true(made, "primary_key"),
        nullable=_is_true(made, "null"),
        unique=_is_true(made, "unique") or kind.endswith("OneToOneField"),
    )


def _lineage(view: ProgramView, made: Expression) -> Sequence[str]:
    """The names of a field's class and of its bases."""
    name = (made.callee.name() if made.callee is not None else None) or ""
    found = view.class_named(name)
    return [made.attribute, *(found.mro if found is not None else ())]


def _is_true(made: Expression, word: str) -> bool:
    given = made.keywords.get(word)
    return given is not None and given.literal() is True


def _text(expression: Expression | None) -> str:
    return (expression.string() or "") if expression is not None else ""
