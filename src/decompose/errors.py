"""What can go wrong by the user's doing: each message says what, where, and what to do next.

A bug is not a `DecomposeError`: it is let through, and only the command line turns it into a short message.
"""


class DecomposeError(Exception):
    """A mistake in usage, configuration or input; shown without a traceback, exit code 2.

    `what` happened, `where` (a path, `file:line`, an option; may be empty), `remedy`: what to do next.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        """One line: where, what, remedy, as far as they are known."""
        place = f"{self.where}: " if self.where else ""
        advice = f" ({self.remedy})" if self.remedy else ""
        return f"{place}{self.what}{advice}"


class CheckFailed(DecomposeError):
    """A check that was asked for found something; exit code 1."""
