"""In what words two normal forms differ, written out from their bytes."""

import numpy as np

from curate.kernels.edits import DELETE, INSERT, REPLACE, edits
from curate.kernels.likeness import follows
from curate.kernels.texts import Bytes, Codes, Spans, read_words
from schemas.compiled import kernel


@kernel
def differences(  # noqa: PLR0913, PLR0917 - flat arrays, as a kernel must have
    data: Bytes,
    starts: Spans,
    pairs: Spans,
    limits: Spans,
    digits: Bytes,
    known: Codes,
    phrases: tuple[Bytes, Bytes, Bytes, Bytes, Bytes],
    out: Bytes,
    ends: Spans,
) -> None:
    """Write for each pair what words of the first text stand where others stand in the second.

    Args:
        data: All texts in UTF-8, one after the other.
        starts: (texts + 1) offsets into `data`.
        pairs: (pairs, 2) which texts.
        limits: (4) how many differences to write; most characters of what is written; the product of two texts' words,
            and the bytes of a text, from which their differences are not written here.
        digits: As `read_words` takes it.
        known: As above.
        phrases: What stands for nothing, between the sides of a difference, between differences, and before and after
            the number of those that are not written.
        out: Four bytes for each character of each pair; takes what is written.
        ends: (pairs) takes the offset in `out` after each; minus one, less the offset, where it is not written here.
    """
    at = 0
    for pair in range(len(pairs)):
        begin, end = starts[pairs[pair, 0]], starts[pairs[pair, 0] + 1]
        start, stop = starts[pairs[pair, 1]], starts[pairs[pair, 1] + 1]
        if max(end - begin, stop - start) > limits[3]:
            ends[pair] = -1 - at
            continue
        ours, theirs = read_words(data, begin, end, digits, known), read_words(data, start, stop, digits, known)
        if len(ours[0]) * len(theirs[0]) >= limits[2]:
            ends[pair] = -1 - at
            continue
        steps = np.empty((len(ours[0]) + len(theirs[0]), 3), dtype=np.int64)
        steps = steps[: edits(ours[0], theirs[0], steps)]
        room = out[at : at + 4 * limits[1]]
        held = np.zeros(2, dtype=np.int64)
        place, count = 0, 0
        while place < len(steps):
            kind, last = steps[place, 0], place + 1
            while kind != REPLACE and last < len(steps) and steps[last, 0] == kind and follows(steps, last):
                last += 1
            count += 1
            if count <= limits[0]:
                if count > 1:
                    _put(room, held, limits[1], phrases[2])
                if kind == INSERT:
                    _put(room, held, limits[1], phrases[0])
                for step in range(place, last if kind != INSERT else place):
                    _put_word(room, held, limits[1], data, ours[3][steps[step, 1]], step > place)
                _put(room, held, limits[1], phrases[1])
                if kind == DELETE:
                    _put(room, held, limits[1], phrases[0])
                for step in range(place, last if kind != DELETE else place):
                    _put_word(room, held, limits[1], data, theirs[3][steps[step, 2]], step > place)
            place = last
        if count > limits[0]:
            _put(room, held, limits[1], phrases[3])
            _put(room, held, limits[1], _decimal(count - limits[0]))
            _put(room, held, limits[1], phrases[4])
        at += held[0]
        ends[pair] = at


@kernel
def _put_word(room: Bytes, held: Spans, most: int, data: Bytes, span: Spans, gap: bool) -> None:  # noqa: FBT001 - numba knows no options
    """Write a word, behind a space where it is not the first."""
    if gap:
        _put(room, held, most, np.full(1, 32, dtype=np.uint8))
    _put(room, held, most, data[span[0] : span[1]])


@kernel
def _put(room: Bytes, held: Spans, most: int, part: Bytes) -> None:
    """Write a part, as long as there are not too many characters; `held` counts bytes and characters."""
    for byte in part:
        if byte & 0xC0 != 0x80:
            if held[1] == most:
                return
            held[1] += 1
        room[held[0]] = byte
        held[0] += 1


@kernel
def _decimal(number: int) -> Bytes:
    """Write a number in digits."""
    digits = np.empty(20, dtype=np.uint8)
    place = len(digits)
    while number or place == len(digits):
        place -= 1
        digits[place] = 48 + number % 10
        number //= 10
    return digits[place:]
