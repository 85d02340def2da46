"""EPUB books: the chapters in reading order, each through the loader of HTML pages.

Cover, table of contents and what the book itself calls supplementary are left out. Nothing is unpacked to disk.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

from generate.loaders.content import Content, UnreadableError
from generate.loaders.html import load as load_page
from generate.loaders.html import parse_html
from generate.loaders.package import open_package
from generate.structure import blocks

_MOST_TEXT = 50_000_000  # bytes of pages: the Bible has about 5 MB
_LARGEST_INDEX = 5_000_000  # bytes of the files that list the chapters
_PAGES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})
_LEFT_OUT = frozenset({"cover", "toc", "title-page", "titlepage", "loi", "lot", "index"})
_FONTS_ONLY = frozenset({"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"})
_DECLARATION = re.compile(r"<\?xml[^>]*\?>|<!DOCTYPE[^>\[]*(?:\[[^\]]*\])?[^>]*>", re.IGNORECASE)


class _Book(NamedTuple):
    """What a book says about itself: its chapters' paths in order, their names in its contents, and its own data."""

    chapters: list[str]
    names: dict[str, str]
    metadata: dict[str, str]


def load(raw: bytes) -> Content:
    """Read a book.

    Raises:
        UnreadableError: It is no EPUB, its pages are encrypted, or they hold no text.
    """
    with open_package(raw, "an EPUB book") as archive:
        files = {info.filename: info for info in archive.infolist()}
        _refuse_locked(archive, files)
        book = _book(archive, files)
        parts: list[str] = []
        left = _MOST_TEXT
        for path in book.chapters:
            page = _read(archive, files, path, left + 1)
            left -= len(page)
            if left < 0:
                raise UnreadableError("too_large", f"its pages are more than {_MOST_TEXT // 1_000_000} MB")
            text = _chapter(page, book.names.get(path, ""))
            if text:
                parts.append(text)
    if not parts:
        raise UnreadableError("no_text", "its pages hold no text")
    return Content("\n\n".join(parts) + "\n", book.metadata.get("title", ""), book.metadata)


def _chapter(page: bytes, name: str) -> str:
    """Write one page; its name in the table of contents is its heading if it has none of its own."""
    if not page.strip():
        return ""
    content = load_page(page)
    text = content.text.strip("\n")
    if not text.strip():
        return ""
    has_heading = any(token.type == "heading_open" and token.level == 0 for token in blocks(text))
    return text if has_heading or not name else f"# {name}\n\n{text}"


def _book(archive: zipfile.ZipFile, files: dict[str, zipfile.ZipInfo]) -> _Book:
    """Read the package document."""
    container = _tree(_read(archive, files, "META-INF/container.xml", _LARGEST_INDEX))
    root = next((str(one.get("full-path", "")) for one in _all(container, "rootfile")), "")
    package = _tree(_read(archive, files, root, _LARGEST_INDEX))
    folder = posixpath.dirname(root)
    items = {str(one.get("id", "")): one for one in _all(package, "item")}
    left_out = {
        _path(folder, str(one.get("href", "")))
        for one in _all(package, "reference")
        if str(one.get("type", "")).lower() in _LEFT_OUT
    }
    chapters: list[str] = []
    for entry in _all(package, "itemref"):
        item = items.get(str(entry.get("idref", "")))
        if item is None or str(entry.get("linear", "yes")).lower() == "no":
            continue
        path = _path(folder, str(item.get("href", "")))
        is_page = str(item.get("media-type", "")).lower() in _PAGES
        is_nav = "nav" in str(item.get("properties", "")).lower().split()
        if is_page and not is_nav and path not in left_out and path not in chapters and path in files:
            chapters.append(path)
    if not chapters:
        raise UnreadableError("damaged", "it lists no chapters")
    metadata = {
        key: value
        for key, name in (
            ("title", "title"),
            ("author", "creator"),
            ("language", "language"),
            ("publisher", "publisher"),
        )
        if (value := next((_text(one) for one in _all(package, f"dc:{name}") if _text(one)), ""))
    }
    return _Book(chapters, _names(archive, files, folder, list(items.values())), metadata)


def _names(
    archive: zipfile.ZipFile,
    files: dict[str, zipfile.ZipInfo],
    folder: str,
    items: list[Any],  # Any: bs4 tags carry no useful types
) -> dict[str, str]:
    """Read the table of contents: the name of each page, the first where several parts of it have one."""
    names: dict[str, str] = {}
    for item in items:
        path = _path(folder, str(item.get("href", "")))
        is_nav = "nav" in str(item.get("properties", "")).lower().split()
        is_ncx = str(item.get("media-type", "")).lower() == "application/x-dtbncx+xml"
        if not (is_nav or is_ncx) or path not in files:
            continue
        tree = _tree(_read(archive, files, path, _LARGEST_INDEX))
        for target, name in _links(tree, is_ncx=is_ncx):
            names.setdefault(_path(posixpath.dirname(path), target), name)
    return names


def _links(tree: Any, *, is_ncx: bool) -> Iterator[tuple[str, str]]:
    if is_ncx:
        for point in _all(tree, "navpoint"):
            label, content = point.find("navlabel"), point.find("content")
            if label is not None and content is not None:
                yield str(content.get("src", "")), _text(label)
        return
    for link in _all(tree, "a"):
        yield str(link.get("href", "")), _text(link)


def _refuse_locked(archive: zipfile.ZipFile, files: dict[str, zipfile.ZipInfo]) -> None:
    """Refuse a book under digital rights management; encrypted fonts alone do not matter."""
    if "META-INF/encryption.xml" not in files:
        return
    tree = _tree(_read(archive, files, "META-INF/encryption.xml", _LARGEST_INDEX))
    methods = {str(one.get("algorithm", "")) for one in tree.find_all(re.compile(r"(?:^|:)encryptionmethod$"))}
    if methods - _FONTS_ONLY:
        raise UnreadableError("encrypted", "its pages are locked by digital rights management")


def _read(archive: zipfile.ZipFile, files: dict[str, zipfile.ZipInfo], path: str, most: int) -> bytes:
    if path not in files:
        raise UnreadableError("damaged", f"not an EPUB book ({path or 'its package document'} is missing)")
    try:
        with archive.open(files[path]) as opened:
            return opened.read(most)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadableError("damaged", f"{path} cannot be unpacked ({error})") from error


def _tree(raw: bytes) -> Any:
    """Parse a small XML file as HTML is parsed: entities are not expanded, and nothing outside is read."""
    return parse_html(_DECLARATION.sub("", raw.decode("utf-8-sig", "replace")))


def _all(tree: Any, name: str) -> list[Any]:
    """Find elements by their name, with or without the prefix of a namespace."""
    found: list[Any] = tree.find_all(re.compile(rf"^(?:[\w-]+:)?{re.escape(name.rpartition(':')[2])}$"))
    return found


def _path(folder: str, target: str) -> str:
    """Give the path of a link's target inside the book, without the place on its page."""
    return posixpath.normpath(posixpath.join(folder, unquote(target.partition("#")[0])))


def _text(element: Any) -> str:
    return " ".join(element.get_text().split())
