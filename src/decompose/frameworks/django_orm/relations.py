"""Which models have tables, and what do their attributes and lookups lead to?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from decompose.frameworks.django_orm.library import MANAGER, MODEL, QUERYSET
from decompose.model.facts import Op
from decompose.model.program import Table
from decompose.model.view import ClassView, Expression, ProgramView

_FOREIGN = "table:"
"""Before the table of a library's model, where a name of the program's models would stand."""
_USERS = f"{_FOREIGN}auth_user"
_MAX_CHILDREN = 8
_MAX_MODELS = 6


@dataclass(frozen=True, slots=True)
class Relation:
    """What an attribute of a row, or a part of a lookup, leads to."""

    target: str
    """Dotted model."""
    is_many: bool
    is_own: bool
    """Is the key a column of the row itself?"""
    through: str = ""
    """Join table of a many-to-many relation."""
    back: str = ""
    """Of the way back from a foreign key: the field with the key."""


@dataclass(frozen=True, slots=True)
class Models:
    """The program's models with tables, and how they hang together."""

    tables: Mapping[str, str]
    """Model with a table of its own -> table."""
    concrete: Mapping[str, tuple[str, ...]]
    """Any model class -> the models whose tables hold its rows: itself, a proxy's base, an abstract's children."""
    attributes: Mapping[str, Mapping[str, Relation]]
    """Model -> attribute of a row -> relation, inherited ones included."""
    lookups: Mapping[str, Mapping[str, Relation]]
    """Model -> name in `filter(name__…)` -> relation."""
    managers: Mapping[str, tuple[str, ...]]
    """Manager or queryset class of the program -> the models that use it."""
    manager_names: Mapping[str, frozenset[str]]
    """Model -> class attributes that are managers."""
    admins: Mapping[str, tuple[str, ...]]
    """Class of Django's admin -> the models that it is registered for."""
    user: str
    """The model of users, "" where it is a library's."""
    by_label: Mapping[str, str]
    """"app.model" in lower case -> model."""
    generic: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Model -> its generic foreign keys -> the models that say that they are referred to so."""
    by_word: Mapping[str, str]
    """Name that a variable for a row would have (`order_line`, `orderline`) -> model, where only one fits."""


def read_models(view: ProgramView) -> Models:
    """Put the tables of an earlier phase and the classes that declare them together."""
    facts = [
        fact
        for fact in view.facts(Table)
        if isinstance(fact, Table) and fact.framework.startswith("django")
    ]
    tables = {fact.model: fact.name for fact in facts if fact.model}
    own = {name: list(_own_relations(view, name, facts)) for name in sorted(tables)}
    foreign = dict(_foreign(view, own))
    user = _user(view, tables) or (_USERS if _USERS in foreign.values() else "")
    tables.update(dict.fromkeys(foreign.values(), ""))
    attributes: dict[str, dict[str, Relation]] = {name: {} for name in tables}
    lookups: dict[str, dict[str, Relation]] = {name: {} for name in tables}
    for name, found in own.items():
        for declared in found:
            attributes[name][declared.name] = lookups[name][declared.name] = declared.relation
            other = declared.relation.target
            if other in tables and declared.reverse:
                attributes[other].setdefault(declared.reverse, declared.back)
            if other in tables and declared.reverse_lookup:
                lookups[other].setdefault(declared.reverse_lookup, declared.back)
    return Models(
        tables,
        {
            **{name: (model,) for name, model in foreign.items()},
            **{
                found.name: names
                for found in view.subclasses(MODEL)
                if (names := _concrete(view, found, tables))
            },
        },
        {name: _inherited(view, name, attributes) for name in tables},
        {name: _inherited(view, name, lookups) for name in tables},
        _managers(view, tables),
        {name: _manager_names(view, name) for name in tables},
        _admins(view, tables),
        user,
        _labels(tables),
        _generic(view, tables),
        _words(tables),
    )


def _labels(tables: Mapping[str, str]) -> dict[str, str]:
    """By the app's label, as tables are named, and by the package's name."""
    found: dict[str, str] = {}
    for model, table in sorted(tables.items()):
        name = _last(model).lower()
        if table.endswith(f"_{name}"):
            found.setdefault(f"{table.removesuffix(f'_{name}')}.{name}", model)
        for part in model.split(".")[:-2]:
            found.setdefault(f"{part}.{name}".lower(), model)
    return found


def _generic(view: ProgramView, tables: Mapping[str, str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Generic foreign keys, and who is referred to by them: who has a `GenericRelation` back."""
    keys: dict[str, list[str]] = {}
    back: dict[str, list[str]] = {}
    for model in sorted(tables):
        for name, call in _assigned(view, model):
            if call.attribute == "GenericForeignKey":
                keys.setdefault(model, []).append(name)
            elif call.attribute == "GenericRelation" and call.arguments:
                for target in call.arguments[0].symbols():
                    back.setdefault(target, []).append(model)
    return {
        model: {name: tuple(back.get(model, ())) for name in names} for model, names in keys.items()
    }


