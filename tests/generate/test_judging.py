import pytest

from generate.judging import judged
from generate.rejection import Rejection
from generate.strategies import Draft, Steps, Unit
from schemas import LLMError, Message
from tests.generate.makers import brief, candidate, work

PASSAGE = "The gateway is reset with the pin at its back, held down for ten seconds."
GOOD = '{"reason": "", "supported": true, "answers_question": true}'
BAD = '{"reason": "made up", "supported": false, "answers_question": true}'


def drafted(fault: Rejection | None, *, context: str | None = PASSAGE, answered: bool = True) -> Steps:
    yield from ()
    turns = (Message("user", "How is it reset?"), Message("assistant", "With the pin."))
    return [Draft(messages=turns if answered else turns[:1], context=context, fault=fault)]


def verdict(steps: Steps, *answers: str) -> tuple[str, int]:
    [draft], asked = work(judged(steps, Unit.about(candidate(PASSAGE)), brief()), *answers)
    return (draft.fault.reason if draft.fault else ""), len(asked)


def test_a_draft_without_a_fault_is_judged() -> None:
    assert verdict(drafted(None), GOOD) == ("", 1)
    assert verdict(drafted(None), BAD) == ("judged_unsupported", 1)
    assert verdict(drafted(None), "hm") == ("judgement_unreadable", 1)


@pytest.mark.parametrize("reason", ["swapped", "unsupported", "negation"])
def test_a_doubt_is_for_the_judge_to_settle(reason: str) -> None:
    assert verdict(drafted(Rejection(reason)), GOOD) == ("", 1)
    assert verdict(drafted(Rejection(reason)), BAD) == ("judged_unsupported", 1)


def test_what_is_certain_is_not_judged() -> None:
    assert verdict(drafted(Rejection("foreign_number"))) == ("foreign_number", 0)


def test_what_rests_on_no_passage_or_has_no_answer_is_not_judged() -> None:
    assert verdict(drafted(None, context=None)) == ("", 0)
    assert verdict(drafted(Rejection("swapped"), answered=False)) == ("swapped", 0)


def refused(steps: Steps) -> Draft:
    """The draft after the judge could not be asked about it."""
    whole = judged(steps, Unit.about(candidate(PASSAGE)), brief())
    next(whole)
    with pytest.raises(StopIteration) as end:
        whole.throw(LLMError("no judge is there", retryable=True))
    [draft] = end.value.value
    assert isinstance(draft, Draft)
    return draft


def test_a_draft_that_the_judge_could_not_be_asked_about_is_kept_and_not_accepted() -> None:
    draft = refused(drafted(None))
    assert draft.fault == Rejection("not_judged", "no judge is there")
    assert (draft.question, draft.answer) == ("How is it reset?", "With the pin.")
    assert refused(drafted(Rejection("swapped"))).fault == Rejection("swapped")


def test_the_judge_sees_the_passage_the_question_and_the_answer() -> None:
    _, [request] = work(judged(drafted(None), Unit.about(candidate(PASSAGE)), brief()), GOOD)
    shown = request.messages[-1].content
    assert shown.index(PASSAGE) < shown.index("How is it reset?") < shown.index("With the pin.")
