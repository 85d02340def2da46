"""How much of a text repeats itself, from its UTF-8 bytes."""

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel


@kernel
def repeats(  # noqa: PLR0912, PLR0915 - one flat loop over flat arrays, as a kernel must be
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    limits: npt.NDArray[np.int64],
    out: npt.NDArray[np.int32],
) -> None:
    """Measure the loops and the repeated lines of each text.

    A word is a run of bytes other than white space and control signs; a sign from U+3000 on that takes three bytes
    (Han, Kana, Hangul) is a word of its own. Letters are equal in either case where they are ASCII. What numbers a
    line, a first word of digits and marks, does not count for whether the line stood there before.

    Args:
        data: All texts in UTF-8, one after the other.
        starts: (rows + 1) offsets into `data`.
        limits: (5) `LONGEST_PERIOD`, `LONGEST_RUN_PERIOD`, `LINE_WORDS`, `LEAST_LOOP` and `LEAST_RUN`
            (`curate.repetition`): loops of fewer words and runs of fewer bytes are not looked for.
        out: (rows, 5) takes the words; the words of the longest loop, and of the part that it repeats; the words in
            lines of `LINE_WORDS` or more that stood there before; the bytes of the longest run of a few bytes.
    """
    longest_period, longest_run_period, line_words = limits[0], limits[1], limits[2]
    least_loop, least_run = limits[3], limits[4]
    longest = 0
    for row in range(len(starts) - 1):
        longest = max(longest, starts[row + 1] - starts[row])
    words = np.empty(longest + 1, dtype=np.uint64)
    lines = np.empty(longest + 1, dtype=np.uint64)
    sizes = np.empty(longest + 1, dtype=np.int32)
    prime, seed = np.uint64(0x100000001B3), np.uint64(0xCBF29CE484222325)
    for row in range(len(starts) - 1):
        start, end = starts[row], starts[row + 1]
        count, line_count, line_start = 0, 0, 0
        inside, single, numbering = False, False, True
        word, line = seed, seed
        for place in range(start, end + 1):
            byte = data[place] if place < end else 10
            if 65 <= byte <= 90:
                byte += 32
            follows = 0x80 <= byte < 0xC0
            if inside and not follows and (single or byte <= 32 or 0xE3 <= byte < 0xF0):
                words[count] = word
                count += 1
                inside = False
            if byte <= 32:
                if byte in (10, 13):
                    if count - line_start >= line_words:
                        lines[line_count], sizes[line_count] = line, count - line_start
                        line_count += 1
                    line, line_start, numbering = seed, count, True
                continue
            if not inside:
                inside, single, word = True, 0xE3 <= byte < 0xF0, seed
                line = np.uint64(line * prime)
            word = np.uint64((word ^ np.uint64(byte)) * prime)
            if numbering and count == line_start and not (97 <= byte <= 122 or byte >= 0x80):
                line = seed
                continue
            numbering = False
            line = np.uint64((line ^ np.uint64(byte)) * prime)
        best, period = 0, 0
        for step in range(1, min(longest_period, count // 2) + 1):
            # Where a loop of `LEAST_LOOP` words stands, equal words stand at a distance of a period in a row: so many
            # that one of them falls on every place looked at.
            stride = max(step, least_loop - step)
            place = step + stride - 1
            while place < count:
                if words[place] == words[place - step]:
                    low, high = place, place
                    while low > step and words[low - 1] == words[low - 1 - step]:
                        low -= 1
                    while high + 1 < count and words[high + 1] == words[high + 1 - step]:
                        high += 1
                    # A loop is one from its second round on, and the shortest period wins a tie.
                    same = high - low + 1
                    if same >= stride and same + step > best:
                        best, period = same + step, step
                    place = high
                place += stride
        # A table with open addressing: sorting would take numba ten seconds to compile.
        again, slots = 0, 2
        while slots < 2 * line_count:
            slots *= 2
        table = np.full(slots, -1, dtype=np.int64)
        for place in range(line_count):
            slot = np.int64(lines[place] >> np.uint64(20)) & (slots - 1)
            while table[slot] >= 0 and lines[table[slot]] != lines[place]:
                slot = (slot + 1) & (slots - 1)
            if table[slot] >= 0:
                again += sizes[place]
            else:
                table[slot] = place
        run = 0
        for step in range(1, longest_run_period + 1):
            stride = least_run - step
            place = start + step + stride - 1
            while place < end:
                if data[place] == data[place - step]:
                    low, high = place, place
                    while low > start + step and data[low - 1] == data[low - 1 - step]:
                        low -= 1
                    while high + 1 < end and data[high + 1] == data[high + 1 - step]:
                        high += 1
                    same = high - low + 1
                    if same >= stride and same + step > run:
                        run = same + step
                    place = high
                place += stride
        out[row, 0], out[row, 1], out[row, 2], out[row, 3], out[row, 4] = count, best, period, again, run
