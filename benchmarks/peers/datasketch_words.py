"""datasketch on runs of three words without case and punctuation, threshold 0.7."""

from datasketch import MinHash, MinHashLSH
from task import run, shingles, texts


def drop(path: str) -> list[int]:
    """Keep the first of the rows that are alike."""
    index = MinHashLSH(threshold=0.7, num_perm=128)
    dropped = []
    words = ([shingle.encode() for shingle in shingles(text)] for text in texts(path))
    for row, own in enumerate(MinHash.generator(words, num_perm=128)):
        if index.query(own):
            dropped.append(row)
        else:
            index.insert(row, own)
    return dropped


run(drop)
