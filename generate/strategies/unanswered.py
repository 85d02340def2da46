"""Whether the documents answer a question, as well as one can tell that they do not.

The likeliest sections of all are looked for by their words. Where one has every word that counts, the question is not
worth the risk. Otherwise the model is shown them and must copy the words that answer it or say that there are none.
"""

import re
from collections.abc import Generator, Sequence
from typing import NamedTuple

from generate.answers import WORD
from generate.brief import Brief
from generate.candidates import Candidate
from generate.grounding import content_stems, find_quote
from generate.rejection import Rejection
from generate.strategies.strategy import ToJudge
from generate.structured import Items, ask_items, schema_of
from schemas import ChatRequest, ChatResponse

_FIELDS = {
    "passage": "number of the passage",
    "quote": "the words that answer the question, copied letter for letter, or NOT ANSWERED",
}
_NONE = re.compile(r"^\W*(?:not[ _]answered|no answer|none|n/?a|null|unanswered)\b", re.IGNORECASE)
_FOR_NUMBER = re.compile(
    r"\b(?:how (?:many|much|long|old|far|often|soon|high|large|big|fast|late|early)|when"
    r"|(?:what|which) (?:time|date|year|day|month|percentage))\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|dozen|hundred|half|once|twice|daily|weekly"
    r"|monthly|quarterly|yearly|annual(?:ly)?|always|never|immediately|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|january|february|march|april|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)
_MOST_WORDS = 500  # of a passage that are shown; of a longer one those that have most of the question


class Looked(NamedTuple):
    """A passage that may answer a question.

    Attributes:
        whereabouts: Where it stands.
        passage: The passage, or of a long one the stretch that has most of the question's words.
    """

    whereabouts: str
    passage: str


def likely(question: str, candidate: Candidate, brief: Brief, *, most: int) -> list[Looked]:
    """List the passages where an answer would stand: that which the question was made from, and the likeliest.

    Args:
        question: The question.
        candidate: The section that it was made from.
        brief: The run's.
        most: How many besides that one.
    """
    index, texts = brief.survey.library()
    own = (candidate.whereabouts, candidate.passage)
    found = [texts[hit.place] for hit in index.search(question, most + 1) if texts[hit.place] != own][:most]
    stems = content_stems(question)
    return [Looked(where, _stretch(text, stems)) for where, text in (own, *found)]


def has_all(question: str, looked: Sequence[Looked]) -> Rejection | None:
    """Reject a question all of whose content words stand in one passage, with a number where one is asked for."""
    stems = content_stems(question)
    for each in looked:
        if stems <= content_stems(f"{each.whereabouts}\n{each.passage}") and (
            not _FOR_NUMBER.search(question) or _NUMBERED.search(each.passage)
        ):
            return Rejection("maybe_answerable", f"all of its words stand in {each.whereabouts}")
    return None


def ask_whether(
    question: str, looked: Sequence[Looked], brief: Brief, *, max_tokens: int
) -> Generator[ChatRequest | ToJudge, ChatResponse, Rejection | None]:
    """Have the model look for the answer: for `yield from` inside a strategy. The prompt is `answered`.

    Returns:
        Why it cannot be said that the documents do not answer the question; None where it can.
    """
    messages = brief.prompt("answered").messages(passages=looked, question=question)
    schema = schema_of(_FIELDS, least=len(looked), most=len(looked))
    items = yield from ask_items(brief.ask(messages, max_tokens=max_tokens, schema=schema), list(_FIELDS), brief)
    if not isinstance(items, Items):
        return Rejection("not_verified", f"{items[0].reason}: {items[0].detail}")
    quotes = {number: item["quote"] for item in items.found if (number := _number(item["passage"])) is not None}
    for number, each in enumerate(looked, 1):
        if number not in quotes:
            return Rejection("not_verified", f"the model did not say whether it stands in {each.whereabouts}")
        if not _NONE.search(quotes[number]):
            return _answers(question, quotes[number], each)
    return None


def _answers(question: str, quote: str, looked: Looked) -> Rejection:
    """Say what a quote is worth. One that is made up proves nothing, but neither does it prove that there is none."""
    if find_quote(looked.passage, quote) is None:
        return Rejection("maybe_answerable", f"the model finds an answer in {looked.whereabouts} that is not there")
    if not content_stems(quote) - content_stems(question) and not re.search(r"\d", quote):
        return Rejection("maybe_answerable", f"the model finds the question itself in {looked.whereabouts}")
    return Rejection("answerable", f"{looked.whereabouts}: {quote[:120]}")


def _number(text: str) -> int | None:
    found = re.search(r"\d+", text)
    return int(found.group()) if found else None


def _stretch(text: str, stems: set[str]) -> str:
    """Give a passage, or the 500 words of a long one with most of the stems."""
    words = list(WORD.finditer(text))
    if len(words) <= _MOST_WORDS:
        return text
    starts = range(0, len(words) - _MOST_WORDS // 2, _MOST_WORDS // 2)
    cuts = [text[words[low].start() : words[min(low + _MOST_WORDS, len(words)) - 1].end()] for low in starts]
    return max(cuts, key=lambda cut: len(stems & content_stems(cut)))
