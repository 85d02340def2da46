"""SemHash with its default threshold of 0.9, on a model2vec model from the folder that MODEL2VEC names."""

import os

from model2vec import StaticModel
from semhash import SemHash
from task import run, texts


def drop(path: str) -> list[int]:
    """Keep what it selects."""
    records = [{"text": text, "row": row} for row, text in enumerate(texts(path))]
    model = StaticModel.from_pretrained(os.environ["MODEL2VEC"])
    found = SemHash.from_records(records=records, columns=["text"], model=model).self_deduplicate(threshold=0.9)
    kept = {int(record["row"]) for record in found.selected}
    return [row for row in range(len(records)) if row not in kept]


run(drop)
