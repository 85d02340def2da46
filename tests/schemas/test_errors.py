import pytest

from schemas.errors import GristmillError, InputError, LLMError, MissingExtraError, OutputError, RowError


@pytest.mark.parametrize(
    ("where", "mend", "text"),
    [
        ("", "", "no answer in it"),
        ("a.csv", "", "a.csv: no answer in it"),
        ("", "Add one", "no answer in it. Add one"),
        ("a.csv", "Add one", "a.csv: no answer in it. Add one"),
    ],
    ids=["what", "where", "mend", "all"],
)
def test_an_error_is_one_sentence_of_what_where_and_mend(where: str, mend: str, text: str) -> None:
    assert str(GristmillError("no answer in it", where=where, mend=mend)) == text


def test_a_row_error_names_file_and_row_and_keeps_the_number() -> None:
    error = RowError("not JSON", file="pairs.jsonl", row=4711)
    assert str(error) == "pairs.jsonl, row 4711: not JSON"
    assert error.row == 4711


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (GristmillError("x"), 1),
        (InputError("x"), 2),
        (RowError("x", file="f", row=1), 2),
        (MissingExtraError("trl", extra="train"), 2),
        (OutputError("x"), 1),
        (LLMError("x", retryable=True), 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_wrong_input_exits_with_2_and_everything_else_with_1(error: GristmillError, code: int) -> None:
    assert error.exit_code == code


def test_a_missing_library_prints_its_install_line() -> None:
    assert str(MissingExtraError("trl", extra="train")) == "trl is not installed. Run: pip install 'gristmill[train]'"


def test_a_model_error_says_whether_and_when_to_try_again() -> None:
    error = LLMError("too many requests", retryable=True, retry_after=2.5, where="http://host")
    assert (error.retryable, error.retry_after, str(error)) == (True, 2.5, "http://host: too many requests")
