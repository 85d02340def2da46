"""Why something was not accepted."""

from typing import NamedTuple


class Rejection(NamedTuple):
    """Why something was not accepted.

    Attributes:
        reason: Code, for example `not_a_question`.
        detail: What was found, short.
    """

    reason: str
    detail: str = ""