def _foreign(
    view: ProgramView, own: Mapping[str, Sequence["_Declared"]]
) -> Iterator[tuple[str, str]]:
    """Classes of libraries that the program's models refer to, each with what stands for it: "table:auth_user".

    Nothing is said of their tables, but rows of theirs lead back to the program's.
    """
    for model, declared in own.items():
        calls = dict(_assigned(view, model))
        for one in declared:
            target = one.relation.target
            if target.startswith(_FOREIGN) and one.name in calls:
                call = calls[one.name]
                given = call.keywords.get("to", next(iter(call.arguments), None))
                name = given.name() if given is not None else None
                yield name or target, target
            if target == _USERS:
                yield "django.contrib.auth.models.User", _USERS


@dataclass(frozen=True, slots=True)
class _Declared:
    """A relation as its field declares it, with the way back."""

    name: str
    relation: Relation
    back: Relation
    reverse: str
    reverse_lookup: str


def _own_relations(view: ProgramView, model: str, facts: list[Table]) -> Iterator[_Declared]:
    table = next(fact for fact in facts if fact.model == model)
    columns = {column.name: column for column in table.columns}
    models = {fact.name: fact.model for fact in facts if fact.model}
    joins = {fact.implicit_of: fact for fact in facts if fact.implicit_of}
    for name, call in _assigned(view, model):
        column = columns.get(_string(call.keywords.get("db_column")) or f"{name}_id")
        join = joins.get(f"{model}.{name}")
        if join is not None:
            to = join.columns[-1].references.rpartition(".")[0]
            target = models.get(to, f"{_FOREIGN}{to}" if to else "")
            yield _many(model, name, call, target, join.name)
        elif "through" in call.keywords:
            target = _model_argument(models, table, call.arguments[:1], call.keywords.get("to"))
            through = _model_argument(models, table, [], call.keywords["through"])
            yield _many(
                model, name, call, target, next((t for t, m in models.items() if m == through), "")
            )
        elif column is not None and column.references:
            to = column.references.rpartition(".")[0]
            target = models.get(to, f"{_FOREIGN}{to}")
            is_one = column.type.endswith("OneToOneField")
            yield _key(model, name, call, target, is_one=is_one)


def _assigned(view: ProgramView, model: str) -> Iterator[tuple[str, Expression]]:
    """Calls assigned in the bodies of a model and its bases without a table of their own."""
    found = view.class_named(model)
    for name, value, _ in found.assigned(inherited=True) if found is not None else ():
        if value is not None and value.op is Op.CALL:
            yield name, value


def _many(model: str, name: str, call: Expression, target: str, through: str) -> _Declared:
    relation = Relation(target, is_many=True, is_own=False, through=through)
    back = Relation(model, is_many=True, is_own=False, through=through)
    return _Declared(name, relation, back, *_reverse_names(model, call, is_one=False))


def _key(model: str, name: str, call: Expression, target: str, *, is_one: bool) -> _Declared:
    relation = Relation(target, is_many=False, is_own=True)
    back = Relation(model, is_many=not is_one, is_own=False, back=name)
    return _Declared(name, relation, back, *_reverse_names(model, call, is_one=is_one))


def _reverse_names(model: str, call: Expression, *, is_one: bool) -> tuple[str, str]:
    """The attribute and the lookup that lead back from the target."""
    short = _last(model).lower()
    given = _string(call.keywords.get("related_name")).replace("%(class)s", short)
    query = _string(call.keywords.get("related_query_name"))
    if given.endswith("+"):
        return "", query
    return given or (short if is_one else f"{short}_set"), query or given or short


def _model_argument(
    models: Mapping[str, str],
    table: Table,
    arguments: Sequence[Expression],
    keyword: Expression | None,
) -> str:
    """The model that `to` or `through` names, as a class or as text."""
    target = keyword or next(iter(arguments), None)
    if target is None:
        return ""
    text = target.string()
    if text is None:
        return next((name for name in target.symbols() if name in models.values()), "")
    if text == "self":
        return table.model
    label, _, name = text.rpartition(".")
    fitting = [model for model in sorted(models.values()) if _last(model).lower() == name.lower()]
    tables = {model: found for found, model in models.items()}
    prefixed = [
        model for model in fitting if label and tables[model].startswith(f"{label.lower()}_")
    ]
    near = [
        model
        for model in fitting
        if not label and model.rpartition(".")[0] == table.model.rpartition(".")[0]
    ]
    return next(iter(prefixed or near or fitting), "")


