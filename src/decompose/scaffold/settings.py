"""What must a service be told by its environment, and what does it depend on?

Ranges begin where a version that supports Python 3.11 to 3.13 is known to work with the skeleton, and end before the
next version that may break it.
"""

from collections.abc import Iterator

from decompose.scaffold.spec import Family, Kind, ServiceSpec, Variable

_SERVERS = {
    Family.DJANGO: ("django>=5.2,<6", "gunicorn>=23,<28"),
    Family.DRF: ("django>=5.2,<6", "djangorestframework>=3.16,<4", "gunicorn>=23,<28"),
    Family.FLASK: ("flask>=3.1,<4", "gunicorn>=23,<28"),
    Family.FASTAPI: ("fastapi>=0.115,<1", "uvicorn>=0.34,<1"),
    Family.PLAIN: (),
}


def variables(spec: ServiceSpec) -> tuple[Variable, ...]:
    """The settings of a service, required ones first."""
    found = sorted(_variables(spec), key=lambda each: (each.default is not None, each.name))
    return tuple(found) if spec.kind in (Kind.WEB, Kind.WORKER) else ()


def _variables(spec: ServiceSpec) -> Iterator[Variable]:
    if spec.tables:
        why = "where the service's own tables are, as a URL"
        yield Variable("DATABASE_URL", why, "sqlite:///:memory:")
    if spec.family.is_django or spec.family is Family.FLASK:
        yield Variable(
            "SECRET_KEY", "signs cookies and tokens; long, random, kept secret", "change-me"
        )
    if spec.family.is_django:
        why = "host names that requests may ask for, with commas between"
        yield Variable("ALLOWED_HOSTS", why, "localhost", default="localhost,127.0.0.1")
    if spec.tasks:
        yield Variable("CELERY_BROKER_URL", "where tasks are sent to and fetched from", "memory://")
        why = "the queue that this worker takes tasks from; not the monolith's, before the code is here"
        queue = f"{spec.name}-service"
        yield Variable("CELERY_QUEUE", why, queue, default=queue)
    yield Variable("LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR", "INFO", default="INFO")


def dependencies(spec: ServiceSpec) -> tuple[str, ...]:
    """What the service needs installed, sorted."""
    found = set(_SERVERS[spec.family]) if spec.kind in (Kind.WEB, Kind.WORKER) else set()
    if spec.kind is Kind.WORKER:
        found = {each for each in found if not each.startswith("gunicorn")}
    if spec.tables and spec.kind is not Kind.LIBRARY and not spec.family.is_django:
        found.add("sqlalchemy>=2.0.36,<3")
    if spec.tasks:
        found.add("celery>=5.4,<6")
    return tuple(sorted(found))
