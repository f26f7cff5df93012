"""What do functions share beside tables: caches, sessions, files, settings, hosts, mail, variables of the process?

Each is known by a key, `*` standing for what only a run knows:

    cache     the key, of Django's caches, Flask-Caching, Redis, Memcached
    session   the key
    file      the path, or the name in a storage or bucket
    setting   the name of a setting or of a variable of the environment
    host      the host of an outbound HTTP request, or the setting that holds it in braces
    mail      who is written to is nobody's state, but that mail is sent is coupling: the subject
    variable  the dotted name of a module-level variable that functions change while the program runs
"""

from collections.abc import Iterator

from decompose.frameworks.state.keyed import INTEREST as KEYED
from decompose.frameworks.state.keyed import keyed
from decompose.frameworks.state.outside import INTEREST as OUTSIDE
from decompose.frameworks.state.outside import outside
from decompose.frameworks.state.settings import INTEREST as SETTINGS
from decompose.frameworks.state.settings import settings
from decompose.frameworks.state.variables import variables
from decompose.model.knowledge import Knowledge
from decompose.model.program import StateUse
from decompose.model.view import ProgramView

__all__ = ["EXAMPLES", "INTEREST", "KNOWLEDGE", "NAME", "PHASE", "settle"]

NAME = "state"
PHASE = 1
INTEREST = KEYED | OUTSIDE | SETTINGS
KNOWLEDGE = Knowledge(
    functions={
        "django_redis.get_redis_connection": "is:redis.Redis",
        "redis.from_url": "is:redis.Redis",
        "redis.Redis.from_url": "is:redis.Redis",
        "redis.StrictRedis": "is:redis.Redis",
        "requests.session": "is:requests.Session",
    },
    aliases={
        "redis.client.Redis": "redis.Redis",
        "redis.client.StrictRedis": "redis.StrictRedis",
        "redis.asyncio.client.Redis": "redis.asyncio.Redis",
        "requests.sessions.Session": "requests.Session",
        "django.core.mail.message.EmailMessage": "django.core.mail.EmailMessage",
        "django.core.mail.message.EmailMultiAlternatives": "django.core.mail.EmailMultiAlternatives",
    },
)

EXAMPLES = (
    (
        {
            "shop/settings.py": "PAY_URL = 'x'",
            "shop/views.py": """
                import os
                import requests
                from django.conf import settings
                from django.core.cache import cache
                from django.core.mail import send_mail
                from shop.state import REGISTRY, counts, register
                def show(request, key):
                    if cache.get(f"order:{key}") is None:
                        cache.set("order:%s" % key, 1)
                    request.session["seen"] = request.session.get("count")
                    counts[key] = counts.get(key, 0) + 1
                    return request.session["seen"]
                def pay(order):
                    requests.post("https://api.pay.example/v1/charges", timeout=settings.PAY_TIMEOUT)
                    requests.get(f"{settings.PAY_URL}/status")
                    send_mail("Order paid", "", None, [os.environ["SHOP_MAIL"]])
                def export(path):
                    with open("/var/export/orders.csv", "w") as file:
                        file.write(REGISTRY["csv"])
                @register("csv")
                def csv(): ...
            """,
            "shop/state.py": """
                REGISTRY = {}
                counts = {}
                last = None
                def register(name):
                    def wrap(function):
                        REGISTRY[name] = function
                        return function
                    return wrap
                def touch():
                    global last
                    last = 1
                def peek(counts):
                    counts["x"] = 1
                    return last
            """,
        },
        {
            "shop.views.show reads cache order:*",
            "shop.views.show writes cache order:*",
            "shop.views.show writes session seen",
            "shop.views.show reads session count",
            "shop.views.show reads session seen",
            "shop.views.show writes variable shop.state.counts",
            "shop.views.pay writes host api.pay.example",
            "shop.views.pay reads host {PAY_URL}",
            "shop.views.pay reads setting PAY_TIMEOUT",
            "shop.views.pay reads setting PAY_URL",
            "shop.views.pay reads setting env:SHOP_MAIL",
            "shop.views.pay writes mail Order paid",
            "shop.views.export writes file /var/export/orders.csv",
            "shop.state.touch writes variable shop.state.last",
            "shop.state.peek reads variable shop.state.last",
        },
    ),
)


def settle(view: ProgramView) -> Iterator[StateUse]:
    """Every use of state, once a function, key, way and line."""
    found = dict.fromkeys([*keyed(view), *outside(view), *settings(view), *variables(view)])
    yield from found
