"""Whether a passage is worth being an answer.

The rules run before anything is asked, so that nothing is paid for what would be thrown away.
"""

import re

from generate.candidates import Candidate
from generate.rejection import Rejection

ANSWER_WORDS, ANSWER_CHARACTERS = 8, 40  # fewer say too little to learn from

WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff]"  # scripts without spaces: a sign counts as a word
    r"|[^\W_]+(?:['\u2019-][^\W_]+)*"
)
_FENCE = re.compile(r"^ *(`{3,}|~{3,}).*?(?:^ *\1[`~]*\s*$|\Z)", re.DOTALL | re.MULTILINE)
_TABLE_LINE = re.compile(r"^\s*\|.*$", re.MULTILINE)
_LINK = re.compile(r"!?\[[^\]]*\]\([^)]*\)|<https?://[^>]*>|https?://\S+")
_UNWRITTEN = r"to be (?:determined|announced|written|added|completed)|work in progress|under construction"
_STUB = re.compile(
    rf"^\W*(?:coming soon|to ?do|tbd|tba|wip|{_UNWRITTEN}|draft(?=\W*$|\s*[:.)\]])|lorem ipsum"
    r"|this (?:page|section|document)(?: is|'s| has been)?(?: currently| still)?"
    rf" (?:empty|{_UNWRITTEN}|a stub|a placeholder|moved|deprecated|left blank))\b",
    re.IGNORECASE,
)


def check_passage(candidate: Candidate, *, tokens: int, most_tokens: int, prose_only: bool = True) -> Rejection | None:
    """Judge whether a passage can be an answer.

    Args:
        candidate: The candidate.
        tokens: Length of its passage.
        most_tokens: Most that an answer may have.
        prose_only: Whether a passage of nothing but code, tables or links is refused.
    """
    passage = candidate.passage
    words = WORD.findall(passage)
    if _STUB.search(passage) and len(words) < 40:
        return Rejection("stub", passage[:80])
    if len(words) < ANSWER_WORDS or len(passage) < ANSWER_CHARACTERS:
        return Rejection("answer_too_short", f"{len(words)} words, {len(passage)} characters")
    if tokens > most_tokens:
        return Rejection("answer_too_long", f"about {tokens} tokens, more than {most_tokens}")
    if prose_only:
        told = WORD.findall(_LINK.sub(" ", _TABLE_LINE.sub(" ", _FENCE.sub(" ", passage))))
        if len(told) < ANSWER_WORDS:
            return Rejection("no_prose", f"{len(told)} of {len(words)} words stand outside of code, tables and links")
    return None
