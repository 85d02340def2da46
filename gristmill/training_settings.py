"""Training settings as people write them in a line: ours and TRL's, told apart by their names."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from train import TrainConfig


def train_config(settings: dict[str, Any]) -> "TrainConfig":  # Any: checked here
    """Check training settings that came from a command line."""
    from gristmill.config import read_config
    from train import TrainConfig

    return read_config(TrainConfig, settings, where="the command line")


def split_settings(settings: Iterable[tuple[str, Any]]) -> dict[str, Any]:  # Any: checked by TrainConfig
    """Sort `--set` into our own settings and those that go to TRL's SFTConfig."""
    import dataclasses

    from train import TrainConfig

    ours = {field.name for field in dataclasses.fields(TrainConfig)}
    given = dict(settings)
    theirs = {name: value for name, value in given.items() if name not in ours}
    return {**{name: value for name, value in given.items() if name in ours}, **({"sft": theirs} if theirs else {})}
