# ruff: noqa: RUF001 - the signs are meant
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.language import Language, packed, unpacked
from curate.pipeline import Pipeline
from curate.rows import Rows
from schemas.errors import InputError

ENGLISH = "The harbour is closed on Sundays, and the ferry leaves from the northern pier at nine."
OTHERS = {
    "de": "Der Hafen ist sonntags geschlossen, und die Fähre legt um neun Uhr vom nördlichen Kai ab.",
    "fr": "Le port est fermé le dimanche et le bateau part du quai nord à neuf heures du matin.",
    "es": "El puerto está cerrado los domingos y el barco sale del muelle norte a las nueve de la mañana.",
    "it": "Il porto è chiuso la domenica e il traghetto parte dal molo settentrionale alle nove del mattino.",
    "nl": "De haven is op zondag gesloten en de veerboot vertrekt om negen uur van de noordelijke pier.",
    "pl": "Port jest zamknięty w niedzielę, a prom odpływa z północnego nabrzeża o dziewiątej rano.",
    "ru": "Порт закрыт по воскресеньям, а паром отправляется от северного причала в девять часов утра.",
    "ja": "港は日曜日に閉まっており、フェリーは朝九時に北の桟橋から出発しますので、遅れないように早めに来てください。",
    "zh": "港口星期天关闭，渡轮早上九点从北码头出发，请大家提前到达并准备好船票和证件，以免耽误行程，谢谢合作。",
    "ar": "الميناء مغلق يوم الأحد، وتغادر العبارة من الرصيف الشمالي في الساعة التاسعة صباحا.",
}
QUESTION = "When does the ferry leave, and what should I know about the harbour?"


def reasons(table: pa.Table, **settings: object) -> list[str | None]:
    stage = Language(**settings)  # type: ignore[arg-type]  # each test gives what fits
    return [line["reason"] for line in Pipeline([stage]).table(table).decisions.to_pylist()]


@pytest.mark.parametrize("code", OTHERS)
def test_an_answer_in_another_language_goes(table_of: Callable[..., pa.Table], code: str) -> None:
    table = table_of([(QUESTION, OTHERS[code]), (OTHERS[code], ENGLISH), (OTHERS[code], OTHERS[code])])
    assert reasons(table) == ["answer_language", "answer_language", None]


@pytest.mark.parametrize("code", OTHERS)
def test_rows_in_a_language_that_is_not_wanted_go(table_of: Callable[..., pa.Table], code: str) -> None:
    table = table_of([(OTHERS[code], OTHERS[code]), (QUESTION, ENGLISH)])
    assert reasons(table, languages=("en",)) == ["wrong_language", None]
    assert reasons(table, languages=(code, "en")) == [None, None]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Translate this sentence, please: the ferry leaves at nine in the morning.", OTHERS["fr"]),
        ("Write a sentence about the harbour and the ferry in German.", OTHERS["de"]),
        ("Übersetze den folgenden Satz, den ich gestern am Hafen gehört habe:", ENGLISH),
        ("What should we call the new ferry that leaves from the pier?", "La Bella Vista"),
        ("How do I print the words to the screen?", "```\nlog('Hola, el barco sale a las nueve')\n```"),
        ("What is the address of the page about the ferry?", "https://hafen.example/der-hafen-ist-sonntags-zu"),
        ("", ""),
        ("What are the ports of the north?", "Hamburg, Bremen, Kiel"),
        ("PLEASE TELL ME WHEN THE FERRY LEAVES THE HARBOUR", "AT NINE, FROM THE NORTHERN PIER, BUT NOT ON SUNDAYS"),
    ],
)  # fmt: skip
def test_what_was_asked_for_and_what_is_uncertain_stays(
    table_of: Callable[..., pa.Table], question: str, answer: str
) -> None:
    assert reasons(table_of([(question, answer)])) == [None]
    assert reasons(table_of([(question, answer)]), languages=("en",)) == [None]


def test_the_evidence_names_the_two_languages(table_of: Callable[..., pa.Table]) -> None:
    decision = Pipeline([Language()]).table(table_of([(QUESTION, OTHERS["fr"])])).decisions.to_pylist()[0]
    assert decision["evidence"] == "question: en, answer: fr"
    assert decision["score"] >= decision["threshold"] == 0.7


def test_the_settings_do_not_change_the_measure(rows_of: Callable[..., Rows]) -> None:
    rows = rows_of([(QUESTION, OTHERS["fr"])])
    assert Language(languages=("de",), score=0.1, letters=99).measure(rows).equals(Language().measure(rows))


def test_no_rows_are_no_problem(rows_of: Callable[..., Rows]) -> None:
    assert len(Language().decide(pa.Table.from_batches([Language().measure(rows_of([]))]))) == 0


@settings(deadline=None)  # the first example loads or compiles
@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=3))
def test_packing_a_code_loses_nothing(code: str) -> None:
    assert unpacked(packed(code)) == code
    assert 0 < packed(code) < np.iinfo(np.int16).max


@pytest.mark.parametrize("settings", [{"languages": ("English",)}, {"score": 2.0}, {"letters": 3}], ids=str)
def test_wrong_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Language(**settings)  # type: ignore[arg-type]  # the point
