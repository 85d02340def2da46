"""Grounding: whether what a model wrote stands in the document, and where."""

from generate.grounding.question import check_question
from generate.grounding.quote import locate
from generate.grounding.words import content_stems, stem

__all__ = ["check_question", "content_stems", "locate", "stem"]
