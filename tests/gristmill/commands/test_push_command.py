from pathlib import Path

import pytest

from gristmill.cli import main


def test_what_is_no_run_is_not_pushed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["push", str(tmp_path), "--to", "org/name"]) == 2
    assert "no folder of a training run. Give the -o of a training run" in capsys.readouterr().err
