"""Keys, tokens and passwords: the plugins of detect-secrets, private keys in PEM, and what is assigned to such a name.

Of detect-secrets only the patterns are used, line by line and in this process: no file, no version control, no network,
and nothing is verified. Its plugins whose patterns take quadratic time on a hostile line have a linear one here.
Hashes, UUIDs and strings that only look random are no secrets; nor are the passwords of textbooks ("password123").
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from math import log2
from typing import Any

from curate.private.span import MARK, Span

PLUGINS = (
    ("artifactory", "ArtifactoryDetector", ("AKC", "AP")),
    ("aws", "AWSKeyDetector", ("AKIA", "ASIA", "A3T", "ABIA", "ACCA", "aws", "AWS")),
    ("azure_storage_key", "AzureStorageKeyDetector", ("AccountKey=",)),
    ("basic_auth", "BasicAuthDetector", ("://",)),
    ("cloudant", "CloudantDetector", ("cl", "CL")),
    ("discord", "DiscordBotTokenDetector", ("M", "N", "O")),
    ("github_token", "GitHubTokenDetector", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    ("gitlab_token", "GitLabTokenDetector", ("gl", "GR1348941")),
    ("ibm_cos_hmac", "IbmCosHmacDetector", ("key", "KEY", "Key")),
    ("mailchimp", "MailchimpDetector", ("-us",)),
    ("pypi_token", "PypiTokenDetector", ("pypi-",)),
    ("sendgrid", "SendGridDetector", ("SG.",)),
    ("slack", "SlackDetector", ("xox", "hooks.slack.com")),
    ("softlayer", "SoftlayerDetector", ("sl", "softlayer", "SL")),
    ("square_oauth", "SquareOAuthDetector", ("sq0csp-",)),
    ("stripe", "StripeDetector", ("_live_",)),
    ("telegram_token", "TelegramBotTokenDetector", (":",)),
    ("twilio", "TwilioKeyDetector", ("AC", "SK")),
)
LONGEST_LINE = 4096
OVERLAP = 512
_TOKEN = re.compile(
    r"(?<![\w-])(?:"
    r"eyJ[\w-]{8,}+\.eyJ[\w-]{8,}+\.[\w-]{8,}+"  # JSON web token
    r"|sk-(?!x{4})(?:proj-|ant-|svcacct-|or-)?(?=[\w-]{0,40}\d)[\w-]{24,}+"  # OpenAI, Anthropic and their like
    r"|(?:npm_[A-Za-z0-9]{36}|hf_[A-Za-z0-9]{34}|github_pat_\w{40,}+|AIza[\w-]{35}|ya29\.[\w-]{40,}+|dop_v1_[0-9a-f]{64})"
    r")(?![\w-])"
)
_PEM = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-[23]:")
_BODY = re.compile(r"[A-Za-z0-9+/]{32}")
_PEM_END = re.compile(r"-----END [A-Z0-9 ]{1,40}-----|Private-MAC: [0-9a-f]+")
_PEM_SIGNS = re.compile(r"(?:[A-Za-z0-9+/=\s]|\\n)*+")
_LONGEST_PEM, _LONGEST_PEM_HEAD = 16_384, 400
_NAME = (
    r"(?:pass(?:word|wd|phrase)?|pwd|secret(?:[_-]?key)?|token"
    r"|(?:api|access|auth|client|private|signing)[_-]?(?:key|token|secret))"
)
_ASSIGNED = re.compile(
    rf"(?i)(?<![A-Za-z]){_NAME}(?P<close>[\"'`\])]{{0,2}})[ \t]{{0,4}}(?P<verb>:=|=>|[:=]|\bis\b)[ \t]{{0,4}}"
    r"(?P<quote>[\"'`]?)(?P<value>[^\s\"'`,;<>(){}\[\]]{8,200}+)(?![(\[])"
)
_BEARER = re.compile(r"(?i)\bbearer[ \t]{1,3}(?P<value>[\w.~+/-]{20,400}=*)")
_PLACEHOLDER = re.compile(
    r"(?i)x{4}|\*{3}|\.{3}|your|my[_-]?|example|sample|dummy|placeholder|change|insert|redacted|test|demo|foo|bar|todo"
    r"|pass|secret|qwert|abc|1234|admin|letmein|welcome|^\$|^%|::|/|\w\.\w"
)
_WORDS = ("pass", "pwd", "secret", "token", "key", "bearer")  # one of which is in every name above
_LEAST_ENTROPY = 3.0


def keys(text: str) -> Iterator[Span]:
    """Find keys, tokens and passwords."""
    yield from _pem(text)
    for match in _TOKEN.finditer(text):
        if _random(match[0], 12):
            yield Span("key", match.start(), match.end())
    lowered = text.lower()
    for pattern in (_ASSIGNED, _BEARER):
        if not any(word in lowered for word in _WORDS):
            break
        for match in pattern.finditer(text):
            value = match["value"].rstrip(".:!?")
            if pattern is _ASSIGNED and not _assigned(value, said=match["verb"].isalpha()):
                continue
            if pattern is _BEARER and (not _random(value, 12) or _PLACEHOLDER.search(value)):
                continue
            yield Span("key", match.start("value"), match.start("value") + len(value))
    yield from _scanned(text)


def _pem(text: str) -> Iterator[Span]:
    """Find private keys from their first line to their last, or to where their signs end."""
    end = 0
    for match in _PEM.finditer(text):
        if match.start() < end:
            continue
        block = text[match.start() : match.start() + _LONGEST_PEM]
        if not _BODY.search(block, len(match[0]), len(match[0]) + _LONGEST_PEM_HEAD):
            continue
        close = _PEM_END.search(block) or _PEM_SIGNS.match(block, len(match[0]))
        end = match.start() + (close.end() if close else len(match[0]))
        yield Span("key", match.start(), end)


def _assigned(value: str, *, said: bool) -> bool:
    """Tell a real secret after "password =" from a word, a variable, a placeholder or a textbook's example.

    Short ones count after a sign only; "the password is ..." mostly answers a wish for a new one.
    """
    if _PLACEHOLDER.search(value) or MARK.search(value):
        return False
    if len(value) >= 16:
        return _random(value, 16)
    if said:
        return False
    classes = sum(bool(re.search(kind, value)) for kind in (r"[a-z]", r"[A-Z]", r"\d", r"[^\w\s]"))
    return classes >= 3 and _random(value, 8)


def _random(value: str, length: int) -> bool:
    """Tell whether a text is long, has letters and digits, and spreads over many signs (bits per sign)."""
    if len(value) < length or not re.search(r"\d", value) or not re.search(r"[A-Za-z]", value):
        return False
    counts = Counter(value).values()
    return -sum(count / len(value) * log2(count / len(value)) for count in counts) >= min(
        _LEAST_ENTROPY, log2(length) - 0.5
    )


def _scanned(text: str) -> Iterator[Span]:
    """Run the plugins over each line that holds what their secrets begin with; long lines in overlapping pieces."""
    wanted = [place for place, (_, _, starts) in enumerate(PLUGINS) if any(start in text for start in starts)]
    if not wanted:
        return
    scanners = _scanners()
    start = 0
    for line in text.splitlines(keepends=True):
        for piece in range(0, max(1, len(line) - OVERLAP), LONGEST_LINE - OVERLAP):
            part = line[piece : piece + LONGEST_LINE]
            for place in wanted:
                if not any(sign in part for sign in PLUGINS[place][2]):
                    continue
                for pattern in scanners[place]:
                    for match in pattern.finditer(part):
                        first, last = _secret(match)
                        if _credible(part[first:last]):
                            yield Span("key", start + piece + first, start + piece + last)
        start += len(line)


def _secret(match: re.Match[str]) -> tuple[int, int]:
    """Give the place of the secret: the group where it ends what was matched, as after "password:", else all of it."""
    groups = match.re.groups
    return match.span(1) if groups == 1 and match.end(1) >= match.end() - 1 else match.span()


def _credible(secret: str) -> bool:
    """Tell a secret from a mark, a placeholder, or a long run of letters that happens to fit a pattern."""
    if MARK.search(secret) or re.search(r"(?i)EXAMPLE|x{6}|\*{3}|^pass(?:word|wd)?$|^<|^\{|^\$", secret):
        return False
    return len(secret) < 20 or bool(re.search(r"\d", secret))


@lru_cache(maxsize=1)
def _scanners() -> list[tuple[re.Pattern[str], ...]]:
    """Give the patterns of each plugin, made once for a process."""
    from importlib import import_module

    made: list[Any] = [  # Any: the plugins have no common type that their package exports
        getattr(import_module(f"detect_secrets.plugins.{module}"), name) for module, name, _ in PLUGINS
    ]
    return [tuple(plugin.denylist) for plugin in made]
