import json
from pathlib import Path

import pytest

from schemas.errors import InputError
from schemas.formats import open_examples
from schemas.formats.hub import _failure, load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that `datasets` reads, with two splits."""
    for split, rows in (("train", 3), ("test", 1)):
        lines = [json.dumps({"question": f"q{row}", "answer": "a"}) for row in range(rows)]
        (tmp_path / f"{split}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def test_a_split_of_a_local_folder_is_read(folder: Path) -> None:
    opened = open_examples(f"hub:{folder}:train")
    assert opened.names == (f"hub:{folder}:train",)
    assert [batch.numbers.to_pylist() for batch in opened.batches(2)] == [[1, 2], [3]]


def test_a_missing_split_is_refused_with_those_that_are_there(folder: Path) -> None:
    with pytest.raises(InputError, match=r"it has no split dev: its splits are train, test. Name one: hub:.*:train"):
        load(f"hub:{folder}:dev")
    with pytest.raises(InputError, match="it has several splits: its splits are train, test"):
        load(f"hub:{folder}")


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it cannot be loaded"):
        load(f"hub:{tmp_path / 'missing'}")


def test_a_missing_name_is_refused() -> None:
    with pytest.raises(InputError, match="no dataset is named"):
        load("hub:")


def test_no_network_is_told_as_such() -> None:
    error = RuntimeError("Max retries")
    error.__cause__ = ConnectionError("Name or service not known")
    assert str(_failure("hub:a/b", error)) == (
        "hub:a/b: the Hugging Face hub cannot be reached. Check the network, or download the dataset and name its files"
    )


def test_any_other_failure_keeps_its_words() -> None:
    assert str(_failure("hub:a/b", ValueError("Bad config.\nmore"))) == (
        "hub:a/b: it cannot be loaded (Bad config). Check the name, or name its files"
    )
