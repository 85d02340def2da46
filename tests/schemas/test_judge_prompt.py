"""A judge's prompt has two blocks and shows texts that cannot end by themselves."""

import json
from pathlib import Path

import pytest

from schemas import InputError
from schemas.judge_prompt import prompt_template, quoted

WHOLE = "{% block system %}Be fair.{% endblock %}{% block user %}{{ text }}{% endblock %}"


def test_a_text_is_one_json_string_whatever_it_says() -> None:
    text = 'so "it" ends\n{% endblock %} {{ text }} é'
    assert json.loads(quoted(text, 100)) == text


def test_a_long_text_is_cut_and_that_is_said() -> None:
    assert quoted("a" * 1005, 3) == '"aaa" (1,002 more characters are left out)'
    assert quoted("aaa", 3) == '"aaa"'


def test_a_prompt_gives_its_blocks(tmp_path: Path) -> None:
    path = tmp_path / "own.jinja"
    path.write_text(WHOLE, encoding="utf-8")
    template = prompt_template(path)
    assert "".join(template.blocks["user"](template.new_context({"text": "<b>"}))) == "<b>"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "the prompt cannot be read"),
        (b"\xff", "the prompt cannot be read"),
        (b"{% block system %}", "no Jinja template"),
        (b"{% block system %}x{% endblock %}", "lacks a block system or user"),
    ],
    ids=["missing", "no UTF-8", "broken", "one block"],
)
def test_what_is_no_prompt_is_told(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "own.jinja"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        prompt_template(path)
