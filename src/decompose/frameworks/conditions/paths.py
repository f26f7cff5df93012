"""Which lines run only for requests of some paths? `if request.path.startswith("/api/"):`."""

from decompose.frameworks.conditions.constants import Test, texts
from decompose.model.conditions import PathGuard
from decompose.model.facts import Op
from decompose.model.source import Site
from decompose.model.view import Expression, Tested

_PATHS = frozenset({"path", "path_info"})
_REQUESTS = ("request", "req")


def path_guard(tested: Tested, test: Test) -> PathGuard | None:
    """What a test says of a request's path, None where it is about something else."""
    subject = tested.subject
    paths = texts(test.against)
    is_path = subject.op is Op.ATTRIBUTE and subject.attribute in _PATHS
    if not is_path or not _is_request(subject.base) or not paths:
        return None
    if len(paths) < len(test.against) or not all(each.startswith("/") for each in paths):
        return None
    site = Site(subject.site.path, tested.first_line)
    begins = test.operator == "begins"
    return PathGuard(
        subject.owner, tuple(sorted(set(paths))), begins, test.holds, site, tested.last_line
    )


def _is_request(base: Expression | None) -> bool:
    """`request`, `self.request`, and `request.url` of Starlette's."""
    if base is not None and base.attribute == "url":
        base = base.base
    return base is not None and base.attribute.lower().endswith(_REQUESTS)
