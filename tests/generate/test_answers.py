import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.answers import check_passage
from generate.sections import rough_tokens
from tests.generate.makers import candidate

GOOD = "The battery lasts about 14 months when a value is sent every hour. Replace it with the LS-26 pack only."


def passage_reason(text: str, **settings: bool) -> str:
    fault = check_passage(candidate(text), tokens=rough_tokens(text), most_tokens=200, **settings)
    return fault.reason if fault else ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (GOOD, ""),
        ("Coming soon! " + "Until then ask the team. " * 2, "stub"),
        ("TODO: describe how the probe is put into the water.", "stub"),
        ("This page is under construction and will be back in a week or two.", "stub"),
        ("See the other page.", "answer_too_short"),
        ("a b c d e f g h i", "answer_too_short"),
        ("", "answer_too_short"),
        ("word " * 400, "answer_too_long"),
        ("```\n" + "run --this thing now\n" * 9 + "```", "no_prose"),
        ("| a | b |\n| --- | --- |\n" + "| some words | more words |\n" * 9, "no_prose"),
        ("- [One page of ours](https://x.example/1)\n" * 9, "no_prose"),
        ("Draft beer is served in the canteen from noon until the last barrel is empty.", ""),
        (
            "電池はおよそ十四か月持ちます。専用のパックだけを使ってください。ほかのものはセンサーを傷めます。必ず守ること。",
            "",
        ),
    ],
    ids=[
        "good",
        "soon",
        "todo",
        "construction",
        "short",
        "letters",
        "empty",
        "long",
        "code",
        "table",
        "links",
        "beer",
        "Japanese",
    ],
)
def test_a_passage_is_judged(text: str, why: str) -> None:
    assert passage_reason(text) == why


def test_code_may_be_an_answer_when_asked_for() -> None:
    assert passage_reason("```\n" + "run --this thing now\n" * 9 + "```", prose_only=False) == ""


@given(st.text(max_size=120))
def test_any_text_is_judged(text: str) -> None:
    check_passage(candidate(text), tokens=1, most_tokens=2)
