from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.grounding import find_quote
from generate.passages import passage

RAW = (
    "# Leave\n\n"
    "**Staff** may carry over up to [five days](leave.md#carry) of *annual* leave into the next\n"
    "year \u2013 see \u201cCarrying over\u201d. Days that aren\u2019t used by 31&nbsp;March are lost.\n\n"
    "1. Open `leave_app`.\n2. Choose *Carry over*, at\n   most 5 days.\n\n"
    "| Grade | Days |\n|---|---:|\n| Junior | 25 |\n| Senior | 1,030 |\n\n"
    "Set `max\\_days` with [the tool](https://tools.example/set) or 5\\*2 days.<br>Don't share it &amp; keep it.\n"
)


def evidence(quote: str, text: str = RAW) -> str:
    found = find_quote(text, quote)
    return text[found.start : found.end] if found else ""


def how(quote: str, text: str = RAW) -> str:
    found = find_quote(text, quote)
    return found.how if found else ""


@pytest.mark.parametrize(
    ("quote", "expected", "way"),
    [
        ("used by 31", "used by 31", "exact"),
        ('"used by 31"', "used by 31", "exact"),
        ("staff may carry over", "**Staff** may carry over", "normalised"),
        ("up to five days of annual leave", "up to [five days](leave.md#carry) of *annual* leave", "normalised"),
        ("leave into the next year - see", "leave into the next\nyear \u2013 see", "normalised"),
        ('see "Carrying over".', "see \u201cCarrying over", "normalised"),
        ("Days that aren't used", "Days that aren\u2019t used", "normalised"),
        ("by 31 March are lost.", "by 31&nbsp;March are lost.", "normalised"),
        ("Open leave_app.", "Open `leave_app`.", "normalised"),
        ("Open leave_app. 2. Choose Carry over", "Open `leave_app`.\n2. Choose *Carry over*", "normalised"),
        ("Choose Carry over, at most 5 days", "Choose *Carry over*, at\n   most 5 days", "normalised"),
        ("Junior: 25", "Junior | 25", "normalised"),
        ("Set max_days with the tool", "Set `max\\_days` with [the tool", "normalised"),
        ("Don't share it & keep it", "Don't share it &amp; keep it", "normalised"),
        ("Days that are not used by 31 March are lost", "Days that aren\u2019t used by 31&nbsp;March are lost", ""),
        ("Staff may carry over up to five days of yearly leave", "Staff", "fuzzy"),
        ("staff can carry over up to five days of annual leave into the next year", "Staff", "fuzzy"),
        ("Days that aren't used by 30 March are lost", "", ""),
        ("Staff may carry over up to five days of sick pay", "", ""),
    ],
)
def test_a_quote_is_found_in_other_clothes(quote: str, expected: str, way: str) -> None:
    if way == "fuzzy":
        assert expected in evidence(quote)
    elif way:
        assert evidence(quote).startswith(expected)
    assert how(quote) == way


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        (
            "Staff may carry over ... into the next year",
            "**Staff** may carry over up to [five days](leave.md#carry) of ",
        ),
        ("Days that aren\u2019t used [\u2026] are lost.", "Days that aren\u2019t used by 31&nbsp;March are lost."),
        ("... are lost", "are lost"),
        ("into the next year ... Staff may carry over", ""),
        ("Staff may carry over ... and sell", ""),
        ("...", ""),
        ("", ""),
        (" \n", ""),
    ],
)
def test_the_parts_around_an_ellipsis_stand_in_order(quote: str, expected: str) -> None:
    assert evidence(quote).startswith(expected)
    assert bool(evidence(quote)) == bool(expected)


@pytest.mark.parametrize(
    "quote",
    [
        "The pump must never run dry while the blue valve is closed.",
        "The pump must run dry while the red valve is closed.",
        "The pump must never run dry while the red valve is opened, 5 bar.",
        "The pump must never run dry while the red valve is closed, 6 bar.",
        "The pump must never run dry after the red valve is closed, 5 bar.",
    ],
)
def test_a_slip_that_changes_the_meaning_is_none(quote: str) -> None:
    text = "Note. The pump must not run dry while the red valve is closed, 5 bar. Ask before."
    assert find_quote(text, quote) is None
    assert how("The pump must not run dry whilst the red valve is closed, 5 bar.", text) == "fuzzy"


def test_a_quote_is_looked_for_between_the_offsets_only() -> None:
    text = "One day off. Two days off. One day off."
    found = find_quote(text, "one DAY off", start=5)
    assert found is not None
    assert found.start == 27
    assert find_quote(text, "one day off", start=5, end=30) is None


def test_a_number_is_no_part_of_a_longer_one() -> None:
    text = "It costs 15 days, or 5 days."
    found = find_quote(text, "5 days")
    assert found is not None
    assert found.start == 21
    assert find_quote("It costs 1 2 days.", "12 DAYS") is None
    assert find_quote("It costs 3.5 days.", "35 DAYS") is None


def test_quotes_of_the_reading_text_are_found_in_the_raw_text() -> None:
    for line in passage(RAW).splitlines():
        if len(line) > 20:
            found = find_quote(RAW, line)
            assert found is not None, line
            assert found.how != "fuzzy", line


def test_a_text_without_spaces_can_be_cut_anywhere() -> None:
    text = "\u5f53\u793e\u306e\u4f11\u6687\u306f\u4e94\n\u65e5\u3067\u3059\u3002"
    assert evidence("\u4f11\u6687\u306f\u4e94\u65e5", text) == "\u4f11\u6687\u306f\u4e94\n\u65e5"


SIGNS = st.text(
    alphabet=st.sampled_from("ab1 2.\n\t*_`[](){}<>|#-+&;%\u00e9\u0130\u00df\ufb01\u0301\u4f11\u2212\u201c!\\/:"),
    max_size=60,
)


@given(SIGNS, st.data())
def test_any_slice_is_found_at_a_place_that_holds_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    quote = text[start:end]
    found = find_quote(text, quote)
    if quote.strip("\"'\u201c\u201d\u2018\u2019\u201e\u00ab\u00bb \t\r\n"):
        assert found is not None
        assert found.how != "fuzzy"
        assert found.how == "normalised" or quote.strip("\"'\u201c \t\n") in text[found.start : found.end]


@given(SIGNS, SIGNS, st.integers(0, 60), st.integers(0, 60))
def test_the_offsets_are_valid_whatever_is_looked_for(text: str, quote: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))
    found = find_quote(text, quote, start=start, end=end)
    assert found is None or start <= found.start < found.end <= end


WORDS = st.lists(
    st.sampled_from(["staff", "may", "take", "leave_app", "5", "days", "1,030", "of", "it's", "café", "B2B", "when"]),
    min_size=1,
)


@given(WORDS, st.randoms(use_true_random=False))
def test_case_space_and_markup_do_not_matter(words: list[str], random: Random) -> None:
    noisy = []
    for word in words:
        mark = random.choice(["", "**", "*", "`", "_"])
        shown = f"{mark}{random.choice([word, word.upper(), word.title()])}{mark}"
        noisy.append(f"[{shown}](a/b.md)" if random.random() < 0.2 else shown)
    gaps = [random.choice([" ", "  ", "\n", " \n  "]) for _ in words]
    text = "Before. " + "".join(word + gap for word, gap in zip(noisy, gaps, strict=True)) + "Behind."
    found = find_quote(text, " ".join(words))
    assert found is not None
    assert found.how != "fuzzy"
