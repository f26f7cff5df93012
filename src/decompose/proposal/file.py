"""What does a person's `decompose.toml` say, and on which line is it wrong?"""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from decompose.errors import DecomposeError
from decompose.model.partition import RESERVED, SHARED, UNUSED
from decompose.model.proposal import PROPOSAL_VERSION, SERVICE_NAME, Constraints, Proposal, Service
from decompose.proposal.places import Path, Places, places

_ERROR_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
_TOP = ("version", "service", SHARED, UNUSED, "constraints")
_SERVICE = ("name", "purpose", "members", "tables", "entry_points", "pinned")
_LIBRARY = ("members", "pinned")
_CONSTRAINTS = ("pins", "together", "apart")
_TABLE = "table:"


def from_toml(text: str, where: str) -> Proposal:
    """The proposal in a text. `where`: its path, for messages. Errors: DecomposeError with file:line."""
    try:
        document = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(text, where, error) from None
    except RecursionError:
        raise DecomposeError(
            "lists are nested too deeply to be read",
            where=where,
            remedy="a proposal needs two levels",
        ) from None
    return _Reader(where, document, places(text)).proposal()


def _syntax_error(text: str, where: str, error: tomllib.TOMLDecodeError) -> DecomposeError:
    message = str(error)
    found = _ERROR_PLACE.search(message)
    line = int(found[1]) if found and found[1] else max(1, len(text.splitlines()))
    what = _ERROR_PLACE.sub("", message)
    return DecomposeError(
        f"this is not valid TOML: {what[:1].lower()}{what[1:]}",
        where=f"{where}:{line}",
        remedy="check quotes, brackets and commas on and above this line",
    )


