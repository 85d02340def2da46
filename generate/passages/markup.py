"""HTML inside Markdown: the tags go, their text stays; tables and lists become Markdown ones.

Only names that HTML knows are tags, and names that have a partner or look like a component: `<your-name>` is text.
"""

import html
import re
from collections.abc import Callable, Iterator

from generate.passages.stash import BREAK, IMAGE, IMAGE_END, Stash

_INLINE_NAMES = (
    "a abbr acronym b bdi bdo big cite code data del dfn em embed font i img input ins kbd label map mark "
    "nobr noscript object output param picture progress q rp rt ruby s samp small source span strike "
    "strong sub sup time track tt u var video audio wbr area button select option"
)
_INLINE = frozenset(_INLINE_NAMES.split())
_BLOCK_NAMES = (
    "address article aside blockquote body canvas caption center col colgroup dd details dialog div dl dt "
    "fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend "
    "li link main menu meta nav ol optgroup p pre section summary table tbody td textarea tfoot th thead "
    "title tr ul"
)
_BLOCK = frozenset(_BLOCK_NAMES.split())
_GONE = re.compile(r"<(script|style|iframe|svg|noembed|template)\b[^<>]*>", re.IGNORECASE)
_ATTRIBUTES = r"(?:\"[^\"]{0,2000}\"|'[^']{0,2000}'|\{(?:[^{}]|\{[^{}]{0,500}\}){0,500}\}|[^'\"<>{}]){0,2000}+"
_TAG = re.compile(rf"<(/?)([A-Za-z][\w.:-]*)((?=[\s/>]){_ATTRIBUTES})>")
_PRE = re.compile(r"<(pre)\b([^<>]*)>", re.IGNORECASE)
_CODE = re.compile(r"<code\b[^<>]*>([^<\n]*)</code>", re.IGNORECASE)
_LANGUAGE = re.compile(r"(?:language|lang|highlight)-([\w+#-]+)", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>[ \t]*\n?", re.IGNORECASE)
_HEADING = re.compile(r"<(h[1-6]|summary)\b([^<>]*)>", re.IGNORECASE)
_STRONG = re.compile(r"<(strong|b)\b[^<>]*>([^<>\n]*[^<>\s])\s*</\1\s*>", re.IGNORECASE)
_RAISED = re.compile(r"<(sup|sub)\b[^<>]*>\s*([0-9+=()n-]{1,6})\s*</\1\s*>", re.IGNORECASE)
_LINK = re.compile(r"<(a)\b([^<>]*)>", re.IGNORECASE)
_IMAGE = re.compile(rf"<img\b({_ATTRIBUTES})/?>", re.IGNORECASE)
_STRUCTURE = re.compile(r"<(/?)(table|ul|ol|dl)\b[^<>]*>", re.IGNORECASE)
_ROWS = re.compile(r"<(/?)(table|tr)\b[^<>]*>", re.IGNORECASE)
_UP = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_DOWN = str.maketrans("0123456789+-=()n", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙ")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def read_html(text: str, stash: Stash) -> str:
    """Take the HTML out of a Markdown text without code."""
    if "<" not in text:
        return text
    text = _elements(text, _GONE, lambda _, __: "")
    text = _elements(text, _PRE, lambda attributes, inner: _fence(attributes, inner, stash))
    text = _CODE.sub(lambda found: stash.span(f"`{html.unescape(found.group(1))}`"), text)
    text = _RAISED.sub(lambda found: found.group(2).translate(_UP if found.group(1).lower() == "sup" else _DOWN), text)
    text = _IMAGE.sub(lambda found: f"{IMAGE}{_attribute(found.group(1), 'alt')}{IMAGE_END}", text)
    text = "".join(_structures(_closed_rows(text)))
    text = _BREAK.sub(BREAK, text)
    text = _elements(text, _HEADING, lambda _, inner: f"\n\n**{_bare(inner)}**\n\n" if _bare(inner) else "")
    text = _STRONG.sub(r"**\2**", text)
    text = _elements(text, _LINK, _link)
    closed = set(re.findall(r"</([A-Za-z][\w.:-]*)\s*>", text))
    return _TAG.sub(lambda found: _tag(found, closed), text)


def read_entities(text: str) -> str:
    """Replace character references (`&amp;`, `&nbsp;`) by what they stand for."""
    if "&" not in text:
        return text
    return _ENTITY.sub(lambda found: html.unescape(found.group()).replace("\xa0", " "), text)


def _elements(text: str, opening: re.Pattern[str], show: Callable[[str, str], str]) -> str:
    """Put what `show` makes of attributes and content in the place of each element that `opening` finds.

    An element that is never closed is left alone; each closing tag is looked for once, so the time is linear.
    """
    out, position, start, unclosed = [], 0, 0, set[str]()
    while found := opening.search(text, start):
        name, start = found.group(1).lower(), found.end()
        closing = None if name in unclosed else re.compile(rf"</{name}\s*>", re.IGNORECASE).search(text, start)
        if closing is None:
            unclosed.add(name)
            continue
        attributes = found.group(2) if opening.groups > 1 else ""
        out += [text[position : found.start()], show(attributes, text[start : closing.start()])]
        position = start = closing.end()
    return "".join([*out, text[position:]])


def _tag(found: "re.Match[str]", closed: set[str]) -> str:
    """Give what takes the place of one tag."""
    name, attributes = found.group(2), found.group(3)
    if name.lower() in _INLINE:
        return ""
    if name.lower() in _BLOCK:
        return "\n"
    is_component = name[0].isupper() or "-" in name or "." in name
    if is_component and (found.group(1) or name in closed or attributes.rstrip().endswith("/") or "=" in attributes):
        title = "" if found.group(1) else _attribute(attributes, "label") or _attribute(attributes, "title")
        return f"\n\n**{title}**\n\n" if title else ""
    return found.group()


def _structures(text: str) -> Iterator[str]:
    """Rewrite each outermost HTML table or list as Markdown, and leave the rest."""
    position, start, depth = 0, 0, 0
    for found in _STRUCTURE.finditer(text):
        if found.group(1) and depth:
            depth -= 1
            if not depth:
                yield text[position:start]
                yield f"\n\n{_markdown(text[start : found.end()])}\n\n"
                position = found.end()
        elif not found.group(1):
            start = start if depth else found.start()
            depth += 1
    yield text[position:]


def _closed_rows(text: str) -> str:
    """Put a table around rows that were cut out of one, and close a table that was cut short."""
    out, position, last_row = [], 0, 0
    depth = 0
    for found in _ROWS.finditer(text):
        is_end, name = bool(found.group(1)), found.group(2).lower()
        if name == "tr" and is_end:
            last_row = found.end()
        elif name == "table":
            depth = max(0, depth - 1) if is_end else depth + 1
        elif not depth:
            out += [text[position : found.start()], "<table>"]
            position = found.start()
            depth = 1
    if depth and last_row > position:
        out += [text[position:last_row], "</table>" * depth]
        position = last_row
    return "".join([*out, text[position:]])


def _markdown(fragment: str) -> str:
    from generate.loaders.html import fragment_to_markdown

    return fragment_to_markdown(fragment)


def _fence(attributes: str, inner: str, stash: Stash) -> str:
    language = _LANGUAGE.search(attributes + inner.split(">", 1)[0])
    code = html.unescape(re.sub(r"</?[A-Za-z][^<>]*>", "", inner)).strip("\n")
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", code)), default=0))
    opening = ticks + (language.group(1) if language else "")
    return "\n\n" + stash.block(f"{opening}\n{code}\n{ticks}") + "\n\n"


def _link(attributes: str, inner: str) -> str:
    target = _attribute(attributes, "href")
    return f"[{inner.strip()}](<{target}>)" if inner.strip() and target else inner


def _attribute(attributes: str, name: str) -> str:
    found = re.search(rf"\b{name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", attributes, re.IGNORECASE)
    return html.unescape(" ".join((found.group(1) or found.group(2) or "").split())) if found else ""


def _bare(inner: str) -> str:
    return " ".join(_TAG.sub("", inner).replace("**", "").replace(BREAK, " ").split())
