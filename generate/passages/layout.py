"""The layout of a passage: wrapped lines joined, padded tables tightened, blank lines evened out."""

import re

from generate.passages.stash import BLOCK, BREAK, IMAGE, IMAGE_END
from generate.structure import blocks

_IMAGE_MARK = re.compile(f"{IMAGE}([^{IMAGE_END}]*){IMAGE_END}")
_ONLY_IMAGE = re.compile(rf"[\s>*+-]*{IMAGE}([^{IMAGE_END}]*){IMAGE_END}[\s{BREAK}.:]*\Z")
_SAYS_NOTHING = re.compile(
    r"\s*(?:an? |the )?(?:alt(?:ernative)? text|image|img|picture|photo|screen ?shot|logo|icon"
    r"|diagram|figure|badge|banner)"
    r"[\s\d]*\Z|.*\.(?:png|jpe?g|gif|svg|webp)\Z|\Z",
    re.IGNORECASE,
)
_DOUBLE_SPACE = re.compile(r"(?<=\S)[ \t]{2,}(?=\S)")
_LEADING = re.compile(r"\A(?:[ \t]*>)*[ \t]*")
_BULLET_LIKE = re.compile(r"\s*(?:[•·▪◦‣–—]|\d{1,3}[.)]\s|\[[ xX]\]\s)")  # noqa: RUF001 - the dashes are meant
_WRAPPED = 45  # characters: a paragraph whose lines are all shorter was broken on purpose, as an address is
_RULE = re.compile(r" {0,3}(?:-[ \t]*){3,}\Z| {0,3}(?:\*[ \t]*){3,}\Z| {0,3}(?:_[ \t]*){3,}\Z")


def read_images(text: str) -> str:
    """Replace pictures by their descriptions, where these say something.

    A picture on a line of its own is told in brackets if three words or more tell it; one inside a sentence, bare.
    """
    if IMAGE not in text:
        return text
    lines = []
    for line in text.split("\n"):
        alone = _ONLY_IMAGE.match(line)
        if alone:
            told = " ".join(alone.group(1).replace(BREAK, " ").split())
            lines.append(f"({told})" if len(told.split()) > 2 and not _SAYS_NOTHING.match(told) else "")
        else:
            lines.append(_IMAGE_MARK.sub(_told, line))
    return "\n".join(lines)


def lay_out(text: str) -> str:
    """Join wrapped lines into paragraphs, tighten tables, even out blank lines and white space."""
    lines = text.split("\n")
    joined: dict[int, str] = {}
    gone: set[int] = set()
    tables: set[int] = set()
    for token in blocks(text):
        if token.map is None:
            continue
        first, last = token.map
        if token.type == "table_open":
            tables.update(range(first, last))
        elif token.type == "paragraph_open" and first not in tables:
            if token.level == 0:
                lines[first] = lines[first].lstrip(" \t")
            for index in range(first, last):
                lines[index] = _DOUBLE_SPACE.sub(" ", lines[index])
            if last - first > 1:
                _join(lines, first, last, joined, gone)
    out = []
    for index, line in enumerate(lines):
        if index in gone:
            continue
        shown = joined.get(index, line)
        if index in tables and BLOCK not in line:
            shown = _table_row(shown)
        out.append(shown.replace(BREAK, "\n").rstrip(" \t\\" if index in joined else " \t"))
    return _even("\n".join(out))


def _join(lines: list[str], first: int, last: int, joined: dict[int, str], gone: set[int]) -> None:
    """Join the lines of one paragraph, except where they were broken on purpose."""
    if max(len(line.strip()) for line in lines[first:last]) < _WRAPPED:
        return
    target, held = first, lines[first]
    for index in range(first + 1, last):
        line = lines[index]
        if held.endswith(("  ", "\\", BREAK)) or BLOCK in held or BLOCK in line or _BULLET_LIKE.match(line):
            joined[target] = held
            target, held = index, line
            continue
        gone.add(index)
        bare = _LEADING.sub("", line, count=1)
        held = f"{held.rstrip()} {bare}" if bare.strip() else held
    joined[target] = held


def _table_row(line: str) -> str:
    """Tighten the cells of one row; a line break in a cell becomes a semicolon."""
    row = re.sub(rf"([^\s{BREAK}.;:,|])[ \t]*{BREAK}[{BREAK} \t]*(?=[^\s|{BREAK}])", r"\1; ", line).replace(BREAK, " ")
    return re.sub(r"-{4,}", "---", re.sub(r"[ \t]{2,}", " ", row.strip()))


def _told(found: "re.Match[str]") -> str:
    told = " ".join(found.group(1).split())
    return "" if _SAYS_NOTHING.match(told) else told


def _even(text: str) -> str:
    """Leave one blank line between blocks, none around the whole, and no rule at either end."""
    lines = text.split("\n")
    low, high = 0, len(lines)
    while low < high and (not lines[low].strip() or _RULE.match(lines[low])):
        low += 1
    while high > low and (not lines[high - 1].strip() or _RULE.match(lines[high - 1])):
        high -= 1
    return re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", "\n".join(lines[low:high]))
