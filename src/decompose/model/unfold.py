"""Which values can an expression take, one by one? For tables of plug-ins that programs loop over.

    for dotted, prefix in BLUEPRINTS:
        app.register_blueprint(import_string(dotted), url_prefix=prefix)

registers one blueprint a row: `unfold` gives the expressions behind `import_string(dotted)`,
`strings` the texts behind `prefix`, both in the order of the rows, so that `aligned` can pair
them again.

Nothing is run: only displays, loops over them, unpacking, generators and imports by name are
followed, and no more than `MAX_VALUES` values, `MAX_STEPS` steps in all, or `MAX_DEPTH` steps in a row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from decompose.model.facts import Op
from decompose.model.forwarding import seen_from
from decompose.model.view import Expression, FunctionView, ProgramView

First = TypeVar("First")
Second = TypeVar("Second")

MAX_VALUES = 400
MAX_DEPTH = 14
MAX_STEPS = 3_000
_IMPORTS = frozenset({"import_module", "__import__", "import_string", "import_object", "locate"})
_WRAPPERS = frozenset({"list", "tuple", "sorted", "reversed", "set", "frozenset", "iter"})
_OF_DICT = frozenset({"items", "values", "keys"})


def unfold(expression: Expression, view: ProgramView) -> list[Expression]:
    """The expressions that its value may come from, in order; itself where no more is known."""
    return list(islice(_values(expression, _Walk(view), MAX_DEPTH), MAX_VALUES))


def strings(expression: Expression, view: ProgramView) -> list[str | None]:
    """The texts that its value may be, in the order of `unfold`; None for each unknown one."""
    return list(islice(_strings(expression, _Walk(view), MAX_DEPTH), MAX_VALUES))


def aligned(left: Sequence[First], right: Sequence[Second]) -> Iterator[tuple[First, Second]]:
    """Pair values unfolded from the rows of one table; a single one goes with all of the others."""
    if len(left) == len(right):
        yield from zip(left, right, strict=True)
    elif len(right) == 1:
        yield from ((each, right[0]) for each in left)
    elif len(left) == 1:
        yield from ((left[0], each) for each in right)


@dataclass(slots=True)
class _Walk:
    """One question: the program, and how many steps are left."""

    view: ProgramView
    steps: int = MAX_STEPS


def _values(expression: Expression, walk: _Walk, depth: int) -> Iterator[Expression]:
    walk.steps -= 1
    if depth <= 0 or walk.steps < 0:
        return
    match expression.op:
        case Op.NAME | Op.ATTRIBUTE:
            yield from _named(expression, walk, depth - 1)
        case Op.ELEMENT:
            yield from _each(expression.base, walk, depth - 1)
        case Op.ITEM:
            yield from _parts(expression, walk, depth - 1)
        case Op.UNION:
            for side in expression.elements:
                yield from _values(side, walk, depth - 1)
        case Op.CALL:
            yield from _called(expression, walk, depth - 1)
        case Op.SUBSCRIPT:
            yield from _indexed(expression, walk, depth - 1)
        case Op.AWAIT | Op.ENTER | Op.STAR if expression.base is not None:
            yield from _values(expression.base, walk, depth - 1)
        case _:
            yield expression


def _named(expression: Expression, walk: _Walk, depth: int) -> Iterator[Expression]:
    loaded = _loader(expression.base) if expression.base is not None else None
    if loaded is not None:
        for module in _modules(loaded, walk, depth):
            yield from _imported(module, expression.attribute, walk, depth)
        return
    bound = [each for each in expression.bound() if not _same(each, expression)]
    for each in bound:
        yield from _values(each, walk, depth)
    if not bound:
        yield from _from_instance(expression, walk, depth)


def _loader(base: Expression) -> Expression | None:
    """The call that imports a module by name, where what stands before a dot is that or bound to it."""
    bound = base.bound() if base.op is Op.NAME else (base,)
    loader = bound[0] if len(bound) == 1 else base
    return loader if loader.op is Op.CALL and loader.attribute in _IMPORTS else None


def _modules(loader: Expression, walk: _Walk, depth: int) -> Iterator[str]:
    """Names of the modules that a call imports; by a partly computed name, all that fit and nobody names."""
    for name in _strings_of(loader, walk, depth):
        if name is not None:
            yield name
            continue
        parts = loader.arguments[0].elements
        before, behind = (parts[0].string() or "", parts[-1].string() or "") if parts else ("", "")
        if behind.startswith("."):
            fitting = (each for each in walk.view.unnamed_modules() if each.endswith(behind))
            yield from (each for each in fitting if each.startswith(before))


def _indexed(expression: Expression, walk: _Walk, depth: int) -> Iterator[Expression]:
    """What a table of constants holds under a key: the one entry where the key is known, else all."""
    key = expression.keys[0].string() if expression.keys else None
    found = False
    for table in _values(expression.base, walk, depth) if expression.base is not None else ():
        if table.op is not Op.DISPLAY:
            continue
        names = [each.string() for each in table.keys]
        for name, element in zip(
            names or [None] * len(table.elements), table.elements, strict=False
        ):
            if key is None or name is None or name == key:
                found = True
                yield from _element(element, walk, depth)
    if not found:
        yield expression


def _from_instance(expression: Expression, walk: _Walk, depth: int) -> Iterator[Expression]:
    """What the class of an instance gives its attribute (`settings.PREFIX`), else itself."""
    if expression.op is Op.ATTRIBUTE and expression.base is not None:
        for kind in expression.base.types():
            found = walk.view.class_named(kind)
            value = found.attribute(expression.attribute) if found else None
            if value is not None:
                yield from _values(value, walk, depth)
                return
    yield expression


def _each(iterable: Expression | None, walk: _Walk, depth: int) -> Iterator[Expression]:
    """What iterating gives, element by element."""
    if iterable is None or depth <= 0:
        return
    if iterable.op is Op.CALL and iterable.attribute in _OF_DICT and iterable.base is not None:
        yield from _each_of_dict(iterable, walk, depth - 1)
        return
    for value in _values(iterable, walk, depth - 1):
        if value.op is Op.DISPLAY:
            for element in value.keys or value.elements:
                yield from _element(element, walk, depth - 1)
        elif value.op is Op.COMPREHENSION:
            for element in value.elements:
                yield from _values(element, walk, depth - 1)
        elif value.op is Op.CALL:
            yield from _each_of_call(value, walk, depth - 1)


def _element(element: Expression, walk: _Walk, depth: int) -> Iterator[Expression]:
    if element.op is Op.STAR:
        yield from _each(element.base, walk, depth)
    else:
        yield from _values(element, walk, depth)


def _each_of_call(call: Expression, walk: _Walk, depth: int) -> Iterator[Expression]:
    if call.attribute in _WRAPPERS and call.arguments:
        yield from _each(call.arguments[0], walk, depth)
        return
    for function in _functions(call, walk):
        for inner in function.returned:
            value = seen_from(inner, function, call, walk.view)
            if value.op is Op.DISPLAY and function.is_generator:
                yield value
            elif value.op is not Op.UNKNOWN:
                yield from (
                    _values(value, walk, depth)
                    if function.is_generator
                    else _each(value, walk, depth)
                )


def _each_of_dict(call: Expression, walk: _Walk, depth: int) -> Iterator[Expression]:
    """`.values()` and `.keys()`; a pair of `.items()` is told apart by position, see `_parts`."""
    for value in _values(call.base, walk, depth) if call.base else ():
        if value.op is Op.DISPLAY and value.keys:
            for element in value.keys if call.attribute == "keys" else value.elements:
                yield from _values(element, walk, depth)


def _parts(item: Expression, walk: _Walk, depth: int) -> Iterator[Expression]:
    """One part of each value that is unpacked."""
    whole = item.base
    if whole is None or depth <= 0:
        return
    pairs = _dict_pairs(whole, walk, depth)
    if pairs is not None:
        for pair in pairs:
            yield from _values(pair[min(item.position, 1)], walk, depth - 1)
        return
    for value in _values(whole, walk, depth - 1):
        if value.op is Op.DISPLAY and 0 <= item.position < len(value.elements):
            yield from _values(value.elements[item.position], walk, depth - 1)


def _dict_pairs(
    whole: Expression, walk: _Walk, depth: int
) -> list[tuple[Expression, Expression]] | None:
    """Keys and values, where it is an element of `mapping.items()`."""
    iterable = whole.base if whole.op is Op.ELEMENT else None
    if (
        iterable is None
        or iterable.op is not Op.CALL
        or iterable.attribute != "items"
        or iterable.base is None
    ):
        return None
    found: list[tuple[Expression, Expression]] = []
    for value in _values(iterable.base, walk, depth - 1):
        found.extend(zip(value.keys, value.elements, strict=False))
    return found


def _called(call: Expression, walk: _Walk, depth: int) -> Iterator[Expression]:
    if call.attribute in _IMPORTS:
        for dotted in _strings_of(call, walk, depth):
            module, _, name = (dotted or "").replace(":", ".").rpartition(".")
            yield from _imported(module, name, walk, depth)
        return
    if call.attribute == "getattr" and len(call.arguments) > 1:
        yield from _gotten(call, walk, depth)
        return
    returned = [
        seen_from(value, function, call, walk.view)
        for function in _functions(call, walk)
        for value in function.returned
    ]
    followed = [value for value in returned if value.op in (Op.CALL, Op.DISPLAY, Op.NAME)]
    if not followed or any(function.is_generator for function in _functions(call, walk)):
        yield call
        return
    for value in followed:
        yield from _values(value, walk, depth)


def _gotten(call: Expression, walk: _Walk, depth: int) -> Iterator[Expression]:
    """`getattr(import_module(dotted), "name")`."""
    module, name = call.arguments[0], call.arguments[1].string()
    if name and module.op is Op.CALL and module.attribute in _IMPORTS:
        for dotted in _strings_of(module, walk, depth):
            yield from _imported(dotted, name, walk, depth)
    else:
        yield call


def _imported(module: str | None, name: str, walk: _Walk, depth: int) -> Iterator[Expression]:
    for value in walk.view.module_value(module, name) if module else ():
        yield from _values(value, walk, depth)


def _functions(call: Expression, walk: _Walk) -> list[FunctionView]:
    symbols = call.callee.symbols() if call.callee else ()
    return [found for found in map(walk.view.function_named, symbols) if found is not None]


def _strings_of(call: Expression, walk: _Walk, depth: int) -> list[str | None]:
    return list(_strings(call.arguments[0], walk, depth)) if call.arguments else []


def _strings(expression: Expression, walk: _Walk, depth: int) -> Iterator[str | None]:
    text = expression.string()
    if text is not None or depth <= 0:
        yield text
    elif expression.op in (Op.BINARY, Op.FORMAT):
        yield from _joined([list(_strings(part, walk, depth - 1)) for part in expression.elements])
    else:
        values = [
            value for value in _values(expression, walk, depth - 1) if not _same(value, expression)
        ]
        for value in values:
            if value.op in (Op.BINARY, Op.FORMAT):
                yield from _strings(value, walk, depth - 1)
            else:
                yield value.string()
        if not values:
            yield None


def _joined(parts: list[list[str | None]]) -> Iterator[str | None]:
    longest = max((len(part) for part in parts), default=0)
    if any(len(part) not in (1, longest) for part in parts):
        yield None
        return
    for row in range(longest):
        texts = [part[row if len(part) > 1 else 0] for part in parts]
        yield None if None in texts else "".join(text for text in texts if text is not None)


def _same(left: Expression, right: Expression) -> bool:
    return left.op is right.op and left.site == right.site and left.text() == right.text()
