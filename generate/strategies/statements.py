"""Which statements of a passage a pair can rest on, and whether question and answer have to do with their evidence."""

import re

from generate.answers import WORD
from generate.candidates import Candidate
from generate.grounding import content_stems, stem
from generate.grounding.sentences import pieces
from generate.rejection import Rejection

LOW_WORDS, HIGH_WORDS = 7, 40  # of a statement that stands alone
LEAST_QUOTE_WORDS = 3
LEAST_SHARE = 0.5  # of a question's content words, that stand in its evidence or in the headings

_POINTS_BACK = re.compile(
    r"\W*(?:they|it|its|this|that|these|those|he|she|his|her|their|there|such|both|then|here|otherwise|also|but|so|or"
    r"|and|however|therefore|instead|for example)\b",
    re.IGNORECASE,
)
_NUMBER = r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|once|twice|no|all|every|half|none)\b"
_TIME = (
    rf"{_NUMBER}|\b(?:when|while|before|after|until|during|daily|always|never"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)days?)\b"
)
_REASON = r"\b(?:because|since|so|therefore|thus|as|to|for|which|makes?|otherwise|prevents?|avoids?)\b"
_HOW = re.compile(r"\W*how (?:do|can|should|could|would|must) (?:i|you|we|one) ([a-z]+)", re.IGNORECASE)
_ASKED_FOR = tuple(
    (re.compile(rf"\W*(?:{asks})\b", re.IGNORECASE), re.compile(has, re.IGNORECASE))
    for asks, has in (
        (r"how (?:many|much|far|large|big|high|old)|what is the (?:\w+ )?(?:number|amount|price|cost)", _NUMBER),
        (r"(?:by )?(?:when|what time|which date)|how (?:long|often|soon)", _TIME),
        (
            r"what is the (?:maximum|highest|largest|longest)",
            r"\b(?:up to|most|no \w+er than|maximum|limit|within|only)\b",
        ),
        (r"what is the (?:minimum|lowest|smallest|shortest)", r"\b(?:at least|least|no \w+er than|minimum|from)\b"),
        (r"what is the (?:best|most)", r"\b(?:best|better|most|should|prefer\w*|advise\w*|recommend\w*)\b"),
        (r"what is the name", r"\b(?:named?|called|known as)\b"),
        (r"what is the difference", r"\b(?:differ\w*|while|whereas|but|not|instead|than|other)\b"),
        (r"why|what is the (?:\w+ )?(?:purpose|reason|advantage|benefit)", _REASON),
    )
)
_LABELLED = re.compile(r"\W*\w+(?: \w+){0,2}:\s")  # an entry of a glossary or a table, no sentence


def statements(passage: str) -> list[str]:
    """List the sentences and list items of a passage that can be understood alone, without their marks."""
    texts = [piece.text.strip() for piece in pieces(passage) if piece.kind in ("sentence", "item")]
    return [
        text
        for text in dict.fromkeys(texts)
        if LOW_WORDS <= len(WORD.findall(text)) <= HIGH_WORDS
        and text[-1] in ".!"
        and not (_POINTS_BACK.match(text) or _LABELLED.match(text))
    ]


def check_quote(quote: str, answer: str) -> Rejection | None:
    """Judge whether a quote that was found can be what an answer rests on."""
    words = WORD.findall(quote)
    if len(words) < LEAST_QUOTE_WORDS:
        return Rejection("quote_too_short", f"{len(words)} words, fewer than {LEAST_QUOTE_WORDS}")
    told = content_stems(answer)
    if told and not told & content_stems(quote):
        return Rejection("quote_off_answer", "the answer shares no content word with its quote")
    return None


def check_aim(question: str, statement: str, candidate: Candidate) -> Rejection | None:
    """Judge whether a question aims at one statement: for models that like to ask about something else.

    At least one of its content words stands in the statement, and half of them there or in the headings; and what it
    asks for is of a kind that the statement has: no number is asked of one without a number.
    """
    asked, told = content_stems(question), content_stems(statement)
    known = told | content_stems(" ".join(candidate.headings))
    if not asked & told or len(asked & known) < LEAST_SHARE * len(asked):
        return Rejection("off_quote", f"not about: {statement[:160]}")
    way = _HOW.match(question)
    if way and stem(way.group(1).lower()) not in {stem(word.lower()) for word in WORD.findall(statement)}:
        return Rejection("off_quote", f"says not how to {way.group(1)}: {statement[:160]}")
    for asks, has in _ASKED_FOR:
        if asks.match(question) and not has.search(statement):
            return Rejection("off_quote", f"not in what was asked about: {statement[:160]}")
    return None
