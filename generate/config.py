"""The settings of a run."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from generate.strategies import Question, Strategy
from schemas import InputError

_COUNTS = ("examples", "per_document", "samples", "section_tokens", "max_bytes", "max_answer_tokens", "shown_words")


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateConfig:
    """What to make, and how.

    Attributes:
        strategies: How sections become examples; each has a `share` of them.
        examples: Accepted examples wanted; None for all that the sections give when each is asked about once.
        include: Patterns as in `.gitignore`, relative to each of the documents' folders: only such files are read.
        exclude: Patterns of files and folders that are left out.
        per_document: Most examples that rest on one document; None for no limit.
        samples: Most times that a strategy asks about the same section to reach `examples`.
        repair: Whether an answer that is not grounded is asked for once more, with the reason.
        seed: Seed of the order in which sections are asked about, of the wordings and of the model's sampling.
        section_tokens: Most tokens in a section, estimated.
        max_bytes: Larger files are skipped.
        max_answer_tokens: Longer passages are rejected; only a section that could not be cut is longer than
            `section_tokens`.
        prose_only: Whether passages of nothing but code, tables or links are rejected.
        shown_words: Words of the passage that the model is shown, from its beginning; None for all. Very small models
            ask better questions about less text.
        prompts: Folder whose files take the place of our prompts of the same names.
    """

    strategies: tuple[Strategy, ...] = (Question(),)
    examples: int | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_document: int | None = None
    samples: int = 3
    repair: bool = False
    seed: int = 0
    section_tokens: int = 400
    max_bytes: int = 50_000_000
    max_answer_tokens: int = 800
    prose_only: bool = True
    shown_words: int | None = None
    prompts: Path | None = None

    def __post_init__(self) -> None:
        names = Counter(strategy.name for strategy in self.strategies)
        if not names:
            raise InputError("no strategy is named", mend="Name one, for example question")
        name, count = names.most_common(1)[0]
        if count > 1:
            raise InputError(f"the strategy {name} is named {count} times", mend="Name it once, with its share")
        for strategy in self.strategies:
            if strategy.share <= 0:
                raise InputError(f"the share of {strategy.name} is {strategy.share}", mend="Give it one above 0")
        for key in _COUNTS:
            value = getattr(self, key)
            if value is not None and value < 1:
                raise InputError(f"{key} is {value}", mend="Give it a number of at least 1")
        if self.seed < 0:
            raise InputError(f"seed is {self.seed}", mend="Give it a number of at least 0")

    @property
    def asks(self) -> bool:
        """Whether a model is asked."""
        return any(strategy.prompts for strategy in self.strategies)

    def values(self) -> dict[str, Any]:  # Any: JSON
        """Give the settings as JSON can hold them."""
        own = {name: getattr(self, name) for name in self.__dataclass_fields__}
        own["strategies"] = [{"name": each.name, **_fields(each, str)} for each in self.strategies]
        own["prompts"] = None if self.prompts is None else str(self.prompts)
        return own

    def recipe(self, **more: object) -> str:
        """Hash everything that the result depends on besides the documents: 16 hex digits.

        Args:
            more: What else decides: the versions of the prompts, the models.
        """
        strategies = [{"name": each.name, **_fields(each, _digest)} for each in self.strategies]
        # The versions of the prompts say it all, as the hashes of the strategies' files do.
        settings = {**self.values(), "strategies": strategies, "prompts": None, **more}
        return hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _fields(strategy: Strategy, told: Callable[[Path], str]) -> dict[str, Any]:  # Any: JSON
    """Give the settings of a strategy, which is a dataclass, with its files as `told` tells them."""
    found: dict[str, Any] = asdict(strategy)  # type: ignore[call-overload]  # the protocol cannot say that it is one
    return {name: told(value) if isinstance(value, Path) else value for name, value in found.items()}


def _digest(path: Path) -> str:
    """Hash a file's bytes; one that cannot be read is told by its name, for who needs it will say so."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return str(path)
