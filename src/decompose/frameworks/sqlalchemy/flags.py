"""Which columns has a class only where a flag says so? `if not cls.has_mail: return None`, in a `declared_attr`.

The flag is an attribute of the class, often set by a mixin and set anew by who extends it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from decompose.model.facts import Op
from decompose.model.view import ClassView, Expression, FunctionView, ProgramView, Tested

_FIXED = {"True": True, "False": False, "None": False}


@dataclass
class Flags:
    """What methods return for a class, as far as its flags are known."""

    view: ProgramView
    _known: dict[tuple[str, str], bool | None] = field(default_factory=dict)

    def returned(self, function: FunctionView, found: ClassView) -> Sequence[Expression]:
        """What a method returns when it is called for a class."""
        tests = self._tests.get(function.name, ())
        return [
            value
            for value in function.returned
            if not any(
                each.first_line <= value.site.line <= each.last_line and self._fails(each, found)
                for each in tests
            )
        ]

    @cached_property
    def _tests(self) -> dict[str, list[Tested]]:
        """Function -> where it asks whether an attribute of its receiver is true."""
        found: dict[str, list[Tested]] = defaultdict(list)
        for test in self.view.tests():
            base = test.subject.base
            if test.operator == "true" and base is not None and base.parameter in ("cls", "self"):
                found[test.subject.owner].append(test)
        return found

    def _fails(self, test: Tested, found: ClassView) -> bool:
        key = (found.name, test.subject.attribute)
        if key not in self._known:
            self._known[key] = _truth(found.attribute(test.subject.attribute))
        return self._known[key] is (not test.holds)


def _truth(value: Expression | None) -> bool | None:
    """Is a constant true? None where it is none."""
    if value is None:
        return None
    if value.op is Op.LITERAL:
        return _FIXED.get(value.text())
    if value.op is Op.DISPLAY:
        return bool(value.elements)
    return bool(value.string()) if value.op is Op.STRING else None
