"""rensa on runs of three words without case and punctuation, Jaccard similarity from 0.7: the best we know."""

from rensa import RMinHash, RMinHashLSH
from task import run, shingles, texts


def drop(path: str) -> list[int]:
    """Keep the first of the rows that are alike."""
    index = RMinHashLSH(threshold=0.7, num_perm=128, num_bands=16)
    kept: dict[int, RMinHash] = {}
    dropped = []
    for row, text in enumerate(texts(path)):
        own = RMinHash(num_perm=128, seed=42)
        own.update(sorted(shingles(text)))
        if any(other in kept and own.jaccard(kept[other]) >= 0.7 for other in index.query(own)):
            dropped.append(row)
        else:
            index.insert(row, own)
            kept[row] = own
    return dropped


run(drop, repeats=3)
