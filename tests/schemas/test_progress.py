import pytest

from schemas.progress import Progress, silent


def test_the_silent_bar_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    progress: Progress = silent
    with progress("reading", 3, "rows") as bar:
        bar.advance()
        bar.advance(2)
        bar.note("nearly")
    assert capsys.readouterr() == ("", "")


def test_an_error_passes_through_it() -> None:
    with pytest.raises(ValueError, match="inside"), silent("reading", None, "rows"):
        raise ValueError("inside")
