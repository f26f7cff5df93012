"""What one template says: which others it takes in, which tags and filters it uses, what it looks up on which values.

Terms
-----
name     how code and other templates name it: its path below a folder `templates`, `jinja2` or `jinja`.
lookup   a path of names that starts at a variable: `order.lines.0.total`, as a tuple. Between names may stand the
         marks below; variables that the template itself binds (`for`, `with`, `set`) are replaced by what they stand
         for.
"""

from dataclasses import dataclass

ELEMENT = "[]"
"""What iterating over, or indexing, the value before it gives."""
CALLED = "()"
"""What calling the value before it gives, where the template writes the call."""
SHOWN = "$"
"""Last part of a lookup whose value becomes text as it is."""
UNKNOWN = "?"
"""A variable of which the template does not say what it stands for."""
TAG = "%"
"""Before the name of a tag: what the tag gives is the value (`{% total order as sum %}`)."""

Lookup = tuple[str, ...]


_FOLDERS = frozenset({"templates", "jinja2", "jinja"})
_NO_TEMPLATES = (".sql", ".ddl")


def template_names(path: str) -> tuple[str, ...]:
    """The names that a file may go by among templates, the longest first; none where it is no template."""
    parts = path.split("/")
    if path.endswith(_NO_TEMPLATES):
        return ()
    starts = [at for at, part in enumerate(parts[:-1], 1) if part in _FOLDERS]
    return tuple("/".join(parts[at:]) for at in starts)


@dataclass(frozen=True, slots=True)
class Inclusion:
    """A template that another takes in; `given` are the variables that it is handed under other names."""

    name: str
    given: tuple[tuple[str, Lookup], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What a template says outside of tags that are none of the languages' own, or inside of one (`{% box %}…`)."""

    tags: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    lookups: tuple[Lookup, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """All that one template says; each thing once, sorted. `blocks`: by tag, what stands inside of it."""

    path: str
    names: tuple[str, ...]
    included: tuple[Inclusion, ...]
    libraries: tuple[str, ...]
    outside: Part
    blocks: tuple[tuple[str, Part], ...] = ()
