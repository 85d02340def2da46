from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from curate.pipeline import Pipeline
from curate.presets import C4, MEANINGS

LINE = "A river ran through the town. It came from the hills. Nobody knew why."


def reason(table_of: Callable[..., pa.Table], text: str, **settings: Any) -> Any:
    [line] = Pipeline([C4(**settings)]).table(table_of([("q", text)])).decisions.to_pylist()
    return line["reason"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (LINE, None),
        (f"Lorem Ipsum {LINE}", "c4_lorem_ipsum"),
        (f"def f() {{ {LINE}", "c4_curly_bracket"),
        ("One short answer is all there is.", "c4_too_few_sentences"),
        (LINE + " and", "c4_too_few_sentences"),
        (LINE + "..", "c4_too_few_sentences"),
        (LINE.replace("town", "JavaScript town"), "c4_too_few_sentences"),
        (LINE.replace("Nobody", "Our privacy policy"), "c4_too_few_sentences"),
        (LINE.replace("town", "t" * 1001), "c4_too_few_sentences"),
        ("One. Two.\nThree. Four.", "c4_too_few_sentences"),
        (LINE + "[12][citation needed]", None),
        ("", "c4_too_few_sentences"),
    ],
    ids=[
        "prose", "lorem", "bracket", "one sentence", "no end", "ellipsis", "javascript", "policy", "long word",
        "short lines", "citation", "empty",
    ],
)  # fmt: skip
def test_each_rule_has_its_own_reason(table_of: Callable[..., pa.Table], text: str, code: str | None) -> None:
    assert reason(table_of, text) == code
    assert code is None or code in MEANINGS


def test_the_first_versions_limits_can_be_set(table_of: Callable[..., pa.Table]) -> None:
    text = "\n".join(["It was so."] * 5)
    assert reason(table_of, text) == "c4_too_few_sentences"
    assert reason(table_of, text, sentences=5, line_words=3) is None


def test_brackets_can_stay(table_of: Callable[..., pa.Table]) -> None:
    assert reason(table_of, "{x} " + LINE, brackets=False) is None
