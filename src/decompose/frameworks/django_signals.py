"""Who sends which of Django's signals, and which functions receive it?

A signal is known by the name that it is defined under (`signal:core.events.order_paid`), Django's own by theirs
(`signal:django.db.models.signals.post_save`). Receivers are functions marked `@receiver` and what is given to
`connect`. That saving an object sends `post_save` is told by the reader that sees objects being saved.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from decompose.model.facts import Op
from decompose.model.knowledge import Knowledge
from decompose.model.parts import setting
from decompose.model.program import AfterCommit, Confidence, Fact, Handler, Publish
from decompose.model.source import Site
from decompose.model.unfold import unfold
from decompose.model.view import Expression, ProgramView

NAME = "django.signals"
PHASE = 0
_SENDS = ("send", "send_robust", "asend", "asend_robust")
INTEREST = frozenset({*_SENDS, "connect", "connect_via", "on_commit", "receiver"})

_SIGNAL = "django.dispatch.Signal"
_RECEIVER = "django.dispatch.receiver"
_USERS = "AUTH_USER_MODEL"
_MODEL = "django.db.models.Model"
KNOWLEDGE = Knowledge(
    bases={
        "django.db.models.signals.ModelSignal": (_SIGNAL,),
        "django_scopes.signals.Signal": (_SIGNAL,),
    },
    aliases={
        "django.dispatch.dispatcher.Signal": _SIGNAL,
        "django.dispatch.dispatcher.receiver": _RECEIVER,
    },
)

EXAMPLES = (
    (
        {
            "core/events.py": """
                from django.dispatch import Signal
                order_paid = Signal()
                order_lost = Signal()
            """,
            "core/models.py": """
                from django.db import models
                class Order(models.Model):
                    tags = models.ManyToManyField("Tag")
                class Tag(models.Model): ...
            """,
            "core/services.py": """
                from core import events
                def pay(order):
                    events.order_paid.send(sender=None, order=order)
                def lose(order):
                    events.order_lost.send_robust(None)
                    queue.send(order)
            """,
            "core/receivers.py": """
                from django.db.models.signals import m2m_changed, post_delete, post_save
                from django.dispatch import receiver
                from core.events import order_lost, order_paid as paid
                from core.models import Order
                @receiver([paid, order_lost])
                def book(sender, order, **kwargs): ...
                @receiver(post_save, sender=Order)
                @receiver(post_delete, sender="core.Order")
                def forget(sender, **kwargs): ...
                def count(sender, **kwargs): ...
                paid.connect(count, dispatch_uid="count")
                m2m_changed.connect(count, sender=Order.tags.through)
                pipe.connect(count)
            """,
        },
        {
            "core.services.pay sends signal:core.events.order_paid",
            "core.services.lose sends signal:core.events.order_lost",
            "signal:core.events.order_paid -> core.receivers.book",
            "signal:core.events.order_lost -> core.receivers.book",
            "signal:django.db.models.signals.post_save -> core.receivers.forget from core.models.Order",
            "signal:django.db.models.signals.post_delete -> core.receivers.forget from core.models.Order",
            "signal:core.events.order_paid -> core.receivers.count",
            "signal:django.db.models.signals.m2m_changed -> core.receivers.count from core.models.Order.tags",
        },
    ),
    # What is kept to be sent, after the commit.
    (
        {
            "unit.py": """
                from django.db import transaction
                from django.dispatch import Signal
                paid = Signal()
                class Unit:
                    def __init__(self):
                        self.waiting = []
                    def publish(self, signal, **given):
                        self.waiting.append((signal, given))
                    def send(self):
                        for signal, given in self.waiting:
                            signal.send(sender=None, **given)
                def pay():
                    unit = Unit()
                    unit.publish(paid)
                    transaction.on_commit(unit.send)
            """,
        },
        {"unit.pay sends signal:unit.paid ?", "unit.pay waits for commit 15-15"},
    ),
    # A program's own kind of signal is a signal.
    (
        {
            "base.py": """
                import django.dispatch
                class PluginSignal(django.dispatch.Signal): ...
                class Events:
                    started = PluginSignal()
                def start():
                    Events.started.send(None)
            """,
            "plugin.py": """
                from django.dispatch import receiver
                from base import Events
                class Plugin:
                    @receiver(Events.started)
                    def run(sender, **kwargs): ...
            """,
        },
        {
            "base.start sends signal:base.Events.started",
            "signal:base.Events.started -> plugin.Plugin.run",
        },
    ),
)


@dataclass(slots=True)
class _Signals:
    """The signals met so far, by the call that makes them."""

    view: ProgramView
    names: dict[Expression, str] = field(default_factory=dict)


def settle(view: ProgramView) -> Iterator[Fact]:
    """Publications and receivers."""
    signals = _Signals(view)
    connections = [*_decorated(view), *_connected(view)]
    sends = [call for call in view.calls(*_SENDS) if call.base is not None]
    for signal in [*(signal for signal, *_ in connections), *(call.base for call in sends)]:
        if signal is not None:
            _learn(signals, signal)
    for signal, handler, sender, site in connections:
        for node in _nodes(signals, signal):
            for name in _senders(view, sender):
                yield Handler(node, handler, site, NAME, name)
    for call in sends:
        for node in _nodes(signals, call.base) if call.base is not None else ():
            yield Publish(call.owner, node, call.site, NAME, call=call)
    yield from _handed_over(signals, sends)


def _handed_over(signals: _Signals, sends: Sequence[Expression]) -> Iterator[Fact]:
    """Signals that are given to something that sends what it was given, perhaps not before a commit."""
    view = signals.view
    late = {name for call in view.calls("on_commit") for name in _named(call.arguments[:1])}
    for sender in sorted({call.owner for call in sends if _is_any_signal(call.base)}):
        function = view.function_named(sender)
        owner = view.class_named(function.owner) if function is not None else None
        beside = [each.name for each in owner.methods().values()] if owner is not None else [sender]
        for call in view.calls_of(*beside):
            nodes = {node for each in call.arguments for node in _nodes(signals, each)}
            for node in sorted(nodes):
                yield Publish(call.owner, node, call.site, NAME, Confidence.INFERRED, call)
            if nodes and sender in late:
                yield AfterCommit(call.owner, call.site, call.last_line, NAME)


def _is_any_signal(base: Expression | None) -> bool:
    """Is it a variable that some signal is in?"""
    return base is not None and base.op is Op.NAME and _SIGNAL in base.types() and not base.name()


def _named(given: Sequence[Expression]) -> Iterator[str]:
    for each in given:
        yield from each.symbols()


_Connection = tuple[Expression, str, Expression | None, Site]
"""Signal, dotted handler, sender as written, place."""


def _decorated(view: ProgramView) -> Iterator[_Connection]:
    for function, decorator in view.decorated("receiver", "connect"):
        if decorator.callee is None:
            continue
        signals: Sequence[Expression] = decorator.arguments[:1]
        if decorator.attribute == "connect" and decorator.base is not None:
            signals = [decorator.base]
        elif decorator.callee.name() != _RECEIVER:
            continue
        for signal in signals:
            yield signal, function.name, decorator.keywords.get("sender"), function.site


def _connected(view: ProgramView) -> Iterator[_Connection]:
    for call in view.calls("connect"):
        handler = call.keywords.get("receiver", call.arguments[0] if call.arguments else None)
        sender = call.keywords.get("sender", call.arguments[1] if len(call.arguments) > 1 else None)
        if handler is None or call.base is None:
            continue
        for each in unfold(handler, view):
            names = (each.owner,) if each.op is Op.LAMBDA else each.symbols()
            for name in names:
                yield call.base, name, sender, call.site


def _each(signal: Expression, view: ProgramView) -> list[Expression]:
    """One signal, or the elements of a list of them."""
    if signal.op is Op.DISPLAY:
        return list(signal.elements)
    if signal.op in (Op.NAME, Op.ATTRIBUTE):
        lists = [each for each in signal.bound() if each.op is Op.DISPLAY]
        return [inner for each in lists for inner in each.elements] or [signal]
    return unfold(signal, view)


def _learn(signals: _Signals, expression: Expression) -> None:
    """Note the name that a signal is defined under: one of those that it is called by, wherever that is."""
    for signal in _each(expression, signals.view):
        for call in signal.bound():
            if (
                call.op is Op.CALL
                and call not in signals.names
                and _is_bound(signals.view, call, signal.attribute)
            ):
                signals.names[call] = f"{call.owner}.{signal.attribute}"


def _is_bound(view: ProgramView, call: Expression, name: str) -> bool:
    """Is a name of the call's own module or class bound to it?"""
    owner = view.class_named(call.owner)
    if owner is not None:
        return owner.attribute(name) == call
    return call in view.module_value(call.owner, name)


