"""Loaders: one per media type, from a file's bytes to Markdown."""

from generate.loaders.content import Content, Reason, UnreadableError
from generate.loaders.media import MEDIA_TYPES, load, media_type, unsupported

__all__ = ["MEDIA_TYPES", "Content", "Reason", "UnreadableError", "load", "media_type", "unsupported"]
