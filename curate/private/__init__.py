"""Private data: finding it, dropping the rows that hold it, or putting typed marks in its place."""

from curate.private.drop import MEANINGS, Private
from curate.private.find import find, mask, redact
from curate.private.redaction import Redact
from curate.private.span import KINDS, Kind, Span

__all__ = ["KINDS", "MEANINGS", "Kind", "Private", "Redact", "Span", "find", "mask", "redact"]
