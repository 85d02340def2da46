"""Grounding: whether what a model wrote stands in the document, and where."""

from generate.grounding.answer import check_answer
from generate.grounding.judge import Unreadable, judge_request, read_judgement
from generate.grounding.question import check_follow_up, check_form, check_question
from generate.grounding.quote import Found, find_quote, locate
from generate.grounding.words import content_stems, stem

__all__ = [
    "Found",
    "Unreadable",
    "check_answer",
    "check_follow_up",
    "check_form",
    "check_question",
    "content_stems",
    "find_quote",
    "judge_request",
    "locate",
    "read_judgement",
    "stem",
]
