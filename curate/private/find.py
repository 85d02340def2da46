"""Find private data in a text, and put typed marks in its place.

Pure functions over one text; `curate.private.drop` and `curate.private.redaction` apply them to rows.
"""

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.private.key import keys
from curate.private.mail import addresses
from curate.private.network import networks
from curate.private.number import cards, ibans
from curate.private.phone import phones
from curate.private.span import KINDS, MARKS, Kind, Span, merged

FINDERS = (keys, ibans, cards, addresses, networks, phones)
# What a text must hold for any finder to find something; for Arrow's engine, which takes linear time.
SUSPECT = (
    r"(?i)@|\d(?:[ ().\-/]{0,3}\d){6}|\d\.\d{1,3}\.\d{1,3}\.\d|[0-9a-f]:[0-9a-f]{0,4}:[0-9a-f]"
    r"|\.(?:internal|intranet|local|localdomain|corp|lan|home\.arpa)|[a-z0-9_]{20}|AKC[a-z0-9]{10}|AP[\da-f][a-z0-9]{8}"
    r"|PRIVATE KEY|PuTTY|(?:pass\w{0,6}|pwd|secret|token|key)[\"'`\])]{0,2}[ \t]{0,4}(?:[:=]|is\b)|://\S+:|bearer "
)


def find(text: str) -> list[Span]:
    """Find private data of every kind, from left to right, none overlapping another."""
    spans = [span for finder in FINDERS for span in finder(text)]
    return merged(spans) if spans else spans


def redact(text: str, kinds: Collection[Kind] = KINDS) -> tuple[str, Counter[Kind]]:
    """Put a mark such as `[EMAIL]` in the place of each private datum.

    A mark may lay bare what stood beside it, so the text is searched until nothing is found: to redact again changes
    nothing.

    Args:
        text: Any text.
        kinds: Which kinds to mark.

    Returns:
        The text with marks, and how many data of each kind they stand for.
    """
    counts: Counter[Kind] = Counter()
    while spans := [span for span in find(text) if span.kind in kinds]:
        counts.update(span.kind for span in spans)
        text = marked(text, spans)
    return text, counts


def mask(text: str) -> str:
    """Give a text as it may be shown in a report. Mask before cutting: half a datum is found by nobody."""
    return redact(text)[0]


def marked(text: str, spans: Sequence[Span]) -> str:
    """Put marks in the place of spans that are sorted and apart."""
    parts, end = [], 0
    for span in spans:
        parts += [text[end : span.start], MARKS[span.kind]]
        end = span.end
    return "".join([*parts, text[end:]])


def suspects(texts: Sequence[pa.StringArray]) -> npt.NDArray[np.int64]:
    """Give the positions at which any of some columns of texts may hold private data."""
    hits = [pc.match_substring_regex(column, SUSPECT).to_numpy(zero_copy_only=False) for column in texts]
    return np.flatnonzero(np.logical_or.reduce(hits))
