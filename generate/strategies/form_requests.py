"""Whether a request that names a form of the answer ("in one sentence", "as a table") is about the passage."""

from dataclasses import replace

from generate.candidates import Candidate
from generate.grounding import check_question, content_stems
from generate.rejection import Rejection

FORM_WORDS = """
    summarise summarize summary summing sum overview gist outline recap essentials essence brief briefly short shortly
    concise quick key main central points point bullet bullets list listed listing table tabular JSON object objects
    row rows column columns field fields value values record records sentence sentences paragraph paragraphs lines words
    extract collect gather pull put turn set form format structured named following two three four five single
    organisation organization company documentation docs handbook policy guide
    """
"""Words of asking for an answer in a form; they need not stand in the passage, and say nothing about it."""


def check_form_request(request: str, candidate: Candidate) -> Rejection | None:
    """Judge whether a user could ask this, and whether it names something of the passage besides the form.

    Args:
        request: A question or an order, with the form of the answer.
        candidate: The section that it is about.
    """
    fault = check_question(request, replace(candidate, passage=f"{candidate.passage}\n{FORM_WORDS}"), task=True)
    if fault is not None:
        return fault
    about = content_stems(request) - content_stems(FORM_WORDS)
    if not about & content_stems("\n".join((candidate.passage, *candidate.headings))):
        return Rejection("off_topic", "names nothing of the passage or its headings")
    return None
