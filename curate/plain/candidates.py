"""Pairs of texts that share bands."""

from collections import Counter

import numpy as np
import numpy.typing as npt


def mark_sharing(
    bands: npt.NDArray[np.uint32],
    band: int,
    keys: npt.NDArray[np.uint32],  # noqa: ARG001 - the arguments of its kernel
    first: npt.NDArray[np.int32],  # noqa: ARG001 - as above
    found: npt.NDArray[np.bool_],
) -> None:
    """Mark the rows whose hash in a band another row has too."""
    hashes = bands[:, band].tolist()
    counts = Counter(hashes)
    for row, key in enumerate(hashes):
        if key and counts[key] > 1:
            found[row] = True


def chain(
    band: npt.NDArray[np.uint32],
    keys: npt.NDArray[np.uint32],  # noqa: ARG001 - the arguments of its kernel
    last: npt.NDArray[np.int32],  # noqa: ARG001 - as above
    before: npt.NDArray[np.int32],
) -> None:
    """Link each text to the one before it that has the same hash in one band."""
    seen: dict[int, int] = {}
    for text, key in enumerate(band.tolist()):
        before[text] = seen.get(key, -1) if key else -1
        seen[key] = text


def search(  # noqa: PLR0913, PLR0917 - the arguments of its kernel
    asked: npt.NDArray[np.int64],
    links: npt.NDArray[np.int32],
    gone: npt.NDArray[np.bool_],
    lengths: npt.NDArray[np.int32],
    traits: npt.NDArray[np.int64],
    threshold: float,
    limits: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int32],  # noqa: ARG001 - as above
    out: npt.NDArray[np.int32],
) -> int:
    """Pair texts with the better ones that share most bands with them, and that nothing rules out."""
    steps, most, long, fewest = limits.tolist()
    pairs = 0
    for text in asked.tolist():
        shared: Counter[int] = Counter()
        for band in range(len(links)):
            at = text
            for _ in range(steps):
                other = int(links[band, at])
                while other >= 0 and gone[other]:
                    other = int(links[band, other])
                links[band, at] = other
                if other < 0:
                    break
                shared[other] += 1
                at = other
        possible = [
            other
            for other, count in shared.items()
            if (count >= fewest or min(lengths[text], lengths[other]) < long)
            and not _ruled_out(text, other, lengths, traits, threshold)
        ]
        for other in sorted(possible, key=lambda other: (-shared[other], -other))[:most]:
            out[pairs] = other, text
            pairs += 1
    return pairs


def _ruled_out(
    text: int,
    other: int,
    lengths: npt.NDArray[np.int32],
    traits: npt.NDArray[np.int64],
    threshold: float,
) -> bool:
    """Tell whether two texts are no copies by their lengths, their numbers or the gist of short ones."""
    short, long = sorted((int(lengths[text]), int(lengths[other])))
    ours, theirs = traits[text].tolist(), traits[other].tolist()
    numbers = ours[0] == theirs[0] and ours[1] != theirs[1]
    gists = ours[2] != theirs[2] and 0 not in {ours[2], theirs[2]}
    return 2 * short < threshold * (short + long) or numbers or gists
