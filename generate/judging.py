"""A second look at what was written: another model sees the passage itself, the question and the answer."""

from collections.abc import Sequence
from dataclasses import replace

from generate.brief import Brief
from generate.grounding import Unreadable, judge_request, read_judgement
from generate.rejection import Rejection
from generate.strategies.strategy import Draft, Steps, ToJudge, Unit
from schemas import ChatResponse

PROMPTS = ("judge",)


def judged(steps: Steps, unit: Unit, brief: Brief) -> Steps:
    """Have the judge look at every draft that rests on a passage and has no fault so far.

    Args:
        steps: The work on the unit.
        unit: The unit.
        brief: The run's.
    """
    drafts: Sequence[Draft] = yield from steps
    found = []
    for draft in drafts:
        if draft.fault is not None or draft.context is None or not unit.candidates:
            found.append(draft)
            continue
        shown = replace(unit.candidates[0], passage=draft.context)
        request = judge_request(
            brief.prompt("judge"), shown, draft.last_question or "", draft.answer or "", seed=brief.seed
        )
        response: ChatResponse = yield ToJudge(request)
        verdict = read_judgement(response)
        if isinstance(verdict, Unreadable):
            verdict = Rejection("judgement_unreadable", verdict.detail)
        found.append(draft if verdict is None else draft.rejected(verdict))
    return found
