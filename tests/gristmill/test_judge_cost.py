"""What judging will cost, worked out by hand."""

from generate.spending.prices import FREE, Price
from gristmill.judge_cost import judge_cost
from schemas import ChatRequest, Message

REQUESTS = [
    ChatRequest(messages=(Message("system", "s" * 400), Message("user", "u" * 800)), max_tokens=100) for _ in range(10)
]


def test_prompts_are_counted_by_their_bytes_and_replies_by_what_is_expected_and_at_most() -> None:
    found = judge_cost(REQUESTS, Price(input=1.0, cached=0.5, output=10.0))
    assert (found.requests, found.read, found.written, found.most) == (10, 3_000, 400, 1_000)
    assert found.dollars == (3_000 * 1.0 + 400 * 10.0) / 1e6
    assert found.most_dollars == (3_000 * 1.0 + 1_000 * 10.0) / 1e6
    dear = judge_cost(REQUESTS, Price(input=1_000.0, cached=0.5, output=10_000.0))
    assert dear.text("wise") == (
        "10 requests to wise: about 3,000 tokens to read and 400 to write (bytes / 4); $7.00, at most $13.00"
    )


def test_a_model_without_a_price_and_one_that_is_free_are_told_apart() -> None:
    assert "; no price is known for this model" in judge_cost(REQUESTS, None).text("wise")
    assert judge_cost(REQUESTS, FREE).text("wise").endswith("no dollars")
