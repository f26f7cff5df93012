"""How does a proposal read as `decompose.toml`? Equal proposals give equal bytes.

The text is written line by line: one member a line, so that a person, `git diff` and the merge find their way.
"""

from collections.abc import Iterable, Mapping, Sequence

from decompose.model.partition import SHARED, UNUSED, Doubt, Partition
from decompose.model.proposal import Constraints, Proposal, Service
from decompose.proposal.literals import comment, quoted
from decompose.proposal.prefixes import covering

INDENT = "  "
_HEADER = """\
# Which services this program could become: drafted by `decompose analyze`, yours to edit.
#
# members       dotted names; each stands for everything below it, and the longest one decides.
#               "table:NAME" may stand among shared and unused members.
# tables        the tables that a service owns, each table in one service only.
# entry_points  the routes, operations, tasks, commands and schedules that a service answers.
# pinned        `pinned = true` in a service keeps all that stands in it where it is.
#
# Rename, move, merge, split, comment. The next `decompose analyze` keeps every change as a decision of yours,
# and your comments with it; `decompose report` shows at once what a change costs.
# [constraints] together / apart: lists of lists of members that must / must not share a service;
# [constraints.pins]: "member" = "service".
"""


def to_toml(proposal: Proposal, partition: Partition) -> str:
    """The text of a proposal; doubtful members carry what the runs said about them as comments."""
    remarks = member_remarks(proposal, partition)
    parts = [_HEADER, f"version = {proposal.version}\n"]
    parts.extend(service_text(service, remarks) for service in proposal.services)
    parts.append(f"[{SHARED}]\n{array_text('members', proposal.shared, remarks)}")
    parts.append(f"[{UNUSED}]\n{array_text('members', proposal.unused, remarks)}")
    if proposal.constraints != Constraints():
        parts.append(_constraints_text(proposal.constraints))
    return "\n".join(parts)


def service_text(service: Service, remarks: Mapping[str, str]) -> str:
    """The block of one service."""
    return "".join(
        [
            "[[service]]\n",
            f"name = {quoted(service.name)}\n",
            f"purpose = {quoted(service.purpose)}\n",
            array_text("members", service.members, remarks),
            array_text("tables", service.tables, {}),
            array_text("entry_points", service.entry_points, {}),
        ]
    )


def array_text(key: str, items: Sequence[str], remarks: Mapping[str, str]) -> str:
    """A key with a list of strings, one a line."""
    if not items:
        return f"{key} = []\n"
    return f"{key} = [\n{''.join(item_line(item, remarks) for item in items)}]\n"


def item_line(item: str, remarks: Mapping[str, str], indent: str = INDENT) -> str:
    """One line of a list."""
    remark = remarks.get(item)
    return f"{indent}{quoted(item)},{f'  # {remark}' if remark else ''}\n"


def pin_line(member: str, service: str) -> str:
    """One line of [constraints.pins]."""
    return f"{quoted(member)} = {quoted(service)}\n"


def _constraints_text(constraints: Constraints) -> str:
    parts = ["[constraints]\n"]
    for key, groups in (("together", constraints.together), ("apart", constraints.apart)):
        if groups:
            rows = (", ".join(quoted(member) for member in group) for group in groups)
            parts.append(f"{key} = [\n{''.join(f'{INDENT}[{row}],{chr(10)}' for row in rows)}]\n")
    if constraints.pins:
        parts.append("\n[constraints.pins]\n")
        parts.extend(pin_line(*pin) for pin in sorted(constraints.pins.items()))
    return "".join(parts)


def member_remarks(proposal: Proposal, partition: Partition) -> dict[str, str]:
    """Claim -> what to say about its doubtful atoms; the claims that hold none are left out."""
    claims = {member for service in proposal.services for member in service.members}
    claims.update(proposal.shared, proposal.unused)
    doubts: dict[str, list[Doubt]] = {}
    for doubt in partition.doubts:
        claim = covering(claims, doubt.member)
        if claim is not None:
            doubts.setdefault(claim, []).append(doubt)
    return {
        claim: comment(_remark(claim, found, partition.reasons)) for claim, found in doubts.items()
    }


def _remark(claim: str, doubts: Iterable[Doubt], reasons: Mapping[str, str]) -> str:
    ordered = sorted(doubts, key=lambda doubt: (doubt.agreement, doubt.member))
    worst = ordered[0]
    share = f"{round(worst.agreement * 100)} % of runs agree; else {worst.second}"
    if worst.member != claim:
        share = f"doubtful inside: {worst.member} ({share})"
        if len(ordered) > 1:
            share += f", and {len(ordered) - 1} more"
    reason = reasons.get(worst.member)
    return f"{share}; {reason}" if reason else share
