"""Which functions hear of what? Blinker's signals, and the events of SQLAlchemy's mappers.

A signal is known by its text (`namespace.signal("order-paid")`), or where several share one, by
the variable it is bound to. Receivers are connected by decorator, call, or rows of a table.
A mapper's event is `signal:sqlalchemy.after_insert` and the like, its sender the mapped class.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from decompose.model.facts import Op
from decompose.model.knowledge import Knowledge
from decompose.model.program import Fact, Handler, Publish
from decompose.model.unfold import aligned, unfold
from decompose.model.view import Expression, ProgramView

NAME = "blinker"
PHASE = 0
_CONNECTS = ("connect", "connect_via", "connected_to")
_SENDS = ("send", "send_async")
_LISTENS = ("listen", "listens_for")
INTEREST = frozenset({*_CONNECTS, *_SENDS, *_LISTENS, "NamedSignal", "Signal", "signal"})
_MAKERS = frozenset({"signal", "Signal", "NamedSignal"})

KNOWLEDGE = Knowledge(
    aliases={
        "blinker.base.Namespace": "blinker.Namespace",
        "blinker.base.NamedSignal": "blinker.NamedSignal",
        "blinker.base.Signal": "blinker.Signal",
        "blinker.base.signal": "blinker.signal",
        "flask.signals.Namespace": "blinker.Namespace",
    },
)

EXAMPLES = (
    (
        {
            "shop/signals.py": """
                from blinker import Namespace
                _all = Namespace()
                order_paid = _all.signal("order-paid")
                stock_low = _all.signal("stock-low")
            """,
            "shop/receivers.py": """
                from shop import signals
                @signals.order_paid.connect
                def ship(order): ...
                def alert(sender): ...
                def note(sender): ...
                for signal, receiver in ((signals.stock_low, alert), (signals.order_paid, note)):
                    signal.connect(receiver)
            """,
            "shop/orders.py": """
                from shop.signals import order_paid
                def pay(order):
                    order_paid.send(order)
            """,
        },
        {
            "signal:order-paid -> shop.receivers.ship",
            "signal:stock-low -> shop.receivers.alert",
            "signal:order-paid -> shop.receivers.note",
            "shop.orders.pay sends signal:order-paid",
        },
    ),
    (
        {
            "audit.py": """
                from sqlalchemy import event
                class Order: ...
                @event.listens_for(Order, "before_update")
                def check(mapper, connection, target): ...
                def note(mapper, connection, target): ...
                def connect():
                    event.listen(Order, "after_insert", note)
            """,
        },
        {
            "signal:sqlalchemy.before_update -> audit.check from audit.Order",
            "signal:sqlalchemy.after_insert -> audit.note from audit.Order",
        },
    ),
)


def settle(view: ProgramView) -> Iterator[Fact]:
    """Yield receivers and senders of signals, then listeners of mappers."""
    signals = _Signals(view)
    found: dict[Fact, None] = {}
    found.update(dict.fromkeys(_receivers(signals)))
    found.update(dict.fromkeys(_sent(signals)))
    found.update(dict.fromkeys(_listeners(view)))
    yield from found


@dataclass(slots=True)
class _Signals:
    """The signals of a program, by the calls that make them."""

    view: ProgramView
    exist: bool = False
    _texts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for call in self.view.calls(*sorted(_MAKERS)):
            if self._makes(call):
                self.exist = True
                text = _text(call)
                self._texts[text] = self._texts.get(text, 0) + 1

    def names(self, expression: Expression | None) -> list[str]:
        """Names of the signals that an expression may be, in the order of a table's rows."""
        if expression is None:
            return []
        made = [value for value in unfold(expression, self.view) if self._makes(value)]
        if made:
            return [self._name(value, expression) for value in made]
        name = expression.name() or ""
        return [f"signal:{name}"] if name.startswith(("flask.", "flask_login.")) else []

    def _makes(self, value: Expression) -> bool:
        if value.op is not Op.CALL or value.attribute not in _MAKERS or value.callee is None:
            return False
        name = value.callee.name() or ""
        if name.startswith("blinker."):
            return True
        return value.base is not None and "blinker.Namespace" in value.base.types()

    def _name(self, made: Expression, used: Expression) -> str:
        text = _text(made)
        if text and self._texts.get(text, 0) <= 1:
            return f"signal:{text}"
        variable = used.text().rpartition(".")[2]
        return f"signal:{made.module}.{variable or text}"


def _text(call: Expression) -> str:
    return (call.arguments[0].string() or "") if call.arguments else ""


def _receivers(signals: _Signals) -> Iterator[Handler]:
    view = signals.view
    for function, decorator in view.decorated(*_CONNECTS) if signals.exist else ():
        for name in signals.names(decorator.base):
            yield Handler(name, function.name, decorator.site, NAME, _sender(decorator))
    for call in view.calls("connect") if signals.exist else ():
        if not call.arguments:
            continue
        receivers = [value.symbols() for value in unfold(call.arguments[0], view)]
        for name, symbols in aligned(signals.names(call.base), receivers):
            for symbol in symbols:
                if view.function_named(symbol) is not None:
                    yield Handler(name, symbol, call.site, NAME, _sender(call))


def _sender(connecting: Expression) -> str:
    """The class whose signals are meant, where one is given."""
    if connecting.op is not Op.CALL:
        return ""
    given = connecting.keywords.get("sender")
    if given is None and connecting.attribute == "connect_via" and connecting.arguments:
        given = connecting.arguments[0]
    return next(iter(given.symbols()), "") if given is not None else ""


def _sent(signals: _Signals) -> Iterator[Publish]:
    for call in signals.view.calls(*_SENDS) if signals.exist else ():
        for name in signals.names(call.base):
            yield Publish(call.owner, name, call.site, NAME, call=call)


def _listeners(view: ProgramView) -> Iterator[Handler]:
    """`event.listen(Model, "after_insert", function)` and `@event.listens_for(Model, …)`."""
    for function, decorator in view.decorated("listens_for"):
        if _is_event(decorator):
            yield from _listener(decorator, [function.name], view)
    for call in view.calls("listen"):
        if _is_event(call) and len(call.arguments) > 2:  # noqa: PLR2004 -- target, event, function
            yield from _listener(call, list(call.arguments[2].symbols()), view)


def _is_event(call: Expression) -> bool:
    if call.op is not Op.CALL or call.callee is None:
        return False
    return (call.callee.name() or "").startswith("sqlalchemy.event.")


def _listener(call: Expression, targets: list[str], view: ProgramView) -> Iterator[Handler]:
    name = call.arguments[1].string() if len(call.arguments) > 1 else None
    senders = list(_targets(call.arguments[0], view))
    for target in targets if name else ():
        for sender in senders or [""]:
            yield Handler(f"signal:sqlalchemy.{name}", target, call.site, "sqlalchemy", sender)


def _targets(given: Expression, view: ProgramView) -> Iterator[str]:
    """Classes that are listened to, also in a loop over `Base.__subclasses__()`."""
    for name in given.symbols():
        if view.class_named(name) is not None:
            yield name
    for value in given.bound():
        made = value.base if value.op is Op.ELEMENT else None
        if made is not None and made.attribute == "__subclasses__" and made.base is not None:
            bases = made.base.symbols()
            yield from (found.name for found in view.subclasses(*bases) if bases)
