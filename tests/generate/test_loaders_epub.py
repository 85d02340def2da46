"""Books are read chapter by chapter in their own order, and what is no book is named."""

import io
import zipfile

import pytest

from generate.loaders import UnreadableError, load
from generate.sections import split

CONTAINER = '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
PACKAGE = """<?xml version="1.0"?>
<!DOCTYPE package [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title>The probe book &amp; more</dc:title><dc:creator>A. Author &secret;</dc:creator></metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="cover" href="cover.xhtml" media-type="application/xhtml+xml"/>
<item id="two" href="text/two%20.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="text/one.xhtml" media-type="application/xhtml+xml"/>
<item id="extra" href="extra.xhtml" media-type="application/xhtml+xml"/>
<item id="up" href="../../outside.xhtml" media-type="application/xhtml+xml"/>
<item id="picture" href="p.png" media-type="image/png"/>
</manifest>
<spine><itemref idref="cover"/><itemref idref="nav"/><itemref idref="one"/><itemref idref="two"/>
<itemref idref="extra" linear="no"/><itemref idref="up"/><itemref idref="picture"/><itemref idref="missing"/></spine>
<guide><reference type="cover" href="cover.xhtml"/></guide></package>"""
FILES = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": CONTAINER,
    "OEBPS/book.opf": PACKAGE,
    "OEBPS/nav.xhtml": '<nav><ol><li><a href="text/one.xhtml">The first</a></li></ol></nav>',
    "OEBPS/cover.xhtml": "<p>Cover</p>",
    "OEBPS/text/one.xhtml": "<html><body><p>It begins.</p></body></html>",
    "OEBPS/text/two .xhtml": "<body><h1>The second</h1><p>It <b>goes</b> on.</p><h2>Part</h2><p>x</p></body>",
    "OEBPS/extra.xhtml": "<p>Extra</p>",
    "OEBPS/p.png": "x",
}


def book(**changes: str | None) -> bytes:
    """Make a book; each argument changes a file (`__` is a slash, `_` a dot) or leaves it out."""
    files = dict(FILES)
    for name, text in changes.items():
        path = name.replace("__", "/").replace("_", ".")
        if text is None:
            del files[path]
        else:
            files[path] = text
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def reason(raw: bytes) -> str:
    with pytest.raises(UnreadableError) as error:
        load(raw, "a.epub")
    return error.value.reason


def test_chapters_come_in_the_order_of_the_book() -> None:
    document = load(book(), "a.epub")
    assert document.text == "# The first\n\nIt begins.\n\n# The second\n\nIt **goes** on.\n\n## Part\n\nx\n"
    assert document.title == "The probe book & more"
    assert "root:" not in document.metadata
    assert [section.path for section in split(document)][-1] == ("The second", "Part")


def test_an_older_table_of_contents_names_chapters_too() -> None:
    point = '<navPoint><navLabel><text>Older</text></navLabel><content src="text/one.xhtml#a"/></navPoint>'
    ncx = f"<ncx><navMap>{point}</navMap></ncx>"
    package = PACKAGE.replace(
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
        '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>',
    )
    assert load(book(OEBPS__book_opf=package, OEBPS__toc_ncx=ncx), "a.epub").text.startswith("# Older\n")


def test_encrypted_fonts_do_not_matter_and_locked_pages_do() -> None:
    fonts = '<encryption><enc:EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/></encryption>'
    locked = '<encryption><enc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></encryption>'
    assert load(book(**{"META-INF__encryption_xml": fonts}), "a.epub").text
    assert reason(book(**{"META-INF__encryption_xml": locked})) == "encrypted"


def test_what_is_no_book_is_named() -> None:
    assert reason(b"hello") == "damaged"
    assert reason(book(**{"META-INF__container_xml": None})) == "damaged"
    assert reason(book(OEBPS__book_opf="<package/>")) == "damaged"
    assert reason(book()[:400]) == "damaged"
    empty = {"OEBPS__text__one_xhtml": "<p> </p>", "OEBPS__text__two _xhtml": ""}
    assert reason(book(**empty)) == "no_text"


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    bomb = book(OEBPS__text__one_xhtml=" " * 150_000_000)
    assert len(bomb) < 1_000_000
    assert reason(bomb) == "too_large"
