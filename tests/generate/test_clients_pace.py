import pytest

from generate.clients.pace import Pace


def drive(pace: Pace, *, limit: float, seconds: float, start: float = 0.0, most: float = 200.0) -> tuple[int, int]:
    """Send as fast as the pace allows, at most `most` a second, to a bucket that never holds more than one second."""
    now, level, accepted, refused = start, limit, 0, 0
    while now < start + seconds:
        step = max(pace.wait(now), 1 / most)
        now += step
        if pace.wait(now) > 0:
            continue
        pace.sent(now)
        level = min(limit, level + step * limit)
        if level >= 1:
            level -= 1
            accepted += 1
            pace.accepted(now)
        else:
            refused += 1
            pace.refused(now)
    return accepted, refused


def test_without_refusals_there_is_no_pace() -> None:
    pace = Pace()
    assert drive(pace, limit=1000, seconds=30)[1] == 0
    assert pace.rate is None


@pytest.mark.parametrize("limit", [3.0, 20.0, 150.0])
def test_a_limit_is_met_and_not_run_against(limit: float) -> None:
    pace = Pace()
    drive(pace, limit=limit, seconds=20)
    accepted, refused = drive(pace, limit=limit, seconds=60, start=20)
    assert accepted >= 0.95 * limit * 60 - 1
    assert refused <= 0.35 * (accepted + refused)


def test_a_limit_that_rises_is_followed() -> None:
    pace = Pace()
    drive(pace, limit=5, seconds=20)
    accepted, _ = drive(pace, limit=50, seconds=60, start=20)
    assert accepted >= 0.6 * 50 * 60
    assert pace.rate is None or pace.rate > 40


def test_one_refusal_in_seven_slows_nobody_down() -> None:
    pace = Pace()
    for number in range(5000):
        now = number / 100
        assert pace.wait(now) == 0
        pace.sent(now)
        (pace.refused if number % 7 == 0 else pace.accepted)(now)
    assert pace.rate is None


def test_a_server_that_refuses_everything_is_still_asked_once_a_second() -> None:
    pace = Pace()
    for number in range(2000):
        pace.refused(number / 50)
    assert pace.rate == 1.0
    assert pace.wait(41.0) <= 1.0


def test_a_pace_that_holds_nobody_back_is_given_up() -> None:
    pace = Pace()
    drive(pace, limit=5, seconds=20)
    assert pace.rate is not None
    drive(pace, limit=1000, seconds=120, start=20, most=2.0)
    assert pace.rate is None
