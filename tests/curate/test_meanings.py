import re

from curate.lint import CODES
from curate.meanings import meanings


def test_every_lint_rule_and_every_simple_stage_has_a_meaning() -> None:
    assert {*CODES, "exact_duplicate", "near_duplicate", "mojibake", "private_data", "judged_low"} <= meanings().keys()


def test_a_meaning_goes_on_where_the_row_begins() -> None:
    for meaning in meanings().values():
        assert re.fullmatch(r"[a-z]+ .*[^.]", meaning), meaning
