"""A template with all that it takes in: what it extends, includes, imports, and the templates of its inclusion tags."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from decompose.model.templates import Inclusion, Lookup, Part, Template

_MOST_TEMPLATES = 200
_MOST_LOOKUPS = 3_000
_MOST_MATCHES = 60


@dataclass(frozen=True, slots=True)
class Closure:
    """What rendering a template uses, each once; `lookups` by the variable that they start at."""

    libraries: frozenset[str]
    tags: tuple[str, ...]
    filters: tuple[str, ...]
    lookups: Mapping[str, tuple[Lookup, ...]]
    own: frozenset[str] = frozenset()
    """Variables of the context that the template is rendered with, not of what its tags render."""


@dataclass(slots=True)
class Closures:
    """The templates of a program by name.

    `shown_by`: the templates that a tag renders; `renders_itself`: does a tag of the program render what stands in it?
    """

    templates: Sequence[Template]
    shown_by: Callable[[str], Iterable[str]]
    renders_itself: Callable[[str], bool]
    _by_name: dict[str, list[Template]] = field(default_factory=dict)
    _known: dict[str, Closure] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for template in self.templates:
            for name in template.names:
                self._by_name.setdefault(name, []).append(template)

    def named(self, pattern: str) -> list[Template]:
        """The templates that a name, or a name with `*` for what is not known of it, may mean."""
        if "*" not in pattern:
            return self._by_name.get(pattern, [])
        matching = [
            template
            for template in self.templates
            if any(fnmatchcase(name, pattern) for name in template.names)
        ]
        return matching if len(matching) <= _MOST_MATCHES else []

    def of(self, template: Template) -> Closure:
        """All that rendering a template uses."""
        known = self._known.get(template.path)
        if known is None:
            known = self._known[template.path] = self._gathered(template)
        return known

    def _gathered(self, template: Template) -> Closure:
        met: dict[str, None] = {}
        libraries: set[str] = set()
        tags: set[str] = set()
        filters: set[str] = set()
        lookups: set[Lookup] = set()
        apart: set[str] = set()
        waiting: list[tuple[Template, Mapping[str, Lookup], bool]] = [(template, {}, True)]
        while waiting and len(met) < _MOST_TEMPLATES:
            each, given, is_own = waiting.pop(0)
            if each.path in met:
                continue
            met[each.path] = None
            libraries.update(each.libraries)
            for part in self._parts(each):
                tags.update(part.tags)
                filters.update(part.filters)
                paths = [_renamed(path, given) for path in part.lookups]
                lookups.update(paths)
                apart.update(path[0] for path in paths if not is_own)
            waiting.extend(self._further(each, given, is_own=is_own))
        by_root = _by_root(lookups)
        return Closure(
            frozenset(libraries),
            tuple(sorted(tags)),
            tuple(sorted(filters)),
            by_root,
            frozenset(by_root) - apart,
        )

    def _parts(self, template: Template) -> Iterator[Part]:
        yield template.outside
        for tag, part in template.blocks:
            if not self.renders_itself(tag):
                yield part

    def blocks(self) -> Iterator[tuple[str, Template, Closure]]:
        """(tag that renders what stands in it, template, what stands there)."""
        for template in self.templates:
            for tag, part in template.blocks:
                if self.renders_itself(tag):
                    libraries = frozenset(template.libraries)
                    lookups = _by_root(set(part.lookups))
                    yield tag, template, Closure(libraries, part.tags, part.filters, lookups)

    def _further(
        self, template: Template, given: Mapping[str, Lookup], *, is_own: bool
    ) -> Iterator[tuple[Template, Mapping[str, Lookup], bool]]:
        for inclusion in template.included:
            handed = {**given, **_handed(inclusion, given)}
            for found in self.named(inclusion.name):
                yield found, handed, is_own
        for tag in sorted({tag for part in self._parts(template) for tag in part.tags}):
            for name in self.shown_by(tag):
                for found in self.named(name):
                    yield found, given, False


def _handed(inclusion: Inclusion, given: Mapping[str, Lookup]) -> dict[str, Lookup]:
    return {name: _renamed(path, given) for name, path in inclusion.given}


def _renamed(path: Lookup, given: Mapping[str, Lookup]) -> Lookup:
    """A path in terms of the variables of the template that is rendered."""
    return (*given[path[0]], *path[1:]) if path[0] in given else path


def _by_root(lookups: set[Lookup]) -> dict[str, tuple[Lookup, ...]]:
    found: dict[str, list[Lookup]] = {}
    for path in sorted(lookups)[:_MOST_LOOKUPS]:
        found.setdefault(path[0], []).append(path[1:])
    return {root: tuple(paths) for root, paths in found.items()}
