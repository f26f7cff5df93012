"""Which methods of a model does Pydantic call, and from where?

Making or validating a model calls its validators, those of the models that its fields are annotated with, what gives
its fields their defaults, and `model_post_init`; dumping it calls its serializers and computed fields. Where a model
has an `__init__` of its own, the `super().__init__(…)` in it makes the model. A route makes the models that its
handler's parameters are annotated with, and dumps what the handler is declared to give back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from decompose.model.facts import Op
from decompose.model.knowledge import Knowledge
from decompose.model.program import Mediated, Route
from decompose.model.view import ClassView, Expression, FunctionView, ProgramView

NAME = "pydantic"
PHASE = 1  # routes are known
_MAKES = frozenset(
    {"model_validate", "model_validate_json", "model_validate_strings", "parse_obj", "parse_raw"}
    | {"parse_file", "from_orm", "validate"}
)
_DUMPS = frozenset({"model_dump", "model_dump_json", "dict", "json"})
_INIT = "__init__"
INTEREST = _MAKES | _DUMPS | {_INIT}

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
                    def find(self, row, other=None):
                        kind = other or self.kind
                        return kind.model_validate(row)
                class Orders(Store):
                    def newest(self, row):
                        return self.kind.model_validate(row)
                lines = Store(Line)
                orders = Orders(Order)
            """,
            "made.py": """
                from pydantic import BaseModel, Field, field_validator
                from schema import Line
                def today(): ...
                class Event(BaseModel):
                    name: str
                    day: str = Field(default_factory=today)
                    @field_validator("name")
                    def known(cls, value): ...
                    def __init__(self, **values):
                        super().__init__(**values)
                def happen(): return Event(name="x")
                class Basket:
                    line = Line(sku="")
            """,
        },
        {
            "api.take ~> schema.Line.known",
            "api.take ~> schema.Order.complete",
            "api.take ~> schema.Order.model_post_init",
            "api.read ~> schema.Line.known",
            "api.give ~> schema.Order.total",
            "api.Store.find ~> schema.Line.known",
            "api.Store.find ~> schema.Order.complete",
            "api.Store.find ~> schema.Order.model_post_init",
            "api.Orders.newest ~> schema.Line.known",
            "api.Orders.newest ~> schema.Order.complete",
            "api.Orders.newest ~> schema.Order.model_post_init",
            "made.Event.__init__ ~> made.Event.known",
            "made.Event.__init__ ~> made.today",
            "made.Basket ~> schema.Line.known",
        },
    ),
    (
        {
            "web.py": """
                from fastapi import FastAPI
                from pydantic import BaseModel, field_serializer, field_validator
                app = FastAPI()
                class Line(BaseModel):
                    sku: str
                    @field_validator("sku")
                    def known(cls, value): ...
                    @field_serializer("sku")
                    def shown(self, value): ...
                @app.post("/lines")
                def add(lines: list[Line], note: str): ...
                @app.get("/line", response_model=Line)
                def one(): ...
            """,
        },
        {
            "route:POST /lines ~> web.Line.known",
            "route:GET /line ~> web.Line.shown",
        },
    ),
)

_VALIDATORS = frozenset(
    {"field_validator", "validator", "model_validator", "root_validator", "pre_validator"}
)
_SERIALIZERS = frozenset({"field_serializer", "model_serializer", "computed_field"})
_MOST_DEPTH = 6
_MOST_ENDS = 8


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
                if marks is _VALIDATORS:
                    init = each.method("model_post_init")
                    met.update({init: None} if init else {})
                    met.update(dict.fromkeys(self._defaults(each)))
                waiting.extend(self._nested(each))
            table[found.name] = tuple(met)
        return table[found.name]

    def _defaults(self, found: ClassView) -> Iterator[str]:
        """Functions of the program that give its fields their defaults."""
        for _, value, _ in found.assigned(inherited=True):
            given = value.keywords.get("default_factory") if value is not None else None
            for name in given.symbols() if given is not None else ():
                if self.view.function_named(name) is not None:
                    yield name

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
    yield from _made(view, own, validated)
    if not own:
        return
    yield from _of_routes(view, own, models)
    for call in view.calls(*sorted(_MAKES | _DUMPS)):
        if call.base is None:
            continue
        if call.attribute in _MAKES:
            for name in _meant(view, call.base):
                yield from _mediated(view, call, validated.get(name, ()))
        else:
            for name in call.base.types():
                if name in own:
                    yield from _mediated(view, call, models.all_of(own[name], _SERIALIZERS))


