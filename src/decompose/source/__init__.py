"""Which files are the program's, and what syntax do they hold?

`discover` finds the files and names them, `parse` reads one (whatever state it is in), `run`
applies a function to many in parallel, `Cache` keeps what was worked out from run to run.
"""

from decompose.source.cache import Cache, cache_folder
from decompose.source.discover import LARGEST_FILE, Discovery, discover
from decompose.source.parallel import Lost, run
from decompose.source.parse import Parsed, parse
from decompose.source.read import read_file
from decompose.source.texts import read_texts

__all__ = [
    "LARGEST_FILE",
    "Cache",
    "Discovery",
    "Lost",
    "Parsed",
    "cache_folder",
    "discover",
    "parse",
    "read_file",
    "read_texts",
    "run",
]
