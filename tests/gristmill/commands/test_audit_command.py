import json
from pathlib import Path

import pytest

from gristmill.cli import main


def test_a_page_tells_what_is_in_the_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rows.jsonl"
    lines = [
        {"ask": f"What is number {n % 3} good for?", "reply": "" if n == 5 else f"{n % 3} things."} for n in range(9)
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    page = tmp_path / "report.html"
    argv = ["audit", str(file), "-o", str(page), "--columns", "question=ask,answer=reply", "--stages", "empty,exact"]
    assert main(argv) == 0
    assert "Nothing was dropped" in capsys.readouterr().out
    text = page.read_text()
    assert "What is in 9 rows" in text
    assert "The row has no answer." in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "rows.jsonl"]
