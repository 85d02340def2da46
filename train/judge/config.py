"""The settings of a judge."""

from dataclasses import dataclass

from schemas import InputError
from train.config import check_seed


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeConfig:
    """How answers are compared.

    Attributes:
        seed: Seed of the choice of rows, of the controls and of the bootstrap.
        max_rows: Most rows to judge; None for all.
        controls: Most rows of each control.
        max_tokens: Most tokens of a reply; a model that thinks first needs more.
        longest: Most characters of each text that the judge sees; what lies behind is left out, and that is said to it.
        prompt: Jinja file in place of ours, as `train.judge.prompt.PairPrompt` takes it; empty for ours.
    """

    seed: int
    max_rows: int | None = None
    controls: int = 20
    max_tokens: int = 300
    longest: int = 4_000
    prompt: str = ""

    def __post_init__(self) -> None:
        check_seed(self.seed)
        for name in ("max_rows", "controls", "max_tokens", "longest"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{name} = {value} is below 1", mend=f"Choose 1 or more for {name}")
