import pyarrow as pa

from curate.shown import MARGIN, all_shown, plain_shown, shown

MAIL = "jane.roe@example-mill.com"


def test_private_data_give_way_to_marks() -> None:
    assert shown(f"Write to {MAIL}.", 100) == "Write to [EMAIL]."
    assert all_shown(pa.array([f"Write to {MAIL}.", "Nothing here."]), 100) == ["Write to [EMAIL].", "Nothing here."]


def test_long_texts_are_cut_and_say_so() -> None:
    assert shown("a" * 15, 10) == "a" * 10 + " … (5 more characters)"
    assert all_shown(pa.array(["b " * 10]), 4) == ["b b  … (16 more characters)"]


def test_a_datum_at_the_cut_is_found_whole() -> None:
    text = "x " * 45 + MAIL + " y" * 50
    cut = shown(text, 100)
    assert "jane" not in cut
    assert "roe" not in cut


def test_a_datum_where_reading_ends_is_not_shown_in_part() -> None:
    # The marks are shorter than the addresses, so the end of what is read moves towards what is shown.
    text = f"{MAIL} " * 5_000
    cut = shown(text, 200)
    assert "jane" not in cut
    assert len(text) > 200 + 2 * MARGIN


def test_values_are_summarised() -> None:
    values = {"hash": b"0123456789", "bands": [1] * 24, "few": [MAIL], "score": 0.123456789, "none": None, "fine": True}
    assert plain_shown(values) == {
        "hash": "3031323334353637…",
        "bands": "24 values",
        "few": ["[EMAIL]"],
        "score": 0.123457,
        "none": None,
        "fine": True,
    }
