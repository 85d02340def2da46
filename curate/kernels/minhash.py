"""MinHash over the characters of UTF-8 texts, folded into band hashes for locality-sensitive hashing."""

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel

_STRIDE = 64
_A, _B, _C = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)


@kernel
def band_hashes(  # noqa: PLR0913, PLR0917 - flat arrays, as a kernel must have
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    factors: npt.NDArray[np.uint16],
    offsets: npt.NDArray[np.uint16],
    changes: npt.NDArray[np.int64],
    out: npt.NDArray[np.uint32],
    lengths: npt.NDArray[np.int32],
) -> None:
    """Hash the shingles of each text into bands.

    A band is the hash of the least values that its permutations take over the shingles of the text. A shingle is five
    characters, or three in short texts; of a long text only the shingles count whose hash ends with enough zeros. How
    it is done for a text of some length is each band's own, and the bands change over one after the other.

    Permutations work on 16 bits: sixteen of them in one machine word make this twice as fast as with 32, and four in a
    band leave accidents rare.

    Args:
        data: All texts in UTF-8, one after the other.
        starts: (rows + 1) offsets into `data`.
        factors: (bands * width) uint16, odd.
        offsets: (bands * width) uint16.
        changes: (bands, levels) ascending along both: the least characters of a text that the band takes as level 0
            (three characters), 1 (five), 2 (five, every second shingle), 3 (every fourth) and so on.
        out: (rows, bands) takes the band hashes; 0 where the text is too short.
        lengths: (rows) takes the characters of each text.
    """
    bands, levels = changes.shape
    width = len(factors) // bands
    longest = 0
    for row in range(len(starts) - 1):
        longest = max(longest, starts[row + 1] - starts[row])
    codes = np.empty(longest, dtype=np.uint32)
    hashes = np.empty(longest + _STRIDE, dtype=np.uint16)
    for row in range(len(starts) - 1):
        count = 0
        for place in range(starts[row], starts[row + 1]):
            byte = data[place]
            if byte & 0xC0 == 0x80 and count:
                codes[count - 1] = np.uint32(codes[count - 1] * np.uint32(64) + np.uint32(byte & 0x3F))
            else:
                codes[count] = byte
                count += 1
        lengths[row] = count
        done, shingles = -2, 0
        for band in range(bands):
            level = -1
            while level + 1 < levels and count >= changes[band, level + 1]:
                level += 1
            if level < 0:
                out[row, band] = 0
                continue
            if level != done:
                done, shingles = level, _shingles(codes[:count], level, hashes)
                # Filled up with a shingle that is there already: the least value stays, and no loop has a remainder.
                while shingles % _STRIDE and shingles:
                    hashes[shingles] = hashes[0]
                    shingles += 1
            mixed = np.uint32(level)
            some = hashes[:shingles]
            for slot in range(band * width, band * width + width):
                factor, offset, least = factors[slot], offsets[slot], np.uint16(0xFFFF)
                for place in range(len(some)):
                    least = min(least, np.uint16(np.uint16(some[place] * factor) + offset))
                mixed = np.uint32((mixed ^ least) * _A)
                mixed = np.uint32(mixed ^ (mixed >> np.uint32(15)))
            mixed = np.uint32(mixed * _B)
            out[row, band] = mixed ^ (mixed >> np.uint32(13)) or np.uint32(1)


@kernel
def _shingles(codes: npt.NDArray[np.uint32], level: int, hashes: npt.NDArray[np.uint16]) -> int:
    """Hash the shingles of a text that count at a level, and tell how many they are.

    The loops run over the length of a slice: knowing that it is not negative, the compiler does many shingles at once.
    """
    if level == 0:
        shingles = codes[: len(codes) - 2]
        for place in range(len(shingles)):
            code = np.uint32(codes[place] * _A)
            code = np.uint32((code ^ codes[place + 1]) * _B)
            code = np.uint32((code ^ (code >> np.uint32(15)) ^ codes[place + 2]) * _A)
            hashes[place] = np.uint32((code ^ (code >> np.uint32(16))) * _B) >> np.uint32(16)
        return len(shingles)
    shingles = codes[: len(codes) - 4]
    for place in range(len(shingles)):
        code = np.uint32(codes[place] * _A)
        code = np.uint32((code ^ codes[place + 1]) * _B)
        code = np.uint32((code ^ (code >> np.uint32(15)) ^ codes[place + 2]) * _A)
        code = np.uint32((code ^ codes[place + 3]) * _C)
        code = np.uint32((code ^ (code >> np.uint32(13)) ^ codes[place + 4]) * _A)
        hashes[place] = np.uint32((code ^ (code >> np.uint32(16))) * _B) >> np.uint32(16)
    if level == 1:
        return len(shingles)
    kept = 0
    for place in range(len(shingles)):
        # A second hash chooses, so that those chosen have as many different values as all of them.
        chosen = np.uint32(codes[place] ^ (codes[place + 2] << np.uint32(8)) ^ (codes[place + 4] << np.uint32(16)))
        chosen = np.uint32(chosen * _C) >> np.uint32(16)
        hashes[kept] = hashes[place]
        kept += np.uint32(chosen & np.uint32((1 << (level - 1)) - 1)) == 0
    return kept
