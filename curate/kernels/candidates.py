"""Pairs of texts that share bands: hash tables over band hashes, chains of equal ones, and counts of what is shared."""

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel

_SPREAD = np.uint32(0x9E3779B1)


@kernel
def mark_sharing(
    bands: npt.NDArray[np.uint32],
    band: int,
    keys: npt.NDArray[np.uint32],
    first: npt.NDArray[np.int32],
    found: npt.NDArray[np.bool_],
) -> None:
    """Mark the rows whose hash in a band another row has too.

    Args:
        bands: (rows, bands) band hashes, 0 for none.
        band: Which band.
        keys: Hash table, a power of two long and longer than there are rows; all 0.
        first: As long as `keys`.
        found: (rows) takes the marks; those that are set stay.
    """
    slots = np.uint32(len(keys) - 1)
    for row in range(len(bands)):
        key = bands[row, band]
        if key == 0:
            continue
        slot = np.uint32(key * _SPREAD) & slots
        while keys[slot] != 0 and keys[slot] != key:
            slot = np.uint32(slot + np.uint32(1)) & slots
        if keys[slot] == 0:
            keys[slot], first[slot] = key, row
        else:
            found[row] = True
            found[first[slot]] = True


@kernel
def chain(
    band: npt.NDArray[np.uint32],
    keys: npt.NDArray[np.uint32],
    last: npt.NDArray[np.int32],
    before: npt.NDArray[np.int32],
) -> None:
    """Link each text to the one before it that has the same hash in one band.

    Args:
        band: (texts) the band hash of each, from best to worst, 0 for none.
        keys: Hash table, a power of two long and longer than there are texts; all 0.
        last: As long as `keys`.
        before: (texts) takes the nearest earlier text with the same hash, -1 for none.
    """
    slots = np.uint32(len(keys) - 1)
    for text in range(len(band)):
        key = band[text]
        before[text] = -1
        if key == 0:
            continue
        slot = np.uint32(key * _SPREAD) & slots
        while keys[slot] != 0 and keys[slot] != key:
            slot = np.uint32(slot + np.uint32(1)) & slots
        if keys[slot] == key:
            before[text] = last[slot]
        keys[slot], last[slot] = key, text


@kernel
def search(  # noqa: PLR0912, PLR0913, PLR0917 - one flat loop over flat arrays, as a kernel must be
    asked: npt.NDArray[np.int64],
    links: npt.NDArray[np.int32],
    gone: npt.NDArray[np.bool_],
    lengths: npt.NDArray[np.int32],
    traits: npt.NDArray[np.int64],
    threshold: float,
    limits: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int32],
    out: npt.NDArray[np.int32],
) -> int:
    """Pair texts with the better ones that share most bands with them, and that nothing rules out.

    Args:
        asked: The texts to pair.
        links: (bands, texts) an earlier text with the same hash in the band, -1 for none; links to texts that are gone
            are drawn past them.
        gone: (texts) those that are paired with none.
        lengths: (texts) characters.
        traits: (texts, 3) as `text_traits` gives them.
        threshold: Least similarity that a pair can have to count, by its lengths.
        limits: (4) how many links to follow in a band; how many pairs a text can have; characters from which both texts
            of a pair must share more than a few bands, and how many these are at least.
        counts: (texts) all 0, and again so afterwards.
        out: (asked * pairs, 2) takes the pairs: the better text, and the one to pair.

    Returns:
        How many pairs were found.
    """
    bands = len(links)
    steps, most, fewest = limits[0], limits[1], limits[3]
    touched = np.empty(bands * steps, dtype=np.int32)
    best = np.empty(most, dtype=np.int32)
    shared = np.empty(most, dtype=np.int32)
    pairs = 0
    for text in asked:
        seen, held = 0, 0
        for band in range(bands):
            at, step = text, 0
            while step < steps:
                other = links[band, at]
                while other >= 0 and gone[other]:
                    other = links[band, other]
                links[band, at] = other
                if other < 0:
                    break
                if counts[other] == 0:
                    touched[seen] = other
                    seen += 1
                counts[other] += 1
                at = other
                step += 1
        for place in range(seen):
            other = touched[place]
            count = counts[other]
            counts[other] = 0
            short, long = min(lengths[text], lengths[other]), max(lengths[text], lengths[other])
            if count < fewest and short >= limits[2]:
                continue
            if 2 * short < threshold * (short + long):
                continue
            if traits[text, 0] == traits[other, 0] and traits[text, 1] != traits[other, 1]:
                continue
            if traits[text, 2] != traits[other, 2] and traits[text, 2] != 0 and traits[other, 2] != 0:
                continue
            spot = held
            while spot > 0 and (shared[spot - 1] < count or (shared[spot - 1] == count and best[spot - 1] < other)):
                spot -= 1
            if spot >= most:
                continue
            held = min(held + 1, most)
            for later in range(held - 1, spot, -1):
                best[later], shared[later] = best[later - 1], shared[later - 1]
            best[spot], shared[spot] = other, count
        for place in range(held):
            out[pairs, 0], out[pairs, 1] = best[place], text
            pairs += 1
    return pairs
