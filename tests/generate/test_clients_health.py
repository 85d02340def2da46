import pytest

from generate.clients.faults import Fault
from generate.clients.health import Health
from schemas import LLMError

AWAY = Fault(LLMError("no connection", retryable=True, where="http://x/v1"), "again", unreachable=True)
BUSY = Fault(LLMError("the server failed", retryable=True), "again")
REFUSED = Fault(LLMError("refused", retryable=False), "request")


def test_a_server_that_never_answered_is_given_up_at_the_tenth_failure() -> None:
    health = Health()
    for now in range(9):
        health.failed(AWAY, now=now / 100)
    with pytest.raises(LLMError, match=r"http://x/v1: gave up after 10 failures in a row: no connection"):
        health.failed(AWAY, now=0.1)


def test_a_server_that_has_answered_may_be_away_for_half_a_minute() -> None:
    health = Health()
    health.succeeded()
    for number in range(100):
        health.failed(AWAY, now=100 + number * 0.29)
    with pytest.raises(LLMError, match="gave up after 101 failures"):
        health.failed(AWAY, now=130.5)


@pytest.mark.parametrize("answer", ["success", "500"])
def test_any_answer_ends_the_row(answer: str) -> None:
    health = Health()
    for _ in range(9):
        health.failed(AWAY, now=0)
    if answer == "success":
        health.succeeded()
    else:
        health.failed(BUSY, now=0)
    for _ in range(9):
        health.failed(AWAY, now=99)


def test_ten_refusals_at_the_start_end_the_run_and_later_ones_do_not() -> None:
    health = Health()
    for _ in range(9):
        health.failed(REFUSED, now=0)
    with pytest.raises(LLMError, match="all of the first 10 requests were refused"):
        health.failed(REFUSED, now=0)
    health = Health()
    health.succeeded()
    for _ in range(50):
        health.failed(REFUSED, now=0)
