"""Which methods of a consumer does Django Channels call?

What comes over a socket, and what other parts send to a group under a type (`{"type": "chat.message"}`), is answered
by methods of the consumer: the type with its dots as underscores. The library serves the socket, so the calls are made
for the class; who sends to a group publishes to the signal of that type.
"""

from collections.abc import Iterator

from decompose.model.knowledge import Knowledge
from decompose.model.program import Fact, Handler, Mediated, Publish
from decompose.model.view import Expression, ProgramView

NAME = "channels"
PHASE = 0
_SENDS = ("group_send", "send")
INTEREST = frozenset({*_SENDS, "async_to_sync"})

_CONSUMER = "channels.consumer.AsyncConsumer"
_GENERIC = (
    *("WebsocketConsumer", "JsonWebsocketConsumer", "AsyncWebsocketConsumer"),
    *("AsyncJsonWebsocketConsumer", "AsyncHttpConsumer"),
)
KNOWLEDGE = Knowledge(
    bases={
        "channels.consumer.SyncConsumer": (_CONSUMER,),
        **{f"channels.generic.websocket.{name}": (_CONSUMER,) for name in _GENERIC},
        "channels.generic.http.AsyncHttpConsumer": (_CONSUMER,),
    },
)

EXAMPLES = (
    (
        {
            "chat.py": """
                from asgiref.sync import async_to_sync
                from channels.generic.websocket import AsyncJsonWebsocketConsumer
                from channels.layers import get_channel_layer
                class Chat(AsyncJsonWebsocketConsumer):
                    async def connect(self): ...
                    async def receive_json(self, content): ...
                    async def chat_message(self, event): ...
                    async def helper(self): ...
                async def tell(room):
                    await get_channel_layer().group_send(room, {"type": "chat.message", "text": ""})
                def tell_now(room):
                    async_to_sync(get_channel_layer().group_send)(room, {"type": "chat.message"})
            """,
        },
        {
            "chat.Chat ~> chat.Chat.connect",
            "chat.Chat ~> chat.Chat.receive_json",
            "signal:channels.chat.message -> chat.Chat.chat_message",
            "chat.tell sends signal:channels.chat.message",
            "chat.tell_now sends signal:channels.chat.message",
        },
    ),
)

_ASKED = (
    *("connect", "disconnect", "receive", "receive_json", "handle", "websocket_connect"),
    *("websocket_receive", "websocket_disconnect", "dispatch", "encode_json", "decode_json"),
)


def settle(view: ProgramView) -> Iterator[Fact]:
    """Calls of consumers' methods, and what is sent to groups."""
    consumers = list(view.subclasses(_CONSUMER))
    if not consumers:
        return
    types: dict[str, None] = {}
    for call, given in _sent(view):
        kind = _type(given)
        if kind:
            types[kind] = None
            yield Publish(call.owner, f"signal:channels.{kind}", call.site, NAME)
    for found in consumers:
        for name in _ASKED:
            method = found.method(name)
            if method:
                yield Mediated(found.name, method, found.site, NAME)
        for kind in types:
            method = found.method(kind.replace(".", "_"))
            if method:
                yield Handler(f"signal:channels.{kind}", method, found.site, NAME)


def _sent(view: ProgramView) -> Iterator[tuple[Expression, Expression]]:
    """Calls of `group_send`, also through `async_to_sync`, with the message."""
    for call in view.calls(*_SENDS, "async_to_sync"):
        made = call.callee if call.attribute == "async_to_sync" else None
        inner = made.arguments[0].attribute if made is not None and made.arguments else ""
        if len(call.arguments) > 1 and (made is None or inner in _SENDS):
            yield call, call.arguments[1]


def _type(given: Expression) -> str:
    for value in given.bound():
        for key, element in zip(value.keys, value.elements, strict=False):
            if key.string() == "type":
                return element.string() or ""
    return ""
