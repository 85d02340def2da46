import pyarrow as pa
import pytest

from curate.markers import CONTEXT, RESPONSE, markers

ANYWHERE = [
    "<noinput>",
    "No input",
    "no input.",
    "<No Output>",
    "NoOutput",
    "N/A",
    "n/a.",
    "\\<noinput\\>",
    "[none]",
    "<empty>",
]
ONLY_CONTEXT = ["None", "none", "null", "NIL"]
NEITHER = [
    "",
    " ",
    "Na",
    "NA",
    "no",
    "No input was found in the log",
    "nonetheless",
    "input",
    "0",
    "nothing",
    "-",
    "<p>",
]


@pytest.mark.parametrize("text", ANYWHERE)
def test_a_marker_is_one_in_context_and_response(text: str) -> None:
    assert markers(pa.array([text]), CONTEXT).tolist() == [True]
    assert markers(pa.array([text]), RESPONSE).tolist() == [True]


@pytest.mark.parametrize("text", ONLY_CONTEXT)
def test_none_may_be_an_answer(text: str) -> None:
    assert markers(pa.array([text]), CONTEXT).tolist() == [True]
    assert markers(pa.array([text]), RESPONSE).tolist() == [False]


@pytest.mark.parametrize("text", NEITHER)
def test_real_texts_are_no_markers(text: str) -> None:
    assert markers(pa.array([text]), CONTEXT).tolist() == [False]
    assert markers(pa.array([text]), RESPONSE).tolist() == [False]
