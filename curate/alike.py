"""Whether two texts really say the same: exact similarity, and the words in which they differ.

Similarity alone takes "the capital of France" and "the capital of Spain" for copies. So the words in which two texts
differ are looked at:

- Numbers, and words with digits in them, must be the same. A long text may lack one that the other has.
- Texts that differ in nothing but a negation are not copies.
- Where a text has two sides, a question and its answer, each side must be alike by itself, if less so: the same long
  passage under two questions, or the same answer to them, is no copy.
- Short texts must hold the same words in the same order, but for endings and for words without a meaning of their own
  ("the", "please"). A single other word there makes another question.
- In long texts, one word that stands for another in two places or more is a template with another filling, and so
  are two short questions that differ in one place by other words and have the very same short answer.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import Indel, Levenshtein

from curate.plain.choice import kernel_for
from curate.plain.traits import word_hash
from schemas.buffers import text_buffers

SHORT_WORDS = 24
SHORT_ANSWER = 32
LONG_CHARACTERS = 50_000
TRAITS = 3
SIDES = "\n"  # between the two sides of a text; a normal form holds no line end
SIDE_THRESHOLD = 0.6
GUARDS = ("", "numbers", "side", "negation", "words", "template")
_HAN_OR_KANA = re.compile("([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])")
_DIGIT = re.compile(r"\d")
# fmt: off
NEGATIONS = frozenset({
    "no", "not", "never", "none", "nobody", "nothing", "neither", "nor", "without", "cannot", "cant", "wont",
    "dont", "doesnt", "didnt", "isnt", "arent", "wasnt", "werent", "shouldnt", "couldnt", "wouldnt", "hasnt",
    "havent", "hadnt", "aint", "unless", "except",
})
# fmt: on
# fmt: off
FREE = frozenset({
    "a", "an", "the", "please", "kindly", "is", "are", "was", "were", "be", "been", "being", "am", "do", "does",
    "did", "can", "could", "would", "you", "me", "my", "your", "i", "we", "us", "our", "some", "that", "this",
    "these", "those", "which", "of", "and", "so", "then", "also", "just", "very", "really", "it", "its", "given",
    "following", "below",
})
# fmt: on


class Likeness(NamedTuple):
    """How alike two texts are.

    Attributes:
        similarity: 0 to 1; 0 where it is below the threshold.
        guard: Why they are not copies though they are similar, one of `GUARDS`; empty where they are copies.
    """

    similarity: float
    guard: str = ""

    @property
    def copies(self) -> bool:
        """Whether the two say the same."""
        return self.similarity > 0 and not self.guard


def likeness(left: str, right: str, threshold: float) -> Likeness:
    """Compare two normal forms, which may have two sides (`SIDES`). The order of the two does not matter.

    Args:
        left: One of them.
        right: The other.
        threshold: Least similarity of copies.
    """
    if left > right:
        left, right = right, left
    alike = similarity(left, right, threshold)
    if not alike:
        return Likeness(alike)
    return Likeness(alike, guard_of(left, right))


def copies(left: str, right: str) -> bool:
    """Tell whether two similar normal forms say the same. The order of the two does not matter."""
    return not guard_of(*sorted((left, right)))


def similarity(left: str, right: str, threshold: float) -> float:
    """Give the Indel similarity of two normal forms, 0 to 1; 0 where it is below the threshold.

    Its cost grows with the product of the lengths, so texts beyond `LONG_CHARACTERS` are compared by the words
    that they hold, which is never lower.
    """
    if max(len(left), len(right)) <= LONG_CHARACTERS:
        # rapidfuzz may lose a cutoff that is just met to rounding: it is set an edit lower, the threshold held here.
        least = max(threshold - 1 / max(len(left) + len(right), 1), 0.0)
        found = float(Indel.normalized_similarity(left, right, score_cutoff=least))
        return found if found >= threshold else 0.0
    ours, theirs = Counter(left.split()), Counter(right.split())
    total = ours.total() + theirs.total()
    share = 2 * (ours & theirs).total() / total if total else 1.0
    return share if share >= threshold else 0.0


def words_of(form: str) -> list[str]:
    """Split a normal form into words; Han and Kana signs are words of their own."""
    return (form if form.isascii() else _HAN_OR_KANA.sub(r" \1 ", form)).split()


def swaps(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[str, str]]:
    """Pair the runs of words that stand in each other's place; one side is empty where words were only added."""
    start = 0
    for mine, yours in zip(ours, theirs, strict=False):
        if mine != yours:
            break
        start += 1
    end = 0
    for mine, yours in zip(reversed(ours[start:]), reversed(theirs[start:]), strict=False):
        if mine != yours:
            break
        end += 1
    ours, theirs = ours[start : len(ours) - end], theirs[start : len(theirs) - end]
    pairs = []
    for step in Levenshtein.opcodes(ours, theirs):
        if step.tag != "equal":
            left = ours[step.src_start : step.src_end]
            right = theirs[step.dest_start : step.dest_end]
            if len(left) == len(right):
                pairs += list(zip(left, right, strict=True))
            else:
                pairs.append((" ".join(left), " ".join(right)))
    return pairs


