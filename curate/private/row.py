"""Private data of a whole row: where they stand in it, and the row with marks in their place, the same everywhere."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from curate.private.find import find, marked
from curate.private.span import KINDS, MARKS, Kind, Span, counted, merged
from curate.rows import SEPARATOR

Turn = dict[str, str]
Places = Counter[tuple[Kind, str]]
_SHORTEST_KNOWN = 6
_MOST_KNOWN = 256


class Clean(NamedTuple):
    """A row with marks for private data, and how many of each kind were taken out."""

    turns: list[Turn]
    context: str | None
    counts: Counter[Kind]


def places(turns: Sequence[Turn], context: str | None) -> Places:
    """Count the private data of a row by kind and view.

    The views are `instruction` and `response`, the last turns of user and assistant, `context`, and `earlier turns`. A
    context that ends the user turn counts once, as context.
    """
    last = {turn["role"]: place for place, turn in enumerate(turns)}
    counts: Places = Counter((span.kind, "context") for span in find(context or ""))
    for place, turn in enumerate(turns):
        ends = last[turn["role"]] == place
        view = {"user": "instruction", "assistant": "response"}.get(turn["role"], "") if ends else ""
        head, _ = _split(turn, context)
        counts.update((span.kind, view or "earlier turns") for span in find(head))
    return counts


def clean(turns: Sequence[Turn], context: str | None, kinds: Collection[Kind] = KINDS) -> Clean:
    """Put marks in the place of private data in all turns and the context.

    What is found in one text is marked wherever it stands in the row, though nothing announces it there. A context
    that ends a user turn stays its end.
    """
    split = [_split(turn, context) for turn in turns]
    texts = [head for head, _ in split] + [context or ""]
    counts: Counter[Kind] = Counter()
    while True:
        spans = [[span for span in find(text) if span.kind in kinds] for text in texts]
        if not any(spans):
            break
        spans = _everywhere(texts, spans)
        counts.update(span.kind for some in spans for span in some)
        texts = [marked(text, some) for text, some in zip(texts, spans, strict=True)]
    new = None if context is None else texts[-1]
    mended = [
        {**turn, "content": head + (SEPARATOR + (new or "") if tail else "")} if turn["content"] else turn
        for turn, head, (_, tail) in zip(turns, texts, split, strict=False)
    ]
    return Clean(mended, new, counts)


def described(counts: Counter[Kind]) -> str:
    """Say what was found: "2 e-mail addresses, 1 key or token"; the commonest kinds first."""
    order = sorted(counts, key=lambda kind: (-counts[kind], KINDS.index(kind)))
    return ", ".join(counted(kind, counts[kind]) for kind in order)


def _split(turn: Turn, context: str | None) -> tuple[str, bool]:
    """Part a user turn from the context at its end; the second tells whether there was one."""
    content = turn["content"] or ""
    tail = SEPARATOR + context if context else ""
    if tail and turn["role"] == "user" and content.endswith(tail):
        return content.removesuffix(tail), True
    return content, False


def _everywhere(texts: Sequence[str], spans: list[list[Span]]) -> list[list[Span]]:
    """Add the places where a datum that was found stands without being found."""
    known = {
        text[span.start : span.end]: span.kind
        for text, some in zip(texts, spans, strict=True)
        for span in some
        if span.end - span.start >= _SHORTEST_KNOWN
    }
    known = {datum: kind for datum, kind in known.items() if datum not in MARKS.values()}
    if not known or len(known) > _MOST_KNOWN:
        return spans
    any_of = "|".join(re.escape(datum) for datum in sorted(known, key=len, reverse=True))
    again = re.compile(rf"(?<!\w)(?:{any_of})(?!\w)")
    return [
        merged([*some, *(Span(known[match[0]], match.start(), match.end()) for match in again.finditer(text))])
        for text, some in zip(texts, spans, strict=True)
    ]
