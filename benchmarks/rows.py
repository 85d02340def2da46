"""Make rows with copies of known kinds, to measure what a tool finds and what it wrongly drops.

    python benchmarks/rows.py -o rows.parquet --rows 12000 --seed 1 [--base alpaca.json]

It writes instruction, input and output as Parquet, in shuffled order, and beside it `rows.truth.parquet`: for each row
its kind, and the row that it copies. The base rows are made from invented words with the sizes of Alpaca's, or are
taken from a file. The same arguments give the same bytes. Kinds:

    base        rows that nothing copies, or that one copy is made of
    exact       a copy
    normalised  a copy in other case, punctuation and white space
    edit5       a copy with 5 % of the words of its answer swapped with the next, deleted or replaced
    edit10      the same with 10 %
    short       a normalised copy of a row of a few words
    templated   facts of one wording: they differ in a name and a number, and are no copies
    tiny        rows of one to three words, all different
    tiny_exact  a copy of a tiny row
"""

import argparse
import json
import random
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parent))

from word_model import WordModel, vocabulary

BLOCK = 100_000
PER_BLOCK = 12_015
COUNTS = {
    "exact": 500, "normalised": 500, "edit5": 500, "edit10": 500, "short": 150, "tiny_exact": 100,
    "templated": 240, "tiny": 300,
}  # fmt: skip
COPIES = ("exact", "normalised", "edit5", "edit10", "short", "tiny_exact")


def _listed(words: str) -> list[str]:
    return words.split()


SCHEMA = pa.schema([(name, pa.string()) for name in ("instruction", "input", "output")])
TRUTH = pa.schema([("row", pa.int64()), ("kind", pa.string()), ("of", pa.int64())])
ASKS = _listed(
    "Describe Explain Summarize Compare List Rewrite Classify Generate Suggest Identify Name Outline Find "
    "Create Write Translate Evaluate Analyze Design Convert Discuss Predict Edit Calculate"
)
SHORT_WORDS, EDITED_WORDS = 14, 30
NOUNS = ("capital", "population", "area", "currency", "president", "highest mountain")
COUNTRIES = _listed(
    "France Spain Italy Poland Norway Peru Chile Kenya Japan Nepal Ghana Egypt Malta Qatar Sudan Tonga Yemen "
    "Benin Cuba Fiji Iraq Laos Mali Oman Togo Chad Gabon Haiti India Libya Niger Palau Samoa Syria Congo "
    "Brazil Canada Greece Turkey Sweden"
)
Row = tuple[str, str, str]


class Copy(NamedTuple):
    """A row that was put in: its kind, its place among the base rows, and its text."""

    kind: str
    of: int
    row: Row


def model_rows(model: WordModel, count: int) -> list[Row]:
    """Make rows with the sizes of Alpaca's: four in ten have an input, half of the answers have over 31 words."""
    rng = model.rng
    asked = pc.binary_join_element_wise(
        pa.array(ASKS).take(pa.array(rng.integers(len(ASKS), size=count))),
        pc.utf8_lower(model.texts(rng.integers(6, 15, size=count))),
        " ",
    )
    given = model.texts(np.where(rng.random(count) < 0.4, rng.integers(4, 40, size=count), 0))
    answers = model.texts(np.exp(rng.normal(3.35, 1.0, size=count)).astype(np.int64).clip(2, 400))
    return list(zip(asked.to_pylist(), given.to_pylist(), answers.to_pylist(), strict=True))


def file_rows(path: Path) -> list[Row]:
    """Read base rows from a file of Alpaca's columns; of rows that differ in case and punctuation only, the first.

    A real file holds near copies of its own: what a tool drops among its rows must be looked at before it is blamed.
    """
    found: dict[str, Row] = {}
    for row in json.loads(path.read_text(encoding="utf-8")):
        values = tuple(str(row.get(name) or "") for name in SCHEMA.names)
        found.setdefault(" ".join(re.findall(r"\w+", " ".join(values).lower())), (values[0], values[1], values[2]))
    return list(found.values())


def other_clothes(text: str, rng: random.Random) -> str:
    """Write a text in other case, punctuation and white space."""
    text = rng.choice([str.upper, str.lower, str.title])(text)
    text = re.sub(r"[.!,;]+(?=\s|$)", lambda _: rng.choice(["", "!", ".", " .", ";"]), text)
    return re.sub(r" ", lambda _: rng.choice([" ", " ", "  ", "\t", "\n"]), text) + rng.choice(["", ".", "!", " "])


def edited(text: str, share: float, rng: random.Random, words: Sequence[str]) -> str:
    """Swap with the next, delete or replace a share of the words."""
    parts = text.split()
    for place in sorted(rng.sample(range(len(parts) - 1), max(1, round(share * len(parts)))), reverse=True):
        match rng.randrange(3):
            case 0:
                parts[place], parts[place + 1] = parts[place + 1], parts[place]
            case 1:
                del parts[place]
            case _:
                parts[place] = rng.choice(words)
    return " ".join(parts)


