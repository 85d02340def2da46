"""Whether an answer says what its passage says."""

from collections.abc import Sequence

from generate.grounding.evidence import Evidence, read_evidence
from generate.grounding.facts import Fact, facts
from generate.grounding.fit import misfit
from generate.grounding.foreign import foreign_fact, foreign_word
from generate.grounding.sentences import pieces
from generate.grounding.stance import wrong_way
from generate.rejection import Rejection

FOREIGN_WORDS, FOREIGN_SHARE = 2, 0.2  # words of a sentence that the passage does not hold, and their share, to be an invention


def check_answer(
    answer: str, passage: str, *, question: str = "", headings: Sequence[str] = ()
) -> Rejection | None:
    evidence = read_evidence(passage, tuple(headings), question)
    read = [(piece.text, facts(piece.text)) for piece in pieces(answer)]
    for text, found in read:
        fault = foreign_fact(found, text, evidence)
        if fault is None and evidence.english:
            fault = foreign_word(found, evidence) or wrong_way(found, text, evidence) or _invented(found, text, evidence)
        if fault:
            return fault
    return misfit([found for _, found in read], evidence) if evidence.english else None


def _invented(found: Sequence[Fact], text: str, evidence: Evidence) -> Rejection | None:
    """Look for a sentence with too many words of its own."""
    told = [fact for fact in found if fact.kind in {"word", "name"}]
    foreign = [fact.text for fact in told if evidence.foreign(fact)]
    if len(foreign) >= FOREIGN_WORDS and len(foreign) >= FOREIGN_SHARE * len(told):
        return Rejection("unsupported", f"{', '.join(foreign)}: {text[:200]}")
    return None
