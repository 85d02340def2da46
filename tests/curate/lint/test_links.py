from collections.abc import Callable

import pytest

HitsOf = Callable[..., dict[str, str]]
URL = "https://news.example.org/2020/sea"


@pytest.mark.parametrize(
    ("instruction", "context"),
    [
        ("Summarize the following article.", URL),
        ("Summarize the article.", f"Link: [{URL}]"),
        ("Which instrument plays in this song?", "www.tunes.example/17"),
        (f"Summarize this article: {URL}", None),
        ("Given a URL, summarise its content.", URL),
    ],
    ids=["bare", "labelled", "song", "no context", "summary of a url"],
)
def test_a_page_that_is_not_there_is_found(hits_of: HitsOf, instruction: str, context: str | None) -> None:
    assert "needs_url" in hits_of(instruction, "It is about the sea.", context)


@pytest.mark.parametrize(
    ("instruction", "context"),
    [
        ("Name the domain of this URL.", URL),
        ("Write a regex that matches the article link.", URL),
        ("Summarize the article.", f"The sea rose by a hand in a hundred years, says {URL}, and it rises faster now."),
        (f"Where do I find the article? [Here]({URL})", None),
        ("How do I open https://app.example.org on my phone?", None),
        (f"Was steht in diesem Artikel? {URL}", None),
    ],
    ids=["domain", "regex", "text beside", "link with a text", "an address", "German"],
)
def test_links_that_are_the_material_stay(hits_of: HitsOf, instruction: str, context: str | None) -> None:
    assert hits_of(instruction, "news.example.org", context) == {}


def test_an_answer_that_calls_a_tool_with_the_address_stays(hits_of: HitsOf) -> None:
    assert hits_of("What does the page say?", f"It says: fetch('{URL}').", URL) == {}