def copies(
    base: Sequence[Row], tiny: Sequence[Row], words: Sequence[str], rng: random.Random, scale: float
) -> list[Copy]:
    """Make the copies: each of another row. The place of a tiny row is counted on from the end of the base."""
    sizes = [sum(len(part.split()) for part in row) for row in base]
    answers = [len(row[2].split()) for row in base]
    free = {
        "short": [place for place, size in enumerate(sizes) if size <= SHORT_WORDS],
        "long": [place for place, size in enumerate(answers) if size >= EDITED_WORDS],
        "any": [place for place, size in enumerate(sizes) if size > SHORT_WORDS],
    }
    for places in free.values():
        rng.shuffle(places)
    used: set[int] = set()
    makers: dict[str, tuple[str, Callable[[Row], Row]]] = {
        "edit5": ("long", lambda row: (row[0], row[1], edited(row[2], 0.05, rng, words))),
        "edit10": ("long", lambda row: (row[0], row[1], edited(row[2], 0.10, rng, words))),
        "exact": ("any", lambda row: row),
        "normalised": ("any", lambda row: _clothed(row, rng)),
        "short": ("short", lambda row: _clothed(row, rng)),
    }
    found = []
    for kind, (pool, make) in makers.items():
        wanted = round(COUNTS[kind] * scale)
        while wanted and free[pool]:
            place = free[pool].pop()
            if place not in used:
                used.add(place)
                found.append(Copy(kind, place, make(base[place])))
                wanted -= 1
    again = rng.sample(range(len(tiny)), round(COUNTS["tiny_exact"] * scale))
    return found + [Copy("tiny_exact", len(base) + place, tiny[place]) for place in again]


def blocks(rows: int, seed: int, base: Sequence[Row] | None) -> Iterator[tuple[list[Row], list[str], list[int]]]:
    """Make rows in blocks, each with copies of its own: the rows in order, their kinds, and the row each copies."""
    start, number = 0, 0
    words = vocabulary(seed)
    while start < rows:
        count = min(BLOCK, rows - start)
        model = WordModel(np.random.default_rng([seed, number]), words)
        yield _block(count, start, model, base)
        start, number = start + count, number + 1


def write(path: Path, rows: int, seed: int, base: Path | None = None) -> None:
    """Write the rows and their truth."""
    known = None if base is None else file_rows(base)
    done = 0
    with pq.ParquetWriter(path, SCHEMA) as writer, pq.ParquetWriter(truth_path(path), TRUTH) as truth:
        for made, kinds, sources in blocks(rows, seed, known):
            columns: Any = zip(*made, strict=True)  # Any: three columns of texts
            writer.write_table(pa.table([pa.array(column) for column in columns], schema=SCHEMA))
            numbers = np.arange(done, done + len(made))
            of = pa.array(sources, mask=np.array(sources) < 0)
            truth.write_table(pa.table([pa.array(numbers), pa.array(kinds), of], schema=TRUTH))
            done += len(made)


def truth_path(path: Path) -> Path:
    """Name the file that tells what each row is."""
    return path.with_suffix(".truth.parquet")


def _block(
    count: int, start: int, model: WordModel, base: Sequence[Row] | None
) -> tuple[list[Row], list[str], list[int]]:
    scale = min(1.0, count / PER_BLOCK) if base is not None else count / PER_BLOCK
    rng = random.Random(int(model.rng.integers(2**62)))
    tiny = _tiny(model, round(COUNTS["tiny"] * scale))
    templated = _templated(round(COUNTS["templated"] * scale), start)
    put_in = round(sum(COUNTS[kind] for kind in COPIES) * scale)
    wanted = max(count - len(tiny) - len(templated) - put_in, 1)
    plain = model_rows(model, wanted) if base is None else rng.sample(list(base), min(wanted, len(base)))
    if base is None:
        few = round(2 * COUNTS["short"] * scale)  # a few short ones, for the short copies
        plain[:few] = [
            (f"{row[0].split()[0]} {model_word}.", "", row[2].split()[0])
            for row, model_word in zip(plain[:few], model.words(few), strict=True)
        ]
    words = [word for row in plain[:2000] for word in row[2].split()]
    made = copies(plain, tiny, words, rng, scale)
    rows = [*plain, *tiny, *templated, *(copy.row for copy in made)]
    kinds = [*["base"] * len(plain), *["tiny"] * len(tiny), *["templated"] * len(templated), *(c.kind for c in made)]
    sources = [*[-1] * (len(rows) - len(made)), *(copy.of for copy in made)]
    order = rng.sample(range(len(rows)), len(rows))
    place = {old: start + new for new, old in enumerate(order)}
    return (
        [rows[old] for old in order],
        [kinds[old] for old in order],
        [place[sources[old]] if sources[old] >= 0 else -1 for old in order],
    )


def _clothed(row: Row, rng: random.Random) -> Row:
    return other_clothes(row[0], rng), other_clothes(row[1], rng) if row[1] else "", other_clothes(row[2], rng)


def _tiny(model: WordModel, count: int) -> list[Row]:
    words = model.words(2 * count)
    return [(f"{word}?", "", other) for word, other in zip(words[:count], words[count:], strict=True)]


def _templated(count: int, start: int) -> list[Row]:
    """Ask for facts in one wording; the year tells the blocks apart."""
    facts = product(range(10_000), NOUNS, COUNTRIES)
    rows = []
    for number, (more, noun, country) in zip(range(count), facts, strict=False):
        year = 1000 + start // BLOCK * 37 + more
        text = f"The {noun} of {country} in {year} is given in the yearbook on page {17 + 3 * number}."
        rows.append((f"What was the {noun} of {country} in {year}?", "", text))
    return rows


def main() -> None:
    """Parse and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=12_015)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--base", type=Path, help="JSON file of Alpaca's columns to take the base rows from")
    args = parser.parse_args()
    write(args.out, args.rows, args.seed, args.base)
    truth = pq.read_table(truth_path(args.out))
    for kind in truth["kind"].value_counts().to_pylist():
        print(f"{kind['counts']:>9,}  {kind['values']}")


if __name__ == "__main__":
    main()