@dataclass
class _Reader:
    where: str
    document: dict[str, Any]
    places: Places
    seen: dict[tuple[str, str], Path] = field(
        default_factory=dict
    )  # (kind of claim, name) -> its place

    def proposal(self) -> Proposal:
        self.keys((), self.document, _TOP)
        version = self.version()
        services = self.services()
        shared, unused = self.library(SHARED), self.library(UNUSED)
        constraints = self.constraints({service.name for service in services})
        pins = {**self.pinned(services), **constraints.pins}
        return Proposal(
            services,
            shared,
            unused,
            Constraints(pins, constraints.together, constraints.apart),
            version,
        )

    def fail(self, path: Path, what: str, remedy: str) -> NoReturn:
        raise DecomposeError(what, where=f"{self.where}:{self.places.line(path)}", remedy=remedy)

    def keys(self, path: Path, table: Mapping[str, Any], known: Sequence[str]) -> None:
        for key in table:
            if key in known:
                continue
            near = difflib.get_close_matches(key.lower(), known, n=1)
            expected = (
                f"did you mean {near[0]!r}?" if near else f"expected one of: {', '.join(known)}"
            )
            self.fail((*path, key), f"unknown key {key!r}", expected)

    def version(self) -> int:
        version = self.document.get("version", PROPOSAL_VERSION)
        if type(version) is not int or version < 1:
            self.fail(
                ("version",),
                "`version` should be a whole number",
                f"write version = {PROPOSAL_VERSION}",
            )
        if version > PROPOSAL_VERSION:
            self.fail(
                ("version",),
                f"version {version} of the format is newer than this program knows",
                "upgrade decompose-monolith",
            )
        return version

    def services(self) -> tuple[Service, ...]:
        found = self.document.get("service", [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            self.fail(
                ("service",), "services should be tables", "write [[service]] above each service"
            )
        return tuple(
            self.service(("service", position), each) for position, each in enumerate(found)
        )

    def service(self, path: Path, table: Mapping[str, Any]) -> Service:
        self.keys(path, table, _SERVICE)
        if "name" not in table:
            self.fail(path, "a service without a name", 'write name = "…" below [[service]]')
        name = self.text((*path, "name"), table["name"])
        self.check_name((*path, "name"), name)
        return Service(
            name,
            self.text((*path, "purpose"), table.get("purpose", "")),
            self.claims(path, table, "members"),
            self.claims(path, table, "tables"),
            self.claims(path, table, "entry_points"),
        )

    def check_name(self, path: Path, name: str) -> None:
        if name in RESERVED:
            self.fail(
                path,
                f"a service cannot be called {name!r}",
                f"list its members in [{name}] instead",
            )
        if not SERVICE_NAME.fullmatch(name):
            self.fail(
                path,
                f"bad name of a service: {name!r}",
                f"use lower-case letters, digits and dashes, at most 40, a letter first{_suggested(name)}",
            )
        self.once(path, "service", name)

    def once(self, path: Path, kind: str, name: str) -> None:
        """Refuse what was claimed before."""
        first = self.seen.setdefault((kind, name), path)
        if first is path:
            return
        owner, again = self.owner(first), self.owner(path)
        both = f"by {owner} and by {again}" if owner != again else f"twice by {owner}"
        line = self.places.line(first)
        if kind == "service":
            self.fail(
                path,
                f"there are two services {name!r}",
                f"rename or merge them; the first is on line {line}",
            )
        self.fail(
            path, f"{kind} {name!r} is claimed {both}", f"keep one; the first is on line {line}"
        )

    def owner(self, path: Path) -> str:
        if path[0] != "service":
            return f"[{path[0]}]"
        return repr(self.document["service"][path[1]].get("name", "a service"))

    def text(self, path: Path, value: Any) -> str:
        if not isinstance(value, str):
            self.fail(path, f"`{path[-1]}` should be a text", 'put it in quotes: "…"')
        return value

    def claims(self, path: Path, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """A list of names, none of which is claimed elsewhere."""
        found = self.texts((*path, key), table.get(key, []))
        kind = {"members": "member", "tables": "table", "entry_points": "entry point"}[key]
        for position, name in enumerate(found):
            place = (*path, key, position)
            if key == "members" and not name.startswith(_TABLE):
                self.check_prefix(place, name)
            elif key == "members" and path[0] == "service":
                self.fail(
                    place, f"{name!r} is a table", f"list {name.removeprefix(_TABLE)!r} in `tables`"
                )
            if key == "tables" and name.startswith(_TABLE):
                self.fail(
                    place,
                    f"write the table's name alone: {name!r}",
                    f"write {name.removeprefix(_TABLE)!r}",
                )
            if key == "members" and name.startswith(_TABLE):
                self.once(place, "table", name.removeprefix(_TABLE))
            else:
                self.once(place, kind, name)
        return found

    def check_prefix(self, path: Path, name: str) -> None:
        if not name or name.startswith(".") or name.endswith((".", ".*")):
            self.fail(
                path,
                f"not a dotted name: {name!r}",
                'write a package, module, class or function, as in "shop.orders"; it stands for all below it',
            )

    def texts(self, path: Path, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list):
            self.fail(path, f"`{path[-1]}` should be a list of texts", f'write {path[-1]} = ["…"]')
        for position, item in enumerate(value):
            if not isinstance(item, str):
                self.fail(
                    (*path, position),
                    f"`{_word(path)}` should hold texts",
                    'put each in quotes: "…"',
                )
        return tuple(value)

    def library(self, key: str) -> tuple[str, ...]:
        table = self.table((key,), self.document.get(key, {}))
        self.keys((key,), table, _LIBRARY)
        return self.claims((key,), table, "members")

    def table(self, path: Path, value: Any) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            self.fail(
                path,
                f"`{path[-1]}` should be a table",
                f"write [{'.'.join(map(str, path))}] above its keys",
            )
        return value

    def pinned(self, services: Iterable[Service]) -> dict[str, str]:
        """What stands in a service that is pinned as a whole."""
        pins: dict[str, str] = {}
        rows: list[tuple[Path, Mapping[str, Any], str, tuple[str, ...]]] = [
            (
                ("service", n),
                table,
                table["name"],
                (*each.members, *(_TABLE + name for name in each.tables)),
            )
            for n, (table, each) in enumerate(
                zip(self.document.get("service", []), services, strict=True)
            )
        ]
        for key in RESERVED:
            table = self.document.get(key, {})
            rows.append(((key,), table, key, tuple(table.get("members", ()))))
        for path, table, label, members in rows:
            flag = table.get("pinned", False)
            if not isinstance(flag, bool):
                self.fail(
                    (*path, "pinned"), "`pinned` should be true or false", "write pinned = true"
                )
            if flag:
                pins.update(dict.fromkeys(members, label))
        return pins

    def constraints(self, services: set[str]) -> Constraints:
        path: Path = ("constraints",)
        table = self.table(path, self.document.get("constraints", {}))
        self.keys(path, table, _CONSTRAINTS)
        pins = self.table((*path, "pins"), table.get("pins", {}))
        for member, service in pins.items():
            self.pin((*path, "pins", member), member, service, services)
        return Constraints(
            dict(pins),
            self.groups((*path, "together"), table),
            self.groups((*path, "apart"), table),
        )

    def pin(self, path: Path, member: str, service: Any, services: set[str]) -> None:
        if isinstance(service, dict):
            inner = next(iter(service), "…")
            self.fail(path, "a dotted name needs quotes here", f'write "{member}.{inner}" = "…"')
        label = self.text(path, service)
        if label not in services and label not in RESERVED:
            near = difflib.get_close_matches(label, sorted(services), n=1)
            remedy = f"did you mean {near[0]!r}?" if near else "name one of the services above"
            self.fail(path, f"{member!r} is pinned to {label!r}, which is no service", remedy)

    def groups(self, path: Path, table: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
        value = table.get(str(path[-1]), [])
        if not isinstance(value, list) or not all(isinstance(group, list) for group in value):
            self.fail(
                path, f"`{path[-1]}` should be a list of lists", f'write {path[-1]} = [["…", "…"]]'
            )
        return tuple(self.texts((*path, position), group) for position, group in enumerate(value))


def _word(path: Path) -> str:
    return str(next(part for part in reversed(path) if isinstance(part, str)))


def _suggested(name: str) -> str:
    """A good name near a bad one."""
    better = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-0123456789")[:40].rstrip("-")
    return (
        f", as in {better!r}" if SERVICE_NAME.fullmatch(better) and better not in RESERVED else ""
    )
