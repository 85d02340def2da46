"""The settings of a study."""

from dataclasses import dataclass
from typing import Literal

from schemas import InputError
from train.config import check_seed

Equal = Literal["steps", "epochs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyConfig:
    """How much is trained, how often, and what is kept of it.

    Attributes:
        sizes: Shares of the rows, in percent; put in order, each once.
        seeds: One training of each size and ablation for every seed. A seed draws the rows of a subset, the first
            weights of the adapter and the order of the packs.
        equal: What sizes have in common. With `steps`, every size is trained as long as the full set, so the curve
            shows what the rows are worth and not what more training is; a small size then sees its rows more often.
            With `epochs`, every size sees its rows equally often, as training on so few rows would.
        answers: Let each tuned model answer the held-out questions too, for token F1 and ROUGE-L.
        max_tokens: Longest of these answers.
        keep: Keep the weights of each tuned model.
    """

    sizes: tuple[float, ...] = (25, 50, 100)
    seeds: tuple[int, ...] = (0, 1)
    equal: Equal = "steps"
    answers: bool = False
    max_tokens: int = 128
    keep: bool = False

    def __post_init__(self) -> None:
        if not self.sizes or not all(0 < size <= 100 for size in self.sizes):
            raise InputError(
                f"sizes = {_listed(self.sizes)} are no shares in percent",
                mend="Choose numbers above 0 and up to 100, as 25,50,100",
            )
        if not self.seeds:
            raise InputError("there is no seed", mend="Name at least one, better two or more, as 0,1")
        for seed in self.seeds:
            check_seed(seed)
        if self.equal not in {"steps", "epochs"}:
            raise InputError(f"there is no equal = {self.equal!r}", mend="Choose steps or epochs")
        if self.max_tokens < 1:
            raise InputError(f"max_tokens = {self.max_tokens} is below 1", mend="Choose 1 or more for max_tokens")
        object.__setattr__(self, "sizes", tuple(sorted(set(self.sizes))))
        object.__setattr__(self, "seeds", tuple(dict.fromkeys(self.seeds)))


def share_name(size: float) -> str:
    """Name a share so that no other reads alike: `25 %`, and all digits of one that six would not tell apart."""
    short = f"{size:g}"
    return f"{short if float(short) == size else repr(float(size))} %"


def _listed(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in values) or "none"
