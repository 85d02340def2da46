"""E-mail addresses.

Not private: the names that RFC 2606 and RFC 6761 keep for examples, stand-ins such as `your_name@gmail.com` and
`x@email.com`, user names in URLs and in `git@host:path`, and files such as `logo@2x.png`. Addresses that are spelt out
("ann at home dot org") are not looked for.
"""

import re
from collections.abc import Iterator

from curate.private.span import Span

# Possessive, and starting only where no sign of an address stands before: a text of any length is read once.
_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9._%+'-])"
    r"(?P<local>[A-Za-z0-9._%+'-]++)@(?P<domain>(?:[A-Za-z0-9\u00c0-\u024f-]{1,63}+\.){1,8}[A-Za-z]{2,24})"
    r"(?![A-Za-z0-9@_-])"
)
_USER_OF_URL = re.compile(r"://[^\s/@]*\Z")
_RESERVED = re.compile(r"(?i)(?:\A|\.)(?:example\.(?:com|org|net|edu)|example|test|invalid|localhost)\Z")
_STAND_IN = re.compile(
    r"(?i)(?:(?:example|sample|test|user(?:name)?|name|e?mail|someone|somebody|(?:your|my)[._-].*"
    r"|your?(?:name|e?mail|address))\d?@.*|.*@(?:your|my)?(?:e?mail|domain|company|website|site)\.(?:com|org|net))\Z"
)
_FILES = frozenset({"png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "html", "py", "md", "json", "yaml", "yml"})
LONGEST_LOCAL = 64


def addresses(text: str) -> Iterator[Span]:
    """Find e-mail addresses."""
    if "@" not in text:
        return
    for match in _ADDRESS.finditer(text):
        local, domain = match["local"].lstrip(".'%+-"), match["domain"]
        start = match.end("local") - len(local)
        if not 0 < len(local) <= LONGEST_LOCAL or _RESERVED.search(domain):
            continue
        if _STAND_IN.match(f"{local}@{domain}"):
            continue
        if domain.rpartition(".")[2].lower() in _FILES or (
            local == "git" and text[match.end() : match.end() + 1] == ":"
        ):
            continue
        if _USER_OF_URL.search(text, max(0, start - 200), start):
            continue
        yield Span("email", start, match.end())
