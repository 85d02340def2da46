"""BLAKE2b over the parts of each row, straight from Arrow's buffers: the ids of a million rows in a second."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel

Bytes: TypeAlias = npt.NDArray[np.uint8]
Words: TypeAlias = npt.NDArray[np.uint64]
Places: TypeAlias = npt.NDArray[np.int64]

SIZE = 16
_MIDDLE, _LAST = np.uint64(0), np.uint64(0xFFFFFFFFFFFFFFFF)
# Fractional parts of the square roots of the first eight primes, as in SHA-512 (RFC 7693, section 2.6).
# fmt: off
START = np.array([
    0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
    0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179,
], dtype=np.uint64)
# The order in which the words of a block are taken, round by round (RFC 7693, section 2.7).
ORDER = np.array([
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
], dtype=np.uint64)  # numba asks of signed places whether they count from the end
# fmt: on


@kernel
def row_digests(
    turns: Places,
    roles: tuple[Bytes, Places],
    contents: tuple[Bytes, Places],
    contexts: tuple[Bytes, Places],
    has_context: npt.NDArray[np.bool_],
    out: Bytes,
) -> None:
    """Hash each row's turns and context as `schemas.example_id` does, and write the digests as hex digits.

    Args:
        turns: (rows + 1) offsets of each row's turns.
        roles: UTF-8 of the roles of all turns, and their (turns + 1) offsets.
        contents: The same of what they say.
        contexts: UTF-8 of the contexts of all rows, and their (rows + 1) offsets.
        has_context: Which rows have one.
        out: (rows * 32) takes the hex digits.
    """
    state = np.empty(8, dtype=np.uint64)
    block = np.empty(128, dtype=np.uint8)
    words = block.view(np.uint64)
    # How many bytes lie in the block, and how many were hashed before it.
    held = np.zeros(2, dtype=np.int64)
    for row in range(len(turns) - 1):
        state[:] = START
        state[0] ^= np.uint64(0x01010000 ^ SIZE)
        held[:] = 0
        for turn in range(turns[row], turns[row + 1]):
            _sized(state, block, words, held, roles[0][roles[1][turn] : roles[1][turn + 1]])
            _sized(state, block, words, held, contents[0][contents[1][turn] : contents[1][turn + 1]])
        if has_context[row]:
            _byte(state, block, words, held, 124)
            _more(state, block, words, held, contexts[0][contexts[1][row] : contexts[1][row + 1]])
        block[held[0] :] = 0
        _compress(state, words, np.uint64(held[0] + held[1]), _LAST)
        for place in range(SIZE):
            byte = (state[place // 8] >> np.uint64(8 * (place % 8))) & np.uint64(255)
            for half in range(2):
                digit = np.int64(byte >> np.uint64(4)) if half == 0 else np.int64(byte & np.uint64(15))
                out[row * 2 * SIZE + 2 * place + half] = 48 + digit if digit < 10 else 87 + digit


@kernel
def _sized(state: Words, block: Bytes, words: Words, held: Places, part: Bytes) -> None:
    """Take in a part behind its length in decimal digits and a colon."""
    scale = 1
    while scale * 10 <= len(part):
        scale *= 10
    while scale:
        _byte(state, block, words, held, 48 + len(part) // scale % 10)
        scale //= 10
    _byte(state, block, words, held, 58)
    _more(state, block, words, held, part)


@kernel
def _byte(state: Words, block: Bytes, words: Words, held: Places, byte: int) -> None:
    """Take in a byte."""
    if held[0] == 128:
        held[1] += 128
        _compress(state, words, np.uint64(held[1]), _MIDDLE)
        held[0] = 0
    block[held[0]] = byte
    held[0] += 1


@kernel
def _more(state: Words, block: Bytes, words: Words, held: Places, part: Bytes) -> None:
    """Take in a part."""
    taken = 0
    while taken < len(part):
        # A full block waits until more comes, for the last one is hashed in another way.
        if held[0] == 128:
            held[1] += 128
            _compress(state, words, np.uint64(held[1]), _MIDDLE)
            held[0] = 0
        piece = part[taken : taken + 128 - held[0]]
        room = block[held[0] : held[0] + len(piece)]
        for place in range(len(room)):
            room[place] = piece[place]
        taken += len(piece)
        held[0] += len(piece)


@kernel
def _compress(state: Words, words: Words, total: np.uint64, flip: np.uint64) -> None:
    """Mix a block into the state; `flip` is all ones for a row's last block (RFC 7693, section 3.2)."""
    a0, a1, a2, a3 = state[0], state[1], state[2], state[3]
    b0, b1, b2, b3 = state[4], state[5], state[6], state[7]
    c0, c1, c2, c3 = START[0], START[1], START[2], START[3]
    d0, d1, d2, d3 = START[4] ^ total, START[5], START[6] ^ flip, START[7]
    for turn in range(12):
        order = ORDER[turn]
        a0, b0, c0, d0 = _mix(a0, b0, c0, d0, words[order[0]], words[order[1]])
        a1, b1, c1, d1 = _mix(a1, b1, c1, d1, words[order[2]], words[order[3]])
        a2, b2, c2, d2 = _mix(a2, b2, c2, d2, words[order[4]], words[order[5]])
        a3, b3, c3, d3 = _mix(a3, b3, c3, d3, words[order[6]], words[order[7]])
        a0, b1, c2, d3 = _mix(a0, b1, c2, d3, words[order[8]], words[order[9]])
        a1, b2, c3, d0 = _mix(a1, b2, c3, d0, words[order[10]], words[order[11]])
        a2, b3, c0, d1 = _mix(a2, b3, c0, d1, words[order[12]], words[order[13]])
        a3, b0, c1, d2 = _mix(a3, b0, c1, d2, words[order[14]], words[order[15]])
    state[0] ^= a0 ^ c0
    state[1] ^= a1 ^ c1
    state[2] ^= a2 ^ c2
    state[3] ^= a3 ^ c3
    state[4] ^= b0 ^ d0
    state[5] ^= b1 ^ d1
    state[6] ^= b2 ^ d2
    state[7] ^= b3 ^ d3


@kernel
def _mix(
    a: np.uint64, b: np.uint64, c: np.uint64, d: np.uint64, x: np.uint64, y: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Mix two words into four (RFC 7693, section 3.1)."""
    a = a + b + x
    d = _turned(d ^ a, np.uint64(32))
    c = c + d
    b = _turned(b ^ c, np.uint64(24))
    a = a + b + y
    d = _turned(d ^ a, np.uint64(16))
    c = c + d
    b = _turned(b ^ c, np.uint64(63))
    return a, b, c, d


@kernel
def _turned(word: np.uint64, by: np.uint64) -> np.uint64:
    """Rotate a word to the right."""
    return (word >> by) | (word << (np.uint64(64) - by))
