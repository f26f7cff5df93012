"""What a framework's classes give back: declared by readers, used by the linker to infer types.

A library's code is never read, so its own tables say that `Order.objects.filter(…)` is again a queryset of `Order`
and that `.get()` gives an `Order`. A result is one of

    "same"            the receiver again (same class, same item)
    "from:NAME"       what the class of the receiver's item has under a name
    "item"            an instance of the receiver's item
    "items"           an iterable of instances of the receiver's item
    "of:CLASS"        an instance of library class CLASS with the receiver's item
    "argument:N"      an instance of the class given as N-th argument
    "itself:N"        the N-th argument itself, where no keyword is given
    "of:CLASS:N"      an instance of library class CLASS whose item is the class given as N-th argument
    "row:N", "rows:N" an instance (a list of instances) of the class given as N-th argument, or of what it holds
    "within:N"        what the N-th argument holds
    "called:N"        what calling the N-th argument gives, or yields
    "called:WORD"     what calling the argument of that keyword gives
    "A|B"             either of two results, where that is not known
    "by:NAME"         an instance, with the receiver's item, of the class that the item's class has under a name
    "is:CLASS"        an instance of library class CLASS without an item
    "named:PATH"      an instance of the class that the receiver has under a dotted path, or of what a query there holds
    "entered"         what the receiver's `__enter__` gives (for context managers: the receiver again)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Results = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Types that a framework's names give; all class names are canonical dotted names of a library."""

    classes: Mapping[str, Results] = field(default_factory=dict)
    """Class -> attribute of the *class* (for subclasses in the program) -> result; the item is that subclass."""
    instances: Mapping[str, Results] = field(default_factory=dict)
    """Class -> method or attribute of an *instance* -> result. "*iter" is what iterating gives."""
    handed: Mapping[str, Results] = field(default_factory=dict)
    """Class -> `method:position` that a library calls on instances of its subclasses -> result: what it hands over for
    the parameter at that position, `self` not counted."""
    functions: Mapping[str, str] = field(default_factory=dict)
    """Function or class called -> result."""
    untyped: Mapping[str, str] = field(default_factory=dict)
    """Method of a receiver that is not known -> result, if its first argument is a class or holds instances of one."""
    descriptors: Mapping[str, str] = field(default_factory=dict)
    """Callable assigned to a class attribute -> what the attribute of an *instance* gives."""
    reverses: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    """Callable assigned to a class attribute -> (keyword, default, result): the name of an attribute that it adds to
    instances of the class it is given as first argument ("{}" is the own class in lower case; "" adds none), and what
    that gives; the item is the class with the assignment."""
    creating: frozenset[str] = frozenset()
    """Decorators of methods that are called as each subclass of theirs is made (`declared_attr`)."""
    value_hooks: frozenset[str] = frozenset()
    """Methods of what a class's body assigns that are called as the class is made (`contribute_to_class`)."""
    wrappers: frozenset[str] = frozenset()
    """Generic annotations that stand for their argument (`Mapped[Order]`)."""
    shared: Mapping[str, str] = field(default_factory=dict)
    """Library object that programs leave things on for others (`flask.g`), or attribute that holds one -> its name."""
    supplied: Mapping[str, str] = field(default_factory=dict)
    """Library object -> last name of the decorator of the program's function that gives what it stands for."""
    bases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Library class -> its library bases, where readers rely on them (`rest_framework.viewsets.ModelViewSet`)."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Other public spelling -> canonical name (`django.db.models.query.QuerySet` -> `django.db.models.QuerySet`)."""
