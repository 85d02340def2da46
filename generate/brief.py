"""What a run gives to its strategies: the material, the prompts, the seed."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from generate.prompt import Prompt, combined_version, load_prompt
from generate.rejection import Rejection
from generate.survey import Survey
from schemas import ChatRequest, ChatResponse, Message

_LIVELY = 0.7  # temperature at which a second sample differs from the first


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What a run gives to its strategies.

    Attributes:
        survey: The documents, and the sections that can be answers.
        seed: Seed of everything that is drawn.
        wanted: Examples wanted of the whole run; None for as many as there can be.
        prompts: Folder whose files take the place of our prompts of the same names.
        shown_words: Words of a passage that a model is shown, from its beginning; None for all.
        repair: Whether what is not grounded is asked for once more, with the reason.
    """

    survey: Survey
    seed: int
    wanted: int | None = None
    prompts: Path | None = None
    shown_words: int | None = None
    repair: bool = False

    def prompt(self, name: str) -> Prompt:
        """Give a prompt.

        Raises:
            InputError: It cannot be loaded.
        """
        return _prompt(name, self.prompts)

    def version(self, names: tuple[str, ...]) -> str:
        """Hash the prompts of a strategy: 12 hex digits, empty where there are none."""
        return combined_version([self.prompt(name) for name in names])

    def shown(self, passage: str) -> str:
        """Give what a model is shown of a passage, with its line breaks as they are."""
        if self.shown_words is None:
            return passage
        found = re.match(rf"\s*(?:\S+\s+){{0,{self.shown_words - 1}}}\S+", passage)
        return found.group() if found else passage

    def ask(
        self,
        messages: tuple[Message, ...],
        *,
        max_tokens: int,
        temperature: float = 0.0,
        sample: int = 0,
        schema: str = "",
    ) -> ChatRequest:
        """Write a request with the seed of the run; samples after the first are drawn at a livelier temperature."""
        return ChatRequest(
            messages=messages,
            max_tokens=max_tokens,
            temperature=max(temperature, _LIVELY) if sample else temperature,
            seed=self.seed,
            schema=schema,
            sample=sample,
        )

    def again(self, request: ChatRequest, response: ChatResponse, fault: Rejection) -> ChatRequest:
        """Ask once more, with what was wrong with the answer; the prompt is `repair`."""
        turns = self.prompt("repair").messages(reason=fault.reason.replace("_", " "), detail=fault.detail)
        return replace(request, messages=(*request.messages, Message("assistant", response.text), *turns))


@lru_cache(maxsize=64)
def _prompt(name: str, folder: Path | None) -> Prompt:
    return load_prompt(name, folder)
