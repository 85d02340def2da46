"""Grounding: whether what a model wrote stands in the document, and where."""

from generate.grounding.answer import check_answer
from generate.grounding.question import check_question
from generate.grounding.quote import Found, find_quote, locate
from generate.grounding.words import content_stems, stem

__all__ = ["Found", "check_answer", "check_question", "content_stems", "find_quote", "locate", "stem"]
