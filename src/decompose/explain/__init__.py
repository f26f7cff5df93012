"""What ties one thing to the rest of the program, or two things to each other? Each answer with its places.

values   what an explanation is
scene    a finished analysis, with what is asked of it again and again
find     which thing does a person mean by a name?
paths    the shortest ways along which code runs, or depends
one      everything about one thing
two      everything that ties two things together
"""

from collections.abc import Callable

from decompose.explain.find import find
from decompose.explain.one import one
from decompose.explain.scene import Scene
from decompose.explain.two import two
from decompose.explain.values import Explanation
from decompose.explain.written import as_json
from decompose.graph import Analysis
from decompose.model.source import Site

__all__ = ["MOST_ROWS", "Explanation", "as_json", "explain"]

MOST_ROWS = 8


def explain(
    analysis: Analysis,
    words: tuple[str, ...],
    excerpt: Callable[[Site], str],
    *,
    most: int = MOST_ROWS,
) -> Explanation:
    """Explain one name, or what ties two. `excerpt`: the line of code at a place, "" where it is gone.

    Of each section at most so many rows are given, and all are counted.

    Raises DecomposeError for a name that is not known, or that may mean several things.
    """
    scene = Scene(analysis, excerpt, most)
    things = [find(scene, word) for word in words]
    return one(scene, things[0]) if len(things) == 1 else two(scene, things[0], things[1])
