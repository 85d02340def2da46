"""Grounding: whether what a model wrote stands in the document, and where."""

from generate.grounding.question import QuestionCheck
from generate.grounding.quote import locate
from generate.grounding.words import content_stems, stem

__all__ = ["QuestionCheck", "content_stems", "locate", "stem"]
