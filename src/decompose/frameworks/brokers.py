"""Who sends to and who reads from queues, topics and channels of message brokers?

    Kafka      producer.send("orders", …), producer.produce("orders", …); KafkaConsumer("orders"), subscribe([…])
    AMQP       channel.basic_publish(exchange, key, …), basic_consume(queue, callback); kombu's Producer.publish,
               Queue("orders"), Consumer(queues, callbacks=[…])
    Redis      client.publish("orders", …); pubsub.subscribe("orders", **{"orders": handler}); xadd, xreadgroup
    SQS, SNS   send_message(QueueUrl=…), publish(TopicArn=…), receive_message(QueueUrl=…)
    NATS       client.publish("orders", …), client.subscribe("orders", cb=…)
    FastStream @broker.subscriber("orders"), @broker.publisher("orders"), broker.publish(…, "orders"); Faust's agents

A queue is known by its name; where only a setting holds it, by the setting's name in braces. The function that consumes
without a callback is the handler.
"""

from collections.abc import Iterator

from decompose.model.facts import Op
from decompose.model.knowledge import Knowledge
from decompose.model.program import Confidence, Fact, Handler, Publish
from decompose.model.view import Expression, ProgramView

NAME = "brokers"
PHASE = 0
_SENDS = {
    "send": (0, "topic"),
    "send_and_wait": (0, "topic"),
    "produce": (0, "topic"),
    "publish": (0, "channel"),
    "spublish": (0, "channel"),
    "xadd": (0, "name"),
    "basic_publish": (1, "routing_key"),
    "send_message": (0, "QueueUrl"),
    "send_message_batch": (0, "QueueUrl"),
}
"""Method -> position and keyword of what names the queue."""
_WORDS = ("routing_key", "queue", "topic", "channel", "subject", "QueueUrl", "TopicArn", "stream")
_RECEIVES = {
    "KafkaConsumer": (0, "topics"),
    "AIOKafkaConsumer": (0, "topics"),
    "subscribe": (0, "topics"),
    "psubscribe": (0, "patterns"),
    "basic_consume": (0, "queue"),
    "basic_get": (0, "queue"),
    "receive_message": (0, "QueueUrl"),
    "xreadgroup": (2, "streams"),
    "xread": (0, "streams"),
    "Consumer": (0, "queues"),
    "SimpleConsumer": (0, "topic"),
}
_CALLBACKS = ("callback", "on_message_callback", "consumer_callback", "cb", "callbacks", "handler")
_DECORATORS = ("subscriber", "agent", "publisher", "handle", "stream_consumer")
_LIBRARIES = (
    *("kafka.", "aiokafka.", "confluent_kafka.", "pika.", "aio_pika.", "kombu.", "redis."),
    *("nats.", "faststream.", "faust.", "boto3.", "aiobotocore.", "google.cloud.pubsub", "stomp."),
    *("amqp.", "pulsar.", "aioredis.", "aiormq.", "aiobotocore."),
)
_HINTS = (
    *("producer", "consumer", "kafka", "pubsub", "sqs", "sns", "broker", "rabbit", "amqp", "nats"),
    *("redis", "channel", "exchange"),
)
INTEREST = frozenset({*_SENDS, *_RECEIVES, *_DECORATORS})
KNOWLEDGE = Knowledge(
    instances={"redis.Redis": {"pubsub": "is:redis.client.PubSub"}},
    aliases={
        "kombu.messaging.Producer": "kombu.Producer",
        "kombu.messaging.Consumer": "kombu.Consumer",
        "kombu.entity.Queue": "kombu.Queue",
        "pika.adapters.blocking_connection.BlockingConnection": "pika.BlockingConnection",
    },
)

