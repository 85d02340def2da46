import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from curate import Pipeline, default_stages, threads
from curate.threads import in_order

FILES = ("curated.parquet", "dropped.parquet", "decisions.parquet", "report.html", "manifest.json")


@pytest.mark.parametrize("count", [1, 2, 5])
def test_results_come_in_the_order_of_the_things(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(threads, "workers", lambda: count)

    def slow(thing: int) -> int:
        time.sleep(0.002 * (thing % 3))
        return thing * thing

    assert list(in_order(slow, range(20))) == [thing * thing for thing in range(20)]


def test_no_more_is_taken_than_can_be_worked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "workers", lambda: 2)
    taken: list[int] = []

    def things() -> Iterator[int]:
        for thing in range(50):
            taken.append(thing)
            yield thing

    for done in in_order(lambda thing: thing, things()):
        assert len(taken) <= done + 4


def test_an_error_reaches_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "workers", lambda: 2)

    def fails(thing: int) -> int:
        if thing == 3:
            raise ValueError("three")
        return thing

    with pytest.raises(ValueError, match="three"):
        list(in_order(fails, range(10)))


def test_the_bytes_do_not_depend_on_how_many_work(
    table_of: Callable[..., pa.Table], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(f"Question {i % 60}?", f"Answer number {i % 45} of them, and more. " * (i % 4)) for i in range(300)]
    found = []
    for count in (1, 4):
        monkeypatch.setattr(threads, "workers", lambda count=count: count)
        folder = tmp_path / str(count)
        Pipeline(default_stages()).run(table_of(rows), out=folder, batch_rows=32)
        found.append([(folder / name).read_bytes() for name in FILES])
    assert found[0] == found[1]
