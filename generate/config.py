"""The settings of a run."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from generate.prompt import load_prompt
from generate.strategies import Question, Strategy, Template
from schemas import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateConfig:
    """What to make, and how.

    Attributes:
        strategy: `question` has a model write the questions, `template` makes them out of the headings without one.
        examples: Accepted examples wanted; None for one per section that can have one.
        seed: Seed of the order in which sections are asked about, of the wordings and of the model's sampling.
        section_tokens: Most tokens in a section, estimated.
        max_bytes: Larger files are skipped.
        max_answer_tokens: Longer passages are rejected; only a section that could not be cut is longer than
            `section_tokens`.
        prose_only: Whether passages of nothing but code, tables or links are rejected.
        max_question_tokens: Most tokens that the model may write; a model that thinks aloud first needs more.
        temperature: 0 for greedy decoding.
        shown_words: Words of the passage that the model is shown, from its beginning; None for all. Very small models
            ask better questions about less text.
        prompts: Folder whose files take the place of our prompts of the same names.
    """

    strategy: Literal["question", "template"] = "question"
    examples: int | None = None
    seed: int = 0
    section_tokens: int = 400
    max_bytes: int = 50_000_000
    max_answer_tokens: int = 800
    prose_only: bool = True
    max_question_tokens: int = 60
    temperature: float = 0.0
    shown_words: int | None = None
    prompts: Path | None = None

    def __post_init__(self) -> None:
        if self.strategy not in {"question", "template"}:
            raise InputError(f"no strategy {self.strategy!r}", mend="Choose question or template")
        for name in (
            "examples",
            "section_tokens",
            "max_bytes",
            "max_answer_tokens",
            "max_question_tokens",
            "shown_words",
        ):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{name} is {value}", mend="Give it a number of at least 1")
        if self.seed < 0:
            raise InputError(f"seed is {self.seed}", mend="Give it a number of at least 0")
        if not 0 <= self.temperature <= 2:
            raise InputError(f"temperature is {self.temperature}", mend="Give it a number from 0 to 2")

    def build(self) -> Strategy:
        """Make the strategy that is asked for.

        Raises:
            InputError: Its prompt cannot be loaded.
        """
        if self.strategy == "template":
            return Template(seed=self.seed)
        return Question(
            template=load_prompt("question", self.prompts),
            max_tokens=self.max_question_tokens,
            temperature=self.temperature,
            seed=self.seed,
            shown_words=self.shown_words,
        )

    def recipe(self, *, prompt: str, model: str) -> str:
        """Hash everything that the result depends on besides the documents: 16 hex digits."""
        settings = {**asdict(self), "prompts": None, "prompt": prompt, "model": model}  # the prompt's hash says it all
        return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]
