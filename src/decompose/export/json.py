"""How does an analysis travel between runs, tools and versions? As gzipped JSON, see `wire` for each field.

Equal analyses give equal bytes: no clock, no absolute paths, a fixed compression.
"""

import zlib
from typing import Any

import msgspec

from decompose.errors import DecomposeError
from decompose.export import wire
from decompose.export.from_wire import Damaged, analysis
from decompose.export.to_wire import document
from decompose.graph import Analysis

_LEVEL = 4  # on homeassistant: 8 % larger than level 9, at a twelfth of its time
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # gzip: deflate, no name, no time, no system
_LARGEST = 2**31  # bytes of JSON: some ten million lines of code
_MEMORY = 15  # log2 of the window, as gzip has it


def encode(result: Analysis) -> bytes:
    """An analysis as the bytes of `analysis.json.gz`."""
    found = document(result)
    try:
        data = msgspec.json.encode(found)
    except UnicodeEncodeError:
        data = msgspec.json.encode(_legible(msgspec.to_builtins(found)))
    return _packed(data)


def decode(data: bytes) -> Analysis:
    """The analysis in the bytes that `encode` made, of this version or an earlier one. Errors: DecomposeError."""
    raw = _unpacked(data)
    try:
        found = msgspec.json.decode(raw, type=wire.Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _unreadable(raw, str(error)) from None
    if found.version > wire.VERSION:
        raise _unreadable(raw, "")
    try:
        return analysis(found)
    except (Damaged, ValueError, IndexError, OverflowError) as error:
        raise _damaged(str(error)) from None


def document_schema() -> dict[str, Any]:
    """The JSON Schema of the format."""
    return msgspec.json.schema(wire.Document)


def _damaged(why: str) -> DecomposeError:
    return DecomposeError(f"the analysis is damaged: {why}", remedy="run `decompose analyze` again")


def _unreadable(raw: bytes, why: str) -> DecomposeError:
    """Say whether it is foreign, newer, or damaged."""
    try:
        found = msgspec.json.decode(raw, type=wire.Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = wire.Envelope()
    if found.format != wire.FORMAT:
        return DecomposeError(
            "this is not an analysis made by decompose",
            remedy="run `decompose analyze`, or name its output folder with --from",
        )
    if found.version > wire.VERSION:
        return DecomposeError(
            f"the analysis has version {found.version} of the format; this program reads up to {wire.VERSION}",
            remedy="upgrade decompose-monolith, or run `decompose analyze` again",
        )
    return _damaged(why)


def _packed(data: bytes) -> bytes:
    """Gzip, by hand: the standard library's header differs between releases."""
    press = zlib.compressobj(_LEVEL, zlib.DEFLATED, -_MEMORY)
    body = press.compress(data) + press.flush()
    sums = zlib.crc32(data).to_bytes(4, "little") + (len(data) % 2**32).to_bytes(4, "little")
    return _HEADER + body + sums


def _unpacked(data: bytes) -> bytes:
    try:
        press = zlib.decompressobj(16 + _MEMORY)
        raw = press.decompress(data, _LARGEST)
    except zlib.error as error:
        if data[:2] == _HEADER[:2]:
            raise _damaged(f"it cannot be unpacked ({error})") from None
        return data  # perhaps somebody unpacked it
    if not press.eof:
        raise _damaged("it is cut off" if not press.unconsumed_tail else "it is too large")
    return raw


def _legible(value: Any) -> Any:
    """Lone surrogates (of file names in no known encoding) spelled out, for JSON cannot hold them."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, list | tuple):
        return [_legible(each) for each in value]
    if isinstance(value, dict):
        return {_legible(key): _legible(each) for key, each in value.items()}
    return value
