"""Whether an answer says what its passage says."""

from collections import Counter
from collections.abc import Sequence

from generate.grounding.cells import wrong_cell
from generate.grounding.consistent import inconsistent
from generate.grounding.contrast import turned_round
from generate.grounding.crossed import crossed
from generate.grounding.evidence import Evidence, read_evidence
from generate.grounding.facts import Fact, facts
from generate.grounding.fit import misfit
from generate.grounding.fold import fold
from generate.grounding.foreign import foreign_fact, foreign_word
from generate.grounding.lexicon import GENERIC, bare_stem
from generate.grounding.order import out_of_order
from generate.grounding.phrases import plain
from generate.grounding.replaced import replaced
from generate.grounding.sentences import pieces
from generate.grounding.stance import wrong_way
from generate.rejection import Rejection

_IN_LISTS = frozenset(["and", "or", "the", "a", "an", "your", "our", "their", "its"])
_PREDICATES = frozenset(
    ["is", "are", "was", "were", "must", "may", "can", "will", "has", "have", "should", "need", "needs", "do", "does"]
)
ALOOF = 3  # of so many words of a sentence one stands together in the passage at most
VERBATIM = 25  # characters from which on a sentence that stands in the passage word for word needs no more looks
FOREIGN_WORDS, FOREIGN_SHARE = 3, 0.3  # words of a sentence that the passage does not hold, and their share
FOREIGN_PAIR, FOREIGN_HALF = 2, 0.4  # the same of a clause


def check_answer(answer: str, passage: str, *, question: str = "", headings: Sequence[str] = ()) -> Rejection | None:
    """Hold an answer against its passage, sentence by sentence; None if nothing speaks against it.

    Reasons: `foreign_number`, `foreign_unit`, `foreign_date`, `foreign_identifier`, `foreign_url`, `foreign_name` and
    `foreign_word` for what stands nowhere and does not follow; `swapped` and `misplaced` for what stands elsewhere;
    `opposite` and `negation`; `unsupported` for a sentence with words of its own. In other languages than English only
    numbers, dates, code names and addresses are judged.

    Args:
        answer: The answer.
        passage: The passage that it rests on.
        question: The question; what it names may be named.
        headings: The headings of the passage, likewise.
    """
    answer, question = plain(answer), plain(question)
    evidence = read_evidence(plain(passage), tuple(plain(heading) for heading in headings), question)
    verbatim = {fold(read.piece.text).text for read in evidence.reads}
    read = [(piece.text, facts(piece.text)) for piece in pieces(answer)]
    read = [(text, found) for text, found in read if len(text) < VERBATIM or fold(text).text not in verbatim]
    asked = facts(question)
    for text, found in read:
        fault = foreign_fact(found, text, evidence)
        if fault is None and evidence.english:
            fault = (
                inconsistent(text)
                or foreign_word(found, evidence)
                or wrong_cell(found, text, evidence)
                or wrong_way(found, text, evidence)
                or turned_round(text, evidence)
                or replaced(found, evidence, asked)
                or _invented(found, text, evidence)
            )
        if fault:
            return fault
    if not evidence.english:
        return None
    unread = " ".join(text for text, _ in read)
    said = [found for _, found in read]
    return misfit(said, evidence, asked) or crossed(said, evidence, asked) or out_of_order(unread, evidence)


def _invented(found: Sequence[Fact], text: str, evidence: Evidence) -> Rejection | None:
    """Look for a sentence with too many words of its own."""
    told = [fact for fact in found if fact.kind in {"word", "name"}]
    foreign = [fact.text for fact in told if evidence.foreign(fact)]
    listed = _listed(found, foreign) or _subject(found, evidence) or _aloof(found, foreign, evidence)
    if listed:
        return Rejection("unsupported", f"{listed}: {text[:200]}")
    own = [fact for fact in found if fact.kind != "small" and bare_stem(fact.text) not in GENERIC]
    if len(foreign) > 1 and all(evidence.foreign(fact) for fact in own):
        return Rejection("unsupported", f"{', '.join(foreign)}: {text[:200]}")
    strange = [fact for fact in own if evidence.foreign(fact)]
    if len(strange) >= FOREIGN_WORDS and len(strange) >= FOREIGN_SHARE * len(told):
        return Rejection("unsupported", f"{', '.join(foreign)}: {text[:200]}")
    for clause, count in Counter(fact.clause for fact in strange).items():
        if count >= FOREIGN_PAIR and count >= FOREIGN_HALF * sum(fact.clause == clause for fact in own):
            return Rejection("unsupported", f"{', '.join(foreign)}: {text[:200]}")
    return None


def _subject(found: Sequence[Fact], evidence: Evidence) -> str:
    """Give the foreign thing of which a sentence tells something, as in `Grandparents may ...`."""
    place = next((place for place, fact in enumerate(found) if fact.kind != "small"), 0)
    before, behind = found[:place], [fact.text.lower() for fact in found[place + 1 : place + 3]]
    if not found or not evidence.foreign(found[place]) or _PREDICATES.isdisjoint(behind):
        return ""
    named = all(fact.text.lower() in _IN_LISTS | {"each", "every"} for fact in before)
    return found[place].text if named and (before or found[place].text.endswith("s")) else ""


def _aloof(found: Sequence[Fact], foreign: Sequence[str], evidence: Evidence) -> str:
    """Give the foreign word of a sentence that shares next to nothing with any sentence of the passage."""
    keys = {fact.key for fact in found if fact.kind in {"word", "name"} and bare_stem(fact.text) not in GENERIC}
    if not foreign or len(keys) <= ALOOF or any(fact.kind not in {"word", "name", "small"} for fact in found):
        return ""
    shared = max((len(keys & read.keys) for read in evidence.reads), default=0)
    return foreign[0] if shared * ALOOF <= len(keys) <= ALOOF * len(foreign) else ""


def _listed(found: Sequence[Fact], foreign: Sequence[str]) -> str:
    """Give a foreign item of a list whose other items stand in the passage."""
    clauses: dict[int, list[str]] = {}
    spoilt = {fact.clause for fact in found if fact.kind not in {"word", "name"} and fact.text.lower() not in _IN_LISTS}
    for fact in found:
        if fact.kind in {"word", "name"} and fact.clause not in spoilt:
            clauses.setdefault(fact.clause, []).append(fact.text)
    short = [words for words in clauses.values() if len(words) <= 2]
    known = [words for words in short if not any(word in foreign for word in words)]
    strange = [words for words in short if all(word in foreign for word in words)]
    return " ".join(strange[0]) if len(strange) == 1 and known else ""
