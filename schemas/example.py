"""The example: one row of every dataset.

`messages` has the OpenAI chat shape, so TRL, `datasets` and vLLM read the Parquet as it is.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import pyarrow as pa

MESSAGES_TYPE = pa.list_(pa.struct([pa.field("role", pa.string()), pa.field("content", pa.string())]))
SOURCE_TYPE = pa.struct(
    [
        pa.field("document", pa.string()),
        pa.field("section", pa.string()),
        pa.field("start", pa.int64()),
        pa.field("end", pa.int64()),
        pa.field("quote", pa.string()),
    ]
)
ORIGIN_TYPE = pa.struct(
    [
        pa.field("strategy", pa.string()),
        pa.field("model", pa.string()),
        pa.field("prompt", pa.string()),
        pa.field("seed", pa.int64()),
    ]
)
EXAMPLE_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("messages", MESSAGES_TYPE, nullable=False),
        pa.field("context", pa.string()),
        pa.field("source", SOURCE_TYPE),
        pa.field("origin", ORIGIN_TYPE),
    ]
)


class Message(NamedTuple):
    """One turn of a conversation: `system`, `user`, `assistant` or another role that the row came with."""

    role: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an answer stands.

    Attributes:
        document: Id of the document.
        section: Its heading path on one line.
        start: Offset of the first character of `quote` in the document's text.
        end: Offset after its last character.
        quote: The text between them, exactly.
    """

    document: str
    section: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How an example was made.

    Attributes:
        strategy: Name of the generation strategy.
        model: Model that wrote it, empty where none did.
        prompt: Hash of the prompt template, empty where none was used.
        seed: Seed of the run.
    """

    strategy: str
    model: str
    prompt: str
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One instruction example.

    Attributes:
        messages: The conversation, oldest turn first.
        context: Passage that the answer rests on, or Alpaca's `input`. Where the prompt holds it, the
            user turn ends with a blank line and the context.
        source: Where the answer stands, if it came from a document.
        origin: How it was made, if we made it.
    """

    messages: tuple[Message, ...]
    context: str | None = None
    source: Source | None = None
    origin: Origin | None = None

    @property
    def id(self) -> str:
        """Hash of messages and context: the same on every machine, shared by exact copies."""
        return example_id(self.messages, self.context)

    def row(self) -> dict[str, Any]:  # Any: the values are of all the column types
        """Its columns as plain Python values, in the order of `EXAMPLE_SCHEMA`."""
        return {
            "id": self.id,
            "messages": [{"role": role, "content": content} for role, content in self.messages],
            "context": self.context,
            "source": None if self.source is None else asdict(self.source),
            "origin": None if self.origin is None else asdict(self.origin),
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Example":  # Any: a row of a table holds all the column types
        """Read one row of a table that has the columns of `EXAMPLE_SCHEMA`; other columns are left aside."""
        source, origin = row.get("source"), row.get("origin")
        return cls(
            messages=tuple(Message(message["role"], message["content"]) for message in row["messages"]),
            context=row.get("context"),
            source=None if source is None else Source(**source),
            origin=None if origin is None else Origin(**origin),
        )


def last_answer(messages: Sequence[Message]) -> int:
    """Give the place of the last answer, which what stands before it asks for; 0 where there is none."""
    return max((place for place, turn in enumerate(messages) if turn.role == "assistant"), default=0)


def example_id(messages: Iterable[tuple[str, str]], context: str | None) -> str:
    """Hash what a row says: 32 hex digits of BLAKE2b over the length-prefixed parts.

    Lengths in front of the parts keep ("ab", "c") and ("a", "bc") apart. A lone surrogate is hashed as it stands.
    """
    digest = hashlib.blake2b(digest_size=16)
    for role, content in messages:
        for part in (role, content):
            raw = part.encode("utf-8", "surrogatepass")
            digest.update(b"%d:" % len(raw) + raw)
    if context is not None:
        digest.update(b"|" + context.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def examples_table(examples: Sequence[Example]) -> pa.Table:
    """Put examples into a table with `EXAMPLE_SCHEMA`."""
    return pa.Table.from_pylist([example.row() for example in examples], schema=EXAMPLE_SCHEMA)
