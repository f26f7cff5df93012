"""Make the small programs importable: in importlib mode no test folder is on the path."""

import importlib.util
import sys
from pathlib import Path

if "recorded_programs" not in sys.modules:
    spec = importlib.util.spec_from_file_location(
        "recorded_programs", Path(__file__).with_name("programs.py")
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["recorded_programs"] = module
    spec.loader.exec_module(module)
