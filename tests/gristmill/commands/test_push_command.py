from pathlib import Path

import pytest

from gristmill.cli import main


def test_what_is_no_run_is_not_pushed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["push", str(tmp_path), "--to", "org/name"]) == 2
    assert (
        "no folder of a training run: there is no training.json in it. Give the -o of `train`"
        in capsys.readouterr().err
    )
