"""Caches and sessions: values under a key that other code finds again."""

from collections.abc import Iterator

from decompose.frameworks.state.patterns import pattern
from decompose.model.facts import Op
from decompose.model.program import Confidence, StateKind, StateUse
from decompose.model.view import Expression, ProgramView

FRAMEWORK = "state"
_READS = frozenset(
    {"get", "aget", "get_many", "has_key", "ttl", "exists", "hget", "hgetall", "hmget", "mget"}
    | {"lrange", "llen", "smembers", "sismember", "scard", "zrange", "zscore", "zcard", "getset"}
)
_WRITES = frozenset(
    {
        "set",
        "aset",
        "add",
        "aadd",
        "delete",
        "adelete",
        "incr",
        "decr",
        "set_many",
        "touch",
        "setex",
    }
    | {"setnx", "expire", "persist", "hset", "hmset", "hincrby", "hdel", "lpush", "rpush", "lpop"}
    | {"rpop", "sadd", "srem", "zadd", "zrem", "zincrby", "mset", "incrby", "decrby", "delete_many"}
    | {"delete_pattern", "incr_version", "unlink", "pfadd", "ltrim"}
)
_BOTH = frozenset({"get_or_set", "aget_or_set", "pop", "setdefault"})
INTEREST = _READS | _WRITES | _BOTH
_CACHES = ("django.core.cache.cache", "django.core.cache.caches", "django.core.cache.")
_CACHE_TYPES = (
    *(
        "redis.",
        "flask_caching.",
        "pymemcache.",
        "memcache.",
        "aiocache.",
        "cachelib.",
        "aioredis.",
    ),
    *("django_redis.", "django.core.cache.", "werkzeug.contrib.cache.", "pylibmc.", "valkey."),
)
_HINTS = ("cache", "redis", "memcache")
_SESSIONS = ("session",)


def keyed(view: ProgramView) -> Iterator[StateUse]:
    """Uses of caches and sessions."""
    for call in view.calls(*sorted(INTEREST)):
        base = call.base
        if base is None or not call.arguments:
            continue
        last = (base.attribute or (base.base.attribute if base.base is not None else "")).lower()
        if any(hint in last for hint in _HINTS):
            yield from _cached(call, base)
        elif last in _SESSIONS and _is_session(base):
            yield from _uses(call, StateKind.SESSION, Confidence.EXACT)
    for item in view.items(*_SESSIONS):
        if item.base is not None and _is_session(item.base):
            key = pattern(next(iter(item.keys), None))
            yield StateUse(item.owner, StateKind.SESSION, key, item.site, FRAMEWORK)
    for store in view.item_stores():
        if store.base.attribute in _SESSIONS and store.key is not None and _is_session(store.base):
            yield StateUse(
                store.base.owner,
                StateKind.SESSION,
                pattern(store.key),
                store.site,
                FRAMEWORK,
                writes=True,
            )


def _cached(call: Expression, base: Expression) -> Iterator[StateUse]:
    name = base.name() or (base.base.name() if base.base is not None else None) or ""
    types = base.types()
    if name.startswith(_CACHES) or any(each.startswith(_CACHE_TYPES) for each in types):
        yield from _uses(call, StateKind.CACHE, Confidence.EXACT)
    elif not any(each.startswith("builtins.") for each in types):
        yield from _uses(call, StateKind.CACHE, Confidence.INFERRED)


def _uses(call: Expression, kind: StateKind, confidence: Confidence) -> Iterator[StateUse]:
    """What a method does to its first argument, or to the keys of it."""
    first = call.arguments[0]
    keys = [first]
    if call.attribute.endswith("_many") and first.op is Op.DISPLAY:
        keys = list(first.keys or first.elements)
    for key in keys:
        made = StateUse(
            call.owner,
            kind,
            pattern(key),
            call.site,
            FRAMEWORK,
            loop_depth=call.loop_depth,
            confidence=confidence,
        )
        if call.attribute not in _WRITES:
            yield made
        if call.attribute not in _READS:
            yield made.written()


def _is_session(base: Expression) -> bool:
    """A visitor's session, no session of a database or of an HTTP client."""
    if base.op is Op.ATTRIBUTE and base.base is not None:
        owner = base.base.attribute
        return owner in ("request", "req", "client") or (base.name() or "").startswith("flask.")
    return (base.name() or "") in ("flask.session", "quart.session")
