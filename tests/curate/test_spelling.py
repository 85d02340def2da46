from collections.abc import Callable

import pyarrow as pa
import pytest

from curate.pipeline import Pipeline
from curate.rows import Rows
from curate.spelling import Spelling, is_slip
from schemas.errors import InputError

WRONG = "The assistant was approximatley on time and thanked everybody."


@pytest.mark.parametrize("word", ["approximatley", "embarassment", "techiques", "invertabrates", "acquintance"])
def test_a_common_word_but_for_one_letter_is_a_slip(word: str) -> None:
    assert is_slip(word)


@pytest.mark.parametrize(
    "word", ["visualisation", "flavoured", "bioluminescent", "surjective", "backend", "aquatica", "adn", "qwertzuiop"]
)
def test_british_rare_foreign_and_compound_words_are_none(word: str) -> None:
    assert not is_slip(word)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (WRONG, "misspelt"),
        ("", None),
        ("The assistant was approximately on time.", None),
        ("It reads `approximatley` in the code, or ```\napproximatley\n```.", None),
        ('The word "approximatley" has a mistake in it.', None),
        ("Approximatley is a name here.", None),
        ("See approximatley.example.com or approximatley() or approximatley_x.", None),
        ("Der Hafen bleibt sonntags geschlossen, approximatley auch montags und dienstags.", None),
    ],
    ids=["slip", "empty", "right", "code", "quoted", "name", "address", "foreign"],
)
def test_slips_in_prose_drop_a_row(table_of: Callable[..., pa.Table], answer: str, reason: str | None) -> None:
    line = Pipeline([Spelling()]).table(table_of([("q", answer)])).decisions.to_pylist()[0]
    assert line["reason"] == reason
    assert line["evidence"] == ("1 of 5 words are misspelt" if reason else None)


def test_a_word_of_the_house_is_no_mistake(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([("q", WRONG), ("r", WRONG + " Indeed.")])
    assert Pipeline([Spelling()]).table(table).kept.num_rows == 2
    assert Pipeline([Spelling(house=3)]).table(table).kept.num_rows == 0


def test_no_rows_are_no_problem(rows_of: Callable[..., Rows]) -> None:
    assert len(Spelling().decide(pa.Table.from_batches([Spelling().measure(rows_of([]))]))) == 0


def test_the_fingerprint_is_that_of_the_dictionary() -> None:
    assert len(Spelling().fingerprint) == 16


@pytest.mark.parametrize("settings", [{"of": "title"}, {"share": 0.5}, {"least": 0}, {"house": 1}], ids=str)
def test_wrong_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Spelling(**settings)  # type: ignore[arg-type]  # the point
