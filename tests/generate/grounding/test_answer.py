import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.grounding import check_answer

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "benchmarks"))
grounding = pytest.importorskip("grounding")

PASSAGE = (
    "Anna Berg approves requests above 500 EUR, Ben Moor signs the contracts. Requests are answered within 30 days, "
    "and before 3 May 2024 the portal must not be used. The office opens at 14:00 and the site lies 5 km away. "
    "Set `max_items` in `/etc/shop.toml`; see https://shop.example/help."
)


def reason(answer: str, passage: str = PASSAGE, question: str = "") -> str:
    fault = check_answer(answer, passage, question=question, headings=("Shop",))
    return fault.reason if fault else ""


@pytest.mark.parametrize(
    "answer",
    [
        PASSAGE,
        "Anna Berg approves requests over \u20ac500.",
        "Ben Moor signs the contracts.",
        "Requests are answered within thirty days.",
        "The portal must not be used before May 3rd, 2024.",
        "The portal may not be used before 2024-05-03.",
        "The office opens at 2 pm.",
        "The site lies 5,000 metres away.",
        "Set `max_items` in `/etc/shop.toml`.",
        "See https://shop.example/help.",
        "",
    ],
)
def test_a_right_answer_passes(answer: str) -> None:
    assert reason(answer) == ""


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("Anna Berg approves requests above 900 EUR.", "foreign_number"),
        ("Requests are answered within 30 hours.", "foreign_unit"),
        ("The portal must not be used before 13 May 2024.", "foreign_date"),
        ("The office opens at 3 pm.", "foreign_date"),
        ("The site lies 5 m away.", "foreign_unit"),
        ("Set `max_rows` in `/etc/shop.toml`.", "foreign_identifier"),
        ("Set `max_items` in `/etc/store.toml`.", "foreign_identifier"),
        ("See https://shop.example/faq.", "foreign_url"),
        ("Requests above 500 EUR are approved by Carla Diaz.", "foreign_name"),
        ("Ben Moor approves requests above 500 EUR, Anna Berg signs the contracts.", "swapped"),
        ("Ben Moor approves requests above 500 EUR.", "misplaced"),
        ("Before 3 May 2024 the portal must be used.", "negation"),
        ("After 3 May 2024 the portal must not be used.", "opposite"),
        ("The office closes at 14:00.", "opposite"),
        ("Gift vouchers and umbrellas are sold downstairs.", "unsupported"),
    ],
)
def test_a_planted_error_is_named(answer: str, why: str) -> None:
    assert reason(answer) == why


@pytest.mark.parametrize(
    ("passage", "answer"),
    [
        ("The plan costs 1,200 euros a year.", "The plan costs 100 euros a month."),
        ("Send one message every 10 minutes.", "Six messages are sent per hour."),
        ("A child gets 16 weeks, twins 4 more weeks.", "For twins it is 20 weeks in total."),
        ("The price rose from 7.1 to 7.8 points.", "The price rose by 0.7 points, from 7.1 to 7.8."),
        ("The early shift runs from 6:00 to 14:00.", "The early shift lasts eight hours."),
        ("- red\n- blue\n- green\n", "There are three colours: red, blue and green."),
    ],
)
def test_what_follows_from_the_passage_passes(passage: str, answer: str) -> None:
    assert reason(answer, passage) == ""


def test_other_languages_are_judged_by_numbers_and_names_of_code_only() -> None:
    passage = "Der Garten ist von 8 bis 20 Uhr ge\u00f6ffnet, h\u00f6chstens f\u00fcnf Hunde sind erlaubt."
    assert reason("Hunde d\u00fcrfen hinein, aber nur 5.", passage) == ""
    assert reason("Der Garten ist bis 22 Uhr ge\u00f6ffnet.", passage) == "foreign_date"
    assert reason("Es sind 60 Hunde erlaubt.", passage) == "foreign_number"


def test_a_sentence_cut_out_of_its_negation_is_not_verbatim() -> None:
    assert reason("Comment on rumours, figures or plans.", "Do not comment on rumours, figures or plans.") == "negation"


def test_planted_errors_are_caught_and_right_answers_pass() -> None:
    """On the sets that the rules were mended by; docs/precision/grounding.md says how little that tells."""
    seen = grounding.measure("built", "held_out", "unseen")
    assert seen.right >= 250
    assert seen.planted.total() >= 750
    assert seen.catch_rate >= 0.95
    assert seen.false_rate <= 0.02


def test_freely_worded_right_answers_pass() -> None:
    """On the two sets that the rules were mended by last; the floors lie a little below the figures."""
    seen = grounding.measure("fresh", "answered")
    assert seen.right >= 140
    assert seen.planted.total() >= 480
    assert seen.catch_rate >= 0.71
    assert seen.false_rate <= 0.06


@pytest.mark.parametrize(
    ("passage", "answer", "why"),
    [
        (
            "The dock sits beside building 4; parcels wait for 7 days.",
            "The dock sits beside building 7.",
            "foreign_number",
        ),
        ("The crumbs on the floor attract ants.", "The crumbs on the floor attract wolves.", "foreign_word"),
        ("Ring the bell first, then unlock the hatch.", "Unlock the hatch, then ring the bell.", "swapped"),
        ("The kit holds red, blue and green pens.", "Two pens, namely red, blue and green.", "foreign_number"),
        ("| Boat | Motor |\n|---|---|\n| Gull | yes |\n| Tern | no |\n", "Tern has a motor.", "negation"),
        ("Members lend tools. Tools are lent by Ole only.", "Everyone except Ole lends tools.", "negation"),
    ],
    ids=["label", "replaced", "order", "count", "cell", "except"],
)
def test_a_thing_in_the_wrong_place_is_caught(passage: str, answer: str, why: str) -> None:
    assert reason(answer, passage) == why


def test_a_passage_line_that_states_nothing_is_passed_over() -> None:
    assert reason("The shop is open on the second floor.", "...\n\nThe shop is open to all on the second floor.") == ""


@given(st.text(max_size=120), st.text(max_size=120), st.text(max_size=40))
def test_any_text_is_judged(answer: str, passage: str, question: str) -> None:
    check_answer(answer, passage, question=question)


@given(st.text(alphabet="ab 1,.:/-|\n`*%$\u20acAM", max_size=80))
def test_odd_texts_are_judged(text: str) -> None:
    check_answer(text, text)
    check_answer(text, PASSAGE)
