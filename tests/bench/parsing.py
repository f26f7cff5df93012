"""How long does `ast.parse` alone take over these files: the unit of every other figure.

Run as a program in a fresh process: reads file names from standard input, one a line, and prints
JSON. Reading the bytes is part of it; starting Python, counting lines and printing are not. Trees
are dropped at once: a kept tree makes the next ones slower. A file that `ast.parse` refuses counts
with the time until it refused, as it does for an analyzer.
"""

import ast
import json
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path


def parse_all(paths: Sequence[Path]) -> tuple[float, int, int]:
    """CPU seconds, lines and refused files."""
    warnings.simplefilter("ignore")
    lines = sum(path.read_bytes().count(b"\n") for path in paths)
    refused = 0
    began = time.process_time()
    for path in paths:
        text = path.read_bytes()
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            refused += 1
    return time.process_time() - began, lines, refused


def main() -> None:
    """Read names, parse, print."""
    cpu, lines, refused = parse_all([Path(line.rstrip("\n")) for line in sys.stdin])
    print(json.dumps({"cpu": cpu, "lines": lines, "refused": refused}))


if __name__ == "__main__":
    main()
