"""The settings of a benchmark."""

from dataclasses import dataclass
from pathlib import Path

from schemas import InputError
from train.config import check_seed


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchConfig:
    """What is asked, and how.

    Attributes:
        seed: Seed of the bootstrap and of the harness' own choices.
        tasks: Names of the harness' tasks, groups and tags, or of those in `include_path`.
        data: Files of rows, each a task of its own: multiple choice, or question and answer.
        include_path: Folder of the user's tasks in the harness' YAML. A task there may run Python code of its own.
        limit: Most rows of each task; None for all.
        fewshot: Worked examples in front of each question; None for what the task says.
        chat_template: Ask through the chat template where a model has one; otherwise as bare text.
        batch_size: Rows at once.
        max_tokens: Longest answer to a row of question and answer.
    """

    seed: int
    tasks: tuple[str, ...] = ()
    data: tuple[Path, ...] = ()
    include_path: Path | None = None
    limit: int | None = None
    fewshot: int | None = None
    chat_template: bool = True
    batch_size: int = 8
    max_tokens: int = 128

    def __post_init__(self) -> None:
        check_seed(self.seed)
        if not self.tasks and not self.data:
            raise InputError(
                "no task is named", mend="Name some with --tasks arc_easy,hellaswag, or a file of rows with --data"
            )
        for name in ("limit", "batch_size", "max_tokens"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{name} = {value} is below 1", mend=f"Choose 1 or more for {name}")
        if self.fewshot is not None and self.fewshot < 0:
            raise InputError(f"fewshot = {self.fewshot} is below 0", mend="Choose 0 or more")
