r"""What text do a file's bytes spell?

As Python itself reads it: byte order marks first, then the coding cookie of PEP 263, else UTF-8.
Where Python would refuse, the text is still read, with a Problem: undecodable bytes as Latin-1,
which knows every byte, and null bytes left out. Lines always end in "\n" and are never added or
lost, so that line numbers hold.
"""

import codecs
import os
import re
import stat
from dataclasses import dataclass

from decompose.model.source import Problem

_MARKS = (  # UTF-32 before UTF-16: the marks of the former begin with those of the latter
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_COOKIE = re.compile(
    rb"\A(?:[ \t\f]*(?:\#[^\r\n]*)?(?:\r\n|\r|\n))?[ \t\f]*\#[^\r\n]*?coding[:=][ \t]*([-\w.]+)"
)
# Text to them is not what is on the screen, or they take quadratic time: no source is written so.
_REFUSED = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"})


@dataclass(frozen=True, slots=True)
class Decoded:
    r"""The text of a file, its lines ending in "\n", and what was odd about its bytes."""

    text: str
    problems: tuple[Problem, ...] = ()


class TooLargeError(OSError):
    """A file has more bytes than the caller will read; `size` of them."""

    def __init__(self, size: int) -> None:
        super().__init__(f"it has {size} bytes")
        self.size = size


def read_file(path: str, *, largest: int) -> bytes:
    """Read a regular file whole; raises OSError, and TooLargeError above `largest` bytes.

    A pipe or a device in a hostile tree must not hang us: hence the flag, and the check after
    opening rather than before.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags | getattr(os, "O_CLOEXEC", 0))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError("it is not a regular file")
        if status.st_size > largest:
            raise TooLargeError(status.st_size)
        data = os.read(descriptor, status.st_size + 1)
        while chunk := os.read(descriptor, 1 << 16) if data else b"":
            data += chunk
            if len(data) > largest:
                raise TooLargeError(len(data))
        return data
    finally:
        os.close(descriptor)


def why(error: OSError) -> str:
    """Say in a few words why the system refused."""
    return (error.strerror or str(error) or type(error).__name__).lower()


def decode(data: bytes, path: str) -> Decoded:
    """Turn the bytes of the file at `path` (named in Problems only) into text; never raises."""
    problems: list[Problem] = []
    text = _text(data, path, problems)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        problems.append(_null_bytes(text, path))
        text = text.replace("\0", "")
    return Decoded(text, tuple(problems))


def _text(data: bytes, path: str, problems: list[Problem]) -> str:
    mark, encoding = _marked(data)
    if not mark and (cookie := _COOKIE.match(data)):
        named = cookie[1].decode("ascii", "replace")
        if (known := _codec(named)) is None:
            problems.append(_unknown_encoding(named, path, data.count(b"\n", 0, cookie.end()) + 1))
        else:
            encoding = known
    try:
        return data[len(mark) :].decode(encoding)
    except (UnicodeError, ValueError, LookupError) as error:
        where = error.start if isinstance(error, UnicodeDecodeError) else 0
        problems.append(_undecodable(encoding, path, data.count(b"\n", 0, len(mark) + where) + 1))
        return _fallback(data[len(mark) :], encoding)


def _marked(data: bytes) -> tuple[bytes, str]:
    """Give the byte order mark and what it means; none means UTF-8."""
    if data[:1] in b"\xef\xff\xfe\x00":
        for mark, encoding in _MARKS:
            if data.startswith(mark):
                return mark, encoding
    return b"", "utf-8"


def _codec(named: str) -> str | None:
    """Give the codec that a cookie names, None if it knows no text that begins with this cookie."""
    try:
        name = codecs.lookup(named).name
        cookie = f"# coding: {named}\n"
        legible = cookie.encode("ascii").decode(name) == cookie
    except (LookupError, UnicodeError, ValueError):  # unknown, or no text encoding (rot13, zlib)
        return None
    return name if legible and name.replace("-", "_") not in _REFUSED else None


def _fallback(data: bytes, encoding: str) -> str:
    """Read what can be: wide encodings with gaps, all else as Latin-1."""
    if encoding.startswith(("utf-16", "utf-32")):
        return data.decode(encoding, "replace")
    return data.decode("latin-1")


def _null_bytes(text: str, path: str) -> Problem:
    line = text.count("\n", 0, text.index("\0")) + 1
    message = "the file holds null bytes; it was read without them"
    return Problem(path, line, "null-bytes", message, "save it as plain text")


def _unknown_encoding(named: str, path: str, line: int) -> Problem:
    message = f"the encoding {named[:40]!r} is not known; the file was read as UTF-8 if possible"
    return Problem(path, line, "encoding", message, "correct the coding line, or save it as UTF-8")


def _undecodable(encoding: str, path: str, line: int) -> Problem:
    message = f"the bytes are not valid {encoding}; what they spell was guessed"
    return Problem(path, line, "encoding", message, "save it as UTF-8, or name its encoding")
