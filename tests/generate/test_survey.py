from pathlib import Path

import pytest

from generate import GenerateConfig
from generate.survey import Survey, survey
from schemas.progress import silent


def pages(folder: Path, **texts: str) -> Survey:
    """Write pages and survey them."""
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text)
    return survey([folder], GenerateConfig(), silent)


def reasons(found: Survey) -> list[str]:
    return [row.reason for _, row in found.unfit]


TAG = "{% include 'a' %}\n"
HOLE = "# Leave\n\nAsk {{ site.people_lead }} before you book anything that costs more than 50 euros.\n"
LOOP = "# Loops\n\nWrite a loop over all the pages of a site with `{% for page in pages %}` on a line of its own.\n"


@pytest.mark.parametrize(("tag", "expected"), [(TAG, ["template_tag"]), ("", [])], ids=["tags", "none"])
def test_code_with_tags_is_content_only_where_pages_have_none(tmp_path: Path, tag: str, expected: list[str]) -> None:
    found = pages(tmp_path, loops=LOOP, a=f"# A\n\n{tag}", b=f"# B\n\n{tag}")
    assert [reason for reason in reasons(found) if reason == "template_tag"] == expected
    assert len(found.candidates) == 1 - len(expected)


def test_a_sentence_that_lacks_its_value_is_left_out(tmp_path: Path) -> None:
    found = pages(tmp_path, lead=HOLE)
    assert reasons(found) == ["template_variable"]


def test_every_section_is_a_candidate_or_has_a_reason(tmp_path: Path) -> None:
    long = "The office keeps a list of every key that was ever given out, and renews it each Monday.\n"
    found = pages(tmp_path, one=f"---\ntitle: x\n---\n\n# One\n\n{long}\n## Empty\n", two=f"# Two\n\n{long}")
    assert found.documents == 2
    assert found.sections == len(found.candidates) + len(found.unfit)
    assert sorted(reasons(found)) == ["front_matter", "no_text", "repeated_passage"]


def test_what_can_be_searched_are_candidates_or_all_that_the_documents_say(tmp_path: Path) -> None:
    table = "# Prices\n\n| part | price |\n|---|---|\n| valve | 9.50 |\n| gasket | 2.10 |\n"
    text = "# Valves\n\nEvery valve is opened by the fitters once a month, and what they find is put down in a list.\n"
    found = pages(tmp_path, prices=table, valves=text)
    assert [hit.place for hit in found.index().search("valve", 9)] == [0]
    index, texts = found.library()
    places = [texts[hit.place][0] for hit in index.search("price of a valve", 9)]
    assert sorted(places) == ["Valves", "prices.md > Prices"]
    assert found.index() is found.index()
    assert found.library() is found.library()
