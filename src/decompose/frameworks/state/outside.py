"""What leaves the process: files and object storage, HTTP requests, mail."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from decompose.frameworks.state.patterns import pattern
from decompose.model.facts import Op
from decompose.model.program import Confidence, StateKind, StateUse
from decompose.model.view import Expression, ProgramView

FRAMEWORK = "state"
_HTTP_READS = frozenset({"get", "head", "options", "urlopen", "urlretrieve", "stream"})
_HTTP_WRITES = frozenset({"post", "put", "patch", "delete", "request", "send"})
_CLIENTS = ("requests.", "httpx.", "aiohttp.", "urllib.request.", "urllib3.", "niquests.")
_CLIENT_HINTS = ("requests", "httpx", "session", "client", "http", "request", "api")
_PATH_READS = frozenset({"read_text", "read_bytes"})
_PATH_WRITES = frozenset({"write_text", "write_bytes", "unlink", "mkdir", "touch", "rename"})
_OF_SYSTEM = {
    **dict.fromkeys(("os.remove", "os.unlink", "os.makedirs", "os.mkdir", "os.rename"), 0),
    **dict.fromkeys(("os.replace", "shutil.rmtree"), 0),
    **dict.fromkeys(("shutil.copy", "shutil.copyfile", "shutil.copy2", "shutil.move"), 1),
}
"""Function -> position of the path that it changes."""
_STORED_READS = frozenset({"get_object", "download_file", "download_fileobj", "exists", "url"})
_STORED_WRITES = frozenset(
    {"put_object", "upload_file", "upload_fileobj", "delete_object", "save", "upload_from_string"}
)
_MAIL = frozenset(
    {"send_mail", "send_mass_mail", "mail_admins", "mail_managers", "EmailMessage", "sendmail"}
    | {"EmailMultiAlternatives", "email_user", "send_message"}
)
_MAILERS = ("django.core.mail.", "smtplib.", "flask_mail.", "aiosmtplib.", "fastapi_mail.")
INTEREST = frozenset(
    _HTTP_READS
    | _HTTP_WRITES
    | _PATH_READS
    | _PATH_WRITES
    | _STORED_READS
    | _STORED_WRITES
    | _MAIL
    | {"open"}
    | {name.rpartition(".")[2] for name in _OF_SYSTEM}
)


def outside(view: ProgramView) -> Iterator[StateUse]:
    """Uses of files, hosts and mail."""
    for call in view.calls(*sorted(_HTTP_READS | _HTTP_WRITES)):
        yield from _request(call)
    for call in view.calls(*sorted(INTEREST - _HTTP_READS - _HTTP_WRITES - _MAIL)):
        yield from _file(call)
    for call in view.calls(*sorted(_MAIL)):
        yield from _mail(call)


def _request(call: Expression) -> Iterator[StateUse]:
    """`requests.post(url)`, also on a session or client that its type or its address shows."""
    name = (call.callee.name() if call.callee is not None else None) or ""
    is_known = name.startswith(_CLIENTS)
    base = call.base
    if not is_known:
        if base is None or not any(hint in base.attribute.lower() for hint in _CLIENT_HINTS):
            return
        is_known = any(each.startswith(_CLIENTS) for each in base.types())
    position = 1 if call.attribute in ("request", "stream") and len(call.arguments) > 1 else 0
    given = call.keywords.get("url") or next(iter(call.arguments[position : position + 1]), None)
    host = _host(pattern(given)) if given is not None else ""
    if not host and is_known:
        host = "*"
    if host:
        confidence = Confidence.EXACT if is_known else Confidence.INFERRED
        yield StateUse(
            call.owner,
            StateKind.HOST,
            host,
            call.site,
            FRAMEWORK,
            writes=call.attribute not in _HTTP_READS,
            loop_depth=call.loop_depth,
            confidence=confidence,
        )


def _host(url: str) -> str:
    """The host of an address, or the setting that an address begins with; "" for anything else."""
    if url.startswith(("http://", "https://", "//")):
        try:
            return urlsplit(url).hostname or "*"
        except ValueError:
            return "*"
    return url[: url.index("}") + 1] if url.startswith("{") and "}" in url else ""


def _file(call: Expression) -> Iterator[StateUse]:
    found = _opened(call) or _of_system(call) or _path(call) or _stored(call)
    if found is not None:
        path, writes = found
        yield StateUse(
            call.owner,
            StateKind.FILE,
            path,
            call.site,
            FRAMEWORK,
            writes=writes,
            loop_depth=call.loop_depth,
        )


def _opened(call: Expression) -> tuple[str, bool] | None:
    """`open(path, "w")`, `path.open("w")`, `storage.open(name)`."""
    if call.attribute != "open" or (call.base is None and not call.arguments):
        return None
    if call.base is None:
        mode, path = _argument(call, 1, "mode"), call.arguments[0]
    elif _is_storage(call.base):
        mode, path = _argument(call, 1, "mode"), _argument(call, 0, "name") or call.base
    elif any("pathlib" in each for each in call.base.types()):
        mode, path = _argument(call, 0, "mode"), call.base
    else:
        return None
    text = mode.string() if mode is not None else "r"
    return pattern(path), any(letter in (text or "") for letter in "wax+")


def _of_system(call: Expression) -> tuple[str, bool] | None:
    name = (call.callee.name() if call.callee is not None else None) or ""
    position = _OF_SYSTEM.get(name)
    if position is None or len(call.arguments) <= position:
        return None
    return pattern(call.arguments[position]), True


def _path(call: Expression) -> tuple[str, bool] | None:
    if call.attribute not in _PATH_READS | _PATH_WRITES or call.base is None:
        return None
    if call.attribute not in ("read_text", "read_bytes", "write_text", "write_bytes") and not any(
        "pathlib" in each for each in call.base.types()
    ):
        return None
    return pattern(call.base), call.attribute in _PATH_WRITES


def _stored(call: Expression) -> tuple[str, bool] | None:
    """Django's storages and buckets of S3."""
    if call.attribute not in _STORED_READS | _STORED_WRITES or call.base is None:
        return None
    of_bucket = call.attribute not in ("exists", "url", "save")
    if not of_bucket and not _is_storage(call.base):
        return None
    if of_bucket and not ({"Bucket", "Key"} & set(call.keywords) or len(call.arguments) > 1):
        return None
    bucket, key = (
        call.keywords.get("Bucket"),
        call.keywords.get("Key") or _argument(call, 0, "name"),
    )
    path = f"{pattern(bucket)}/{pattern(key)}" if bucket is not None else pattern(key)
    return path, call.attribute in _STORED_WRITES


def _is_storage(base: Expression) -> bool:
    name = base.name() or ""
    if name.startswith("django.core.files.storage."):
        return True
    return any("storage" in each.lower() for each in (*base.types(), base.attribute))


def _mail(call: Expression) -> Iterator[StateUse]:
    name = (call.callee.name() if call.callee is not None else None) or ""
    known = [name, *(call.base.types() if call.base is not None else ())]
    is_user = call.attribute == "email_user"
    if is_user or any(each.startswith(_MAILERS) for each in known):
        subject = _argument(call, 0, "subject")
        is_subject = not name.startswith("smtplib") and call.attribute not in (
            "send_message",
            "sendmail",
        )
        key = pattern(subject) if is_subject and subject is not None else "*"
        yield StateUse(
            call.owner,
            StateKind.MAIL,
            key if subject is None or subject.op is not Op.DISPLAY else "*",
            call.site,
            FRAMEWORK,
            writes=True,
            loop_depth=call.loop_depth,
        )


def _argument(call: Expression, position: int, name: str) -> Expression | None:
    given = call.keywords.get(name)
    if given is not None:
        return given
    return call.arguments[position] if position < len(call.arguments) else None
