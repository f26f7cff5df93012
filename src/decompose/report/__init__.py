"""What does an architect see? One analysis becomes one page: self-contained, safe to open, the same bytes each time.

The page holds nothing that was not found: each figure leads to lines of the program. What would make it too large
is cut, and the page says what and how much.
"""

from decompose.report.page import render

__all__ = ["render"]
