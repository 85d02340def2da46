import pytest

from schemas.formats.hints import explain


@pytest.mark.parametrize(
    ("columns", "text", "what", "mend"),
    [
        (
            ["prompt", "reply"],
            ["prompt", "reply"],
            "no question in it: its columns are prompt, reply",
            "Name them: --columns instruction=prompt,response=reply",
        ),
        (
            ["query", "gold_answer", "id"],
            ["query", "gold_answer"],
            "no question in it: its columns are query, gold_answer, id",
            "Name them: --columns instruction=query,response=gold_answer",
        ),
        (
            ["q", "a"],
            ["q", "a"],
            "no question in it: its columns are q, a",
            "Name them: --columns instruction=q,response=a",
        ),
        (
            ["instruction", "instances"],
            ["instruction"],
            "no answer in it: its columns are instruction, instances",
            "Each row needs both as text. Name them: --columns response=COLUMN",
        ),
        (
            ["x", "response"],
            ["x", "response"],
            "no question in it: its columns are x, response",
            "Name them: --columns instruction=x",
        ),
        (
            ["x", "y", "z"],
            ["x", "y", "z"],
            "no question in it: its columns are x, y, z",
            "Each row needs both as text. Name them: --columns instruction=COLUMN,response=COLUMN",
        ),
        ([], [], "it has no columns", "Write one row for each question with its answer"),
    ],
    ids=["the brief's", "part of a name", "letters", "nested", "the only other", "unclear", "none"],
)
def test_what_is_missing_and_how_to_name_it(columns: list[str], text: list[str], what: str, mend: str) -> None:
    assert explain(columns, text) == (what, mend)


def test_only_some_of_many_columns_are_listed() -> None:
    what, _ = explain([f"c{number}" for number in range(100)], [])
    assert what.endswith("c18, c19, ...")
