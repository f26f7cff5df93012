"""Make small programs importable as `sketch`: in importlib mode no test folder is on the path."""

import importlib.util
import sys
from pathlib import Path

_PATH = Path(__file__).parents[1] / "cluster" / "sketch.py"

if "sketch" not in sys.modules:
    spec = importlib.util.spec_from_file_location("sketch", _PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["sketch"] = module
    spec.loader.exec_module(module)