def differing(text: str, other: str, most: int) -> str:
    """Tell in what words a text differs from another.

    Args:
        text: The one.
        other: The other.
        most: How many differences to tell.
    """
    if max(len(text), len(other)) > LONG_CHARACTERS:
        return "long texts, compared by the words that they hold"
    pairs = swaps(words_of(text), words_of(other))
    shown = "; ".join(f"{left or '∅'} → {right or '∅'}" for left, right in pairs[:most])
    return shown + (f" and {len(pairs) - most} more" if len(pairs) > most else "")


def traits(forms: pa.StringArray) -> npt.NDArray[np.int64]:
    """Give what rules most pairs out before they are compared: pairs that `ruled_out` by it are no copies.

    Returns:
        (texts, TRAITS) int64: how many words hold a digit; a hash of these, whatever their order; a hash of the words
        that a copy of a short text must hold in the same order, 0 for a long text.
    """
    data, starts = text_buffers(forms)
    digits = decimals(ascii_only=bool(pc.all(pc.string_is_ascii(forms)).as_py()))
    found = np.empty((len(forms), TRAITS), dtype=np.int64)
    text_traits = kernel_for("traits", "text_traits", rows=len(forms), size=len(data))
    text_traits(data, starts, digits, _free_table(), np.array([SHORT_WORDS, LONG_CHARACTERS]), found)
    return found


@lru_cache(maxsize=2)
def decimals(*, ascii_only: bool) -> npt.NDArray[np.uint8]:
    """Tell which code points are decimal digits."""
    codes = range(128) if ascii_only else range(0x20000)
    return np.fromiter((chr(code).isdecimal() for code in codes), dtype=np.uint8, count=len(codes))


@lru_cache(maxsize=1)
def _free_table() -> npt.NDArray[np.uint64]:
    """Put the hashes of the free words into a table with open addressing."""
    table = np.zeros(256, dtype=np.uint64)
    for word in sorted(FREE):
        code = word_hash(word)
        slot = (code ^ (code >> 32)) % len(table)
        while table[slot]:
            slot = (slot + 1) % len(table)
        table[slot] = code
    return table


def guard_of(left: str, right: str) -> str:
    """Say why two similar texts, the lesser first, are not copies; empty where they are."""
    mine, yours = _numbers(left), _numbers(right)
    one_sided = mine == yours or not (Counter(mine) - Counter(yours) and Counter(yours) - Counter(mine))
    if not one_sided:
        return "numbers"
    if max(len(left), len(right)) > LONG_CHARACTERS:
        return ""
    ours, theirs = words_of(left), words_of(right)
    if min(len(ours), len(theirs)) < SHORT_WORDS:
        if sorted(mine) != sorted(yours):
            return "numbers"
        return "" if _gist(ours) == _gist(theirs) else "words"
    if SIDES in left and SIDES in right and not _sides_alike(left, right):
        return "side"
    pairs = swaps(ours, theirs)
    meant = [swap for swap in pairs if any(word not in FREE for side in swap for word in side.split())]
    if meant and all(any(word in NEGATIONS for side in swap for word in side.split()) for swap in meant):
        return "negation"
    repeated = Counter(swap for swap in pairs if _content(swap))
    if any(count > 1 for count in repeated.values()) or _other_question(left, right):
        return "template"
    return ""


def _numbers(form: str) -> list[str]:
    """Give the words that hold a digit."""
    if not _DIGIT.search(form):
        return []
    return [word for word in words_of(form) if not word.isalpha() and _DIGIT.search(word)]


def _sides_alike(left: str, right: str) -> bool:
    """Tell whether the two sides of two texts are alike, each by itself."""
    return all(
        Indel.normalized_similarity(mine, yours, score_cutoff=SIDE_THRESHOLD)
        for mine, yours in zip(left.split(SIDES, 1), right.split(SIDES, 1), strict=True)
        if mine or yours
    )


def _other_question(left: str, right: str) -> bool:
    """Tell whether two texts have one short answer to two short questions that differ in one place, by other words."""
    ours, mine, answer = left.partition(SIDES)
    theirs, yours, same = right.partition(SIDES)
    if not mine or not yours or ours == theirs:
        return False
    before, after = words_of(ours), words_of(theirs)
    if len(before) != len(after) or len(before) >= SHORT_WORDS or len(answer.split()) > SHORT_ANSWER:
        return False
    places = [place for place, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
    one_run = bool(places) and places[-1] - places[0] == len(places) - 1
    if not one_run or not any(_content((before[place], after[place])) for place in places):
        return False
    return answer == same or _gist(words_of(answer)) == _gist(words_of(same))


def _gist(words: Sequence[str]) -> list[str]:
    """Leave out the words without meaning of their own, and the endings."""
    return [_stem(word) for word in words if word not in FREE]


def _stem(word: str) -> str:
    """Take off a plural or third-person s, of words of more than three bytes."""
    plural = word.endswith("s") and not word.endswith("ss") and len(word.encode()) > 3
    return word[:-1] if plural else word


def _content(swap: tuple[str, str]) -> bool:
    """Tell whether one word with a meaning of its own stands for another."""
    left, right = swap
    return bool(left and right) and left not in FREE and right not in FREE and _stem(left) != _stem(right)