EXAMPLES = (
    (
        {
            "bus.py": """
                import json
                import pika
                from django.conf import settings
                from kafka import KafkaConsumer, KafkaProducer
                from kombu import Exchange, Producer, Queue
                producer = KafkaProducer()
                ORDERS = "orders.placed"
                tasks = Queue("work", Exchange("jobs"))
                def place(order):
                    producer.send(ORDERS, json.dumps(order))
                    producer.send(settings.AUDIT_TOPIC, b"")
                def ship(channel):
                    channel.basic_publish("", "parcels", b"")
                    channel.basic_consume(queue="labels", on_message_callback=printed)
                def printed(*args): ...
                def listen():
                    for message in KafkaConsumer("orders.placed", group_id="x"):
                        print(message)
                def hand_out(connection):
                    Producer(connection).publish({}, routing_key="jobs.new")
                def mail(server):
                    server.send("orders.placed")
            """,
            "live.py": """
                import redis
                client = redis.Redis()
                def tell(key):
                    client.publish(f"seats:{key}", "1")
                def watch():
                    pubsub = client.pubsub()
                    pubsub.psubscribe("seats:*")
            """,
        },
        {
            "bus.place sends queue:orders.placed",
            "bus.place sends queue:{AUDIT_TOPIC}",
            "bus.ship sends queue:parcels ?",
            "queue:labels -> bus.printed",
            "queue:orders.placed -> bus.listen",
            "bus.hand_out sends queue:jobs.new",
            "live.tell sends queue:seats:*",
            "queue:seats:* -> live.watch",
        },
    ),
    (
        {
            "app.py": """
                from faststream.kafka import KafkaBroker
                broker = KafkaBroker()
                @broker.subscriber("in")
                @broker.publisher("out")
                async def handle(message): ...
            """,
        },
        {"queue:in -> app.handle", "app.handle sends queue:out"},
    ),
)


def settle(view: ProgramView) -> Iterator[Fact]:
    """Who sends, who receives."""
    for call in view.calls(*_SENDS):
        sure = _is_broker(call)
        queue = _queue(call, *_SENDS[call.attribute]) if sure is not None else ""
        if queue and sure is not None:
            yield Publish(call.owner, f"queue:{queue}", call.site, NAME, sure)
    for call in view.calls(*_RECEIVES):
        if _is_broker(call) is not None:
            yield from _received(call, view)
    for function, decorator in view.decorated(*_DECORATORS):
        sure = _is_broker(decorator) if decorator.op is Op.CALL else None
        for given in decorator.arguments if sure is Confidence.EXACT else ():
            name = _name(given)
            if name and decorator.attribute == "publisher":
                yield Publish(function.name, f"queue:{name}", decorator.site, NAME)
            elif name:
                yield Handler(f"queue:{name}", function.name, decorator.site, NAME)


def _received(call: Expression, view: ProgramView) -> Iterator[Handler]:
    position, word = _RECEIVES[call.attribute]
    given = next((call.keywords[each] for each in (word, *_WORDS) if each in call.keywords), None)
    first = (
        given if given is not None else next(iter(call.arguments[position : position + 1]), None)
    )
    listed = list(call.arguments) if call.attribute.endswith("KafkaConsumer") else [first]
    handlers = [
        symbol
        for keyword in _CALLBACKS
        if keyword in call.keywords
        for each in (*call.keywords[keyword].elements, call.keywords[keyword])
        for symbol in each.symbols()
        if view.function_named(symbol) is not None
    ]
    for each in listed:
        for name in _names(each) if each is not None else ():
            for handler in handlers or [call.owner]:
                yield Handler(f"queue:{name}", handler, call.site, NAME)


def _queue(call: Expression, position: int, word: str) -> str:
    given = next((call.keywords[each] for each in (word, *_WORDS) if each in call.keywords), None)
    if given is None and position < len(call.arguments):
        given = call.arguments[position]
    return _name(given) if given is not None else ""


def _names(expression: Expression) -> list[str]:
    """Names in a list, the keys of a dict, or one name; of kombu's `Queue(…)`, what it is called."""
    for value in expression.bound():
        if value.op is Op.DISPLAY:
            return [name for each in value.keys or value.elements if (name := _name(each))]
    return [name] if (name := _name(expression)) else []


def _name(expression: Expression) -> str:
    """A queue's name: a text, with `*` for what is not known; a setting; "" for anything else."""
    known = expression.string()
    if known is not None:
        return known
    if expression.op is Op.FORMAT:
        name = "".join(each.string() or "*" for each in expression.elements)
        return name if name.strip("*") else ""
    if expression.op is Op.ATTRIBUTE and expression.attribute.isupper():
        return f"{{{expression.attribute}}}"
    for value in expression.bound():
        if value.op is Op.CALL and value.attribute in ("Queue", "get_queue_by_name"):
            given = next(iter(value.arguments), value.keywords.get("name"))
            return (given.string() or "") if given is not None else ""
    return ""


def _is_broker(call: Expression) -> Confidence | None:
    """Does it stand on a broker's object: by type, by the library that makes it, by what it is called?"""
    target = call.callee or call
    known = [target.name() or ""]
    base = call.base
    if base is not None:
        known += [base.name() or "", *base.types()]
    if any(name.startswith(_LIBRARIES) for name in known):
        return Confidence.EXACT
    if base is None or any(base.types()):
        return None
    last = base.attribute.lower()
    return Confidence.INFERRED if any(hint in last for hint in _HINTS) else None
