import pytest

from generate.headings import document_name, is_about, plain, read_heading

TEXT = """# Gateway guide

The installation takes an hour. People use Slack for it, and the team lead answers in Slack.
Please change the password there. Working hours are kept by the travel team.
"""


@pytest.mark.parametrize(
    ("heading", "shown"),
    [
        ("**Bold** and `code`", "Bold and code"),
        ("[Link](http://x.org) to [it][1]", "Link to it"),
        ("Discovery {#discovery-phase}", "Discovery"),
        ("2.1 Set up", "Set up"),
        ("Step 3: Log in", "Log in"),
        ("18F tools", "18F tools"),
        ("🚀 Launch", "Launch"),
        ("snake_case_name", "snake_case_name"),
        ("_Emphasis_", "Emphasis"),
        ("", ""),
    ],
    ids=["bold", "links", "attribute", "number", "step", "name with number", "emoji", "snake", "emphasis", "empty"],
)
def test_a_heading_loses_its_markup(heading: str, shown: str) -> None:
    assert plain(heading) == shown


@pytest.mark.parametrize(
    ("heading", "form", "text"),
    [
        ("What is a gateway?", "question", "What is a gateway?"),
        ("How to reset it", "steps", "reset it"),
        ("How to Change Your password", "steps", "change my password"),
        ("What to do when it rains", "question", "What should I do when it rains?"),
        ("Where to park", "question", "Where do I park?"),
        ("Reset the gateway", "steps", "reset the gateway"),
        ("Book rooms for meetings?", "topic", "book rooms for meetings"),
        ("Travel policies", "topic", "travel policies"),
        ("Use of force", "topic", "the use of force"),
        ("Requesting leave", "gerund", "requesting leave"),
        ("Using your badge", "gerund", "using my badge"),
        ("Training requirements", "topic", "training requirements"),
        ("Installation", "topic", "installation"),
        ("Slack etiquette", "topic", "Slack etiquette"),
        ("DNS", "topic", "DNS"),
        ("Working Hours", "gerund", "working hours"),
        ("Laptop", "quoted", "Laptop"),
        ("Our mission", "quoted", "Our mission"),
        ("For admins", "quoted", "For admins"),
        ("You do not need clearance if:", "quoted", "You do not need clearance if"),
        ("What does this mean in practice?", "quoted", "What does this mean in practice?"),
        ("Overview", "general", "Overview"),
        ("Step 3", "general", "Step 3"),
        ("", "general", ""),
        ("注意事項", "topic", "注意事項"),
    ],
    ids=lambda value: value or "empty",
)
def test_the_form_of_a_heading_is_told(heading: str, form: str, text: str) -> None:
    assert read_heading(heading, TEXT) == (form, text)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Gateway guide", "the Gateway guide"),
        ("The Gateway guide", '"The Gateway guide"'),
        ("Calibration", '"Calibration"'),
        ("Washington, D.C.", '"Washington, D.C."'),
        ('The "new" one', "\"The 'new' one\""),
        ("Updating the Handbook", '"Updating the Handbook"'),
    ],
    ids=["guide", "with article", "other", "abbreviation", "quotes", "gerund"],
)
def test_a_document_is_named_inside_a_sentence(title: str, name: str) -> None:
    assert document_name(title) == name


def test_an_overview_is_about_the_whole() -> None:
    assert is_about("Overview")
    assert is_about("1. Introduction")
    assert not is_about("Further reading")
