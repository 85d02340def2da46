"""Sections tile the text, keep to the budget, and are cut where a reader would cut."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generate.sections import rough_tokens, split
from schemas import Document, Section

LINES = st.sampled_from(
    [
        "# One",
        "## Two",
        "### Three {#id}",
        "Setext",
        "===",
        "---",
        "```",
        "```py",
        "~~~",
        "    indented",
        "\tx",
        "- item",
        "  - nested",
        "1. one",
        "> quote",
        "| a | b |",
        "|---|---|",
        "",
        "",
        "word " * 30,
        "x" * 90,
        "漢字。" * 20,
        "<div>",
        "</div>",
        "<table>",
        "<tr><td>1</td></tr>",
        "</table>",
        "<!-- hidden",
        "-->",
        "{% comment %}",
        "{% endcomment %}",
        "{% alert",
        "%}",
        "{{ x }}",
        "a\u2028b\x0cc\x85d",
        "title: x",
        "[ref]: http://x.y",
    ]
)
TEXTS = st.builds(
    lambda lines, ends: "".join(line + end for line, end in zip(lines, ends, strict=False)),
    st.lists(LINES, max_size=40),
    st.lists(st.sampled_from(["\n", "\n", "\n\n", "\r\n", "\r"]), min_size=40, max_size=40),
)


def document(text: str, kind: str = "text/markdown") -> Document:
    return Document(id="a.md", sha256="", media_type=kind, title="", text=text)


def cut(text: str, max_tokens: int = 400) -> list[Section]:
    return split(document(text), max_tokens=max_tokens)


def texts(text: str, max_tokens: int = 400) -> list[str]:
    return [text[section.start : section.end] for section in cut(text, max_tokens)]


def paths(text: str) -> list[tuple[str, ...]]:
    return [section.path for section in cut(text)]


@given(TEXTS, st.integers(1, 60), st.sampled_from(["text/markdown", "text/plain"]))
@settings(max_examples=300, deadline=None)
def test_sections_tile_every_text(text: str, max_tokens: int, kind: str) -> None:
    sections = split(document(text, kind), max_tokens=max_tokens)
    assert "".join(text[section.start : section.end] for section in sections) == text
    position = 0
    for section in sections:
        assert section.start == position < section.end
        position = section.end
    assert all(list(section.kinds) == sorted(set(section.kinds)) for section in sections)


@given(st.lists(st.sampled_from(["word " * 9, "- item", "```", "x = 1", "", "| a |", "y" * 200]), max_size=40))
@settings(max_examples=200, deadline=None)
def test_no_section_is_over_the_budget(lines: list[str]) -> None:
    text = "\n".join(lines)
    for section in split(document(text), max_tokens=20):
        # blank lines before a stretch of code that fills the budget are not counted
        assert rough_tokens(text[section.start : section.end].strip("\n")) <= 20


@given(TEXTS)
@settings(max_examples=50, deadline=None)
def test_a_document_is_cut_the_same_way_each_time(text: str) -> None:
    assert cut(text, 20) == cut(text, 20)


def test_the_path_holds_the_headings_above() -> None:
    text = "intro\n\n# A\n\na\n\n## B\n\nb\n\n### C\n\nc\n\n## D\n\nd\n\n# E\n"
    assert paths(text) == [(), ("A",), ("A", "B"), ("A", "B", "C"), ("A", "D"), ("E",)]


def test_a_skipped_level_is_kept_as_it_is() -> None:
    assert paths("# A\n\n#### B\n\n## C\n") == [("A",), ("A", "B"), ("A", "C")]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("## Plain ##", "Plain"),
        ("## Side navigation {#side-nav}", "Side navigation"),
        ("## The `run` command", "The run command"),
        ("## **Bold** and [link](x.md)", "Bold and link"),
        ('## Ask {% slack_channel "help" %}', "Ask help"),
        ("## A &amp; B", "A & B"),
        ("## snake_case_name", "snake_case_name"),
        ("Two\nlines\n---", "Two lines"),
    ],
    ids=["closed", "id", "code", "link", "tag", "entity", "underscores", "setext"],
)
def test_a_heading_is_shown_without_markup(line: str, shown: str) -> None:
    assert paths(f"{line}\n\ntext\n")[0] == (shown,)


def test_headings_in_code_and_comments_are_none() -> None:
    text = "# A\n\n```sh\n# no\n```\n\n    # no\n\n<!--\n# no\n-->\n\n{% comment %}\n\n# no\n\n{% endcomment %}\n"
    assert paths(text) == [("A",)]


def test_a_comment_mark_in_code_hides_nothing() -> None:
    text = "# A\n\nUse `{% comment %}`.\n\n# B\n\nand `{% endcomment %}`.\n"
    assert paths(text) == [("A",), ("B",)]


def test_a_heading_without_a_body_is_a_section_without_kinds() -> None:
    first, second = cut("# A\n## B\n\nb\n")
    assert (first.path, first.kinds) == (("A",), ())
    assert (second.path, second.kinds) == (("A", "B"), ("prose",))


def test_front_matter_is_a_section_of_its_own() -> None:
    text = "---\ntitle: x\n---\n\n# A\n"
    assert texts(text) == ["---\ntitle: x\n---\n", "\n# A\n"]
    assert cut(text)[0].kinds == ("front_matter",)


def test_kinds_tell_what_a_section_holds() -> None:
    text = "para\n\n- x\n\n```\ny\n```\n\n| a |\n|---|\n| 1 |\n"
    assert cut(text)[0].kinds == ("code", "list", "prose", "table")


@pytest.mark.parametrize(
    "block",
    [
        "```\n" + "x = 1\n" * 12 + "```\n",
        "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 7,
        "- one\n  two\n\n  three four\n",
    ],
    ids=["fence", "table", "item"],
)
def test_a_block_that_fits_is_never_cut(block: str) -> None:
    text = ("word " * 16 + "\n\n") * 3 + block + "\n" + ("word " * 16 + "\n\n") * 3
    assert sum(block.strip() in piece for piece in texts(text, 25)) == 1


def test_a_list_over_the_budget_is_cut_between_its_items() -> None:
    text = "".join(f"- item number {number}\n" for number in range(20))
    assert all(piece.startswith("- item") and piece.endswith("\n") for piece in texts(text, 20))


def test_a_fence_over_the_budget_is_cut_at_its_lines_and_stays_apart() -> None:
    text = "# A\n\nbefore\n\n```py\n" + "value = 1\n" * 40 + "```\n\nafter\n"
    sections = cut(text, 30)
    code = [section for section in sections if section.kinds == ("code",)]
    assert len(code) > 2
    assert all(text[section.end - 1] == "\n" for section in code)
    assert "after" not in "".join(text[section.start : section.end] for section in code)


def test_a_long_line_is_cut_after_a_sentence() -> None:
    text = "This is a sentence of some length. " * 10
    assert all(piece.endswith(". ") for piece in texts(text, 25))


def test_a_line_without_white_space_is_cut_all_the_same() -> None:
    assert [len(piece) for piece in texts("x" * 250, 25)] == [100, 100, 50]


def test_what_announces_a_block_stays_with_it() -> None:
    code = "```\n" + "x = 1\n" * 8 + "```\n"
    pieces = texts("word " * 18 + "\n\nLike so:\n\n" + code, 27)
    assert pieces[-1].startswith("Like so:")


def test_an_html_table_with_blank_lines_is_one_block() -> None:
    table = "<table>\n\n<tr><td>a</td></tr>\n\n<tr><td># b</td></tr>\n\n</table>\n"
    assert paths(f"# A\n\n{table}\n# B\n") == [("A",), ("B",)]


def test_a_comment_costs_nothing() -> None:
    text = "# A\n\nshort\n\n{% comment %}\n" + "hidden words\n" * 50 + "{% endcomment %}\n\nend\n"
    assert len(cut(text, 20)) == 1


def test_unicode_line_separators_end_no_line() -> None:
    text = "# A\u2028# not a heading\n\ntext\n"
    assert paths(text) == [("A # not a heading",)]


def test_indented_lines_of_plain_text_are_no_code() -> None:
    assert split(document("    indented\n", "text/plain"))[0].kinds == ("prose",)


def test_nothing_comes_of_an_empty_text() -> None:
    assert cut("") == []


def test_a_budget_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        cut("x", 0)


def test_the_count_that_is_passed_is_the_one_that_holds() -> None:
    pieces = split(document("one two three four five six"), max_tokens=2, count=lambda text: len(text.split()))
    assert len(pieces) == 3


def test_rough_tokens_are_four_bytes_each() -> None:
    assert [rough_tokens(text) for text in ("", "a", "abcd", "abcde", "é" * 4)] == [0, 1, 1, 2, 2]


@pytest.mark.parametrize(
    "text",
    [
        "- " * 10_000 + "x",
        "\n".join("  " * level + "- x" for level in range(400)),
        ">" * 50_000 + "x",
        "[" * 50_000,
        "```\n" + "x\n" * 20_000,
        "{{ " * 30_000,
        "<!--" * 30_000,
        "# " + "_a *b " * 5_000,
        "a" * 300_000,
        "`" * 50_000 + " `" * 20_000,
    ],
    ids=["list", "indent", "quote", "bracket", "fence", "tag", "comment", "heading", "line", "ticks"],
)
def test_the_worst_input_takes_seconds_at_most(text: str) -> None:
    start = time.process_time()
    assert "".join(texts(text)) == text
    assert time.process_time() - start < 10
