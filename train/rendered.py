"""A conversation in tokens, or why it cannot be: what the renderer gives and everything else takes."""

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

IGNORED = -100
"""The label of a token that is not trained."""

Reason = Literal[
    "no_answer",
    "null_content",
    "empty_answer",
    "not_unicode",
    "template_raised",
    "prompt_not_prefix",
    "answer_not_rendered",
]
"""Why a conversation cannot be rendered."""


class Rendered(NamedTuple):
    """One conversation in tokens: `labels` repeats `ids` where the model is trained and holds -100 elsewhere.

    Attributes:
        row: Number of the row, counted from 1.
        id: Id of the example.
        ids: (tokens,) int32; ends with the end of the last answer.
        labels: (tokens,) int32.
    """

    row: int
    id: str
    ids: npt.NDArray[np.int32]
    labels: npt.NDArray[np.int32]

    @property
    def learnt(self) -> npt.NDArray[np.bool_]:
        """(tokens,) bool: the tokens that a loss falls on. The first is none: nothing predicts it."""
        trained: npt.NDArray[np.bool_] = self.labels != IGNORED
        trained[:1] = False
        return trained


class Fault(NamedTuple):
    """One conversation that cannot be rendered, and why."""

    row: int
    id: str
    reason: Reason
    detail: str
