from generate.candidates import Candidate
from generate.strategies.quoting import joined, quoted
from schemas import Section
from tests.generate.makers import candidate, document

TEXT = "# Guide\n\nTwo bells ring at noon.\n\n## Repair\n\nThe lamp is **green** again.\n"
START = TEXT.index("## Repair")
REPAIR = Candidate(
    1,
    document(TEXT),
    Section(document="guide.md", path=("Repair",), start=START, end=len(TEXT), kinds=("prose",)),
    "The lamp is green again.",
)


def test_a_quote_is_pointed_at_in_the_raw_text_of_its_section() -> None:
    source = quoted("The lamp is green again", REPAIR)
    assert source is not None
    assert TEXT[source.start : source.end] == source.quote == "The lamp is **green** again"
    assert (source.document, source.section) == ("guide.md", "Repair")


def test_a_quote_from_another_section_is_not_found() -> None:
    assert quoted("Two bells ring at noon", REPAIR) is None


def test_passages_stand_under_their_headings() -> None:
    assert joined([candidate("One.", "A"), candidate("Two.", "B")]) == (
        "# Gateway guide > A\n\nOne.\n\n# Gateway guide > B\n\nTwo."
    )
