"""What instructions ask for: the verb that a request starts with, and the noun that it asks for.

A few lists and no parser: the first word of the first clause, where it is a verb that requests start with or a word
that questions start with, and then the last word of the run of words before the next preposition. A side clause in
front ("Given a text, ...") is left out. Requests that start otherwise ("The list below ...") have no verb here; their
share is told. Made for English.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


# fmt: off
VERBS = _words(
    "add adjust advise analyze analyse answer apply argue arrange ask assemble assess assign assume brainstorm build "
    "calculate cancel categorize categorise change check choose cite clarify classify collect combine come "
    "comment compare compile complete compose compute conclude connect consider construct continue contrast convert "
    "correct count craft create critique debug decide decode deduce define delete deliver demonstrate derive describe "
    "design detect determine develop devise diagnose differentiate discuss display distinguish divide draft draw edit "
    "elaborate eliminate email encode estimate evaluate examine expand explain explore express extract fill filter "
    "find finish fix follow form format formulate gather generate get give group guess help highlight hypothesize "
    "identify illustrate imagine implement improve include indicate infer inform insert interpret introduce invent "
    "justify label list locate look make map mark match measure mention modify multiply name note offer optimize "
    "order organize organise outline paraphrase parse perform pick plan play point practice predict prepare present "
    "pretend print prioritize process produce program pronounce proofread propose prove provide punctuate put quote "
    "randomize rank rate read rearrange recite recommend reduce reflect reformat refactor relate remove reorder "
    "reorganize rephrase replace report represent reproduce research respond restate retrieve return reverse review "
    "revise rewrite round run save say search select sequence set shorten show simplify simulate solve sort speak "
    "specify spell split state stop structure submit substitute subtract suggest sum summarize summarise supply "
    "support synthesize take tell test think trace track train transcribe transform translate trim turn type "
    "unscramble update use validate verify visualize vote walk weigh write"
)
QUESTIONS = _words("what how why who whom whose when where which")
_POLITE = re.compile(
    r"^(?:please|kindly|can you|could you|would you|will you|i want you to|i would like you to|i need you to|"
    r"your task is to|you are asked to|you need to|you should|lets|let us|in your own words|now|then|next|also|briefly|"
    r"additionally)[ ,]+"
)
_BEFORE = _words("given using in on based for from with after if as at by")  # words that open a side clause
_LIGHT = _words(
    "a an the this that these those some any each every all both my your his her its our their me us him them "
    "one two three four five six seven eight nine ten following given below above provided short long brief simple "
    "new good best main different various creative possible specific single detailed up with out"
)
_STOPS = _words(
    "of in on at to for from with without by about into onto over under between among through during before after that "
    "which who whom whose where when while if whether because so than as is are was were be has have had do does did "
    "can could would should will may might must and or but not using based containing consisting describing "
    "explaining how what why it you i we they he she there such like"
)
# fmt: on
_CLAUSE = re.compile(r"[.?!:;,()\[\]\n\"“”|/]")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")  # noqa: RUF001 - the sign is meant
_LONGEST = 400


class Request(NamedTuple):
    """What an instruction asks for: its verb or question word, and its noun; empty where none was found."""

    verb: str
    noun: str


def request(instruction: str) -> Request:
    """Find verb and noun of an instruction."""
    text = " ".join(instruction[:_LONGEST].split()).lower()
    while (shorter := _POLITE.sub("", text, count=1)) != text:
        text = shorter
    text = text.replace("come up with", "devise")
    clauses = [_WORD.findall(clause) for clause in _CLAUSE.split(text, maxsplit=8)]
    clauses = [clause for clause in clauses if clause]
    if len(clauses) > 1 and clauses[0][0] in _BEFORE:
        clauses = clauses[1:]
    words = clauses[0] if clauses else []
    if not words or words[0] not in VERBS | QUESTIONS:
        return Request("", "")
    noun = ""
    asking = words[0] in QUESTIONS
    for word in words[1:]:
        if word in _STOPS or (word.endswith("ing") and noun):
            if noun or not asking:
                break
        elif word not in _LIGHT and not (word.endswith("ly") and len(word) > 4):
            noun = word
    return Request(words[0], _singular(noun))


def requests(instructions: Iterable[str]) -> Counter[Request]:
    """Count what some instructions ask for."""
    return Counter(map(request, instructions))


def _singular(noun: str) -> str:
    if len(noun) > 4 and noun.endswith("ies"):
        return noun[:-3] + "y"
    if len(noun) > 3 and noun.endswith("s") and not noun.endswith(("ss", "us", "is")):
        return noun[:-1]
    return noun
