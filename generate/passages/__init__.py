"""Passages: the clean reading text of a section's raw Markdown."""

from generate.passages.links import definitions
from generate.passages.plain import plain_text
from generate.passages.reading import passage
from generate.passages.tags import has_hole, template_marks

__all__ = ["definitions", "has_hole", "passage", "plain_text", "template_marks"]
