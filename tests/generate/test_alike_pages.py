"""Pages that are nearly the same are found, each with the one before it that it is most like."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generate.alike_pages import Alike, alike_pages
from schemas import Document

WORDS = [f"word{number}" for number in range(400)]


def pages(*texts: str) -> list[Document]:
    return [
        Document(id=f"{number}.md", sha256="", media_type="text/markdown", title="", text=text)
        for number, text in enumerate(texts)
    ]


def words(seed: int, count: int = 200) -> list[str]:
    return random.Random(seed).choices(WORDS, k=count)


def shingles(text: str) -> set[tuple[str, ...]]:
    split = text.split()
    return {tuple(split[place : place + 5]) for place in range(max(1, len(split) - 4))}


def test_a_copy_with_other_layout_is_the_same() -> None:
    text = "# Travel\n\nBook the train early. It is cheaper, and better for all."
    other = "---\ntitle: Travel\n---\n# travel\nBook the train early.  It is cheaper and better\nfor all!\n"
    assert alike_pages(pages(text, other)) == [Alike("1.md", "0.md", 1.0, "same")]


def test_an_older_version_is_near_by_exactly_so_much() -> None:
    old = words(1)
    new = [*old[:100], "changed", *old[101:]]
    # 196 shingles each; the change touches 5 of them
    (found,) = alike_pages(pages(" ".join(old), " ".join(new)))
    assert found.kind == "near"
    assert found.similarity == pytest.approx(191 / 201)


def test_a_page_inside_another_is_held_whichever_comes_first() -> None:
    short, long = words(1, 60), [*words(2), *words(1, 60), *words(3)]
    for texts in ((short, long), (long, short)):
        (found,) = alike_pages(pages(*(" ".join(text) for text in texts)))
        assert (found.document, found.other, found.kind, found.similarity) == ("1.md", "0.md", "held", 1.0)


def test_a_few_words_that_another_page_holds_too_are_nothing() -> None:
    assert alike_pages(pages(" ".join(words(1)), " ".join(words(1)[:30]))) == []


def test_a_notice_on_every_page_makes_none_of_them_alike() -> None:
    notice = " ".join(words(0, 60))
    assert alike_pages(pages(*(f"{' '.join(words(seed))} {notice}" for seed in range(1, 40)))) == []


def test_each_of_many_copies_is_paired_once() -> None:
    text = " ".join(words(1))
    found = alike_pages(pages(*[text] * 50))
    assert [one.document for one in found] == [f"{number}.md" for number in range(1, 50)]
    assert all(one.other == "0.md" or int(one.other[:-3]) == int(one.document[:-3]) - 1 for one in found)


@pytest.mark.parametrize(
    "text", ["", "---\na: 1\n---\n", "one", "one two three"], ids=["empty", "front", "one", "three"]
)
def test_very_short_pages_are_the_same_only_if_they_say_the_same(text: str) -> None:
    found = alike_pages(pages(text, "other words here", text))
    assert [one.kind for one in found] == (["same"] if "o" in text else [])


def test_pages_without_spaces_between_words_are_compared_by_sign() -> None:
    text = "これは日本語のテキストです。文字コードの検出を試します。この文章はもう少し長く続きますので、比べられます。"
    assert [one.kind for one in alike_pages(pages(text, text.replace("試", "使")))] == ["near"]


def test_no_page_is_like_none() -> None:
    assert alike_pages([]) == []


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 120), st.integers(0, 12)), min_size=2, max_size=8))
@settings(max_examples=100, deadline=None)
def test_a_count_of_every_pair_finds_the_same_pages(made: list[tuple[int, int, int]]) -> None:
    texts = []
    for seed, cut, edits in made:
        text = words(seed, 120 + cut)
        for place in random.Random(edits).sample(range(len(text)), edits):
            text[place] = "edited"
        texts.append(" ".join(text))
    expected: dict[int, float] = {}
    for later in range(len(texts)):
        for earlier in range(later):
            one, other = shingles(texts[later]), shingles(texts[earlier])
            common = len(one & other)
            share, inside = common / len(one | other), common / min(len(one), len(other))
            best = share if share >= 0.75 else inside if inside >= 0.9 else 0.0
            if best:
                expected[later] = max(expected.get(later, 0.0), best)
    found = {int(one.document[:-3]): one.similarity for one in alike_pages(pages(*texts))}
    assert found == pytest.approx(expected)


def test_a_sign_that_changes_the_meaning_is_not_the_same() -> None:
    text = "Store the probe at 5 degrees and no warmer than that"
    assert [one.kind for one in alike_pages(pages(text, text.replace("5", "-5")))] == ["near"]
