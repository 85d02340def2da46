"""What a server's refusals mean: who is concerned, whether to try again, and what the user can do.

No key, password or query of an address ever stands in what is said here.
"""

import email.utils
import re
import time
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from schemas import LLMError

Scope = Literal["again", "request", "run"]

_OPTIONAL = ("max_tokens", "temperature", "top_p", "seed", "stop")
_UNKNOWN = re.compile(
    r"unsupported|not supported|does not support|unrecogni[sz]ed|unknown|not permitted|extra", re.IGNORECASE
)
_SPENT = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}
_LONGEST = 300  # characters of a server's own words that are repeated


class Fault(NamedTuple):
    """One failed attempt.

    Attributes:
        error: What to tell.
        scope: `again` where the same request may succeed, `request` where only this one is refused, `run` where every
            other would be refused as well.
        limited: Whether the server only asks for patience.
        unreachable: Whether no server answered at all.
        late: Whether it did not answer in time.
    """

    error: LLMError
    scope: Scope
    limited: bool = False
    unreachable: bool = False
    late: bool = False


def public_address(url: str) -> str:
    """Strip credentials, query and fragment from a URL: what may be shown and stored."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))


def redact(text: str, secrets: tuple[str, ...]) -> str:
    """Bring foreign words onto one short line without the secrets and without anything that looks like a key."""
    for secret in secrets:
        text = text.replace(secret, "[key]")
    line = " ".join(re.sub(r"\bsk-[\w*-]+", "[key]", text).split()).rstrip(".")
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"


def fault_of(error: Exception, *, route: str, model: str, secrets: tuple[str, ...]) -> Fault:
    """Judge what an attempt raised."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return _status_fault(error, route=route, model=model, secrets=secrets)
    late = _is_late(error)
    if late:
        what, mend = "no answer in time", "Allow more time with --timeout, or ask for fewer at once with --concurrency"
    elif isinstance(error, openai.APIConnectionError | OSError):
        cause = error.__cause__ or error
        what = f"no connection to the server ({redact(str(cause), secrets) or type(cause).__name__})"
        mend = "Check that it runs and that its address (--base-url or OPENAI_BASE_URL) is right"
    else:
        what, mend = f"the answer is not a chat completion ({redact(str(error), secrets)})", "Check the address"
        return Fault(LLMError(what, retryable=True, where=route, mend=mend), "again")
    return Fault(LLMError(what, retryable=True, where=route, mend=mend), "again", unreachable=True, late=late)


def _is_late(error: BaseException | None) -> bool:
    """Tell a timeout from a connection that broke: the package's aiohttp transport calls both a timeout."""
    while error is not None and not isinstance(error, TimeoutError):
        error = error.__cause__
    return error is not None


def _status_fault(error: Any, *, route: str, model: str, secrets: tuple[str, ...]) -> Fault:  # Any: as in `said_by`
    """Judge an HTTP status."""
    status: int = error.status_code
    said = redact(said_by(error), secrets)
    told = f" ({status}: {said})" if said else f" ({status})"
    wait = wait_of(error.response.headers)
    scope: Scope = "run"
    match status:
        case 401:
            what, mend = "the server refused the key (401)", "Set OPENAI_API_KEY to a key that it accepts"
        case 403:
            what, mend = f"the key may not use the model {model!r}{told}", "Use another key or another model"
        case 404:
            what, mend = f"no model {model!r} at this address{told}", "Check the name and the address"
        case 429 if {str(error.code), str(error.type)} & _SPENT:  # texts, as a rule
            what, mend = f"the account has no credit left{told}", "Add credit, or use another key or server"
        case 429:
            scope, what, mend = "again", f"too many requests{told}", "Ask with less --concurrency"
        case _ if status in {408, 409, 425} or status >= 500:
            scope, what, mend = "again", f"the server failed{told}", "Run it again later: what is answered is kept"
        case _:
            scope, what, mend = "request", f"the server refused the request{told}", "Check the model and its settings"
    again = scope == "again"
    fault = LLMError(what, retryable=again, retry_after=wait if again else None, where=route, mend=mend)
    return Fault(fault, scope, limited=again and (status == 429 or wait is not None))


def said_by(error: Any) -> str:  # Any: an `openai.APIStatusError`, a name that must not be imported at module level
    """Find the sentence in a server's error, whatever shape it has."""
    body = error.body
    if isinstance(body, dict):
        for name in ("message", "detail", "error"):
            if body.get(name):
                return str(body[name])
    return str(body) if body else str(error.response.reason_phrase or "")


def unwanted(error: Exception, body: Mapping[str, Any]) -> str | None:  # Any: JSON
    """Name the optional parameter of the request that the server says it does not take, if it says so."""
    if getattr(error, "status_code", 0) not in {400, 422}:
        return None
    said = said_by(error)
    param = getattr(error, "param", None)
    for name in _OPTIONAL:
        if (
            name in body
            and _UNKNOWN.search(said)
            and (param == name or (not param and re.search(rf"\b{name}\b", said)))
        ):
            return name
    return None


def wait_of(headers: Mapping[str, str]) -> float | None:
    """Read the seconds to wait out of `Retry-After` (seconds or a date) or `retry-after-ms`."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        value = headers.get(name, "").strip()
        if re.fullmatch(r"\d+(\.\d+)?", value):
            return float(value) / unit
    try:
        when = email.utils.parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    return max(0.0, when.timestamp() - time.time())
