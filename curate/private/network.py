"""IP addresses, and names and addresses of private hosts.

Not private: loopback, link-local, multicast, netmasks and the ranges for documentation (RFC 5737, RFC 3849), the
public resolvers, the factory addresses of routers (192.168.1.1), and names that software gives to everybody's machine
(host.docker.internal). An address of the ranges for private networks (RFC 1918, RFC 4193) names a private host.
Four small numbers with full stops between them are more often a version or a section: they need a word such as "IP"
before them, or a port, a mask or a scheme beside them.
"""

import ipaddress
import re
from collections.abc import Iterator

from curate.private.span import Kind, Span

_V4 = re.compile(r"(?<![\w.])(?<![\w.][-+])\d{1,3}+(?:\.\d{1,3}+){3}(?![\w]|\.\d|-\d|\.[*xX])")
_V6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}+:|::)[0-9A-Fa-f:]{2,40}+(?![\w:])")
_CUE = re.compile(r"(?i)\b(?:ips?|ip4|ipv4|address(?:es)?|hosts?|servers?|ping|ssh|dns|gateway|subnet|network)\b")
_VERSION = re.compile(r"(?i)(?:\bv|\bver(?:sion)?s?\.?|\brelease|\bsection|\bchapter|\bbuild|[=<>~^])[\s:(]*\Z")
_BESIDE = re.compile(r"(?::\d{2,5}|/\d{1,2})\b")
_FACTORY = frozenset(
    f"{net}.{last}"
    for net in ("192.168.0", "192.168.1", "192.168.2", "10.0.0", "10.0.1", "172.16.0")
    for last in (1, 2)
)
_EVERYBODY = frozenset({"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "4.4.4.4", "1.2.3.4"})
_LATIN = 32
_NAME = re.compile(
    r"(?i)(?<![\w.@\\-])(?:[a-z0-9][a-z0-9-]{0,62}+\.){1,8}"
    r"(?:internal|intranet|local|localdomain|corp|lan|home\.arpa)(?![\w-]|\.\w|[(\[{]|\s*=)"
)
_ENDS = (".internal", ".intranet", ".local", ".corp", ".lan", ".home.arpa")
_SOFTWARE = re.compile(
    r"(?i)\A(?:(?:host|gateway|kubernetes|vm)\.docker\.internal|metadata\.google\.internal|cluster\.local"
    r"|(?:svc|kubernetes\.default\.svc)\.cluster\.local|localhost\.local(?:domain)?|example\.\w+|.*\.example\.\w+)\Z"
)
_CODE = re.compile(r"(?i)\A(?:self|this|cls|threading|thread|window|module|package|settings|config|env|app|var)\.")


def networks(text: str) -> Iterator[Span]:
    """Find IP addresses and private hosts."""
    yield from _v4(text)
    if text.count(":") > 1:
        yield from _v6(text)
    yield from _hosts(text)


def _v4(text: str) -> Iterator[Span]:
    for match in _V4.finditer(text):
        found = match[0]
        if found in _FACTORY or found in _EVERYBODY or _VERSION.search(text, max(0, match.start() - 24), match.start()):
            continue
        try:
            address = ipaddress.IPv4Address(found)
        except ValueError:
            continue
        small = max(address.packed) < _LATIN
        if small and not (
            _BESIDE.match(text, match.end())
            or text[max(0, match.start() - 3) : match.start()] == "://"
            or _CUE.search(text, max(0, match.start() - 48), match.start())
        ):
            continue
        kind = _kind(address)
        # A last octet of 0 or 255 names a network or all of it, no host.
        if kind and not (kind == "host" and address.packed[3] in {0, 255}):
            yield Span(kind, match.start(), match.end())


def _v6(text: str) -> Iterator[Span]:
    for match in _V6.finditer(text):
        found = match[0].removesuffix(":") if not match[0].endswith("::") else match[0]
        groups = [group for group in found.split(":") if group]
        # `abc::def` is a name in some languages; an address has digits, and two groups or a long first one.
        if len(groups) < 2 or not any(sign.isdigit() for sign in groups[0]):
            continue
        try:
            address = ipaddress.IPv6Address(found)
        except ValueError:
            continue
        if kind := _kind(address):
            yield Span(kind, match.start(), match.start() + len(found))


def _kind(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Kind | None:
    """Tell a host on a private network from an address of the internet, and both from those that name nobody."""
    inside = any(address in net for net in _PRIVATE if net.version == address.version)
    if inside:
        return "host"
    return "ip" if address.is_global and not address.is_multicast else None


_PRIVATE = [ipaddress.ip_network(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")]


def _hosts(text: str) -> Iterator[Span]:
    lowered = text.lower()
    if not any(end in lowered for end in _ENDS):
        return
    for match in _NAME.finditer(text):
        if not _SOFTWARE.match(match[0]) and not _CODE.match(match[0]):
            yield Span("host", match.start(), match.end())
