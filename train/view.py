"""One row as the trainer sees it: its tokens, with what is learnt and what is only read.

Token texts are made harmless here, once: a control sign of a document never reaches a terminal, wherever the view is
shown.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from train.render import Renderer
from train.rendered import IGNORED, Fault, Rendered

_LONGEST_SIGN = 4  # bytes that UTF-8 needs at most for one sign, so tokens that one may be spread over
_RESET, _READ, _LEARNT, _CONTROL = "\x1b[0m", ("\x1b[2m", "\x1b[2;3m"), ("\x1b[1;32;4m", "\x1b[1;36;4m"), "\x1b[7m"
_SHOWN_SIGNS = {"\n": "⏎\n", "\t": "⇥\t"}


class Span(NamedTuple):
    """A token, or the few that one sign is spread over.

    Attributes:
        text: Its text, harmless: line ends are marked, signs that cannot be printed are written as escapes.
        learnt: Whether it is trained.
        control: Whether it is a control token.
        tokens: How many tokens it is.
    """

    text: str
    learnt: bool
    control: bool
    tokens: int


class View(NamedTuple):
    """A row to look at.

    Attributes:
        row: Its number.
        name: What people call it: its number, behind the dataset's name in a mix.
        id: Its id.
        remarks: What the preflight says of it, empty where it says nothing.
        tokens: Tokens of the row.
        learnt: Tokens of it that are learnt.
        spans: The tokens; none where the row cannot be rendered.
    """

    row: int
    name: str
    id: str
    remarks: str
    tokens: int
    learnt: int
    spans: list[Span]


def spans(row: Rendered, renderer: Renderer) -> list[Span]:
    """Cut a row into its tokens; tokens that only together make a sign stay together, never across a label's border."""
    found = []
    before: list[int] = []
    for ids, learnt in _groups(row, renderer):
        text = _text(before, ids, renderer)
        found.append(Span(visible(text), learnt, len(ids) == 1 and renderer.is_control(ids[0]), len(ids)))
        before = ids
    return found


def view(outcome: Rendered | Fault, renderer: Renderer, *, name: str, remarks: str) -> View:
    """Look at one rendered row, or at one that could not be rendered."""
    if isinstance(outcome, Fault):
        return View(outcome.row, name, outcome.id, remarks, 0, 0, [])
    learnt = int((outcome.labels != IGNORED).sum())
    return View(outcome.row, name, outcome.id, remarks, len(outcome.ids), learnt, spans(outcome, renderer))


def as_text(seen: View, *, colours: bool) -> str:
    """Write a view for a terminal.

    With colours, what is learnt is coloured and underlined, what is only read is dim, two shades tell neighbouring
    tokens apart, and control tokens stand out. Without, `¦` stands between tokens and `[[ ]]` around what is learnt.
    """
    head = f"row {visible(seen.name)} ({visible(seen.id)}): {seen.tokens} tokens, {seen.learnt} of them learnt"
    if seen.remarks:
        head += f"; {visible(seen.remarks)}"
    if not seen.spans:
        return head
    return f"{head}\n{_coloured(seen.spans) if colours else _marked(seen.spans)}"


def shortened(found: Sequence[Span], most: int) -> tuple[Sequence[Span], Sequence[Span], int]:
    """Give the first and the last spans of a long row, and how many lie between them."""
    if len(found) <= most:
        return found, [], 0
    tail = most // 4
    return found[: most - tail], found[-tail:], len(found) - most


def visible(text: str) -> str:
    """Write a text such that nothing in it drives a terminal or hides: a line end shows before it ends the line."""
    return "".join(_SHOWN_SIGNS.get(sign) or (sign if sign.isprintable() else _escape(sign)) for sign in text)


def _groups(row: Rendered, renderer: Renderer) -> Iterator[tuple[list[int], bool]]:
    """Give the tokens one by one, but those together that spell one sign."""
    group: list[int] = []
    last = False
    for token, label in zip(row.ids.tolist(), row.labels.tolist(), strict=True):
        learnt = label != IGNORED
        if group and learnt != last:
            yield group, last
            group = []
        group, last = [*group, token], learnt
        if not renderer.decode(group).endswith("�") or len(group) == _LONGEST_SIGN:
            yield group, learnt
            group = []
    if group:
        yield group, last


def _text(before: list[int], ids: list[int], renderer: Renderer) -> str:
    """Decode tokens behind those before them: some tokenizers drop the space in front of a text's first word."""
    head, whole = renderer.decode(before), renderer.decode(before + ids)
    return whole[len(head) :] if before and whole.startswith(head) else renderer.decode(ids)


def _coloured(found: Sequence[Span]) -> str:
    parts = []
    for number, span in enumerate(found):
        style = (_LEARNT if span.learnt else _READ)[number % 2] + (_CONTROL if span.control else "")
        # A style that is open at a line's end would colour the rest of it in some terminals.
        parts.append("\n".join(f"{style}{line}{_RESET}" if line else "" for line in span.text.split("\n")))
    return "".join(parts)


def _marked(found: Sequence[Span]) -> str:
    text, open_ = "", False
    for span in found:
        if span.learnt != open_:
            text += "[[" if span.learnt else "]]"
        elif text:
            text += "¦"
        text, open_ = text + span.text, span.learnt
    return text + ("]]" if open_ else "")


def _escape(sign: str) -> str:
    return f"\\x{ord(sign):02x}" if ord(sign) < 256 else f"\\u{ord(sign):04x}"
