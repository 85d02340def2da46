from pathlib import Path

import pytest

from curate.lint import CODES, MEANINGS, RULES, Rule


def test_every_rule_has_its_own_code_and_a_meaning() -> None:
    assert len(set(CODES)) == len(CODES) <= 62
    assert tuple(MEANINGS) == CODES
    assert all(meaning and not meaning.endswith(".") for meaning in MEANINGS.values())


# The places are bits in cached signals, so a new rule goes to the end.
def test_the_order_is_fixed() -> None:
    assert CODES == (
        "merged_instructions",
        "chat_tokens",
        "front_matter",
        "template_tags",
        "stray_marker",
        "open_fence",
        "invalid_json",
        "prompt_echo",
        "ai_disclaimer",
        "inability",
        "refusal",
        "deflection",
        "needs_url",
        "needs_attachment",
        "needs_image",
        "image_answer",
        "image_request",
        "dangling_end",
        "no_final_stop",
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_asked_by_literals_in_small_letters_or_by_a_mark(rule: Rule) -> None:
    literals = (*rule.prompt, *rule.response)
    assert literals or rule.marked is not None
    assert all(literal and literal == literal.lower() for literal in literals)


def test_the_table_of_precision_names_every_rule_with_its_default() -> None:
    page = (Path(__file__).parents[3] / "docs" / "precision" / "lint.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("| ").split("|")] for line in page.splitlines() if line.startswith("| `")
    ]
    assert [(row[0].strip("`"), row[-1]) for row in rows] == [(rule.code, "on" if rule.on else "off") for rule in RULES]
