"""The journal: what was put is there again, whatever a kill left of the file."""

from pathlib import Path

from train.journal import Journal


def test_a_journal_keeps_what_was_put(tmp_path: Path) -> None:
    Journal(tmp_path / "j.jsonl").put("a", {"text": "ü\n"})
    assert Journal(tmp_path / "j.jsonl").get("a") == {"text": "ü\n"}
    assert Journal(tmp_path / "j.jsonl").get("b") is None


def test_what_is_no_number_is_null_at_once_and_later(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    journal.put("a", {"nll": float("inf"), "tokens": 3})
    assert "Infinity" not in (tmp_path / "j.jsonl").read_text()
    assert journal.get("a") == Journal(tmp_path / "j.jsonl").get("a") == {"nll": None, "tokens": 3}


def test_a_line_that_was_cut_short_is_dropped_and_the_next_one_stands_alone(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    journal = Journal(path)
    journal.put("a", {"nll": 1.5})
    journal.put("b", {"nll": 2.5})
    path.write_bytes(path.read_bytes()[:-5])
    again = Journal(path)
    assert (again.get("a"), again.get("b")) == ({"nll": 1.5}, None)
    again.put("c", {"nll": 3.5})
    assert Journal(path).get("c") == {"nll": 3.5}
    assert len(path.read_text().splitlines()) == 2
