"""Plain text files: the text stays as it is."""

from generate.encoding import UndecodableError, decode
from generate.loaders.content import Content, UnreadableError


def load(raw: bytes) -> Content:
    """Read a plain text file.

    Raises:
        UnreadableError: It is no text.
    """
    return Content(decoded(raw))


def decoded(raw: bytes) -> str:
    """Decode a text file.

    Raises:
        UnreadableError: It is no text.
    """
    try:
        return decode(raw)
    except UndecodableError as error:
        raise UnreadableError("binary", str(error)) from error
