"""Markdown and plain text stay as they are."""

import json

import pytest

from generate.loaders import UnreadableError, load, media_type


def test_the_text_is_the_file_to_the_last_carriage_return() -> None:
    raw = b"---\r\ntitle: A title\r\ntags: [a, b]\r\n---\r\n\r\n# Heading\r\n\r\nText\twith tab  \r\n"
    document = load(raw, "a/b.md")
    assert document.text.encode() == raw
    assert (document.id, document.media_type, document.title) == ("a/b.md", "text/markdown", "A title")
    assert json.loads(document.metadata) == {"title": "A title", "tags": ["a", "b"]}
    assert len(document.sha256) == 64


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\ntitle: ' *Set* title '\n---\n# Heading\n", "Set title"),
        ("---\ntitle: 2025\n---\n", "2025"),
        ("---\ntitle: [a]\n---\n# The `code` heading {#id}\n", "The code heading"),
        ("```\n# no\n```\n\nSetext\n======\n", "Setext"),
        ("> # quoted\n\ntext\n", "file name"),
        ("#\n\ntext\n", "file name"),
    ],
    ids=["front matter", "number", "list", "setext", "quoted", "empty heading"],
)
def test_the_title_is_the_files_own_else_the_first_heading_else_its_name(text: str, title: str) -> None:
    assert load(text.encode(), "folder/file name.md").title == title


def test_a_title_is_cut_to_a_line() -> None:
    assert len(load(b"# " + b"word " * 500, "a.md").title) <= 200


def test_the_hash_is_that_of_the_raw_bytes() -> None:
    assert load("é".encode("cp1252"), "a.md").sha256 != load("é".encode(), "a.md").sha256
    assert load("é".encode("cp1252"), "a.md").text == load("é".encode(), "a.md").text


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.md", "text/markdown"),
        ("A.MD", "text/markdown"),
        ("a.markdown", "text/markdown"),
        ("a.mdx", "text/markdown"),
        ("a.txt", "text/plain"),
        ("a.rst", "text/x-rst"),
        ("a.htm", "text/html"),
        ("a.ipynb", "application/x-ipynb+json"),
        ("a.pdf", "application/pdf"),
        ("a.png", ""),
        ("md", ""),
    ],
)
def test_the_ending_names_the_media_type(name: str, kind: str) -> None:
    assert media_type(name) == kind


@pytest.mark.parametrize(
    ("raw", "name", "reason"),
    [
        (b"", "a.md", "empty"),
        (b" \n\t", "a.md", "empty"),
        (b"\x00", "a.md", "binary"),
        (b"text", "a.png", "unsupported"),
        (b"text", "LICENSE", "unsupported"),
    ],
    ids=["empty", "blank", "binary", "unsupported", "no ending"],
)
def test_what_cannot_be_read_is_named(raw: bytes, name: str, reason: str) -> None:
    with pytest.raises(UnreadableError) as error:
        load(raw, name)
    assert error.value.reason == reason


def test_plain_text_is_left_alone() -> None:
    document = load(b"    indented\n<b>\n", "a.txt")
    assert (document.text, document.media_type, document.title) == ("    indented\n<b>\n", "text/plain", "a")
