"""A question out of the heading, without a model: for trying things out, and for machines that have none."""

from collections.abc import Sequence
from dataclasses import dataclass

from generate.brief import Brief
from generate.candidates import Candidate, draw, spread
from generate.headings import Form, document_name, is_about, read_heading
from generate.rejection import Rejection
from generate.strategies.question import passage_answers
from generate.strategies.strategy import Draft, Steps, Unit
from schemas import Message

_WORDINGS: dict[Form, tuple[str, ...]] = {
    "question": ("{topic}",),
    "steps": (
        "How do I {topic}?",
        "How can I {topic}?",
        "What do I have to do to {topic}?",
        "How should I go about it if I want to {topic}?",
    ),
    "gerund": (
        "What should I know about {topic}?",
        "How does {topic} work?",
        "What does {document} say about {topic}?",
        "What should I keep in mind when {topic}?",
    ),
    "topic": (
        "What does {document} say about {topic}?",
        "What should I know about {topic}, according to {document}?",
        "Can you explain what {document} says about {topic}?",
        "What information does {document} give on {topic}?",
    ),
    "quoted": ('What does {document} say under "{topic}"?', 'What can I read in {document} under "{topic}"?'),
    "general": (),
}
_TITLE = ("What should I know about {topic}?", "What is there to know about {topic}?", "Can you tell me about {topic}?")
_ABOUT = ("What is {document} about?", "What does {document} cover?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Turn the heading into a question whose wording follows the form of the heading.

    Attributes:
        share: Its weight among the strategies of a run.
    """

    name = "template"
    prompts = ()
    yields = 1
    calls = 0
    share: float = 1.0

    def units(self, brief: Brief, /) -> Sequence[Unit]:
        """One for each section."""
        return [Unit.about(candidate) for candidate in spread(brief.survey.candidates, seed=brief.seed)]

    def write(self, unit: Unit, brief: Brief, /) -> Steps:
        """Word the question; nobody is asked."""
        yield from ()
        (candidate,) = unit.candidates
        question = word_question(candidate, seed=brief.seed)
        if isinstance(question, Rejection):
            answer = Message("assistant", candidate.passage)
            return [Draft(messages=(answer,), context=candidate.passage, fault=question)]
        return [passage_answers(question, candidate)]


def word_question(candidate: Candidate, *, seed: int) -> str | Rejection:
    """Make a question out of the heading of a section, or say why there is none.

    Args:
        candidate: The section.
        seed: Draws which of the wordings is taken.
    """
    headings, text = candidate.headings, candidate.document.text
    document, alone = document_name(headings[0]), len(headings) == 1
    heading = read_heading(headings[-1], text)
    if heading.form == "general" and len(headings) > 2:  # "Overview" under another heading speaks of that one
        heading = read_heading(headings[-2], text)
    topic, wordings = heading.text.replace('"', "'"), _WORDINGS[heading.form]
    if alone and heading.form == "topic":
        topic, wordings = document.strip('"'), _TITLE
    elif heading.form == "general" or (alone and heading.form == "quoted"):
        if not (alone or is_about(headings[-1])):
            return Rejection("vague_heading", headings[-1][:200])
        wordings = _ABOUT
    if heading.form == "question":
        return heading.text
    place = draw(seed, candidate.document.id, *headings, str(candidate.section.start)).integers(len(wordings))
    return wordings[int(place)].format(topic=topic, document=document)
