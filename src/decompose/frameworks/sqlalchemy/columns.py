"""What column does an attribute of a mapped class, or an argument of `Table(…)`, declare?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from decompose.model.facts import Op
from decompose.model.program import Column
from decompose.model.view import Expression, FunctionView, ProgramView

MAKERS = frozenset({"Column", "mapped_column", "MappedColumn"})
_WRAPPERS = frozenset({"deferred", "column_property", "declared_attr", "synonym_column"})
_NO_COLUMNS = frozenset(
    {
        "Relationship",
        "association_proxy",
        "backref",
        "composite",
        "dynamic_loader",
        "hybrid_property",
        "query_expression",
        "relation",
        "relationship",
        "synonym",
    }
)
_NOT_MAPPED = frozenset({"ClassVar", "DynamicMapped", "WriteOnlyMapped", "AssociationProxy"})
_CONSTRAINTS = frozenset(
    {
        "CheckConstraint",
        "Computed",
        "DefaultClause",
        "FetchedValue",
        "ForeignKey",
        "Identity",
        "Sequence",
    }
)


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a foreign key leads: a text ("users.id"), or a class or table and its attribute."""

    text: str
    target: Expression | None = None
    attribute: str = ""
    on_delete: str = ""


@dataclass(frozen=True, slots=True)
class Declared:
    """A column under the name of its attribute."""

    attribute: str
    column: Column
    reference: Reference | None = None


def declared(
    attribute: str, value: Expression | None, annotation: Expression | None, view: ProgramView
) -> Declared | None:
    """The column of a class attribute, None where it is none."""
    inner = _mapped(annotation)
    call = _maker(value, view) if value is not None else None
    if call is None and value is not None and _is_no_column(value):
        return None
    if call is None and inner is None:
        return None
    if call is None and inner is not None:
        call = _annotated_maker(inner, view)
        if call is None and value is not None and value.op is Op.CALL:
            return None
    site = value or annotation
    return _declared(attribute, call, inner, site.site.line if site else 0)


def from_function(
    attribute: str, function: FunctionView, returned: Sequence[Expression], view: ProgramView
) -> Declared | None:
    """The column that a `declared_attr` method gives, of what it returns for a class."""
    for value in returned:
        found = declared(attribute, value, function.returns, view)
        if found is not None:
            return found
    return None


def of_field(
    attribute: str, value: Expression | None, annotation: Expression | None, view: ProgramView
) -> Declared | None:
    """The column of a field of a SQLModel table."""
    if annotation is None or annotation.attribute == "ClassVar" or _base(annotation) == "ClassVar":
        return None
    if value is not None and _is_no_column(value):
        return None
    words = value.keywords if value is not None and value.op is Op.CALL else {}
    given = words.get("sa_column")
    made = _maker(given, view) if given is not None else None
    if made is not None:
        return _declared(attribute, made, annotation, made.site.line)
    target = words["foreign_key"].string() if "foreign_key" in words else None
    column = Column(
        attribute,
        _type_name(annotation),
        annotation.site.line,
        primary_key=_is_true(words.get("primary_key")),
        nullable=is_optional(annotation),
        unique=_is_true(words.get("unique")),
    )
    return Declared(attribute, column, Reference(target) if target else None)


def from_call(call: Expression, view: ProgramView) -> Declared | None:
    """The column of an argument of `Table(…)`."""
    made = _maker(call, view)
    name = made.arguments[0].string() if made is not None and made.arguments else None
    return _declared(name, made, None, call.site.line) if name else None


def is_optional(annotation: Expression) -> bool:
    """Does an annotation allow None?"""
    if annotation.op is Op.LITERAL:
        return annotation.text() == "None"
    if annotation.op in (Op.BINARY, Op.UNION):
        return any(map(is_optional, annotation.elements))
    if annotation.op is Op.SUBSCRIPT:
        inner = annotation.keys[0].elements or annotation.keys
        base = _base(annotation)
        return base == "Optional" or (base == "Union" and any(map(is_optional, inner)))
    return False


def _declared(
    attribute: str, call: Expression | None, inner: Expression | None, line: int
) -> Declared:
    if call is None:
        nullable = inner is not None and is_optional(inner)
        kind = _type_name(inner) if inner is not None else ""
        return Declared(attribute, Column(attribute, kind, line, nullable=nullable))
    words = call.keywords
    named = call.arguments[0].string() if call.arguments else None
    given = words["name"].string() if "name" in words else None
    primary = _is_true(words.get("primary_key"))
    column = Column(
        given or named or attribute,
        _kind(call, inner),
        line,
        primary_key=primary,
        nullable=_is_nullable(words.get("nullable"), inner, primary=primary),
        unique=_is_true(words.get("unique")),
    )
    return Declared(attribute, column, _reference(call))