def _made(
    view: ProgramView, own: dict[str, ClassView], validated: dict[str, tuple[str, ...]]
) -> Iterator[Mediated]:
    """Where models are called, or by `super().__init__(…)` from an `__init__` of the program."""
    initialized = {name: found.method(_INIT) for name, found in own.items()}
    wanted = [name for name, methods in validated.items() if methods and not initialized[name]]
    for call in view.calls_of(*wanted) if wanted else ():
        for name in call.callee.symbols() if call.callee is not None else ():
            yield from _mediated(view, call, validated[name] if name in wanted else ())
    classes: dict[str, list[str]] = {}
    for name, method in initialized.items():
        if method:
            classes.setdefault(method, []).append(name)
    for call in view.calls(_INIT) if classes else ():
        if call.callee is not None and not call.callee.symbols():  # a library's
            for name in classes.get(call.owner, ()):
                yield from _mediated(view, call, validated[name])


def _of_routes(view: ProgramView, own: dict[str, ClassView], models: _Models) -> Iterator[Mediated]:
    """Bodies of requests are validated before a handler runs, what it gives back is serialized behind it."""
    for route in view.facts(Route):
        function = view.function_named(route.handler) if isinstance(route, Route) else None
        if function is None or not isinstance(route, Route):
            continue
        taken = [annotation for _, annotation, _ in function.parameters]
        for methods in (
            *_methods_of(taken, own, models, _VALIDATORS),
            *_methods_of([function.returns, *_promised(function)], own, models, _SERIALIZERS),
        ):
            for target in methods:
                yield Mediated(route.node, target, function.site, NAME)


def _methods_of(
    annotations: Sequence[Expression | None],
    own: dict[str, ClassView],
    models: _Models,
    marks: frozenset[str],
) -> Iterator[tuple[str, ...]]:
    for annotation in annotations:
        for name in _named(annotation) if annotation is not None else ():
            if name in own:
                yield models.all_of(own[name], marks)


def _promised(function: FunctionView) -> Iterator[Expression]:
    """What decorators are told that a function gives back: `response_model=Order`."""
    for decorator in function.decorators:
        given = decorator.keywords.get("response_model")
        if given is not None:
            yield given


def _meant(view: ProgramView, base: Expression) -> dict[str, None]:
    """The classes that stand before the dot; of one that was handed to a function or object, all that are handed."""
    found = dict.fromkeys(base.symbols())
    asking = view.function_named(base.owner)
    asked = view.class_named(asking.owner) if asking is not None else None
    for end in _ends(base) if base.op in (Op.NAME, Op.ATTRIBUTE) else ():
        function = view.function_named(end.owner) if end.op is Op.NAME else None
        words = [word for word, _, _ in function.parameters] if function is not None else []
        if function is not None and end.text() in words[1:]:
            found.update(_handed(view, function, words.index(end.text()), asked))
    return found


def _ends(base: Expression) -> Iterator[Expression]:
    """What a name comes from, either side of `given or self.kind`."""
    waiting = [base]
    for _ in range(_MOST_ENDS):
        if not waiting:
            return
        for end in waiting.pop().bound():
            if end.op is Op.UNION:
                waiting.extend(end.elements)
            else:
                yield end


def _handed(
    view: ProgramView, function: FunctionView, position: int, asked: ClassView | None
) -> Iterator[tuple[str, None]]:
    """Classes that callers hand over for a parameter; to `__init__` they are handed where objects are made.

    Of objects those whose class has the method that asks: `asked`, or what inherits from it.
    """
    owner = view.class_named(function.owner)
    called = [function.name]
    if owner is not None and function.name.endswith(f".{_INIT}"):
        made = asked if asked is not None and owner.name in asked.mro else owner
        called = [made.name, *(each.name for each in view.subclasses(made.name))]
    word = function.parameters[position][0]
    for call in view.calls_of(*called):
        at = position - (owner is not None)
        given = call.arguments[at] if at < len(call.arguments) else call.keywords.get(word)
        yield from ((name, None) for name in (given.symbols() if given is not None else ()))


def _mediated(view: ProgramView, call: Expression, targets: Sequence[str]) -> Iterator[Mediated]:
    if call.op is not Op.CALL:
        return
    at_once = view.function_named(call.owner) is None
    for target in targets:
        if target != call.owner:
            yield Mediated(call.owner, target, call.site, NAME, at_once=at_once)
