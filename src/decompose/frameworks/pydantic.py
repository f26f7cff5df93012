"""Which methods of a model does Pydantic call, and from where?

Making or validating a model calls its validators, those of the models that its fields are annotated with, and
`model_post_init`; dumping it calls its serializers and computed fields.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from decompose.model.facts import Op
from decompose.model.knowledge import Knowledge
from decompose.model.program import Mediated
from decompose.model.view import ClassView, Expression, FunctionView, ProgramView

NAME = "pydantic"
PHASE = 0
_MAKES = frozenset(
    {"model_validate", "model_validate_json", "model_validate_strings", "parse_obj", "parse_raw"}
    | {"parse_file", "from_orm", "validate"}
)
_DUMPS = frozenset({"model_dump", "model_dump_json", "dict", "json"})
INTEREST = _MAKES | _DUMPS

_MODEL = "pydantic.BaseModel"
_BASES = (_MODEL, "pydantic.dataclasses.dataclass", "sqlmodel.SQLModel")
KNOWLEDGE = Knowledge(
    bases={
        "pydantic_settings.BaseSettings": (_MODEL,),
        "pydantic.BaseSettings": (_MODEL,),
        "pydantic.RootModel": (_MODEL,),
        "pydantic.generics.GenericModel": (_MODEL,),
        "sqlmodel.SQLModel": (_MODEL,),
        "ninja.Schema": (_MODEL,),
    },
    aliases={"pydantic.main.BaseModel": _MODEL, "pydantic.v1.BaseModel": _MODEL},
)

EXAMPLES = (
    (
        {
            "schema.py": """
                from pydantic import BaseModel, computed_field, field_validator, model_validator
                class Line(BaseModel):
                    sku: str
                    @field_validator("sku")
                    @classmethod
                    def known(cls, value): ...
                class Order(BaseModel):
                    lines: list[Line]
                    @model_validator(mode="after")
                    def complete(self): ...
                    @computed_field
                    @property
                    def total(self): ...
                    def helper(self): ...
                    def model_post_init(self, context): ...
            """,
            "api.py": """
                from schema import Line, Order
                def take(data): return Order(**data)
                def read(text): return Line.model_validate_json(text)
                def give(order: Order): return order.model_dump()
                class Store:
                    def __init__(self, kind):
                        self.kind = kind
                    def find(self, row):
                        return self.kind.model_validate(row)
                lines = Store(Line)
            """,
        },
        {
            "api.take ~> schema.Line.known",
            "api.take ~> schema.Order.complete",
            "api.take ~> schema.Order.model_post_init",
            "api.read ~> schema.Line.known",
            "api.give ~> schema.Order.total",
            "api.Store.find ~> schema.Line.known",
        },
    ),
)

_VALIDATORS = frozenset(
    {"field_validator", "validator", "model_validator", "root_validator", "pre_validator"}
)
_SERIALIZERS = frozenset({"field_serializer", "model_serializer", "computed_field"})
_MOST_DEPTH = 6


@dataclass(slots=True)
class _Models:
    """Validators and serializers by model, nested models' too."""

    view: ProgramView
    validators: dict[str, tuple[str, ...]] = field(default_factory=dict)
    serializers: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def marked(self, found: ClassView, marks: frozenset[str]) -> list[str]:
        """Its own and inherited methods with one of some decorators."""
        methods: dict[str, str] = {}
        for base in reversed(found.mro):
            known = self.view.class_named(base)
            for name, method in known.methods().items() if known is not None else ():
                if any(each.attribute in marks for each in method.decorators):
                    methods[name] = method.name
        return list(methods.values())

    def all_of(self, found: ClassView, marks: frozenset[str]) -> tuple[str, ...]:
        """The same, with those of the models that its fields are annotated with."""
        table = self.validators if marks is _VALIDATORS else self.serializers
        if found.name not in table:
            met: dict[str, None] = {}
            seen: set[str] = set()
            waiting = [found]
            while waiting and len(seen) < _MOST_DEPTH**2:
                each = waiting.pop(0)
                if each.name in seen:
                    continue
                seen.add(each.name)
                met.update(dict.fromkeys(self.marked(each, marks)))
                init = each.method("model_post_init") if marks is _VALIDATORS else None
                met.update({init: None} if init else {})
                waiting.extend(self._nested(each))
            table[found.name] = tuple(met)
        return table[found.name]

    def _nested(self, found: ClassView) -> Iterator[ClassView]:
        for _, _, annotation in found.assigned(inherited=True):
            for name in _named(annotation) if annotation is not None else ():
                inner = self.view.class_named(name)
                if inner is not None and _MODEL in inner.mro:
                    yield inner


def _named(annotation: Expression) -> Iterator[str]:
    """Classes that an annotation names, also within `list[…]` and unions."""
    waiting: list[Expression] = [annotation]
    for _ in range(30):
        if not waiting:
            return
        each = waiting.pop()
        yield from each.symbols()
        waiting.extend([*each.elements, *each.keys])


def settle(view: ProgramView) -> Iterator[Mediated]:
    """Calls of validators and serializers, from where models are made and dumped."""
    own = {found.name: found for found in view.subclasses(*_BASES)}
    models = _Models(view)
    validated = {name: models.all_of(found, _VALIDATORS) for name, found in own.items()}
    wanted = [name for name, methods in validated.items() if methods]
    for call in view.calls_of(*wanted) if wanted else ():
        for name in call.callee.symbols() if call.callee is not None else ():
            yield from _mediated(call, validated.get(name, ()))
    if not own:
        return
    for call in view.calls(*sorted(INTEREST)):
        if call.base is None:
            continue
        if call.attribute in _MAKES:
            for name in _meant(view, call.base):
                yield from _mediated(call, validated.get(name, ()))
        else:
            for name in call.base.types():
                if name in own:
                    yield from _mediated(call, models.all_of(own[name], _SERIALIZERS))


def _meant(view: ProgramView, base: Expression) -> dict[str, None]:
    """The classes that stand before the dot; of one that was handed to a function or object, all that are handed."""
    found = dict.fromkeys(base.symbols())
    for end in base.bound() if base.op in (Op.NAME, Op.ATTRIBUTE) else ():
        function = view.function_named(end.owner) if end.op is Op.NAME else None
        words = [word for word, _, _ in function.parameters] if function is not None else []
        if function is not None and end.text() in words[1:]:
            found.update(_handed(view, function, words.index(end.text())))
    return found


def _handed(view: ProgramView, function: FunctionView, position: int) -> Iterator[tuple[str, None]]:
    """Classes that callers hand over for a parameter; to `__init__` they are handed where objects are made."""
    owner = view.class_named(function.owner)
    called = [function.name]
    if owner is not None and function.name.endswith(".__init__"):
        called = [owner.name, *(each.name for each in view.subclasses(owner.name))]
    word = function.parameters[position][0]
    for call in view.calls_of(*called):
        at = position - (owner is not None)
        given = call.arguments[at] if at < len(call.arguments) else call.keywords.get(word)
        yield from ((name, None) for name in (given.symbols() if given is not None else ()))


def _mediated(call: Expression, targets: Sequence[str]) -> Iterator[Mediated]:
    for target in targets if call.op is Op.CALL else ():
        if target != call.owner:
            yield Mediated(call.owner, target, call.site, NAME)