def _nodes(signals: _Signals, expression: Expression) -> Iterator[str]:
    for signal in _each(expression, signals.view):
        known = signal.name()
        if known and known.startswith("django.") and ".signals." in known:
            yield f"signal:{known}"
            continue
        for call in signal.bound():
            if call.op is Op.CALL and _makes_signal(signals.view, call):
                yield f"signal:{signals.names.get(call) or f'{call.owner}.{signal.attribute}'}"


def _makes_signal(view: ProgramView, call: Expression) -> bool:
    for type_ in call.types():
        found = view.class_named(type_)
        if type_ == _SIGNAL or (found is not None and _SIGNAL in found.mro):
            return True
    return False


def _senders(view: ProgramView, sender: Expression | None) -> list[str]:
    """Dotted classes whose signals are received; "Model.field" for the rows of a many-to-many; "" for any."""
    if sender is None:
        return [""]
    found: list[str] = []
    for each in unfold(sender, view):
        if each.attribute == "through" and each.base is not None and each.base.base is not None:
            found.extend(f"{name}.{each.base.attribute}" for name in each.base.base.symbols())
        else:
            label = _label(view, each)
            found.extend(_labelled(view, label) if label else each.symbols())
    return found or [sender.text()]  # one that is not known is not any


def _label(view: ProgramView, sender: Expression) -> str:
    """The label ("app.Model") of a text, of `get_model("app", "Model")` of whatever library, and of the users."""
    if sender.op is Op.CALL:
        name = ((sender.callee.name() or "") if sender.callee is not None else "").rpartition(".")[
            2
        ]
        if name == "get_user_model":
            return setting(view, _USERS)
        parts = [argument.string() or "" for argument in sender.arguments]
        return ".".join(parts) if "model" in sender.attribute and all(parts) else ""
    return setting(view, _USERS) if sender.attribute == _USERS else sender.string() or ""


def _labelled(view: ProgramView, label: str) -> list[str]:
    """The model of "app.Model", by convention of names."""
    app, _, name = label.rpartition(".")
    return [
        found.name
        for found in view.subclasses(_MODEL)
        if found.name.endswith(f".{name}")
        and (not app or app.lower() in found.module.lower().split("."))
    ]
