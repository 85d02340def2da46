"""MinHash over the characters of UTF-8 texts, folded into band hashes for locality-sensitive hashing."""

import numpy as np
import numpy.typing as npt

from curate.kernels.compiled import kernel


@kernel
def band_hashes(  # noqa: PLR0912, PLR0913, PLR0917 - one flat loop over flat arrays, as a kernel must be
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    factors: npt.NDArray[np.uint32],
    offsets: npt.NDArray[np.uint32],
    sizes: npt.NDArray[np.int32],
    out: npt.NDArray[np.uint32],
    lengths: npt.NDArray[np.int32],
) -> None:
    """Hash the shingles of each text into bands.

    A band is the hash of the least values that its permutations take over all shingles of the text. How many characters
    a shingle has is each band's own, by the length of the text.

    Args:
        data: All texts in UTF-8, one after the other.
        starts: (rows + 1) offsets into `data`.
        factors: (bands, permutations) uint32, odd.
        offsets: (bands, permutations) uint32.
        sizes: (bands, lengths) characters in a shingle of a text of so many characters; the last column is for all
            longer texts, 0 is for texts too short to shingle.
        out: (rows, bands) takes the band hashes; 0 where the text is too short.
        lengths: (rows) takes the characters of each text.
    """
    bands, width = factors.shape
    longest = 0
    for row in range(len(starts) - 1):
        longest = max(longest, starts[row + 1] - starts[row])
    codes = np.empty(longest, dtype=np.uint32)
    least = np.empty(bands * width, dtype=np.uint32)
    flat_factors, flat_offsets = factors.ravel(), offsets.ravel()
    for row in range(len(starts) - 1):
        count, code = 0, np.uint32(0)
        for place in range(starts[row], starts[row + 1]):
            byte = data[place]
            if byte & 0xC0 == 0x80 and count:
                codes[count - 1] = np.uint32(codes[count - 1] * np.uint32(64) + np.uint32(byte & 0x3F))
            else:
                codes[count] = byte
                count += 1
        lengths[row] = count
        column = min(count, sizes.shape[1] - 1)
        least[:] = np.uint32(0xFFFFFFFF)
        # Bands of one shingle size stand together, so each size is one sweep over the text.
        first = 0
        while first < bands:
            size = sizes[first, column]
            last = first + 1
            while last < bands and sizes[last, column] == size:
                last += 1
            if 0 < size <= count:
                factor, offset = flat_factors[first * width : last * width], flat_offsets[first * width : last * width]
                mine = least[first * width : last * width]
                for start in range(count - size + 1):
                    code = np.uint32(size)
                    for place in range(start, start + size):
                        code = np.uint32((code ^ codes[place]) * np.uint32(0x9E3779B1))
                        code = np.uint32(code ^ (code >> np.uint32(15)))
                    code = np.uint32(code * np.uint32(0x85EBCA6B))
                    code = np.uint32(code ^ (code >> np.uint32(13)))
                    for slot in range(len(mine)):
                        mine[slot] = min(mine[slot], np.uint32(code * factor[slot] + offset[slot]))
                for band in range(first, last):
                    mixed = np.uint32(size)
                    for slot in range(band * width, (band + 1) * width):
                        mixed = np.uint32((mixed ^ least[slot]) * np.uint32(0x9E3779B1))
                        mixed = np.uint32(mixed ^ (mixed >> np.uint32(16)))
                    out[row, band] = mixed or np.uint32(1)
            else:
                for band in range(first, last):
                    out[row, band] = 0
            first = last
