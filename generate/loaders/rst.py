"""reStructuredText, through docutils' HTML. No other file is read, nothing raw is passed on, no network is used."""

from typing import Any

from generate.loaders.content import Content, UnreadableError
from generate.loaders.html import parse_html, tree_to_markdown
from generate.loaders.rst_extras import registered
from generate.loaders.text import decoded

_NO_LANGUAGES = frozenset({"code", "literal-block", "docutils"})
_LONGEST_LINE = 100_000  # characters; docutils measures the text that substitutions grow to by it as well
_SETTINGS = {
    "_disable_config": True,  # a docutils.conf in the working folder is not ours to obey
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,
    "halt_level": 5,
    "warning_stream": False,
    "input_encoding": "unicode",
    "output_encoding": "unicode",
    "embed_stylesheet": False,
    "stylesheet_path": None,
    "stylesheet": None,
    "doctitle_xform": False,
    "sectsubtitle_xform": False,
    "docinfo_xform": False,
    "initial_header_level": "1",
    "syntax_highlight": "none",
    "math_output": "LaTeX",
    "smart_quotes": False,
    "line_length_limit": _LONGEST_LINE,
    "image_loading": "link",
    "table_style": "",
    "footnote_references": "brackets",
    "toc_backlinks": False,
    "section_self_link": False,
    "cloak_email_addresses": False,
    "generator": False,
    "datestamp": None,
    "source_link": False,
}


def load(raw: bytes) -> Content:
    """Read a reStructuredText file.

    Raises:
        UnreadableError: It is no text, or docutils cannot read it at all.
    """
    from docutils.core import publish_parts

    text = decoded(raw)
    if any(len(line) > _LONGEST_LINE for line in text.splitlines()):
        raise UnreadableError("damaged", f"it has a line of more than {_LONGEST_LINE:,} characters")
    with registered(text):
        parts = publish_parts(text, writer="html5", settings_overrides=_SETTINGS)
    return Content(tree_to_markdown(_prepared(parse_html(parts["body"]))))


def _prepared(tree: Any) -> Any:
    """Bring docutils' HTML into the form of a page: languages named, notes under a bold title, footnotes marked."""
    for pre in tree.find_all("pre", class_="code"):
        pre["class"] = [f"language-{name}" for name in pre["class"] if name not in _NO_LANGUAGES][:1]
    for literal in tree.find_all("span", class_="literal"):
        literal.name, literal.string = "code", literal.get_text()
    for title in tree.find_all("p", class_="admonition-title"):
        title.string.wrap(tree.new_tag("strong")) if title.string else None
    for mark in tree.find_all("a", attrs={"role": "doc-noteref"}):
        mark.replace_with(f"[^{mark.get_text().strip('[]')}]")
    for note in tree.find_all("aside", class_="footnote"):
        label, first = note.find(class_="label"), note.find("p")
        if label and first:
            first.insert(0, f"[^{label.get_text().strip('[]')}]: ")
            label.decompose()
    for image in tree.find_all("img"):
        if image.get("alt") == image.get("src"):
            image["alt"] = ""
    for back in tree.find_all(class_="backrefs"):
        back.decompose()
    for fields in tree.find_all("dl", class_="field-list"):
        _list_fields(tree, fields)
    return tree


def _list_fields(tree: Any, fields: Any) -> None:
    """Write a field list as a list of `name: value`."""
    fields.name = "ul"
    for name in fields.find_all("dt", recursive=False):
        value = name.find_next_sibling("dd")
        item = tree.new_tag("li")
        item.string = f"{name.get_text().strip().rstrip(':')}: "
        if value is not None:
            paragraphs = value.find_all("p", recursive=False)
            content = (
                paragraphs[0]
                if len(paragraphs) == 1 and value.get_text(strip=True) == paragraphs[0].get_text(strip=True)
                else value
            )
            for child in list(content.contents):
                item.append(child.extract())
            value.decompose()
        name.replace_with(item)
