"""Mojibake: UTF-8 that was once read as another encoding is read again as what it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow.compute as pc

from curate.arrow import indices
from curate.rows import Rows, replace_rows
from curate.stage import Mended

MEANINGS = {"mojibake": "had signs garbled by a wrong encoding, which were restored"}
_CODECS = ("latin-1", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "mac-roman", "cp437")
_LONGEST_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """Restore signs that a wrong encoding garbled, such as the é in "cafÃ©", in every turn and in the context.

    ftfy decides what is garbled, with all its other corrections switched off: quotes, widths, ligatures, line ends,
    entities, control signs and Unicode's normal forms stay as they are, and nothing is replaced by a question mark.
    Only texts in which some sign could be the first byte of a garbled one are shown to it.
    """

    @property
    def name(self) -> str:
        """Name of the mend."""
        return "encoding"

    def mend(self, rows: Rows, /) -> Mended:
        """Give the rows with their signs restored; the evidence is the first piece that changed."""
        changed = np.zeros(len(rows), dtype=bool)
        evidence: list[str | None] = [None] * len(rows)
        hits = [
            pc.match_substring_regex(rows[view], suspect()).to_numpy(zero_copy_only=False)
            for view in ("whole", "context")
        ]
        chosen = np.flatnonzero(np.logical_or.reduce(hits))
        columns: dict[str, list[Any]] = {"messages": [], "context": []}  # Any: column values
        places = []
        column: Any = rows.examples.column("messages")  # Any: the stubs know no list of structs
        all_turns = column.take(indices(chosen)).to_pylist() if len(chosen) else []
        for place, turns in zip(chosen.tolist(), all_turns, strict=True):
            context = rows.examples.column("context")[place].as_py()
            new_turns = [{**turn, "content": restored(turn["content"])} if turn["content"] else turn for turn in turns]
            new_context = restored(context) if context else context
            if (new_turns, new_context) == (turns, context):
                continue
            pairs = [(old["content"], new["content"]) for old, new in zip(turns, new_turns, strict=True)]
            changed[place], evidence[place] = True, _first([*pairs, (context, new_context)])
            places.append(place)
            columns["messages"].append(new_turns)
            columns["context"].append(new_context)
        if not places:
            return Mended(rows.examples, changed, "mojibake", evidence)
        new: dict[str, Sequence[Any]] = dict(columns)  # Any: as above
        return Mended(replace_rows(rows.examples, np.array(places), new), changed, "mojibake", evidence)


def restored(text: str) -> str:
    """Restore what is garbled, line by line, and leave everything else as it is."""
    import ftfy

    config = ftfy.TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        replace_lossy_sequences=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        fix_surrogates=False,
        remove_control_chars=False,
        normalization=None,
        explain=False,
    )
    return ftfy.fix_text(text, config)


@lru_cache(maxsize=1)
def suspect() -> str:
    """Make the pattern of what may be garbled: a sign for a first byte before one for a second, or a C1 control."""
    firsts, seconds = set(), set()
    for codec in _CODECS:
        firsts |= set(bytes(range(0xC2, 0xF5)).decode(codec, "ignore"))
        seconds |= set(bytes(range(0x80, 0xC0)).decode(codec, "ignore"))
    # ftfy also takes a space for the byte A0 that it once was.
    return f"[{_class(firsts)}][{_class(seconds)} ]|[\u0080-\u009f]"


def _class(signs: set[str]) -> str:
    return "".join(f"\\x{{{ord(sign):x}}}" for sign in sorted(signs) if ord(sign) > 127)


def _first(pairs: Sequence[tuple[str | None, str | None]]) -> str:
    """Show the first place in which the texts differ, before and after."""
    old, new = next((old or "", new or "") for old, new in pairs if old != new)
    place = next((at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), 0)
    before, after = (text[max(0, place - 20) :][:_LONGEST_SHOWN] for text in (old, new))
    return f"{before} → {after}"
