"""A stash for what the cleaning must not touch: code goes in, a placeholder stands for it, code comes out again."""

import re
from dataclasses import dataclass, field

# Unicode noncharacters: never valid in a document, so that they cannot be mistaken for its text.
SPAN, BLOCK, CLOSE = "\ufdd0", "\ufdd1", "\ufdd2"
LOST = "\ufdd3"  # stands in a link target for a template tag whose value nobody knows
BREAK = "\ufdd4"  # a line break that must stay one
IMAGE, IMAGE_END = "\ufdd5", "\ufdd6"

RESERVED = re.compile("[\ufdd0-\ufdef]")
_PLACEHOLDER = re.compile(f"[{SPAN}{BLOCK}](\\d+){CLOSE}")
_RUN = re.compile(r"`+")
_ESCAPES = re.compile(r"\\+\Z")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


@dataclass(slots=True)
class Stash:
    """Holds the pieces that were taken out of one text."""

    pieces: list[str] = field(default_factory=list)

    def span(self, piece: str) -> str:
        """Put a piece away that stands within a line; give its placeholder."""
        return self._put(SPAN, piece)

    def block(self, piece: str) -> str:
        """Put whole lines away; give a placeholder for a line of its own."""
        return self._put(BLOCK, piece)

    def restore(self, text: str) -> str:
        """Put every piece back in its place."""
        while _PLACEHOLDER.search(text):  # a piece may hold placeholders of pieces that went in before
            text = _PLACEHOLDER.sub(lambda found: self.pieces[int(found.group(1))], text)
        return text

    def code_spans(self, text: str) -> str:
        """Put the inline code of a text away, by the rule of CommonMark: two runs of as many backticks."""
        runs = [(run.start(), run.end()) for run in _RUN.finditer(text)]
        waiting: dict[int, list[int]] = {}
        for index in reversed(range(len(runs))):
            waiting.setdefault(runs[index][1] - runs[index][0], []).append(index)
        out, position, index = [], 0, 0
        while index < len(runs):
            start, inner = runs[index]
            same = waiting[inner - start]
            while same and same[-1] <= index:
                same.pop()
            escaped = _ESCAPES.search(text, max(0, start - 20), start)
            if not same or (escaped and len(escaped.group()) % 2) or _BLANK_LINE.search(text, inner, runs[same[-1]][0]):
                index += 1
                continue
            end = runs[same[-1]][1]
            out += [text[position:start], self.span(_code(text[start:end], text[inner : runs[same[-1]][0]]))]
            position, index = end, same[-1] + 1
        return "".join([*out, text[position:]])

    def _put(self, mark: str, piece: str) -> str:
        self.pieces.append(piece)
        return f"{mark}{len(self.pieces) - 1}{CLOSE}"


RAW_TAG = re.compile(r"\{%[-~+]?\s*(?:end)?(?:raw|verbatim)\s*[-~+]?%\}")
_QUOTED = re.compile(r"""\{\{\s*(?:"([^"]*)"|'([^']*)')\s*\}\}""")


def _code(whole: str, inner: str) -> str:
    """Read a code span as the site shows it: without the marks that keep template engines out of it."""
    shown = _QUOTED.sub(lambda found: found.group(1) or found.group(2) or "", RAW_TAG.sub("", inner))
    return whole if shown == inner else whole.replace(inner, shown)
