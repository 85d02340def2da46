"""gaoya with its defaults of 20 bands of 5, on runs of three words in lower case."""

from gaoya.minhash import MinHashStringIndex
from task import run, texts


def drop(path: str) -> list[int]:
    """Keep the first of the rows that are alike."""
    rows = texts(path)
    index = MinHashStringIndex(32, 0.75, 20, 5, analyzer="word", lowercase=True, ngram_range=(3, 3))
    index.par_bulk_insert_docs(list(range(len(rows))), rows)
    gone: set[int] = set()
    for row, like in enumerate(index.par_bulk_query(rows)):
        if any(other < row and other not in gone for other in like):
            gone.add(row)
    return sorted(gone)


run(drop, repeats=3)
