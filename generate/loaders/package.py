"""Zipped document packages (Word, PowerPoint, Excel, EPUB), looked at before anything of them is unpacked."""

import io
import zipfile

from generate.loaders.content import UnreadableError

_MOST_UNPACKED = 100_000_000  # bytes of XML: a 5,000-page Word document has about 50 MB
_MOST_PARTS = 50_000
_ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # an encrypted document, or an old .doc, is an OLE file
_MARKUP = (".xml", ".rels", ".html", ".xhtml", ".htm", ".opf", ".ncx", ".vml")
_FLAG = 0x1


def open_package(raw: bytes, what: str, old: str = "") -> zipfile.ZipFile:
    """Open a package whose markup fits the memory.

    Args:
        raw: Its bytes.
        what: What it should be, for the user: `a Word document`.
        old: Ending of the older format, which is not a package.

    Raises:
        UnreadableError: It is no package, is encrypted, or unpacks to more than 100 MB of markup.
    """
    if raw.startswith(_ENCRYPTED):
        raise UnreadableError(
            "encrypted", f"it is protected by a password{f', or an old {old} under a new name' * bool(old)}"
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableError("damaged", f"not {what} ({error})") from error
    entries = archive.infolist()
    if any(entry.flag_bits & _FLAG for entry in entries):
        raise UnreadableError("encrypted", "it is protected by a password")
    unpacked = sum(entry.file_size for entry in entries if entry.filename.lower().endswith(_MARKUP))
    if unpacked > _MOST_UNPACKED:
        raise UnreadableError("too_large", f"it unpacks to {unpacked // 1_000_000} MB of text")
    if len(entries) > _MOST_PARTS:
        raise UnreadableError("too_large", f"it has {len(entries):,} parts")
    return archive
