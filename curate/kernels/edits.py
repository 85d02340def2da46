"""Two sequences of codes, such as signs or hashes of words, held against each other bit by bit.

Both are what rapidfuzz does for single pairs: the longest common subsequence (Hyyrö 2004, doi:10.1007/11880561_2) and
the alignment of least edits (Hyyrö 2003, doi:10.1007/s00236-004-0157-4), over codes that lie in memory already.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel

Codes: TypeAlias = npt.NDArray[np.uint64]
Steps: TypeAlias = npt.NDArray[np.int64]

REPLACE, DELETE, INSERT = 0, 1, 2
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_ALL, _ONE, _NONE = np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64(1), np.uint64(0)
_TOP, _HALF = np.uint64(63), np.uint64(32)


@kernel
def common(ours: Codes, theirs: Codes, least: int) -> int:
    """Give the length of the longest common subsequence; where it is below `least`, some smaller number.

    Only what lies so near to the diagonal that it can belong to a subsequence of that length is looked at.

    Args:
        ours: One sequence; no code is 0.
        theirs: The other.
        least: Least length that is of interest.
    """
    start, end = _ends(ours, theirs)
    mine, yours = ours[start : len(ours) - end], theirs[start : len(theirs) - end]
    same = start + end
    if not len(mine) or not len(yours):
        return same  # type: ignore[no-any-return]  # a numpy integer
    left, right = len(mine) - (least - same), len(yours) - (least - same)
    if left < 0 or right < 0:
        return same  # type: ignore[no-any-return]  # a numpy integer
    masks, places = _matches(mine, yours)
    blocks = masks.shape[1]
    state = np.full(blocks, _ALL, dtype=np.uint64)
    first, last = 0, min(blocks, (left + 64) // 64)
    for row in range(len(yours)):
        place = places[row]
        carry = _NONE
        if place >= 0:
            for block in range(first, last):
                old = state[block]
                match = old & masks[place, block]
                total = old + match
                sum_ = total + carry
                carry = np.uint64((total < old) | (sum_ < total))
                state[block] = sum_ | (old - match)
        if row > right:
            first = (row - right) // 64
        if row + 1 + left <= len(mine):
            last = (row + 1 + left + 63) // 64
    for block in range(blocks):
        same += _ones(~state[block])
    return same  # type: ignore[no-any-return]  # a numpy integer


@kernel
def edits(ours: Codes, theirs: Codes, steps: Steps) -> int:  # noqa: PLR0912 - one flat loop, as a kernel must be
    """Find the edits that make one sequence of the other, as few as possible.

    Of several ways the one is taken that rapidfuzz takes: from the end on, deleting comes before inserting, and both
    before replacing.

    Args:
        ours: One sequence; no code is 0.
        theirs: The other.
        steps: (len(ours) + len(theirs), 3) takes the edits in order: `REPLACE`, `DELETE` from ours or `INSERT` from
            theirs, the place in ours and the place in theirs.

    Returns:
        How many edits there are.
    """
    start, end = _ends(ours, theirs)
    mine, yours = ours[start : len(ours) - end], theirs[start : len(theirs) - end]
    if not len(mine) or not len(yours):
        for place in range(len(mine)):
            steps[place, 0], steps[place, 1], steps[place, 2] = DELETE, start + place, start
        for place in range(len(yours)):
            steps[place, 0], steps[place, 1], steps[place, 2] = INSERT, start, start + place
        return len(mine) + len(yours)
    masks, places = _matches(mine, yours)
    blocks = masks.shape[1]
    up = np.empty((len(yours), blocks), dtype=np.uint64)
    down = np.empty((len(yours), blocks), dtype=np.uint64)
    for row in range(len(yours)):
        place = places[row]
        raised, lowered = _ONE, _NONE
        for block in range(blocks):
            more = up[row - 1, block] if row else _ALL
            less = down[row - 1, block] if row else _NONE
            match = (masks[place, block] if place >= 0 else _NONE) | lowered
            equal = (((match & more) + more) ^ more) | match | less
            high, low = less | ~(equal | more), equal & more
            next_raised, next_lowered = high >> _TOP, low >> _TOP
            high, low = (high << _ONE) | raised, (low << _ONE) | lowered
            raised, lowered = next_raised, next_lowered
            up[row, block] = low | ~(equal | high)
            down[row, block] = high & equal
    count, row, column = 0, len(yours), len(mine)
    while row or column:
        kind = REPLACE
        if not row or (column and _bit(up, row - 1, column - 1)):
            column -= 1
            kind = DELETE
        else:
            row -= 1
            if not column or (row and _bit(down, row - 1, column - 1)):
                kind = INSERT
            else:
                column -= 1
                if mine[column] == yours[row]:
                    continue
        steps[count, 0], steps[count, 1], steps[count, 2] = kind, start + column, start + row
        count += 1
    for place in range(count // 2):
        for part in range(3):
            other = steps[count - 1 - place, part]
            steps[count - 1 - place, part] = steps[place, part]
            steps[place, part] = other
    return count


@kernel
def table_size(count: int) -> int:
    """Give a power of two that leaves a hash table of so many keys half empty."""
    size = 16
    while size < 2 * count:
        size *= 2
    return size


@kernel
def slot_of(keys: Codes, code: np.uint64) -> int:
    """Find a code in a table with open addressing, or the free place where it belongs."""
    slots = len(keys) - 1
    slot = np.int64((code * _SPREAD) >> _HALF) & slots
    while keys[slot] != 0 and keys[slot] != code:
        slot = (slot + 1) & slots
    return slot  # type: ignore[return-value]  # a numpy integer


@kernel
def _matches(ours: Codes, theirs: Codes) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32]]:
    """Mark for each different code of one sequence where it stands, and find the codes of the other among them.

    Returns:
        (codes, blocks) bits, and (theirs) which code; -1 for one that the first sequence lacks.
    """
    keys = np.zeros(table_size(len(ours)), dtype=np.uint64)
    known = np.empty(len(keys), dtype=np.int32)
    own = np.empty(len(ours), dtype=np.int32)
    count = 0
    for place in range(len(ours)):
        slot = slot_of(keys, ours[place])
        if keys[slot] == 0:
            keys[slot], known[slot] = ours[place], count
            count += 1
        own[place] = known[slot]
    masks = np.zeros((count, (len(ours) + 63) // 64), dtype=np.uint64)
    for place in range(len(ours)):
        masks[own[place], place // 64] |= _ONE << np.uint64(place % 64)
    places = np.empty(len(theirs), dtype=np.int32)
    for place in range(len(theirs)):
        slot = slot_of(keys, theirs[place])
        places[place] = known[slot] if keys[slot] else -1
    return masks, places


@kernel
def _ends(ours: Codes, theirs: Codes) -> tuple[int, int]:
    """Tell how many codes two sequences share at the start, and how many more at the end."""
    shorter, start, end = min(len(ours), len(theirs)), 0, 0
    while start < shorter and ours[start] == theirs[start]:
        start += 1
    while end < shorter - start and ours[len(ours) - 1 - end] == theirs[len(theirs) - 1 - end]:
        end += 1
    return start, end


@kernel
def _bit(matrix: npt.NDArray[np.uint64], row: int, column: int) -> bool:
    """Look a bit up."""
    return (matrix[row, column // 64] >> np.uint64(column % 64)) & _ONE != 0  # type: ignore[no-any-return]  # numpy's comparison


@kernel
def _ones(word: np.uint64) -> int:
    """Count the bits that are set."""
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))  # type: ignore[return-value]  # a numpy integer
