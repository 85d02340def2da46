"""Word documents, through mammoth's HTML. Pictures are left out, their descriptions stay."""

import io
import zipfile

from generate.loaders.content import Content, UnreadableError
from generate.loaders.html import html_to_markdown
from schemas import MissingExtraError

_MOST_UNPACKED = 200_000_000  # bytes of XML: a 5,000-page document has about 50 MB
_ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # an encrypted document, or an old .doc, is an OLE file
_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Code'] => pre:separator('\\n')
p[style-name='Source Code'] => pre:separator('\\n')
p[style-name='HTML Preformatted'] => pre:separator('\\n')
"""


def load(raw: bytes) -> Content:
    """Read a Word document.

    Raises:
        UnreadableError: It is no Word document, is encrypted, or unpacks to more than 200 MB.
        MissingExtraError: mammoth is not installed.
    """
    try:
        import mammoth  # type: ignore[import-untyped]  # it carries no types
    except ModuleNotFoundError:
        raise MissingExtraError("mammoth", extra="docs") from None
    _check(raw)
    result = mammoth.convert_to_html(
        io.BytesIO(raw),
        style_map=_STYLES,
        convert_image=mammoth.images.img_element(lambda _: {"src": ""}),
        external_file_access=False,
    )
    return Content(html_to_markdown(result.value))


def _check(raw: bytes) -> None:
    """Refuse what is no Word document, before anything of it is unpacked."""
    if raw.startswith(_ENCRYPTED):
        raise UnreadableError("encrypted", "it is protected by a password, or an old .doc under a new name")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableError("damaged", f"not a Word document ({error})") from error
    unpacked = sum(entry.file_size for entry in entries if entry.filename.lower().endswith((".xml", ".rels")))
    if unpacked > _MOST_UNPACKED:
        raise UnreadableError("too_large", f"it unpacks to {unpacked // 1_000_000} MB of text")
