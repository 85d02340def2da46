"""Whether an answer declines: by the rules of curation, or because it says that it does not know or may not say.

Curation looks for refusals that spoil a dataset and lets "the documents do not say" be. Here every way of not answering
counts, the ones that the guardrail data teaches above all.
"""

import re

from curate.lint.exchange import Exchange
from curate.lint.refusals import ai_disclaimer, deflection, inability, refusal

_LONGEST = 300  # characters from the beginning in which an answer that declines says so
_OPENING = (
    r"\A\W*(?:(?:i['\u2019]m|i am) (?:really |very |so )?(?:sorry|afraid)\b[^.!?\n]{0,60}?[,:;]? ?(?:but )?"
    r"|sorry[,.:;]? (?:but )?|no[,.:;] |unfortunately[,:]? |thank you[^.!?\n]{0,40}[.!] )?"
)
_NOT = r"(?:do(?:es)?(?:n['\u2019]t| not)|did(?:n['\u2019]t| not)|never)"
_PAPERS = r"(?:documents?|documentation|docs|passages?|context|texts?|sources?|materials?|handbook|manual)"
_ABOUT_PAPERS = re.compile(rf"\b{_PAPERS}\b", re.IGNORECASE)
_FIRST_PERSON = re.compile(
    _OPENING + r"(?:i|we)(?:['\u2019](?:m|d|ve|ll)| am| have| would| will| must)?\s(?:"
    r"(?:ca(?:n['\u2019]t|nnot|n not)|wo(?:n['\u2019]t)|will not|could(?:n['\u2019]t| not)"
    r"|(?:am |are )?(?:not able|unable) to)\s(?:\w+ ){0,2}?"
    r"(?:help(?! but)|assist|answer|provide|reveal|share|disclose|discuss|give|write|explain|say|tell|find|set|pretend"
    r"|look)"
    r"|(?:do(?:n['\u2019]t| not)) (?:know\b|give (?:out |any )?\w+|help (?:to |with )|share|pass (?:on|out)"
    r"|have (?:any |an |that |enough |the )?(?:information|answer|details?))"
    r"|have no (?:information|answer|idea)|no (?:information|answer)\b|rather not|only (?:answer|help)"
    r"|(?:not|n['\u2019]t) the right (?:one|person)|have to (?:pass|leave|say no)|to (?:pass on|leave that)"
    rf"|(?:looked|searched|checked)\b[^.!?\n]{{0,20}}\bbut\b[^.!?\n]{{0,50}}\b{_NOT})",
    re.IGNORECASE,
)
_THAT = re.compile(
    _OPENING + r"(?:that|this|it)(?:['\u2019]s| is| was| has| goes| would| could)(?:n['\u2019]t| not)?\s?(?:"
    r"(?:not |something that )?(?:covered|mentioned|described|stated|answered)?\s?(?:in|by) (?:the|our|any)\b"
    rf"[^.!?\n]{{0,20}}\b{_PAPERS}"
    r"|(?:not )?something (?:that )?(?:our|i|we)\b|(?:outside|beyond) (?:of )?(?:what|my|the scope)"
    r"|not my field|nothing to do with what"
    r"|(?:be |personal |that |private,? )[^.!?\n]{0,60}\b(?:i (?:wo|ca)n['\u2019]t|i have to say no|i don['\u2019]t)"
    r"|dishonest|(?:mean|harm|do harm|put people)\b[^.!?\n]{0,80}\bi (?:wo|ca)n['\u2019]t"
    r"|private|against the law)",
    re.IGNORECASE,
)
_SILENT_PAPERS = re.compile(
    r"\A(?!\W*(?:no|yes)\b)[^.!?\n]{0,40}?\b(?:the|our|these|those|my|no|none of the|any of the) "
    rf"(?:\w+ )?{_PAPERS}\b[^.!?\n]{{0,60}}?\s(?:{_NOT} (?:\w+ )?"
    r"(?:say|mention|cover|contain|include|answer|tell|state|specify|provide|address|describe|give|go)"
    r"|leaves? (?:that|this|it) open|is silent|are silent)"
    r"|\A\W*(?:there is|there['\u2019]s) (?:nothing|no (?:information|mention|answer))\b"
    rf"[^.!?\n]{{0,40}}\b{_PAPERS}"
    rf"|\A\W*(?:the|my) answers? (?:is not|isn['\u2019]t|come)\b[^.!?\n]{{0,40}}\b{_PAPERS}",
    re.IGNORECASE,
)
_ANYWHERE = re.compile(
    r"\bi (?:wo|ca)n['\u2019]t (?:help|assist)\b(?! but)|\bnot something that (?:i|we)\b|\bstays? private\b"
    r"|\bi['\u2019]ll stay with what\b|\bchange what i may\b|\b(?:call|to) a crisis line\b"
    r"|\breach out\b[^.!?\n]{0,60}\bcrisis line\b",
    re.IGNORECASE,
)


def declines(question: str, answer: str) -> str:
    """Give the words with which an answer declines; empty where it does not."""
    row = Exchange(question, question, answer, "")
    for rule in (ai_disclaimer, inability, refusal, deflection):
        if found := rule(row):
            return found
    start = answer[:_LONGEST]
    asks_of_papers = _ABOUT_PAPERS.search(question)  # then that they lack something is an answer
    for pattern in (_FIRST_PERSON, _THAT, _SILENT_PAPERS, _ANYWHERE):
        if pattern is _SILENT_PAPERS and asks_of_papers:
            continue
        if match := pattern.search(start):
            return " ".join(match[0].split())
    return ""
