"""A document as it was loaded, and the sections that tile its text."""

from dataclasses import dataclass, field

import pyarrow as pa

DOCUMENT_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("sha256", pa.string(), nullable=False),
        pa.field("media_type", pa.string(), nullable=False),
        pa.field("title", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("metadata", pa.string(), nullable=False),
    ]
)

SECTION_SCHEMA = pa.schema(
    [
        pa.field("document", pa.string(), nullable=False),
        pa.field("path", pa.list_(pa.string()), nullable=False),
        pa.field("start", pa.int64(), nullable=False),
        pa.field("end", pa.int64(), nullable=False),
        pa.field("kinds", pa.list_(pa.string()), nullable=False),
    ]
)

HEADING_SEPARATOR = " › "  # noqa: RUF001 - the sign is meant, it does not stand in for a ">"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file of the corpus as Markdown.

    Attributes:
        id: Path relative to the root of the corpus, with forward slashes, or the URL.
        sha256: Hex digest of the raw bytes.
        media_type: For example `text/markdown`.
        title: Front matter title, first heading or file name, in that order.
        text: Markdown; for a Markdown source the decoded file itself, byte for byte.
        metadata: Front matter as JSON text, `{}` where there is none.
    """

    id: str
    sha256: str
    media_type: str
    title: str
    text: str
    metadata: str = "{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A stretch of a document's text under one heading.

    The sections of a document tile its text: sorted by `start`, each begins where the one before ended.

    Attributes:
        document: Id of the document.
        path: Headings from the outermost to its own; empty before the first heading.
        start: Offset of its first character in `Document.text` (characters, not bytes).
        end: Offset after its last character.
        kinds: Sorted subset of `code`, `front_matter`, `list`, `prose`, `table`.
    """

    document: str
    path: tuple[str, ...]
    start: int
    end: int
    kinds: tuple[str, ...] = field(default=())

    @property
    def heading(self) -> str:
        """Its own heading, empty before the first one."""
        return self.path[-1] if self.path else ""

    @property
    def label(self) -> str:
        """The whole heading path on one line."""
        return HEADING_SEPARATOR.join(self.path)
