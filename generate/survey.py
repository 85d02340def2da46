"""What the documents have to offer: their sections, and which of them can be answers.

Nothing is asked yet, so nothing is paid for what would be thrown away.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING

from generate.alike_pages import Alike, alike_pages
from generate.answers import check_passage
from generate.candidates import Candidate
from generate.corpus import Skip, read_corpus
from generate.passages import definitions, has_hole, passage, template_marks
from generate.rejection import Rejection
from generate.report import Rejected, Skipped
from generate.sections import rough_tokens, split
from generate.strategies.search import Index
from schemas import Document, normal
from schemas.progress import Progress
from schemas.text import encodable

if TYPE_CHECKING:
    from generate.config import GenerateConfig

_SAYS_NOTHING = ("front_matter", "repeated_passage")  # sections that tell a reader nothing, or nothing more


@dataclass(slots=True)
class Survey:
    """The documents read so far.

    Attributes:
        documents: How many were read.
        sections: How many sections they have.
        skipped: Files that could not be read.
        unfit: Sections that cannot be answers, with their numbers.
        candidates: The other sections.
        near_identical: Documents that are nearly the same as one before them.
    """

    documents: int = 0
    sections: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    unfit: list[tuple[int, Rejected]] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    near_identical: list[Alike] = field(default_factory=list)
    _index: Index | None = field(default=None, init=False, repr=False, compare=False)
    _library: tuple[Index, list[tuple[str, str]]] | None = field(default=None, init=False, repr=False, compare=False)

    def index(self) -> Index:
        """Make the candidates searchable, once, with their headings and in their order."""
        if self._index is None:
            self._index = Index(["\n".join((*each.headings, each.passage)) for each in self.candidates])
        return self._index

    def library(self) -> tuple[Index, list[tuple[str, str]]]:
        """Make all that the documents say searchable, once: also a table that cannot be an answer can answer something.

        Returns:
            The index, and the places and texts in its order: of the candidates first, then of the other sections.
        """
        if self._library is None:
            texts = [(each.whereabouts, each.passage) for each in self.candidates]
            for _, row in self.unfit:
                if row.answer and row.reason not in _SAYS_NOTHING:
                    texts.append((f"{row.document} > {row.section}", row.answer))
            self._library = Index([f"{where}\n{text}" for where, text in texts]), texts
        return self._library

    def read(self, paths: Sequence[Path], config: "GenerateConfig", progress: Progress) -> None:
        """Read every document and sort its sections."""
        marks: Counter[str] = Counter()
        seen: dict[str, str] = {}
        documents: list[Document] = []
        corpus = read_corpus(
            paths, include=config.include, exclude=config.exclude, max_bytes=config.max_bytes, progress=progress
        )
        for item in corpus:
            if isinstance(item, Skip):
                self.skipped.append(Skipped(str(item.path), item.reason, item.detail))
            else:
                self.documents += 1
                documents.append(item)
                marks.update(template_marks(item.text))
                self._cut(item, seen, config)
        self.near_identical = alike_pages(documents)
        self._leave_out_tags({mark for mark, pages in marks.items() if pages >= min(2, self.documents)})

    def _leave_out_tags(self, live: set[str]) -> None:
        """Leave out code that shows template tags, where the pages themselves are written with such tags.

        There it tells how the site is made, not what the documents are about. Where no page has tags outside its
        code, as in the manual of a template language, code with tags is content like any other.
        """
        shown = [any(mark in candidate.passage for mark in live) for candidate in self.candidates]
        fault = Rejection("template_tag", "its code shows the tags that the pages are written with")
        self.unfit += [(each.number, unfit(each, fault)) for each in compress(self.candidates, shown)]
        self.candidates = [each for each, tagged in zip(self.candidates, shown, strict=True) if not tagged]

    def _cut(self, document: Document, seen: dict[str, str], config: "GenerateConfig") -> None:
        links = definitions(document.text)
        for section in split(document, max_tokens=config.section_tokens, count=rough_tokens):
            text = passage(document.text[section.start : section.end], kinds=section.kinds, definitions=links)
            candidate = Candidate(self.sections, document, section, text)
            self.sections += 1
            fault = _fault(candidate, seen, config)
            if fault is None:
                self.candidates.append(candidate)
            else:
                self.unfit.append((candidate.number, unfit(candidate, fault)))


def survey(paths: Sequence[Path], config: "GenerateConfig", progress: Progress) -> Survey:
    """Read the documents and set apart the sections that can be answers.

    Raises:
        InputError: There is no document.
    """
    found = Survey()
    found.read(paths, config, progress)
    return found


def unfit(candidate: Candidate, fault: Rejection) -> Rejected:
    """Put down a section that cannot be an answer."""
    section = candidate.section
    return Rejected(
        strategy="",
        document=candidate.document.id,
        section=section.label,
        start=section.start,
        end=section.end,
        question=None,
        answer=candidate.passage,
        reason=fault.reason,
        detail=encodable(fault.detail),
        response=None,
    )


def _fault(candidate: Candidate, seen: dict[str, str], config: "GenerateConfig") -> Rejection | None:
    """Say why a section's passage cannot be an answer; `seen` holds the passages before it, by their normal form."""
    if candidate.section.kinds == ("front_matter",):
        return Rejection("front_matter")
    if not candidate.passage.strip():
        return Rejection("no_text")
    section = candidate.section
    if has_hole(candidate.document.text[section.start : section.end]):
        return Rejection("template_variable", "a template's variable stands in a sentence, which lacks its value")
    tokens = rough_tokens(candidate.passage)
    fault = check_passage(candidate, tokens=tokens, most_tokens=config.max_answer_tokens, prose_only=config.prose_only)
    if fault is not None:
        return fault
    name, here = normal(candidate.passage), f"{candidate.document.id}, {candidate.section.label}"
    if name in seen:
        return Rejection("repeated_passage", f"as in {seen[name]}")
    seen[name] = here
    return None
