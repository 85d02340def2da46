# ruff: noqa: RUF001 - the signs are meant
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from curate.encoding import Encoding, restored, suspect
from curate.pipeline import Pipeline
from schemas.example import example_id

CLEAN = [
    "", "plain", "It’s “quoted” – and… done", "ﬁne ligatures", "ＦＵＬＬ　ｗｉｄｔｈ", "e\u0301 is not é", "10³ Ω Å ﷺ",
    "a\r\nb\u2028c\x0bd\x0c", "&eacute; &amp;", "\x1b[31mred\x1b[0m", "São Paulo à 10 °C, ÀÉÎ ÃO", "Привет, как дела?",
    "日本語のテキスト", "مرحبا بالعالم", "שלום", "ÄÖÜ äöüß", "Ã", "naïve café — ½ £5", "« À Paris »",
    "¿Qué?", "\ufeffx", "π ≈ 3",
]  # fmt: skip
TEXTS = ["café crème", "It’s “so” – yes", "Привет, мир", "日本語です", "50 € für Möhren", "done ✔ 😀"]
LATIN = [text.encode().decode("latin-1") for text in TEXTS]
WINDOWS = [text.encode().decode("cp1252") for text in ("café crème", "It’s – so", "50 € für Möhren", "done ✔")]


@pytest.mark.parametrize("garbled", LATIN + WINDOWS, ids=range(len(LATIN + WINDOWS)))
def test_garbled_signs_are_restored(garbled: str) -> None:
    assert restored(garbled) in {*TEXTS, "It’s – so", "done ✔"}
    assert pc.match_substring_regex(pa.array([garbled]), suspect())[0].as_py()


@pytest.mark.parametrize("text", CLEAN)
def test_clean_text_stays_sign_by_sign(text: str) -> None:
    assert restored(text) == text


def test_turns_and_context_change_and_the_rest_stays(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([("Was?\n\nMÃ¶hren", "CafÃ© “x”", "MÃ¶hren"), ("q", "clean é")])
    result = Pipeline([Encoding()]).table(table)
    first, second = result.kept.to_pylist()
    assert [turn["content"] for turn in first["messages"]] == ["Was?\n\nMöhren", "Café “x”"]
    assert first["context"] == "Möhren"
    assert first["id"] == example_id([("user", "Was?\n\nMöhren"), ("assistant", "Café “x”")], "Möhren")
    assert second == table.to_pylist()[1]
    changed = result.decisions.to_pylist()[0]
    assert (changed["reason"], changed["evidence"]) == ("mojibake", "Was?\n\nMÃ¶hren → Was?\n\nMöhren")


def test_a_long_line_is_shown_in_part(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([("q", "x" * 5000 + "cafÃ©" + "y" * 5000)])
    assert len(Pipeline([Encoding()]).table(table).decisions.to_pylist()[0]["evidence"]) <= 120


@settings(deadline=None)  # the first example loads or compiles
@given(st.text(st.sampled_from("aé’Ã©â€œ ™Â\xa0\n") | st.characters(codec="utf-8"), max_size=40))
@example("Ã\x83Â©")
def test_restoring_twice_changes_nothing_and_the_prefilter_hides_nothing(text: str) -> None:
    once = restored(text)
    assert restored(once) == once
    if once != text:
        assert pc.match_substring_regex(pa.array([text]), suspect())[0].as_py()
