"""How services belong together, to whom, and whether they change on their own: a line each."""

from collections.abc import Sequence

from rich.text import Text

from decompose.cli.printable import printable
from decompose.model.hierarchy import Domain
from decompose.model.teams import Independence, Teamwork

_MOST_DOMAINS = 8
_MOST_TEAMS = 3
_FEW = 5
"""Commits below which a share of them says nothing."""


def told_domains(domains: Sequence[Domain]) -> Text:
    """Names, each with how many services it holds."""
    shown = [f"{printable(each.name)} ({len(each.services)})" for each in domains[:_MOST_DOMAINS]]
    rest = len(domains) - len(shown)
    return Text(", ".join(shown) + (f", and {rest} more" if rest else ""))


def told_teams(found: Teamwork | None) -> Text:
    """How well services and teams fit, by CODEOWNERS, and which teams are spread widest."""
    if found is None:
        return Text("")
    single = round(found.single * len(found.services))
    text = Text(
        f"{single} of {len(found.services)} services have one main team; "
        f"{found.across:.0%} of what crosses boundaries crosses teams"
    )
    wide = [
        f"{printable(team)} in {count}" for team, count in found.spread[:_MOST_TEAMS] if count > 1
    ]
    return text.append(f"; {', '.join(wide)}" if wide else "", style="dim")


def told_history(found: Independence | None) -> Text:
    """The share of commits that touch one service only, and the services for which it is least."""
    if found is None:
        return Text("")
    text = Text(f"{found.alone / found.commits:.0%} of {found.commits:,} commits touch one service")
    known = [each for each in found.services if each.commits >= _FEW]
    least = sorted(known, key=lambda each: (each.alone / each.commits, each.service))[:_MOST_TEAMS]
    names = [f"{printable(each.service)} {each.alone / each.commits:.0%}" for each in least]
    return text.append(f"; least on their own: {', '.join(names)}" if names else "", style="dim")
