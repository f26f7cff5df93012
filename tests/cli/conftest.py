"""Lets the tests of this folder share how they run the command."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
