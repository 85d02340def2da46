import pytest

from generate.strategies.names import kept_words


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("How do I carry over leave?", set()),
        ("What does Jonas Feld's team check?", {"Jonas", "Feld"}),
        ("Which port does MQTT use, 8883 or 1,883?", {"MQTT", "8883", "1,883"}),
        ("What does `heron export --raw` do?", {"heron export --raw"}),
        ("Where is perch.toml, and what is max_upload?", {"perch.toml", "max_upload"}),
        ("Does --raw work?", {"--raw"}),
        ("May I open www.example.com/a-b?", {"www.example.com/a-b"}),
        ("Am I paid in EUR when I'm abroad?", {"EUR"}),
    ],
)
def test_what_cannot_be_put_in_other_words_is_listed(question: str, kept: set[str]) -> None:
    assert kept <= kept_words(question)
    assert not {"I", "I'm", "How", "What", "Which", "Where", "May", "Am"} & kept_words(question)
