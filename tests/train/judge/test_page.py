from pathlib import Path

from tests.train.judge.judges import Judge, always_first, answers, likes_gold
from train.judge import JudgeConfig, judge_answers
from train.judge.page import render_page

CONFIG = JudgeConfig(seed=0)


def test_the_page_stands_alone_and_everything_is_escaped(tmp_path: Path) -> None:
    attack = "<script>alert(1)</script> {{ 7 * 7 }}"
    table = answers({"base": [attack] * 8, "tuned": [f"{attack} gold {n}" for n in range(8)]})
    judge = Judge(likes_gold, model="<b>judge</b>")
    report = judge_answers(table, ("base", "tuned"), judge, config=CONFIG, journal=tmp_path / "j.jsonl")
    page = render_page(report, table)
    assert "<script" not in page
    assert "http" not in page
    assert "<b>judge" not in page
    assert "{{ 7 * 7 }}" in page
    assert page.count("<article>") == 8
    assert "the rule says so" in page


def test_losses_wins_and_ties_are_all_shown_of_many(tmp_path: Path) -> None:
    base = ["gold 0", *["bad"] * 98, "same"]
    tuned = ["bad", *[f"gold {n}" for n in range(1, 99)], "same"]
    table = answers({"base": base, "tuned": tuned})
    report = judge_answers(table, ("base", "tuned"), Judge(likes_gold), config=CONFIG, journal=tmp_path / "j.jsonl")
    page = render_page(report, table)
    assert page.count("<article>") == 40
    assert page.count("tuned · loss") == 1
    assert "The same answer twice" in page
    assert len(page) < 60_000


def test_a_warning_stands_on_top(tmp_path: Path) -> None:
    table = answers({"base": ["a", "b"], "tuned": ["c", "d"], "third": ["e", "f"]})
    models = ("base", "tuned", "third")
    report = judge_answers(table, models, Judge(always_first), config=CONFIG, journal=tmp_path / "j.jsonl")
    page = render_page(report, table)
    assert page.index("cannot tell gold from a stranger") < page.index("<table>")
    assert "<h2>Elo</h2>" in page
