from pathlib import Path

from tests.train.judge.judges import Judge, always_first, answers, likes_gold
from train.judge import JudgeConfig, judge_answers
from train.judge.section import judge_section

CONFIG = JudgeConfig(seed=0)


def test_the_section_tells_who_won_and_how_far_to_rely_on_it(tmp_path: Path) -> None:
    table = answers({"base": [f"wrong {n}" for n in range(8)], "tuned": [f"gold {n}" for n in range(8)]})
    report = judge_answers(table, ("base", "tuned"), Judge(likes_gold), config=CONFIG, journal=tmp_path / "j.jsonl")
    section = judge_section(report)
    assert section.key == "judge"
    assert section.rows == (("tuned against base", "8", "0", "0", "1.000", "1.000 to 1.000", "better"),)
    assert any("gold wins against the gold of another row in 8 of 8 rows" in note for note in section.notes)
    assert section.data["pairings"][0]["wins"] == 8


def test_a_failed_control_comes_first_and_no_verdicts_make_no_numbers(tmp_path: Path) -> None:
    table = answers({"base": ["a", "b"], "tuned": ["c", "d"], "third": ["e", "f"]})
    models = ("base", "tuned", "third")
    report = judge_answers(table, models, Judge(always_first), config=CONFIG, journal=tmp_path / "j.jsonl")
    section = judge_section(report)
    assert section.notes[0].startswith("Warning: this judge cannot tell gold from a stranger's answer")
    assert any(note.startswith("Elo") for note in section.notes)
    silent = Judge(lambda _: "?", model="silent")
    report = judge_answers(table, models, silent, config=CONFIG, journal=tmp_path / "j.jsonl")
    assert {row[1:6] for row in judge_section(report).rows} == {("0", "0", "0", "—", "—")}
    assert "nan" not in " ".join(judge_section(report).notes)
    assert "nan" not in report.text()