def _concrete(view: ProgramView, found: ClassView, tables: Mapping[str, str]) -> tuple[str, ...]:
    for base in found.mro:
        if base in tables:
            return (base,)
    children = [child.name for child in view.subclasses(found.name) if child.name in tables]
    return tuple(children) if len(children) <= _MAX_CHILDREN else ()


def _inherited(
    view: ProgramView, model: str, relations: Mapping[str, Mapping[str, Relation]]
) -> dict[str, Relation]:
    found = view.class_named(model)
    merged: dict[str, Relation] = {}
    for base in reversed(found.mro if found is not None else (model,)):
        merged.update(relations.get(base, {}))
    return merged


def _managers(view: ProgramView, tables: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Manager and queryset classes by what is assigned in models, and the querysets that managers give."""
    users: dict[str, set[str]] = {}
    for model in tables:
        for _, call in _assigned(view, model):
            for name in _classes_in(call):
                users.setdefault(name, set()).add(model)
    for found in view.subclasses(MANAGER):
        given = users.get(found.name, set())
        method = view.function_named(found.method("get_queryset") or "")
        for returned in method.returned if method is not None else ():
            for name in [type_.partition("[")[0] for type_ in returned.types()]:
                users.setdefault(name, set()).update(given)
    own = {found.name for found in view.subclasses(MANAGER, QUERYSET)}
    full = _with_bases(view, users, own)
    return {
        name: tuple(sorted(models)) for name, models in full.items() if len(models) <= _MAX_MODELS
    }


def _with_bases(
    view: ProgramView, users: Mapping[str, set[str]], own: set[str]
) -> dict[str, set[str]]:
    """What a class stands for, its bases in the program stand for too."""
    full: dict[str, set[str]] = {}
    for name, models in users.items():
        found = view.class_named(name)
        for base in found.mro if found is not None else ():
            if base in own:
                full.setdefault(base, set()).update(models)
    return full


def _classes_in(call: Expression) -> Iterator[str]:
    """Classes that the call of a manager names: itself, `Q.as_manager()`, `M.from_queryset(Q)()`."""
    waiting: list[Expression] = [call]
    while waiting:
        each = waiting.pop()
        if each.callee is not None:
            waiting.extend([each.callee, *each.arguments])
        elif (each.op is Op.ATTRIBUTE and not each.symbols() and each.base is not None) or (
            each.op is Op.ATTRIBUTE
            and each.attribute in ("as_manager", "from_queryset")
            and each.base is not None
        ):
            waiting.append(each.base)
        yield from each.symbols()


def _manager_names(view: ProgramView, model: str) -> frozenset[str]:
    names = {"objects", "_default_manager", "_base_manager"}
    for name, call in _assigned(view, model):
        for cls in [*_classes_in(call), *call.types()]:
            found = view.class_named(cls)
            lineage = found.mro if found is not None else (cls,)
            if any(base in (MANAGER, QUERYSET) or base.endswith("Manager") for base in lineage):
                names.add(name)
    return frozenset(names)


def _admins(view: ProgramView, tables: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """`@admin.register(Order)` on a class, and `admin.site.register(Order, OrderAdmin)`."""
    found: dict[str, list[str]] = {}
    for admin in view.subclasses("django.contrib.admin.ModelAdmin"):
        for decorator in admin.decorators:
            if decorator.attribute == "register":
                found.setdefault(admin.name, []).extend(_models_in(decorator.arguments, tables))
    for call in view.calls("register"):
        if len(call.arguments) > 1:
            for name in call.arguments[1].symbols():
                found.setdefault(name, []).extend(_models_in(call.arguments[:1], tables))
    return {name: tuple(dict.fromkeys(models)) for name, models in found.items()}


def _models_in(arguments: Sequence[Expression], tables: Mapping[str, str]) -> Iterator[str]:
    for argument in arguments:
        yield from (name for name in argument.symbols() if name in tables)
        yield from _models_in(argument.elements, tables)


def _user(view: ProgramView, tables: Mapping[str, str]) -> str:
    for module in view.modules():
        for value in view.module_value(module, "AUTH_USER_MODEL"):
            label, _, name = (value.string() or "").lower().rpartition(".")
            for model, table in sorted(tables.items()):
                if _last(model).lower() == name and (
                    table.startswith(f"{label}_") or label in model.split(".")
                ):
                    return model
    return ""


def _words(tables: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for model in tables:
        name = _last(model)
        snake = "".join(
            f"_{letter.lower()}" if letter.isupper() else letter for letter in name
        ).lstrip("_")
        for word in {name.lower(), snake}:
            found.setdefault(word, []).append(model)
    return {word: models[0] for word, models in found.items() if len(models) == 1}


def _string(expression: Expression | None) -> str:
    return (expression.string() or "") if expression is not None else ""


def _last(name: str) -> str:
    return name.rpartition(".")[2]
