from collections.abc import Callable

import pytest

HitsOf = Callable[..., dict[str, str]]

PAGE = "---\ntitle: Leave\ntags:\n  - people\n\n- more\n---\n\nAsk two weeks ahead."


@pytest.mark.parametrize("page", [PAGE, "\n" + PAGE, PAGE.replace("\n", "\r\n")], ids=["plain", "blank line", "CRLF"])
def test_front_matter_is_found(hits_of: HitsOf, page: str) -> None:
    assert "front_matter" in hits_of("How do I ask for leave?", page)


@pytest.mark.parametrize(
    ("instruction", "response"),
    [
        ("How does front matter look?", PAGE),
        ("How does a page begin?", f"```\n{PAGE}\n```"),
        ("How do I ask for leave?", "---\n\nAsk two weeks ahead.\n\n---\n"),
        ("How do I ask for leave?", "---\ntitle: Leave\nAsk two weeks ahead."),
        ("Make a table.", "| a | b |\n|---|---|\n| 1 | 2 |\n---\nx: 1\n---\n"),
    ],
    ids=["asked", "code", "rules", "never closed", "not at the head"],
)
def test_other_dashes_stay(hits_of: HitsOf, instruction: str, response: str) -> None:
    assert "front_matter" not in hits_of(instruction, response)


@pytest.mark.parametrize(
    "text",
    [
        'See {% page "/leave/" %} for more.',
        "{%- if user.admin -%}Hello{% endif %}",
        "Mail us at {{ site.email }}.",
        "Summarise: {{ document | truncate: 20 }}",
    ],
)
def test_tags_are_found_on_either_side(hits_of: HitsOf, text: str) -> None:
    assert "template_tags" in hits_of("How do I ask for leave?", text)
    assert "template_tags" in hits_of(text, "Ask two weeks ahead.")


@pytest.mark.parametrize(
    ("instruction", "response"),
    [
        ("How do I loop in Jinja?", "Write {% for x in y %}."),
        ("How are pages linked?", 'Write `{% page "/leave/" %}`.'),
        ("How are pages linked?", '```\n{% raw %}{% page "x" %}{% endraw %}\n```\nThat is all.'),
        ("Set this formula.", "\\frac{{a}}{{b+c}} and {{1, 2}, {3}}"),
        ("What is left?", "{% 5 of it %} and 100 {% }"),
    ],
    ids=["asked", "backticks", "fence", "braces", "no tag"],
)
def test_talk_about_templates_stays(hits_of: HitsOf, instruction: str, response: str) -> None:
    assert "template_tags" not in hits_of(instruction, response)
