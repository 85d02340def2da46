"""Misspelt answers: words that neither a dictionary nor the rest of the set knows, but for one slip of the finger."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import mask, strings
from curate.rows import Rows, View, check_view
from curate.stage import Verdicts, keep, signals
from schemas.buffers import text_buffers
from schemas.errors import InputError

MEANINGS = {"misspelt": "has misspelt words, which neither a dictionary nor another row knows"}
VOWELS, LETTERS = "aeiou", "abcdefghijklmnopqrstuvwxyz"
SHORTEST_SLIP, COMMON = 8, 200
_BRITISH = (
    ("our", "or"),
    ("is", "iz"),
    ("ys", "yz"),
    ("tre", "ter"),
    ("ae", "e"),
    ("oe", "e"),
    ("ll", "l"),
    ("mme", "m"),
)
_BEGINNINGS = (
    "un",
    "re",
    "non",
    "pre",
    "sub",
    "over",
    "under",
    "multi",
    "anti",
    "bio",
    "co",
    "de",
    "dis",
    "mis",
    "out",
)
_ENDINGS = (
    "s", "es", "ed", "ing", "in", "er", "ers", "ly", "ness", "less", "able", "ize", "izing", "y", "ish", "ist", "ism",
    "ant", "ess", "d", "r", "al", "ment",
)  # fmt: skip
_CODE = r"(?s)```.*?(?:```|\z)|`[^`\n]*`|<[^<>]{0,200}>"
_CODE_SIGNS = "[`<>]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """Drop rows in whose text too many words are misspelt. For sets in English.

    Looked at are words of 8 to 20 lower-case letters in prose: no names, numbers, code, addresses or quoted words.
    Misspelt is one that the English dictionary of pyspellchecker does not hold, and that is a common word but for one
    letter too many or too few, two swapped, or a wrong vowel. Other unknown words are rare ones or terms. A word that
    several rows hold is a word of the house and no mistake. A text full of unknown words is in another language, and
    stays.

    Attributes:
        of: View to look at.
        share: Least share of the plain words, 0 to 1, that are misspelt in a row to drop.
        least: Fewest misspelt words of such a row.
        house: Fewest rows that make an unknown word one of the house.
        foreign: Share of unknown words from which on a text counts as another language.
    """

    thresholds: ClassVar[tuple[str, ...]] = ("share", "least", "house", "foreign")
    by_text: ClassVar[bool] = True
    of: View = "response"
    share: float = 0.02
    least: int = 1
    house: int = 2
    foreign: float = 0.3

    def __post_init__(self) -> None:
        check_view(self.of, "stage spelling")
        if not 0 <= self.share < self.foreign <= 1 or self.least < 1 or self.house < 2:
            raise InputError(
                f"share is {self.share}, foreign is {self.foreign}, least is {self.least}, house is {self.house}",
                where="stage spelling",
                mend="Choose share below foreign, both from 0 to 1, least from 1 on, house from 2 on",
            )

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "spelling"

    @property
    def fingerprint(self) -> str:
        """Hash of the dictionary."""
        return _dictionary()[1]

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals: `words` and `strange` int32, the plain words and those in no dictionary; `slips`, lists of hashes.

        A slip is a strange word that one letter would make a common one.
        """
        import xxhash

        from curate.kernels.spelling import SHORTEST, beside, unknown

        texts = rows[self.of]
        marked = pc.match_substring_regex(texts, _CODE_SIGNS).to_numpy(zero_copy_only=False)
        if marked.any():
            bare: Any = pc.replace_substring_regex(texts.filter(mask(marked)), _CODE, " ")  # Any: the stubs lose it
            replaced: Any = pc.replace_with_mask(texts, mask(marked), bare)  # Any: as above
            texts = replaced
        data, starts = text_buffers(texts)
        words, ends = np.zeros(len(rows), dtype=np.int32), np.zeros(len(rows), dtype=np.int64)
        out = np.zeros((int(starts[-1] - starts[0]) // (SHORTEST + 1) + len(rows) + 1, 2), dtype=np.int64)
        size = unknown(data, starts, _dictionary()[0], beside(), words, ends, out)
        row = np.repeat(np.arange(len(rows)), np.diff(ends, prepend=0))
        memory: Any = memoryview(data)  # type: ignore[arg-type]  # Any: arrays are buffers, their stubs do not say so
        slips: dict[int, list[int]] = {}
        for place, (start, end) in zip(row.tolist(), out[:size].tolist(), strict=True):
            word = bytes(memory[start:end])
            if is_slip(word.decode()):
                slips.setdefault(place, []).append(xxhash.xxh3_64_intdigest(word) >> 1)
        return signals(
            words=words,
            strange=np.diff(ends, prepend=0).astype(np.int32),
            slips=pa.array([slips.get(place) for place in range(len(rows))], type=pa.list_(pa.int64())),
        )

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop rows with too large a share of slips that are not of the house."""
        words = signals["words"].to_numpy()
        column: Any = signals["slips"].combine_chunks()  # Any: the stubs know no list
        counts = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False).astype(np.int64)
        row = np.repeat(np.arange(len(words)), counts)
        misspelt = np.zeros(len(words), dtype=np.int64)
        if len(row):
            _, value = np.unique(column.flatten().to_numpy(), return_inverse=True)
            pairs = np.unique(np.stack([value, row], axis=1), axis=0)
            rows_with = np.bincount(pairs[:, 0])
            misspelt = np.bincount(pairs[:, 1][rows_with[pairs[:, 0]] < self.house], minlength=len(words))
        share = misspelt / np.maximum(words, 1)
        foreign = signals["strange"].to_numpy() >= self.foreign * np.maximum(words, 1)
        drop = (misspelt >= self.least) & (share >= self.share) & ~foreign
        evidence = np.full(len(words), None, dtype=object)
        for place in np.flatnonzero(drop).tolist():
            evidence[place] = f"{misspelt[place]} of {words[place]} words are misspelt"
        return keep(where=~drop, reason="misspelt", score=share, threshold=self.share, evidence=strings(evidence))


@lru_cache(maxsize=65_536)
def is_slip(word: str) -> bool:
    """Tell whether a word that no dictionary holds is a common one but for one letter."""
    # Latin and Italian words end so, and are near English ones.
    if len(word) < SHORTEST_SLIP or word.endswith(("a", "i", "o", "is", "os", "um", "us", "in")):
        return False
    common = _dictionary()[2]
    if (
        any(word.replace(*pair) in common for pair in _BRITISH)
        or any(word.endswith(end) and word.removesuffix(end) in common for end in _ENDINGS)
        or any(word.startswith(start) and word.removeprefix(start) in common for start in _BEGINNINGS)
        or any(word[:cut] in common and word[cut:] in common for cut in range(3, len(word) - 2))
    ):
        return False
    # The first letter is hardly ever the wrong one, and a wrong consonant is mostly another word.
    parts = [(word[:cut], word[cut:]) for cut in range(1, len(word) + 1)]
    return any(
        left + right[1:] in common
        or left + right[1:2] + right[:1] + right[2:] in common
        or any(left + letter + right in common for letter in LETTERS)
        or (right[:1] in VOWELS and any(left + letter + right[1:] in common for letter in VOWELS))
        for left, right in parts
    )


@lru_cache(maxsize=1)
def _dictionary() -> tuple[npt.NDArray[np.uint64], str, frozenset[str]]:
    """Load the words, without the package's own slow reading.

    Returns:
        All words as a table of hashes, the hash of their file, and the common ones.
    """
    import gzip
    import json
    import pkgutil

    import xxhash

    from curate.kernels.spelling import filled

    packed = pkgutil.get_data("spellchecker", "resources/en.json.gz") or b""
    counts = json.loads(gzip.decompress(packed))
    words = [word for word in counts if word.isascii() and len(word) >= 3]
    table: npt.NDArray[np.uint64] = filled(*text_buffers(strings(words)), 1 << 19)
    common = frozenset(word for word in words if counts[word] >= COMMON)
    return table, xxhash.xxh3_64_hexdigest(packed), common
