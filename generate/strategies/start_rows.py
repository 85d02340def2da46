"""The rows that evolution starts from, where the user has some."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from generate.candidates import Candidate
from schemas import Document, InputError, Section, Source
from schemas.document import HEADING_SEPARATOR
from schemas.formats import open_examples


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRow:
    """One row.

    Attributes:
        question: What the user says first.
        passage: What the answers to its evolved forms must rest on: its context, or else its answer; empty where it
            has neither.
        source: Where that stands, as the row says.
    """

    question: str
    passage: str
    source: Source | None

    def candidate(self, path: Path) -> Candidate:
        """Make the passage a section of its own."""
        name = self.source.document if self.source else path.name
        headings = tuple(self.source.section.split(HEADING_SEPARATOR)) if self.source else (path.stem,)
        document = Document(id=name, sha256="", media_type="text/markdown", title=headings[0], text=self.passage)
        section = Section(document=name, path=headings[1:], start=0, end=len(self.passage), kinds=("prose",))
        return Candidate(0, document, section, self.passage)


@lru_cache(maxsize=4)
def read_start(path: Path) -> tuple[StartRow, ...]:
    """Read a file of examples in any format.

    Raises:
        InputError: It cannot be read, or holds a row that is none.
    """
    found = []
    for batch in open_examples(path).batches():
        for reject in batch.rejects:
            raise InputError(reject.error, where=f"{path}, row {reject.row}", mend="Mend or remove the row")
        for row in batch.examples.to_pylist():
            turns = row["messages"]
            asked = next((turn["content"] for turn in turns if turn["role"] == "user"), "").strip()
            answer = next((turn["content"] for turn in turns if turn["role"] == "assistant"), "").strip()
            context = (row["context"] or "").strip()
            source = row.get("source")
            found.append(
                StartRow(
                    question=asked.removesuffix(f"\n\n{context}") if context else asked,
                    passage=context or answer,
                    source=None if source is None else Source(**source),
                )
            )
    return tuple(found)
