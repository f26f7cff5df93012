"""What has just been stored under a constant key, and is read again before anything else could have changed it.

    table["a"] = first
    table["a"]()        # first, whatever was there before

Only straight lines of one scope are followed: a call, a branch or a loop between the two ends it.
"""

import ast

Place = tuple[object, ...]
"""The name at the root, then (type's name, value) of each key."""


class Slots:
    """Rows by the place that they were stored in last."""

    __slots__ = ("pairs", "rows")

    def __init__(self) -> None:
        self.rows: dict[Place, int] = {}
        self.pairs: list[int] = []
        """Row of a subscript, row of what was stored there; and so on."""

    def store(self, target: ast.expr, row: int) -> None:
        """`target = …`; what was known of what lay in it is gone."""
        place = place_of(target)
        if place is None:  # under a computed key
            self.rows.clear()
            return
        if self.rows:
            self.rows = {
                each: known for each, known in self.rows.items() if each[: len(place)] != place
            }
        self.rows[place] = row

    def read(self, node: ast.Subscript, row: int) -> None:
        """Note what a subscript is known to give."""
        place = place_of(node)
        stored = None if place is None else self.rows.get(place)
        if stored is not None:
            self.pairs += (row, stored)

    def forget(self, name: str) -> None:
        """A name is bound anew."""
        self.rows = {place: row for place, row in self.rows.items() if place[0] != name}


def place_of(node: ast.expr) -> Place | None:
    """The place that `name["key"]["key"]` names; None where a key is computed."""
    keys: list[object] = []
    while isinstance(node, ast.Subscript):
        key = node.slice
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str | int):
            return None
        keys.append((type(key.value).__name__, key.value))
        node = node.value
    return (node.id, *reversed(keys)) if keys and isinstance(node, ast.Name) else None


def attribute_set(node: ast.Call) -> str:
    """The attribute that `setattr(base, "name", value)` assigns to; "" for any other call."""
    is_asked = isinstance(node.func, ast.Name) and node.func.id == "setattr"
    if not is_asked or node.keywords or len(node.args) != len(("base", "name", "value")):
        return ""
    name = node.args[1]
    if not (isinstance(name, ast.Constant) and isinstance(name.value, str)):
        return ""
    return name.value if name.value.isidentifier() else ""


def updated(node: ast.Call) -> list[ast.expr]:
    """What `name.update({"key": value, …})` assigns to, in order; nothing for any other call."""
    function = node.func
    if not (isinstance(function, ast.Attribute) and function.attr == "update"):
        return []
    if len(node.args) != 1 or node.keywords or not isinstance(node.args[0], ast.Dict):
        return []
    keys = node.args[0].keys
    return [
        function.value if key is None else ast.Subscript(function.value, key, ast.Store())
        for key in keys
    ]