def _is_nullable(given: Expression | None, inner: Expression | None, *, primary: bool) -> bool:
    if given is not None:
        return not _is_false(given)
    return not primary and (inner is None or is_optional(inner))


def _kind(call: Expression, inner: Expression | None) -> str:
    for argument in (*call.arguments, *filter(None, [call.keywords.get("type_")])):
        if argument.op in (Op.NAME, Op.ATTRIBUTE, Op.CALL):
            name = argument.attribute
            if name not in _CONSTRAINTS and argument.string() is None:
                return name
    return _type_name(inner) if inner is not None else ""


def _type_name(annotation: Expression) -> str:
    """`str` of `str`, `Optional[str]`, `str | None`; `list` of `list[str]`."""
    if annotation.op is Op.SUBSCRIPT:
        base = _base(annotation)
        inner = annotation.keys[0]
        if base in ("Optional", "Mapped", "Annotated", "Union", "Required"):
            return _type_name((inner.elements or [inner])[0])
        return base
    if annotation.op in (Op.BINARY, Op.UNION):
        return next(filter(None, map(_type_name, annotation.elements)), "")
    return annotation.attribute


def _base(annotation: Expression) -> str:
    return annotation.base.attribute if annotation.base is not None else ""


def _reference(call: Expression) -> Reference | None:
    for argument in call.arguments:
        if argument.op is Op.CALL and argument.attribute == "ForeignKey":
            return reference_of(argument)
    return None


def reference_of(key: Expression) -> Reference | None:
    """Where `ForeignKey(…)` leads."""
    target = key.arguments[0] if key.arguments else key.keywords.get("column")
    if target is None:
        return None
    given = key.keywords.get("ondelete")
    on_delete = (given.string() or "") if given is not None else ""
    text = target.string()
    if text is not None:
        return Reference(text, on_delete=on_delete)
    base = target.base
    if base is not None and base.op is Op.ATTRIBUTE and base.attribute in ("c", "columns"):
        base = base.base
    return Reference("", base, target.attribute, on_delete)


def _maker(value: Expression, view: ProgramView, depth: int = 4) -> Expression | None:
    """The call that makes a column: plain, wrapped, bound to a name, or by an own function or class."""
    if depth == 0:
        return None
    if value.op in (Op.NAME, Op.ATTRIBUTE):
        found = (_maker(each, view, depth - 1) for each in value.bound() if each.op is Op.CALL)
        return next(filter(None, found), None)
    if value.op is not Op.CALL:
        return None
    if value.attribute in MAKERS:
        return value
    if value.attribute in _WRAPPERS and value.arguments:
        return _maker(value.arguments[0], view, depth - 1)
    return _own_maker(value, view, depth)


def _own_maker(value: Expression, view: ProgramView, depth: int) -> Expression | None:
    for name in value.callee.symbols() if value.callee is not None else ():
        function = view.function_named(name)
        found = (_maker(each, view, depth - 1) for each in (function.returned if function else ()))
        made = next(filter(None, found), None)
        if made is not None:
            return made
        own = view.class_named(name)
        if own is not None and any(base.rpartition(".")[2] in MAKERS for base in own.mro):
            return value
    return None


def _is_no_column(value: Expression) -> bool:
    return value.op is Op.CALL and value.attribute in _NO_COLUMNS


def _mapped(annotation: Expression | None) -> Expression | None:
    """What `Mapped[…]` holds."""
    if annotation is None or annotation.op is not Op.SUBSCRIPT:
        return None
    base = _base(annotation)
    if base in _NOT_MAPPED:
        return None
    return annotation.keys[0] if base in ("Mapped", "MappedColumn") else None


def _annotated_maker(inner: Expression, view: ProgramView) -> Expression | None:
    """`key = Annotated[int, mapped_column(primary_key=True)]`, used as `id: Mapped[key]`."""
    for alias in _aliases(inner):
        if alias.op is Op.SUBSCRIPT and _base(alias) == "Annotated":
            for part in alias.keys[0].elements:
                found = _maker(part, view)
                if found is not None:
                    return found
    return None


def _aliases(inner: Expression) -> Iterator[Expression]:
    if inner.op in (Op.NAME, Op.ATTRIBUTE):
        yield from inner.bound()
    elif inner.op is Op.SUBSCRIPT and _base(inner) == "Optional":
        yield from _aliases(inner.keys[0])
    else:
        yield inner


def _is_true(given: Expression | None) -> bool:
    return given is not None and given.literal() is True


def _is_false(given: Expression) -> bool:
    return given.literal() is False
