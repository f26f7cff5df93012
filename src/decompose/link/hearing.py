"""What do receivers of signals hear? What is sent: `order_paid.send(shop, order=order)` passes on its arguments.

A signal (Blinker's, Django's) is an object of its own, known by the row that makes it, and holds its receivers. Of
Django's model signals the sender is told as a receiver is connected, and so is what an `instance` is.
"""

from abc import abstractmethod
from collections.abc import Iterator

from decompose.link.passed import Arguments
from decompose.link.replay import Replay
from decompose.link.results import ANY_KEY, Call, Entered
from decompose.link.values import (
    BOUND,
    CLASS,
    EXTERNAL,
    FUNCTION,
    INSTANCE,
    NONE,
    OBJECT,
    RAW,
    TAG_BITS,
    TAG_MASK,
    TUPLE,
    Values,
    value,
)
from decompose.model import ops

_MAKERS = {
    "blinker.Namespace.signal": "blinker.NamedSignal",
    "blinker.signal": "blinker.NamedSignal",
    "blinker.NamedSignal": "blinker.NamedSignal",
    "blinker.Signal": "blinker.Signal",
    "django.dispatch.Signal": "django.dispatch.Signal",
    "django.dispatch.dispatcher.Signal": "django.dispatch.Signal",
}
"""What makes a signal, and of which class."""
_CONNECTING = frozenset(
    f"{kind}.{name}"
    for kind in _MAKERS.values()
    for name in ("connect", "connect_via", "connected_to")
)
_SENDING = frozenset(
    f"{kind}.{name}"
    for kind in _MAKERS.values()
    for name in ("send", "send_async", "send_robust", "asend", "asend_robust")
)
_RECEIVING = frozenset(["django.dispatch.receiver", "django.dispatch.dispatcher.receiver"])
_OF_MODELS = "django.db.models.signals."
_SIGNALS = frozenset(_MAKERS.values())


class Hearing(Replay):
    """Signals, their receivers, and what these are given."""

    def library_call(self, name: str, call: Call) -> Values:
        """What calling a library's function or class gives; a signal, where it makes one."""
        return self._made(name, call) if name in _MAKERS else super().library_call(name, call)

    def library_method(self, function: int, receiver: int, call: Call) -> Values:
        """What calling a method of a library's object gives; a signal, where it makes one."""
        name = self.interner.external_name(function)
        is_made = name in _MAKERS
        return (
            self._made(name, call) if is_made else super().library_method(function, receiver, call)
        )

    def _made(self, name: str, call: Call) -> Values:
        module, _, row = call
        return (self.interner.object(_MAKERS[name], NONE, ("made", module, row)),)

    @abstractmethod
    def pass_to(self, function: int, position: int, found: Values) -> None:
        """A parameter is given something, by no call that is written."""

    def receivers_of(self, callee: int) -> Values:
        """The functions that are called where a method of a signal sends it; NONE for other methods."""
        function, signal = self.interner.bound[callee >> TAG_BITS]
        is_sent = (
            function & TAG_MASK == EXTERNAL and self.interner.external_name(function) in _SENDING
        )
        return self.items_of(signal) if is_sent else NONE

    def connects(self, function: int) -> bool:
        """Does a library's function connect a receiver to a signal?"""
        return self.interner.external_name(function) in _CONNECTING

    def connect(self, callee: int, call: Call) -> None:
        """`signal.connect(function)`."""
        given = self.arguments_of(call, NONE)
        heard = self._told_by(given, 0, "receiver", call)
        for signal in self._connected_by(callee):
            self._listen(signal, heard, self._told_by(given, 1, "sender", call))

    def connect_decorated(self, decorator: Call, current: Values) -> None:
        """`@signal.connect`, `@signal.connect_via(sender)`, `@receiver(signals, sender=Order)`."""
        module, scope, row = decorator
        for each in self.evaluate(module, scope, row):
            for signal in self._connected_by(each):
                self._listen(signal, current, NONE)
        expressions = self.world.facts[module].expressions
        if expressions.op[row] != ops.CALL:
            return
        given = self.arguments_of(decorator, NONE)
        for callee in self.evaluate(module, scope, expressions.a[row]):
            signals = self._connected_by(callee)
            if callee & TAG_MASK == EXTERNAL and self.interner.external_name(callee) in _RECEIVING:
                signals = self._told_by(given, 0, "signal", decorator)
            sender = self._told_by(given, 1, "sender", decorator)
            for signal in self._each_of(signals):
                self._listen(signal, current, sender)

    def _told_by(self, given: Arguments, position: int, name: str, call: Call) -> Values:
        return self.passed_for(given, position, name, call) or NONE

    def _connected_by(self, callee: int) -> Values:
        """The signal that a bound method connects receivers to; a library's function of that name tells its own."""
        if callee & TAG_MASK == BOUND:
            function, signal = self.interner.bound[callee >> TAG_BITS]
            is_own = function & TAG_MASK == EXTERNAL and self.connects(function)
            return (signal,) if is_own else NONE
        if callee & TAG_MASK == EXTERNAL and self.interner.external_name(callee).startswith(
            _OF_MODELS
        ):
            name, _, method = self.interner.external_name(callee).rpartition(".")
            return (self.interner.external(name),) if method == "connect" else NONE
        return NONE

    def _each_of(self, signals: Values) -> Iterator[int]:
        """Signals, one by one or in a list."""
        for each in signals:
            is_list = each & TAG_MASK == TUPLE
            is_list |= each & TAG_MASK == OBJECT and not self._is_signal(each)
            yield from self.iterated(each) if is_list else (each,)

    def _is_signal(self, found: int) -> bool:
        kind = self.interner.class_of(found)
        return kind & TAG_MASK == EXTERNAL and self.interner.external_name(kind) in _SIGNALS

    def _listen(self, signal: int, receivers: Values, sender: Values) -> None:
        if signal & TAG_MASK == OBJECT and self._is_signal(signal):
            self.hold(signal, ANY_KEY, tuple(map(_as_called, receivers)))
        elif signal & TAG_MASK == EXTERNAL and self.interner.external_name(signal).startswith(
            _OF_MODELS
        ):
            classes = tuple(each for each in sender if each & TAG_MASK == CLASS)
            rows = tuple(value(INSTANCE, each >> TAG_BITS) for each in classes)
            for entered in (each for found in receivers for each in self.entered_by(found)):
                self._tell(entered, {"sender": classes, "instance": rows})

    def _tell(self, entered: Entered, told: dict[str, Values]) -> None:
        for position, parameter in enumerate(self.world.definition(entered.function).parameters):
            if parameter.name in told and position >= entered.shift:
                self.pass_to(entered.function, position, told[parameter.name])


def _as_called(receiver: int) -> int:
    """A function as those know it who call it: a decorator is given it as it stands."""
    is_raw = receiver & TAG_MASK == RAW
    return value(FUNCTION, receiver >> TAG_BITS) if is_raw else receiver
