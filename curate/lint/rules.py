"""The table of rules: what each looks for, which literals make a row worth its look, and whether it is on by default.

The order is fixed: a rule's place is its bit in the signal `hits`, and where several rules hit, the first one on gives
the reason. What is on was decided by reading the hits on real rows (docs/precision/lint.md).
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from curate.lint import asked_json, attachments, cut_off, echo, fence, images, leaks, links, merged, refusals, templates
from curate.lint.exchange import Exchange
from curate.rows import Rows

Find: TypeAlias = Callable[[Exchange], "str | None"]


class Rule(NamedTuple):
    """One fault of a row.

    Attributes:
        find: Gives the evidence of the fault, None where there is none. Its name is the reason code.
        meaning: Ends the sentence "The row ...".
        on: Whether it is on by default.
        prompt: Literals, in small letters, without one of which in the prompt it need not look; likewise
        response: in the response. One of either suffices.
        marked: Marks rows to look at by other means than literals.
    """

    find: Find
    meaning: str
    on: bool
    prompt: tuple[str, ...] = ()
    response: tuple[str, ...] = ()
    marked: Callable[[Rows], npt.NDArray[np.bool_]] | None = None

    @property
    def code(self) -> str:
        """Name of the rule, which is its reason code."""
        return self.find.__name__


RULES: tuple[Rule, ...] = (
    Rule(
        merged.merged_instructions,
        "holds a second exercise behind the first one",
        on=True,
        prompt=merged.LITERALS,
        response=merged.LITERALS,
    ),
    Rule(
        leaks.chat_tokens,
        "holds tokens of a chat template",
        on=True,
        prompt=leaks.TOKEN_LITERALS,
        response=leaks.TOKEN_LITERALS,
    ),
    Rule(
        templates.front_matter,
        "holds the front matter of a page",
        on=True,
        prompt=templates.FRONT_LITERALS,
        response=templates.FRONT_LITERALS,
    ),
    Rule(
        templates.template_tags,
        "holds template tags that were never rendered",
        on=True,
        prompt=templates.TAG_LITERALS,
        response=templates.TAG_LITERALS,
    ),
    Rule(
        leaks.stray_marker,
        "has an answer with the generator's own marker in it",
        on=True,
        response=leaks.END_LITERALS,
    ),
    Rule(fence.open_fence, "has a code fence that never closes", on=True, response=fence.LITERALS),
    Rule(
        asked_json.invalid_json,
        "asks for JSON, and its answer holds none that parses",
        on=True,
        prompt=asked_json.LITERALS,
    ),
    Rule(echo.prompt_echo, "has an answer that only says the question again", on=True, marked=echo.may_echo),
    Rule(
        refusals.ai_disclaimer,
        "has an answer that speaks of itself as an AI",
        on=True,
        response=refusals.AI_LITERALS,
    ),
    Rule(
        refusals.inability,
        "has an answer that says that the task is nothing for a language model",
        on=True,
        response=refusals.INABILITY_LITERALS,
    ),
    Rule(refusals.refusal, "has an answer that refuses", on=False, response=refusals.REFUSAL_LITERALS),
    Rule(
        refusals.deflection,
        "has an answer that turns back to the topic",
        on=False,
        response=refusals.DEFLECTION_LITERALS,
    ),
    Rule(links.needs_url, "asks about a page and gives only its address", on=True, prompt=links.LITERALS),
    Rule(attachments.needs_attachment, "asks about a file that it does not hold", on=True, prompt=attachments.LITERALS),
    Rule(images.needs_image, "asks about a picture", on=True, prompt=images.INPUT_LITERALS),
    Rule(
        images.image_answer, "has a picture, or a link to one, for an answer", on=True, response=images.ANSWER_LITERALS
    ),
    Rule(images.image_request, "asks for a picture to be made", on=False, prompt=images.REQUEST_LITERALS),
    Rule(
        cut_off.dangling_end,
        "has an answer that breaks off on a word that ends nothing",
        on=True,
        marked=cut_off.may_dangle,
    ),
    Rule(
        cut_off.no_final_stop,
        "has an answer without its last full stop",
        on=False,
        marked=cut_off.may_lack_its_stop,
    ),
)
CODES: tuple[str, ...] = tuple(rule.code for rule in RULES)
MEANINGS: dict[str, str] = {rule.code: rule.meaning for rule in RULES}
