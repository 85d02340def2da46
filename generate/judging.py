"""A second look at what was written: another model sees the passage itself, the question and the answer.

Where the checks of answers only doubt (words that seem to be swapped, turned round or new, and not a number or a name
that the passage does not hold), the judge has the last word: they reject right answers too, as
docs/precision/grounding.md says.
"""

from collections.abc import Sequence
from dataclasses import replace

from generate.brief import Brief
from generate.grounding import Unreadable, judge_request, read_judgement
from generate.rejection import Rejection
from generate.strategies.strategy import Draft, Steps, ToJudge, Unit
from schemas import ChatResponse, LLMError

PROMPTS = ("judge",)
DOUBTS = frozenset({"foreign_word", "misplaced", "negation", "opposite", "swapped", "unsupported"})


def check_prompt(brief: Brief) -> None:
    """Fill the judge's prompt in once: what is wrong with it is told before anything is written.

    Raises:
        InputError: It cannot be loaded, or asks for a value that there is not.
    """
    brief.prompt("judge").messages(**dict.fromkeys(("whereabouts", "passage", "question", "answer"), "x"))


def judged(steps: Steps, unit: Unit, brief: Brief) -> Steps:
    """Have the judge look at every draft that rests on a passage and has no fault so far, or none but a doubt.

    A draft that it could not be asked about is kept as `not_judged`: the next run finds it in the journal, and asks the
    judge alone.

    Args:
        steps: The work on the unit.
        unit: The unit.
        brief: The run's.
    """
    drafts: Sequence[Draft] = yield from steps
    found = []
    for draft in drafts:
        certain = draft.fault is not None and draft.fault.reason not in DOUBTS
        if certain or draft.context is None or draft.answer is None or not unit.candidates:
            found.append(draft)
            continue
        shown = replace(unit.candidates[0], passage=draft.context)
        request = judge_request(
            brief.prompt("judge"), shown, draft.last_question or "", draft.answer or "", seed=brief.seed
        )
        try:
            response: ChatResponse = yield ToJudge(request)
        except LLMError as error:
            found.append(draft.rejected(draft.fault or Rejection("not_judged", str(error))))
            continue
        verdict = read_judgement(response)
        if isinstance(verdict, Unreadable):
            verdict = Rejection("judgement_unreadable", verdict.detail)
        found.append(replace(draft, fault=verdict))
    return found
