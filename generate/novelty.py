"""Whether a question has been asked before, in the run or among the examples of its prompt."""

import re
from collections.abc import Iterable

from rapidfuzz import fuzz

from generate.grounding import content_stems
from generate.rejection import Rejection
from schemas import normal

NEAR = 90.0  # rapidfuzz ratio of two normal forms from which on they ask the same, if in the same words
ECHO = 85.0  # the same against an example of the prompt, in whatever words

_ASKING = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b")
_SAME = {"whom": "who", "which": "what"}
_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")


class Novelty:
    """Judges questions one after the other and remembers those that it let pass.

    Args:
        examples: Questions that stand in the prompts as examples: a model likes to repeat them.
    """

    def __init__(self, examples: Iterable[str] = ()) -> None:
        self._shown = [normal(example) for example in examples]
        self._passed: dict[tuple[object, ...], list[str]] = {}

    def check(self, question: str) -> Rejection | None:
        """Judge one question, and remember it if it is new."""
        name = normal(question)
        if any(fuzz.ratio(name, shown) >= ECHO for shown in self._shown):
            return Rejection("echo", "repeats an example of the prompt")
        # "The capital of France" and "... of Spain" look alike: only where stop words alone differ is it a repeat.
        asking = frozenset(_SAME.get(word, word) for word in _ASKING.findall(name))
        alike = self._passed.setdefault((frozenset(content_stems(name)), asking, *_NUMBER.findall(name)), [])
        for other in alike:
            if fuzz.ratio(name, other) >= NEAR:
                return Rejection("repeated_question", other)
        alike.append(name)
        return None
