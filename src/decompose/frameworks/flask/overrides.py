"""What does a program's own blueprint make of a rule? Its `add_url_rule` may put prefixes before it, or add it twice.

    class PrefixedBlueprint(Blueprint):
        def add_url_rule(self, rule, endpoint=None, view_func=None, **options):
            super().add_url_rule(self.prefix + rule, endpoint, view_func, **options)

The prefixes are what the class keeps in attributes: what `__init__` sets, or what a method is given that opens a block
(`with blueprint.prefixed("/admin"):`), for the rules that are added in the block.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from decompose.model.facts import Op
from decompose.model.view import AttributeUse, ClassView, Expression, FunctionView, ProgramView

_METHOD = "add_url_rule"
_RULE = ""  # in a shape: the rule itself stands here
Shape = tuple[str, ...]
"""What is put together to a rule: `_RULE`, or the name of an attribute whose value stands there."""
Block = tuple[Expression, int, int]
"""What opens it, its first and last line."""


@dataclass(slots=True)
class Overrides:
    """The blueprints' own ways to add rules."""

    view: ProgramView
    _shapes: dict[str, list[Shape]] = field(default_factory=dict)
    _stores: dict[str, list[AttributeUse]] = field(default_factory=dict)
    _blocks: dict[str, list[Block]] | None = None

    def texts(self, kind: str, call: Expression, text: str) -> list[str]:
        """The rules that a call which adds one to a mount of a class makes of it."""
        own = self.view.class_named(kind)
        shapes = [] if own is None else self._shapes_of(own)
        if own is None or not shapes:
            return [text]
        kept = self._kept(own, shapes, call)
        made = ["".join(kept.get(part, "") if part else text for part in each) for each in shapes]
        return list(dict.fromkeys(made))

    def _shapes_of(self, own: ClassView) -> list[Shape]:
        known = self._shapes.get(own.name)
        if known is None:
            name = own.method(_METHOD)
            function = self.view.function_named(name) if name else None
            known = [] if function is None else [*self._find_shapes(function)]
            self._shapes[own.name] = known
        return known

    def _find_shapes(self, function: FunctionView) -> Iterator[Shape]:
        rule = next((name for name, _, _ in function.parameters if name != "self"), "")
        for call in self.view.calls(_METHOD):
            if call.owner == function.name and call.arguments:
                shape = _shape(call.arguments[0], rule)
                if shape is not None:
                    yield shape

    def _kept(self, own: ClassView, shapes: list[Shape], call: Expression) -> dict[str, str]:
        """Attribute -> text, where a call adds a rule to a blueprint of the class."""
        stores = self._stores_of(own, shapes)
        setters = {store.base.owner for store in stores}
        kept: dict[str, str] = {}
        for opener, given in ((own.method("__init__"), {}), *self._opened(own, call)):
            first: dict[str, str] = {}  # what is set back when the block ends does not count
            for store in stores if opener in setters else ():
                if store.base.owner == opener and store.value is not None:
                    value = _unpacked(store.value)
                    known = given.get(value.attribute) or value
                    first.setdefault(store.name, known.string() or "")
            kept.update(first)
        return kept

    def _stores_of(self, own: ClassView, shapes: list[Shape]) -> list[AttributeUse]:
        """Assignments to the attributes that shapes name."""
        if own.name not in self._stores:
            names = sorted({part for shape in shapes for part in shape if part})
            self._stores[own.name] = list(self.view.stores(*names)) if names else []
        return self._stores[own.name]

    def _opened(
        self, own: ClassView, call: Expression
    ) -> Iterator[tuple[str, dict[str, Expression]]]:
        """(method, what it is given) of the blocks around a call that its blueprint opens."""
        for block in self._around(call):
            name = own.method(block.attribute) if _same(block.base, call.base) else None
            function = self.view.function_named(name) if name is not None else None
            if name is not None and function is not None:
                names = [parameter for parameter, _, _ in function.parameters][1:]
                yield name, dict(zip(names, block.arguments, strict=False)) | dict(block.keywords)

    def _around(self, call: Expression) -> Iterator[Expression]:
        if self._blocks is None:
            self._blocks = {}
            for each in self.view.with_blocks():
                self._blocks.setdefault(each[0].module, []).append(each)
        for block, first, last in self._blocks.get(call.module, ()):
            if block.op is Op.CALL and first <= call.site.line <= last:
                yield block


def _shape(expression: Expression, rule: str) -> Shape | None:
    """How a rule is put together from the parameter and attributes; None where from anything else as well."""
    if expression.op in (Op.BINARY, Op.FORMAT):
        parts = [_shape(each, rule) for each in expression.elements]
        known = [part for part in parts if part is not None]
        return tuple(name for part in known for name in part) if len(known) == len(parts) else None
    if expression.op is Op.NAME and expression.attribute == rule:
        return (_RULE,)
    base = expression.base if expression.op is Op.ATTRIBUTE else None
    return (expression.attribute,) if base is not None and base.attribute == "self" else None


def _unpacked(value: Expression) -> Expression:
    """`self.first, self.second = first, second`."""
    whole = value.base if value.op is Op.ITEM else None
    if whole is not None and 0 <= value.position < len(whole.elements):
        return whole.elements[value.position]
    return value


def _same(left: Expression | None, right: Expression | None) -> bool:
    return left is not None and right is not None and left.text() == right.text()
