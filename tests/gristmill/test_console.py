import json
import subprocess
import sys
import time

import pytest

from gristmill.console import Console, TerminalBar, printable, seconds


@pytest.mark.parametrize(
    ("duration", "text"),
    [(0.04, "0.0 s"), (59.94, "59.9 s"), (60, "1 min 00 s"), (200, "3 min 20 s"), (3900, "1 h 05 min")],
)
def test_durations_read_as_people_say_them(duration: float, text: str) -> None:
    assert seconds(duration) == text


def test_control_characters_are_shown_not_obeyed() -> None:
    assert printable("a\x1b[31mred\x07\nnext\tcell") == "a\\x1b[31mred\\x07\nnext\tcell"


def test_without_json_sentences_go_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(json=False)
    console.say("hello")
    console.result({"rows": 3})
    assert capsys.readouterr().out == "hello\n"


def test_with_json_the_result_is_all_that_stands_on_standard_output(capfd: pytest.CaptureFixture[str]) -> None:

    code = (
        "from gristmill.console import Console\n"
        "c = Console(json=True)\n"
        "c.say('hello'); print('a library talks'); c.result({'rows': 3})\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    out, err = capfd.readouterr()
    assert json.loads(out) == {"rows": 3}
    assert "hello" in err
    assert "a library talks" in err


def test_a_name_that_is_no_utf_8_can_stand_in_the_result(capfd: pytest.CaptureFixture[str]) -> None:
    code = "from gristmill.console import Console\nConsole(json=True).result({'file': 'caf\\udce9.md'})\n"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert json.loads(capfd.readouterr().out) == {"file": "caf\udce9.md"}


class Stream:
    """A standard output as a terminal or a file gives it."""

    def __init__(self, *, terminal: bool, encoding: str = "utf-8") -> None:
        self.encoding = encoding
        self.terminal = terminal
        self.text = ""

    def isatty(self) -> bool:
        return self.terminal

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None: ...


def test_a_note_shows_though_the_bar_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Stream(terminal=True)
    monkeypatch.setattr(sys, "stderr", screen)
    with TerminalBar("asking", 3, "units") as bar:
        bar.advance()
        for number in range(100):
            time.sleep(0.005)
            bar.note(f"{number} answers")
        assert " answers" in screen.text
        assert "1/3" in screen.text


@pytest.mark.parametrize(
    ("terminal", "environment", "colours"),
    [
        (True, {}, True),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
        (False, {}, False),
    ],
    ids=["terminal", "NO_COLOR", "empty NO_COLOR", "dumb", "pipe"],
)
def test_colours_are_for_terminals_whose_user_wants_them(
    monkeypatch: pytest.MonkeyPatch, *, terminal: bool, environment: dict[str, str], colours: bool
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", Stream(terminal=terminal))
    assert Console(json=False).colours == colours


def test_signs_that_a_terminal_lacks_are_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Stream(terminal=True, encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    console = Console(json=False)
    console.show("a⏎")
    assert stream.text == "a\\u23ce\n"
    assert console.ascii_only
    stream.encoding = "UTF-8"
    assert not console.ascii_only


def test_of_processes_that_train_together_the_first_speaks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RANK", "1")
    Console(json=False).say("hello")
    with Console(json=False).progress("Working", 1, "rows") as bar:
        bar.advance()
    assert capsys.readouterr() == ("", "")
    Console(json=False).fail("it failed")  # whichever process fails says why
    assert "it failed" in capsys.readouterr().err
