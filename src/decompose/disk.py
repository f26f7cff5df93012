"""How is a file replaced without ever being half written, and where do our own templates lie?

Whatever writes for the user goes through `write_atomic`: a crash, a full disk or Ctrl-C leaves
either the old file or the new one.
"""

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from decompose.errors import DecomposeError

_NEW_FILE_MODE = 0o666


def write_atomic(path: Path, data: bytes | str) -> None:
    """Put `data` (text as UTF-8, newlines kept) into `path`, whose mode and symlink survive.

    Raises OSError as writing does; the old file is then untouched and nothing is left beside it.
    """
    target = Path(os.path.realpath(path))  # a linked file is replaced where it lies, not the link
    content = data.encode("utf-8") if isinstance(data, str) else data
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:80]}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode(target))
        temporary.replace(target)
    except BaseException:  # also Ctrl-C: whatever ended the write, its rest is removed
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _mode(target: Path) -> int:
    """Return the permission bits that `target` has, or that `open` would give a new file."""
    with contextlib.suppress(OSError):
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)  # the only portable way to read it is to set it
    os.umask(mask)
    return _NEW_FILE_MODE & ~mask


def templates() -> Path:
    """Return the folder of our templates: packed in a wheel, else `templates/` of the checkout."""
    package = Path(__file__).resolve().parent
    packed = package / "_templates"
    if packed.is_dir():
        return packed
    checkout = package.parent.parent / "templates"
    if package.parent.name == "src" and checkout.is_dir():
        return checkout
    raise DecomposeError(
        "the templates of decompose are missing from this installation",
        where=str(packed),
        remedy="install decompose-monolith again",
    )
