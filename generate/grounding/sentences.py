"""A passage in the pieces that can bear out a statement: sentences, list items, rows of tables, lines of code."""

import html
import re
from dataclasses import dataclass

_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,})")
_ROW = re.compile(r"^\s*\|(.*?)\|?\s*$")
_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_ITEM = re.compile(r"^(\s*)(?:[-*+\u2022]|\d{1,3}[.)]|[a-z][.)])\s+")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+")
_DEFINED = re.compile(r"^:\s+")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\(<?([^()\s>]*)>?\)")
_MARKS = re.compile(r"\*\*|__|~~|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|^\s*>\s?", re.MULTILINE)
_ESCAPE = re.compile(r"\\([_*\[\]().!<>&$~\"'#{}|-])")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]*>|<!--.*?-->", re.DOTALL)
_END = re.compile(
    r"(?<=[.!?])[\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c(\[`*]*[A-Z\d\u00c0-\u00de`])|(?<=[\u3002\uff01\uff1f])"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:[Ee]\.g|[Ii]\.e|etc|vs|Dr|Mr|Mrs|Ms|Prof|St|Inc|Ltd|approx|dept|ext|tel|art|sec|vol|pp|incl|excl|resp|Fig|ca|bzw|z\.B|[ap]\.m)"
    r"|(?<!\d )(?<!\d\u00a0)(?<!building )(?<!bin )(?<!hall )(?<!block )(?<!group )(?<!class )(?<!type )(?<!option )"
    r"(?<!plan )(?<!zone )(?<!gate )(?<!annex )(?<!section )(?<!appendix )\b[A-Z])\.[\"'\u201d\u2019)\]]*\Z"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a passage.

    Attributes:
        text: Its words.
        context: What it hangs on: the line that opens its list, the head of its table. It is read with the piece.
        group: Pieces of one paragraph, list or table share it.
        kind: `sentence`, `item`, `more` of an item, `row`, `head` or `code`.
    """

    text: str
    context: str = ""
    group: int = 0
    kind: str = "sentence"


def bare(text: str) -> str:
    """Take the marks of Markdown off that would stand between a word and itself; code ticks stay."""
    text = _LINK.sub(lambda link: link.group(1) + (f" ({link.group(2)})" if "://" in link.group(2) else ""), text)
    return html.unescape(_ESCAPE.sub(r"\1", _TAG.sub(_tag, _MARKS.sub("", text))))


def sentences(text: str) -> list[str]:
    """Cut running text into sentences."""
    out, start = [], 0
    for found in _END.finditer(text):
        if not _ABBREVIATION.search(text[start : found.start()]):
            out.append(text[start : found.start()].strip())
            start = found.end()
    out.append(text[start:].strip())
    return [sentence for sentence in out if sentence]


def pieces(passage: str) -> list[Piece]:  # noqa: PLR0912, PLR0915 - one branch for each kind of line
    """Cut a passage into pieces."""
    out: list[Piece] = []
    group, fenced, head, opening = 0, False, None, ""
    held: list[str] = []
    term = ""
    kind = "sentence"

    def put() -> None:
        nonlocal held, opening, kind, term
        if held:
            found = sentences(bare(" ".join(held)))
            out.extend(
                Piece(
                    one,
                    term if place else opening if kind == "item" else "",
                    group,
                    "more" if place and kind == "item" else kind,
                )
                for place, one in enumerate(found)
            )
            if kind == "sentence" and found:
                opening = found[-1] if found[-1].endswith(":") else ""
        held, kind, term = [], "sentence", ""

    for line in passage.split("\n"):
        row = _ROW.match(line)
        if _FENCE.match(line):
            put()
            fenced, group = not fenced, group + 1
        elif fenced:
            if line.strip():
                out.append(Piece(line.strip(), "", group, "code"))
        elif row and "|" in row.group(1):
            put()
            cells = [bare(cell).strip() for cell in re.split(r"(?<!\\)\|", row.group(1))]
            if _RULE.match(line):
                continue
            if head is None:
                head, group = [cell[:1].lower() + cell[1:] if cell[1:].islower() else cell for cell in cells], group + 1
                out.append(Piece("; ".join(head), "", group, "head"))
            else:
                told = [f"{name} = {cell}" if name else cell for name, cell in zip(head, cells, strict=False)]
                out.append(Piece("; ".join(told), "", group, "row"))
        else:
            head = None
            item = _ITEM.match(line)
            if not line.strip():
                put()
                group += 1
            elif _HEADING.match(line):
                put()
                group += 1
                out.append(Piece(bare(_HEADING.sub("", line)), "", group, "head"))
            elif item:
                put()
                kind = "item"
                held = [line[item.end() :]]
            elif _DEFINED.match(line) and (held or out):  # a term stands above
                term = " ".join(held) if held else out.pop().text
                held = [f"{term}: {_DEFINED.sub('', line)}"]
            else:
                held.append(line.strip())
    put()
    return out


def _tag(found: "re.Match[str]") -> str:
    """Take a tag out, but leave a stand-in such as `<name>`."""
    name = re.match(r"</?([A-Za-z][\w-]*)", found.group())
    return found.group() if name and name.group(1).lower() not in _HTML and "=" not in found.group() else " "


_HTML = frozenset(
    [
        "a",
        "abbr",
        "b",
        "br",
        "code",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "kbd",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
    ]
)
