"""What are frameworks called by people?"""

from collections.abc import Iterable

_TITLES = {
    "blinker": "Blinker",
    "celery": "Celery",
    "commands": "command lines",
    "django": "Django",
    "django.rest": "Django REST framework",
    "fastapi": "FastAPI",
    "flask": "Flask",
    "flask_appbuilder": "Flask-AppBuilder",
    "flask_login": "Flask-Login",
    "graphql": "GraphQL",
    "mongoengine": "MongoEngine",
    "pony": "Pony",
    "pydantic": "Pydantic",
    "queues": "message queues",
    "brokers": "message queues",
    "sql": "SQL",
    "sqlalchemy": "SQLAlchemy",
    "tortoise": "Tortoise",
    "wtforms": "WTForms",
}
_WAYS_OF_WRITING = frozenset(
    ["decorators", "migrations", "records", "registry", "state", "templates", "units"]
)
"""Readers of these know what programs do, whatever the framework."""


def framework_titles(names: Iterable[str]) -> tuple[str, ...]:
    """Each framework once, in the order of the names, whatever number of readers know a part of it."""
    families = (name if name in _TITLES else name.partition(".")[0] for name in names)
    named = (_TITLES.get(family, family) for family in families if family not in _WAYS_OF_WRITING)
    return tuple(dict.fromkeys(named))
