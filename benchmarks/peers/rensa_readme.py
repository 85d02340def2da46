"""rensa as its README has it: the words of a text, 128 permutations in 16 bands, Jaccard similarity from 0.85."""

from rensa import RMinHash, RMinHashLSH
from task import run, texts


def drop(path: str) -> list[int]:
    """Keep the first of the rows that are alike."""
    index = RMinHashLSH(threshold=0.8, num_perm=128, num_bands=16)
    kept: dict[int, RMinHash] = {}
    dropped = []
    for row, text in enumerate(texts(path)):
        own = RMinHash(num_perm=128, seed=42)
        own.update(text.split())
        if any(other in kept and own.jaccard(kept[other]) >= 0.85 for other in index.query(own)):
            dropped.append(row)
        else:
            index.insert(row, own)
            kept[row] = own
    return dropped


run(drop, repeats=3)
