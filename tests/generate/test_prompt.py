import hashlib
from pathlib import Path

import pytest

from generate.prompt import load_prompt
from schemas import InputError, Message


def written(folder: Path, text: str) -> Path:
    (folder / "question.jinja").write_text(text)
    return folder


def test_ours_ends_with_the_passage_and_then_the_task() -> None:
    *_, last = load_prompt("question").messages(whereabouts="Guide > Use", passage="Turn it on.")
    assert last.role == "user"
    assert last.content.index("Turn it on.") < last.content.rindex("Write")
    assert "Guide > Use" in last.content


def test_the_user_s_file_takes_the_place_of_ours_and_has_its_own_version(tmp_path: Path) -> None:
    text = "{% call system() %}Be short.{% endcall %}\n{% call user() %}\n{{ passage }}\n{% endcall %}"
    prompt = load_prompt("question", written(tmp_path, text))
    assert prompt.messages(whereabouts="", passage="<b>&") == (Message("system", "Be short."), Message("user", "<b>&"))
    assert prompt.version == hashlib.sha256(text.encode()).hexdigest()[:12]


def test_a_folder_without_the_file_leaves_ours(tmp_path: Path) -> None:
    assert load_prompt("question", tmp_path).path == load_prompt("question").path


def test_what_a_document_says_is_no_template() -> None:
    *_, last = load_prompt("question").messages(whereabouts="{{ 7 * 7 }}", passage="{% raw %}{{ 7 * 7 }}")
    assert "{% raw %}{{ 7 * 7 }}" in last.content
    assert "49" not in last.content


def test_the_examples_that_it_shows_are_listed() -> None:
    assert all(question.endswith("?") for question in load_prompt("question").shown())
    assert len(load_prompt("question").shown()) >= 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{% call user() %}", "no Jinja template"),
        ("{% call user() %}{{ other }}{% endcall %}", "cannot be filled in .*other.*It may use: passage, whereabouts"),
        ("Hello {% call user() %}{{ passage }}{% endcall %}", r"text outside of a turn \('Hello'\)"),
        ("{% call user() %}a{% endcall %}{% call assistant() %}b{% endcall %}", "its last turn is not the user's"),
        ("", "its last turn is not the user's"),
        ("{% call user(1) %}a{% endcall %}", "cannot be filled in"),
    ],
    ids=["not closed", "unknown value", "outside", "ends with the assistant", "empty", "argument"],
)
def test_a_broken_prompt_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=rf"question\.jinja.*{complaint}"):
        load_prompt("question", written(tmp_path, text)).messages(whereabouts="", passage="")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "question.jinja").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="cannot be read"):
        load_prompt("question", tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder of prompts"):
        load_prompt("question", tmp_path / "none")
