"""MinHash over the characters of UTF-8 texts."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

_A, _B, _C = (np.uint32(factor) for factor in (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35))


def band_hashes(  # noqa: PLR0913, PLR0917 - the arguments of its kernel
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    factors: npt.NDArray[np.uint16],
    offsets: npt.NDArray[np.uint16],
    changes: npt.NDArray[np.int64],
    out: npt.NDArray[np.uint32],
    lengths: npt.NDArray[np.int32],
) -> None:
    """Hash the shingles of each text into bands."""
    bands = len(changes)
    for row, (start, end) in enumerate(pairwise(starts.tolist())):
        codes = folded(data[start:end])
        lengths[row] = len(codes)
        levels = (len(codes) >= changes).sum(axis=1) - 1
        out[row] = 0
        for level in np.unique(levels[levels >= 0]).tolist():
            hashes = shingles(codes, level)
            least = np.full(len(factors), 0xFFFF, dtype=np.uint16)
            if len(hashes):
                least = (hashes[:, None] * factors + offsets).min(axis=0)
            mixed = np.full(bands, level, dtype=np.uint32)
            for values in least.reshape(bands, -1).T:
                mixed = (mixed ^ values) * _A
                mixed ^= mixed >> np.uint32(15)
            mixed *= _B
            mixed ^= mixed >> np.uint32(13)
            out[row, levels == level] = np.maximum(mixed, 1)[levels == level]


def folded(data: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint32]:
    """Fold the UTF-8 bytes of each character into a number, lead byte first."""
    codes: list[int] = []
    for byte in data.tolist():
        if byte & 0xC0 == 0x80 and codes:
            codes[-1] = (codes[-1] * 64 + (byte & 0x3F)) % 2**32
        else:
            codes.append(byte)
    return np.array(codes, dtype=np.uint32)


def shingles(codes: npt.NDArray[np.uint32], level: int) -> npt.NDArray[np.uint16]:
    """Hash the shingles of a text that count at a level."""
    size = 3 if level == 0 else 5
    sides = [codes[shift : len(codes) - size + 1 + shift] for shift in range(size)]
    code = sides[0] * _A
    code = (code ^ sides[1]) * _B
    code = (code ^ (code >> np.uint32(15)) ^ sides[2]) * _A
    if level > 0:
        code = (code ^ sides[3]) * _C
        code = (code ^ (code >> np.uint32(13)) ^ sides[4]) * _A
    hashes = (((code ^ (code >> np.uint32(16))) * _B) >> np.uint32(16)).astype(np.uint16)
    if level < 2:
        return hashes
    chosen = (sides[0] ^ (sides[2] << np.uint32(8)) ^ (sides[4] << np.uint32(16))) * _C
    kept: npt.NDArray[np.uint16] = hashes[(chosen >> np.uint32(16)) & np.uint32(2 ** (level - 1) - 1) == 0]
    return kept
