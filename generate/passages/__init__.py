"""Passages: the clean reading text of a section's raw Markdown."""

from generate.passages.links import definitions
from generate.passages.plain import plain_text
from generate.passages.reading import passage
from generate.passages.stub import is_stub
from generate.passages.tags import has_template_tag

__all__ = ["definitions", "has_template_tag", "is_stub", "passage", "plain_text"]
