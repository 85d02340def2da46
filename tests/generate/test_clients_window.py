import heapq
import math
import random

import pytest

from generate.clients.window import Window


def serve(
    window: Window,
    *,
    slots: int,
    seconds: float,
    answers: int,
    start: float = 0.0,
    spread: float = 0.0,
    timeout: float = math.inf,
) -> float:
    """Keep the window full at a server that works on `slots` requests at once and lets the others queue.

    Returns:
        The time at the end.
    """
    draw = random.Random(3)
    now, free, left, running = start, [start] * slots, answers, list[tuple[float, float]]()
    while left:
        while len(running) < window.places:
            begin = max(now, heapq.heappop(free))
            end = begin + seconds * (1 + spread * (draw.random() - 0.5))
            heapq.heappush(free, end)
            heapq.heappush(running, (end, now))
        now, left_at = heapq.heappop(running)
        if now - left_at > timeout:
            window.timed_out(now=now)
        else:
            window.answered(now - left_at, now=now)
            left -= 1
    return now


def test_a_server_that_keeps_up_is_given_all_that_was_asked_for() -> None:
    window = Window(64)
    serve(window, slots=64, seconds=5.0, answers=5000, spread=1.0)
    assert window.places == 64


def test_a_queue_in_the_server_is_made_shorter_at_no_cost() -> None:
    window = Window(128)
    took = serve(window, slots=16, seconds=2.0, answers=4000, spread=0.3)
    assert 16 <= window.places <= 40
    assert took <= 1.03 * 4000 / 16 * 2.0


def test_a_short_queue_is_left_alone() -> None:
    window = Window(64)
    serve(window, slots=16, seconds=0.05, answers=4000)
    assert window.places == 64


def test_places_come_back_with_a_server_that_can_do_more() -> None:
    window = Window(128)
    now = serve(window, slots=16, seconds=2.0, answers=4000)
    assert window.places < 64
    serve(window, slots=128, seconds=2.0, answers=20_000, start=now)
    assert window.places >= 100


def test_a_request_that_hangs_is_no_load() -> None:
    window = Window(64)
    window.timed_out(now=1.0)
    assert window.places == 64


def test_many_that_time_out_halve_the_window_once() -> None:
    window = Window(64)
    for _ in range(64):
        window.timed_out(now=1.0)
    assert window.places == 32


def test_all_places_come_back_soon_after_a_stall() -> None:
    window = Window(16)
    for _ in range(100):
        window.timed_out(now=1.0)
    assert window.places == 1
    serve(window, slots=16, seconds=40.0, answers=1 + 2 * 2 + 3 * 4 + 3 * 8, start=1.0)  # some left before each change
    assert window.places == 16


class Counting(Window):
    """A window that counts what timed out."""

    lost = 0

    def timed_out(self, *, now: float) -> None:
        self.lost += 1
        super().timed_out(now=now)


@pytest.mark.parametrize(("seconds", "timeout"), [(2.0, 9.0), (0.1, 0.45)], ids=["slow", "not slow"])
def test_a_server_that_all_places_are_too_much_for_is_tried_ever_more_rarely(seconds: float, timeout: float) -> None:
    window = Counting(64)
    now = serve(window, slots=8, seconds=seconds, answers=4000, timeout=timeout)
    first = window.lost
    serve(window, slots=8, seconds=seconds, answers=4000, start=now, timeout=timeout)
    assert first < 400
    assert window.lost - first < 150


@pytest.mark.parametrize("asked", [1, 2, 3])
def test_there_is_always_a_place(asked: int) -> None:
    window = Window(asked)
    for _ in range(1000):
        window.timed_out(now=1.0)
    assert window.places == 1
    serve(window, slots=1, seconds=3.0, answers=500)
    assert 1 <= window.places <= asked
