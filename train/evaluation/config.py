"""Settings of an evaluation."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from schemas import InputError
from train.config import check_seed


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateConfig:
    """Settings of an evaluation.

    Attributes:
        seed: Seed of the bootstrap and of the choice of rows.
        max_tokens: Longest answer.
        max_rows: Most rows to ask; None for all.
        data: File of questions and answers to ask in place of the held-out rows.
        guardrails: File of further questions, each with the kind of refusal that it calls for.
    """

    seed: int
    max_tokens: int = 128
    max_rows: int | None = None
    data: Path | None = None
    guardrails: Path | None = None

    def __post_init__(self) -> None:
        check_seed(self.seed)
        for name in ("max_tokens", "max_rows"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{name} = {value} is below 1", mend=f"Choose 1 or more for {name}")

    def plain(self) -> dict[str, Any]:  # Any: values of JSON
        """Give them as JSON values."""
        return {name: str(value) if isinstance(value, Path) else value for name, value in asdict(self).items()}
