import random
import sys
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from schemas import normal

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
rows = pytest.importorskip("rows")


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        rows.write(tmp_path / f"{name}.parquet", 1500, 3)
    rows.write(tmp_path / "c.parquet", 1500, 4)
    one, two, other = ((tmp_path / f"{name}.parquet").read_bytes() for name in "abc")
    assert one == two != other


def test_every_copy_is_what_its_kind_says(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    rows.write(path, 3000, 1)
    made = [tuple(row.values()) for row in pq.read_table(path).to_pylist()]
    truth = pq.read_table(rows.truth_path(path)).to_pylist()
    assert len(made) == len(truth) == 3000
    kinds = Counter(row["kind"] for row in truth)
    assert set(kinds) == {"base", "templated", "tiny", *rows.COPIES}
    of = [row["of"] for row in truth if row["of"] is not None]
    assert len(set(of)) == len(of)
    for row in truth:
        if row["of"] is None:
            continue
        copy, source = made[row["row"]], made[row["of"]]
        if row["kind"] in {"exact", "tiny_exact"}:
            assert copy == source
        elif row["kind"] in {"normalised", "short"}:
            assert [normal(part) for part in copy] == [normal(part) for part in source]
        else:
            assert copy[:2] == source[:2]
            assert copy[2] != source[2]
    distinct = [normal(" ".join(made[row["row"]])) for row in truth if row["of"] is None]
    assert len(set(distinct)) == len(distinct)


def test_edits_touch_the_share_of_words() -> None:
    words = [str(number) for number in range(100)]
    changed = rows.edited(" ".join(words), 0.1, random.Random(1), ["new"]).split()
    assert 80 <= len(set(changed) & set(words)) < 100
    assert changed.count("new") + (100 - len(changed)) <= 10
