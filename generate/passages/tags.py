"""Template tags in prose: what a reader sees in their place.

The site's own tags are not known here. So a tag's arguments decide: in the target of a link, its absolute URL; for a
picture, its description; in a sentence, its last argument if that is a label or a plain word; else nothing.
"""

import re

from generate.passages.spans import Span, spans
from generate.passages.stash import IMAGE, IMAGE_END, LOST, RAW_TAG, Stash
from generate.structure import without_code_blocks

_ARGUMENT = re.compile(r'"([^"]*)"|\'([^\']*)\'')
_IN_TARGET = re.compile(r"(?:\]\(\s*<?|=\s*[\"']|\]:[ \t]*<?|<)[^\s()<>\"']*\s*\Z")
_ABSOLUTE = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|avif|bmp|tiff?)$", re.IGNORECASE)
_WORD = re.compile(r"#?\w[\w@+-]*\Z")
_LABEL = re.compile(r"\w[^/<>{}=]*\s[^/<>{}=]*\Z")
_LEVEL = re.compile(
    r"(?:info|note|tip|hint|important|warning|caution|danger|error|success|primary|secondary)\Z", re.IGNORECASE
)
_LEFT = re.compile(r"\{\{[<%]?|\{%|[%>]\}\}|%\}")
_LITERAL = re.compile(r"""\{\{\s*(?:"([^"{}]*)"|'([^'{}]*)')\s*\}\}\Z""")
_HIGHLIGHT = re.compile(r"\{%[-~+]?\s*highlight\s+([\w+#-]+)[^%]*%\}\n?(.*?)\s*\{%[^%]*%\}\Z", re.DOTALL)
_SILENT_NAMES = (
    "include include_relative includes import extends block layout render section partial snippet if "
    "elsif elif else unless for case when assign capture set macro call from load cycle with filter "
    "autoescape cache increment decrement liquid paginate style schema javascript stylesheet load_file do "
    "slot component svg icon asset"
)
_SILENT = frozenset(_SILENT_NAMES.split())
_RAW = re.compile(r"\{%[-~+]?\s*(raw|verbatim)\s*[-~+]?%\}(.*?)\{%[-~+]?\s*end\1\s*[-~+]?%\}", re.DOTALL)
_MARK = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\{\{|\{%")
_EXPRESSION = re.compile(r"(?<![\w/{$=])\{[a-z_]\w*(?:\??\.\w+)+\}(?!\})")
_PARAGRAPH_BEFORE = re.compile(r"(?:\A|\n[ \t]*\n)[ \t\n]*\Z")
_PARAGRAPH_AFTER = re.compile(r"[ \t]*(?:\Z|\n[ \t]*(?:\n|\Z))")
_NEAR = 300  # characters before a tag that can belong to the link target it stands in


def read_tags(text: str, stash: Stash) -> str:
    """Put in the place of every template tag and comment what a reader would see there.

    The text holds no code any more. No mark of a template language is left in it.
    """
    if "{" not in text and "<!--" not in text and "%}" not in text:
        return text
    text = RAW_TAG.sub(
        "", _RAW.sub(lambda raw: _MARK.sub(lambda mark: stash.span(f"`{mark.group()}`"), raw.group(2)), text)
    )
    closing = set(re.findall(r"\{[%{][<%]?[-~+]?\s*(?:end|/\s*)(\w+)", text))
    out, position = [], 0
    for span in spans(text):
        shown = _read(text, span, closing, stash)
        out += [text[position : span.start], shown]
        is_spaced = not shown and text[span.start - 1 : span.start] == " " and text[span.end : span.end + 1] == " "
        position = span.end + is_spaced
    out.append(text[position:])
    return _LEFT.sub("", "".join(out))


def template_marks(text: str) -> frozenset[str]:
    """Give the marks of template tags that a text holds outside its code: `{%`, `{{`, both or none."""
    if "{%" not in text and "{{" not in text:
        return frozenset()
    prose = Stash().code_spans(without_code_blocks(text))
    return frozenset(mark for mark in ("{%", "{{") if mark in prose)


def has_hole(text: str) -> bool:
    """Tell whether raw Markdown holds a variable (`{{ site.owner }}`) in its prose: its passage lacks that value.

    So does one that holds an expression of MDX (`{props.owner}`). Variables in the targets of links leave no hole.
    """
    if "{" not in text:
        return False
    stash = Stash()
    prose = RAW_TAG.sub("", _RAW.sub("", stash.code_spans(without_code_blocks(text))))
    return _EXPRESSION.search(prose) is not None or any(_is_variable(prose, span) for span in spans(prose))


def _is_variable(text: str, span: Span) -> bool:
    raw = text[span.start : span.end]
    if span.kind != "tag" or not raw.startswith("{{") or raw.startswith(("{{<", "{{%", "{{#", "{{/", "{{!")):
        return False
    in_target = _IN_TARGET.search(text, max(0, span.start - _NEAR), span.start)
    return not in_target and not _LITERAL.match(raw)


def _read(text: str, span: Span, closing: set[str], stash: Stash) -> str:
    """Give what a reader sees in the place of one tag."""
    raw = text[span.start : span.end]
    if span.kind == "comment":
        return ""
    if span.kind == "highlight":
        found = _HIGHLIGHT.match(raw)
        return stash.block(f"```{found.group(1)}\n{found.group(2)}\n```") if found else ""
    arguments = [first or second for first, second in _ARGUMENT.findall(raw)]
    if _IN_TARGET.search(text, max(0, span.start - _NEAR), span.start):
        return next((one for one in arguments if _ABSOLUTE.match(one)), LOST)
    literal = _LITERAL.match(raw)
    if literal:
        return literal.group(1) or literal.group(2) or ""
    if any(_PICTURE.search(one) for one in arguments):
        return IMAGE + (arguments[-1] if not _PICTURE.search(arguments[-1]) else "") + IMAGE_END
    if span.name in closing:
        title = next((one for one in arguments if one.strip() and not _LEVEL.match(one)), "")
        says = " " in title.strip() and "=" not in title
        return f"**{title.strip()}**\n\n" if says else ""
    if span.name in _SILENT or span.name.startswith("end") or raw.startswith("{{") or not arguments:
        return ""
    return _label(arguments) if not _alone(text, span) else ""


def _label(arguments: list[str]) -> str:
    """Give the word or label that a tag in a sentence shows."""
    last = arguments[-1].strip()
    if _LABEL.match(last) or _WORD.match(last):
        return last
    return ""


def _alone(text: str, span: Span) -> bool:
    """Tell whether a tag is a paragraph of its own, and not a word in a sentence, a list or a table."""
    before = text[max(0, span.start - _NEAR) : span.start]
    return bool(_PARAGRAPH_BEFORE.search(before)) and bool(_PARAGRAPH_AFTER.match(text, span.end))
