"""Mojibake: UTF-8 that was once read as another encoding is read again as what it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import indices, mask
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
        hits = [_suspects(rows[view]) for view in ("whole", "context")]
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


def _suspects(texts: pa.StringArray) -> npt.NDArray[np.bool_]:
    """Tell which texts hold a sign that could begin a garbled one; ASCII, which cannot, is told first and fast."""
    found: npt.NDArray[np.bool_] = ~pc.string_is_ascii(texts).to_numpy(zero_copy_only=False)
    some = texts.filter(mask(found))
    found[found] = pc.match_substring_regex(some, suspect()).to_numpy(zero_copy_only=False)
    return found


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
    """Make the pattern of what may be garbled: signs for a first byte and all that must follow it, or a C1 control."""
    seconds = set().union(*(_decoded(range(0x80, 0xC0), codec) for codec in _CODECS))
    kinds = []
    for more, (low, high) in enumerate(((0xC2, 0xE0), (0xE0, 0xF0), (0xF0, 0xF5)), start=1):
        firsts = set().union(*(_decoded(range(low, high), codec) for codec in _CODECS))
        follow = f"[{_class(seconds)}{' ' if more > 1 else ''}]"
        kinds.append(f"[{_class(firsts)}]{follow * more}")
    # ftfy takes a space for the byte A0 that it once was, but of two bytes only behind these. A dash or a quotation
    # mark before a space would be such a pair in two of the encodings, and is no sign of anything.
    spaced = set().union(*(_decoded((0xC2, 0xC3, 0xC5, 0xCE, 0xD0, 0xD9), codec) for codec in _CODECS[:-2]))
    return "|".join([*kinds, f"[{_class(spaced)}] ", "[\u0080-\u009f]"])


def _decoded(codes: Iterable[int], codec: str) -> set[str]:
    return set(bytes(codes).decode(codec, "ignore"))


def _class(signs: set[str]) -> str:
    return "".join(f"\\x{{{ord(sign):x}}}" for sign in sorted(signs) if ord(sign) > 127)


def _first(pairs: Sequence[tuple[str | None, str | None]]) -> str:
    """Show the first place in which the texts differ, before and after."""
    old, new = next((old or "", new or "") for old, new in pairs if old != new)
    place = next((at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), 0)
    before, after = (text[max(0, place - 20) :][:_LONGEST_SHOWN] for text in (old, new))
    return f"{before} → {after}"
