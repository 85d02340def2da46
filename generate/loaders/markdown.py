"""Markdown files: the text stays as it is, to the last carriage return."""

from generate.front_matter import front_matter
from generate.loaders.content import Content
from generate.loaders.text import decoded


def load(raw: bytes) -> Content:
    """Read a Markdown file; its front matter becomes metadata and stays in the text.

    Raises:
        UnreadableError: It is no text.
    """
    text = decoded(raw)
    values = front_matter(text).values
    title = values.get("title")
    return Content(text, str(title).strip() if isinstance(title, str | int | float) else "", values)
