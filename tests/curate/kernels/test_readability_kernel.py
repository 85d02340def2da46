import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.kernels.readability import BASIS, COLUMNS, PRIME, SEEN, read_counts
from curate.quality.readability import stop_hashes
from schemas.buffers import text_buffers

STOPS = {"the", "and", "a", "is", "of", "to", "in", "it", "i", "you"}


def word_hash(word: str) -> int:
    value = BASIS
    for sign in word:
        value = ((value ^ ord(sign)) * PRIME) % (1 << 64)
    return value


def counted(texts: list[str], stops: set[str] = STOPS) -> list[dict[str, int]]:
    data, starts = text_buffers(pa.array(texts, pa.string()))
    out = np.zeros((len(texts), len(COLUMNS)), dtype=np.int32)
    read_counts(data, starts, np.array(sorted(map(word_hash, stops)), dtype=np.uint64), out)
    return [dict(zip(COLUMNS, row, strict=True)) for row in out.tolist()]


def kind(sign: str) -> str:
    code = ord(sign)
    if sign in "'\u2019":
        return "apostrophe"
    if code < 128:
        return "letter" if sign.isalnum() else "border"
    if (
        code <= 0xBF
        or code == 0x1680
        or any(low <= code <= high for low, high in ((0x2000, 0x206F), (0x3000, 0x303F), (0xFF00, 0xFF1F)))
    ):
        return "border"
    alone = any(low <= code <= high for low, high in ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF)))
    return "sign" if alone or code >= 0x20000 else "letter"


def syllables(word: str) -> int:
    runs, before = [], ""
    for sign in word:
        if sign in "aeiouy":
            if before not in "aeiouy" or not before:
                runs.append("")
            runs[-1] += sign
        before = sign
    return max(len(runs) - (word[-1] == "e" and runs[-1:] == ["e"] and len(runs) > 1), 1)


def twin(text: str) -> dict[str, int]:
    lower = "".join(sign.lower() if ord(sign) < 128 else sign for sign in text)
    words: list[str] = []
    vowels, sentences, told, current = 0, 0, 0, ""
    for place, sign in enumerate([*lower, ""]):
        what = kind(sign) if sign else "border"
        if what == "letter":
            current += sign
            continue
        if what == "apostrophe" and current:
            continue
        if current:
            words.append(current)
            vowels += syllables(current)
            current = ""
        if what == "sign":
            words.append(sign)
            vowels += 1
        after = lower[place + 1 : place + 2]
        closing = sign and (sign in "\n\u3002\uff01\uff1f" or (sign in ".?!" and (not after or after in " \t\n\v\f\r")))
        if closing and len(words) > told:
            sentences += 1
            told = len(words)
    sentences += len(words) > told
    first = words[:SEEN]
    return {
        "words": len(words),
        "sentences": sentences,
        "syllables": vowels,
        "stops": sum(word in STOPS for word in words),
        "seen": len(first),
        "types": len(set(first)),
        "content": len(set(first) - STOPS),
    }


def test_a_small_text_is_counted_by_hand() -> None:
    # the cat sat / its name is tabby (don't is one word): e in name is silent.
    assert counted(["The cat sat. It's don't name 3.5!"])[0] == {
        "words": 8, "sentences": 2, "syllables": 8, "stops": 1, "seen": 8, "types": 8, "content": 7,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", " ", "...", "'", "\x00", "?! ."])
def test_no_words_count_nothing(text: str) -> None:
    assert not any(counted([text])[0].values())


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.text(
            st.sampled_from("aeEsT the.?!' \n\u2019\u3002\u5317é3\U00020000") | st.characters(exclude_categories=["Cs"])
        ),
        max_size=4,
    )
)
def test_it_agrees_with_its_twin(texts: list[str]) -> None:
    assert counted(texts) == [twin(text) for text in texts]


def test_only_the_first_words_count_for_variety() -> None:
    row = counted([" ".join(f"w{n}" for n in range(300))])[0]
    assert (row["words"], row["seen"], row["types"]) == (300, SEEN, SEEN)


def test_the_stop_words_are_sorted_and_found() -> None:
    hashes = stop_hashes()
    assert (np.diff(hashes.astype(object)) > 0).all()
    assert word_hash("the") in hashes.tolist()
