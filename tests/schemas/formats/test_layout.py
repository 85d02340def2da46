import pytest

from schemas.errors import InputError
from schemas.formats.layout import FORMATS, Wanted, canonical, nearest


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        (["messages"], "messages"),
        (["conversations"], "sharegpt"),
        (["prompt", "completion"], "prompt_completion"),
        (["instruction", "output"], "alpaca"),
        (["instruction", "input", "output"], "alpaca"),
        (["instruction", "response"], "instruction_response"),
        (["question", "answer"], "question_answer"),
        (["input", "output"], "input_output"),
        (["text"], "text"),
        (["text", "question", "answer"], "question_answer"),
        (["prompt", "completion", "messages"], "messages"),
        (["conversations", "messages"], "messages"),
        (["conversations", "prompt", "completion"], "sharegpt"),
        (["instruction", "output", "response"], "alpaca"),
        (["answer", "question", "score"], "question_answer"),
    ],
    ids=lambda value: value if isinstance(value, str) else "+".join(value),
)
def test_the_format_is_the_first_in_rank_whose_columns_are_there(columns: list[str], name: str) -> None:
    found = Wanted().choose(columns)
    assert found is not None
    assert found.format == name


@pytest.mark.parametrize("columns", [[], ["prompt"], ["prompt", "reply"], ["Question", "Answer"]], ids=str)
def test_what_fits_no_format_is_not_guessed(columns: list[str]) -> None:
    assert Wanted().choose(columns) is None


def test_named_columns_play_their_roles() -> None:
    found = Wanted(columns={"instruction": "prompt", "response": "reply"}).choose(["prompt", "reply", "id"])
    assert found is not None
    assert (found.format, dict(found.columns)) == (
        "instruction_response",
        {"instruction": "prompt", "response": "reply"},
    )


def test_named_columns_win_over_a_format_of_higher_rank() -> None:
    found = Wanted(columns={"question": "q"}).choose(["messages", "q", "answer"])
    assert found is not None
    assert found.format == "question_answer"


def test_a_column_plays_one_role() -> None:
    wanted = Wanted(columns={"instruction": "input", "output": "output"})
    found = wanted.choose(["input", "output"])
    assert found is not None
    assert dict(found.columns) == {"instruction": "input", "output": "output"}


def test_a_system_column_counts_only_where_it_is_asked_for() -> None:
    columns = ["system", "question", "answer"]
    plain, asked = Wanted().choose(columns), Wanted(columns={"system": "system"}).choose(columns)
    assert plain is not None
    assert asked is not None
    assert "system" not in plain.columns
    assert asked.columns["system"] == "system"


def test_sharegpt_has_a_system_column() -> None:
    found = Wanted().choose(["conversations", "system", "tools"])
    assert found is not None
    assert found.used == {"conversations", "system"}


@pytest.mark.parametrize(("name", "role"), [("alpaca", "response"), ("instruction_response", "output")])
def test_response_and_output_mean_the_same_under_a_forced_format(name: str, role: str) -> None:
    found = Wanted(format=name, columns={"instruction": "a", role: "b"}).choose(["a", "b"])
    assert found is not None
    assert found.format == name


def test_a_forced_format_looks_at_no_other() -> None:
    assert Wanted(format="text").choose(["question", "answer"]) is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"format": "alpcaa"}, "there is no format alpcaa. Did you mean alpaca?"),
        ({"columns": {"respnse": "x"}}, "there is no role respnse. Did you mean response?"),
        ({"columns": {"question": "q", "response": "r"}}, "question, response are not roles of any one format"),
        ({"columns": {"question": "q"}, "format": "alpaca"}, "question are not roles of the format alpaca"),
    ],
    ids=["format", "role", "no common format", "not in this format"],
)
def test_wishes_that_cannot_be_met_are_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        Wanted(**options)  # type: ignore[arg-type]  # the options of one case


def test_a_named_column_that_is_missing_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(InputError) as caught:
        Wanted(columns={"instruction": "promt"}).check(["prompt", "reply"], "a.jsonl")
    assert str(caught.value) == ("a.jsonl: no column promt in it: its columns are prompt, reply. Did you mean prompt?")


def test_the_canonical_layout_has_each_role_in_its_own_column() -> None:
    for name, target in FORMATS.items():
        assert canonical(name).format == name
        assert set(target.required) <= canonical(name).used


def test_nothing_near_is_not_proposed() -> None:
    assert nearest("xyz", ["question"]) == ""
