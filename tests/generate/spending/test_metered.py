import threading
from collections.abc import Iterable, Iterator
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.journal import Takeable
from generate.spending.budget import Budget, BudgetSpentError, Purse
from generate.spending.metered import Metered
from generate.spending.prices import FREE, FullPrice, Price
from schemas import Answer, ChatRequest, ChatResponse, InputError, LLMError, Message
from tests.generate.makers import Fake

DOLLAR = Price(input=1e6, cached=1e6, output=1e6)  # a dollar a token


def ask(text: str, most: int = 10) -> ChatRequest:
    return ChatRequest(messages=(Message("user", text),), max_tokens=most)


def outcomes(client: Metered, requests: Iterable[ChatRequest]) -> dict[int, ChatResponse | LLMError]:
    return dict(client.complete(requests))


def test_without_a_limit_everything_is_asked() -> None:
    purse = Purse(Budget())
    found = outcomes(Metered(Fake(), purse, FREE), [ask("a"), ask("b")])
    assert [isinstance(found[place], ChatResponse) for place in (0, 1)] == [True, True]
    assert (purse.spent.requests, purse.spent.tokens, purse.reason) == (2, 30, "")


def test_requests_beyond_the_budget_are_refused_and_never_sent() -> None:
    fake, purse = Fake(), Purse(Budget(requests=3))
    found = outcomes(Metered(fake, purse, FREE), [ask(str(number)) for number in range(10)])
    assert fake.asked == ["0", "1", "2"]
    assert [isinstance(found[place], BudgetSpentError) for place in range(10)] == [False] * 3 + [True] * 7
    assert purse.reason == "the budget of 3 requests is spent"


def test_what_was_put_aside_too_much_is_spent_after_all() -> None:
    fake, purse = Fake(), Purse(Budget(tokens=400))  # 155 are put aside for each request, and 15 spent
    outcomes(Metered(fake, purse, FREE), [ask("x") for _ in range(50)])
    assert 400 - 155 < purse.spent.tokens <= 400
    assert len(fake.asked) == purse.spent.requests == 17


def test_dollars_are_limited_too() -> None:
    fake, purse = Fake(), Purse(Budget(usd=200.0))
    outcomes(Metered(fake, purse, DOLLAR), [ask("x") for _ in range(50)])
    assert purse.spent.usd == 15.0 * len(fake.asked) <= 200
    assert len(fake.asked) == 4


class Probing(Fake):
    """Asks the first of each call at the ordinary price, which is twice that of the others."""

    price_factor = 0.5

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        for position, outcome in list(super().complete(requests)):
            assert isinstance(outcome, ChatResponse)
            yield Answer(position, outcome if position else FullPrice(**asdict(outcome)))


def test_an_answer_at_the_full_price_counts_in_full_and_overruns_no_budget() -> None:
    half = DOLLAR.times(0.5)
    fake, purse = Probing(), Purse(Budget())
    outcomes(Metered(fake, purse, half), [ask("x") for _ in range(3)])
    assert purse.spent.usd == 15 + 7.5 + 7.5
    fake, purse = Probing(), Purse(Budget(usd=100.0))  # the most of one is 77.5 at half the price
    outcomes(Metered(fake, purse, half), [ask("x") for _ in range(3)])
    assert (fake.asked, purse.spent.usd) == ([], 0)
    fake, purse = Probing(), Purse(Budget(usd=160.0))
    outcomes(Metered(fake, purse, half), [ask("x") for _ in range(3)])
    assert (len(fake.asked), purse.spent.usd) == (1, 15)


def test_a_budget_in_dollars_needs_a_price() -> None:
    with pytest.raises(InputError, match="--prices"):
        Metered(Fake(), Purse(Budget(usd=1.0)), None)
    Metered(Fake(), Purse(Budget(tokens=1)), None)


def test_what_failed_and_may_have_been_worked_on_counts_as_spent() -> None:
    purse = Purse(Budget(tokens=10_000))
    outcomes(Metered(Fake(error=LLMError("no answer in time", retryable=True)), purse, FREE), [ask("x")])
    assert purse.spent.tokens == 155
    outcomes(Metered(Fake(error=LLMError("refused", retryable=False)), purse, FREE), [ask("x")])
    assert (purse.spent.tokens, purse.spent.requests) == (155, 2)


def test_a_server_that_counts_no_tokens_costs_the_most() -> None:
    purse = Purse(Budget(tokens=10_000))
    outcomes(Metered(Fake(tokens=(0, 0)), purse, FREE), [ask("x")])
    assert purse.spent.tokens == 155


@given(
    st.lists(st.tuples(st.text(max_size=30), st.integers(1, 40)), max_size=30),
    st.integers(1, 40),
    st.integers(1, 3000),
)
def test_no_budget_is_ever_overrun_and_every_request_has_an_outcome(
    texts: list[tuple[str, int]], most_requests: int, most_tokens: int
) -> None:
    purse = Purse(Budget(requests=most_requests, tokens=most_tokens))

    class Greedy(Fake):
        """Uses all that a request may use, and looks at the purse while all of them are under way."""

        def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
            asked = list(requests)
            for position, request in enumerate(asked):
                size = len(request.messages[0].content.encode("utf-8", "surrogatepass"))
                yield Answer(
                    position,
                    ChatResponse(
                        text="", finish_reason="length", prompt_tokens=size, completion_tokens=request.max_tokens
                    ),
                )
                assert purse.spent.tokens <= most_tokens

    found = outcomes(Metered(Greedy(), purse, FREE), [ask(text, most) for text, most in texts])
    assert sorted(found) == list(range(len(texts)))
    assert purse.spent.tokens <= most_tokens
    assert purse.spent.requests <= most_requests


class Slow(Fake):
    """Answers once it may."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.may = threading.Event(), threading.Event()

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        for answer in super().complete(requests):
            self.begun.set()
            assert self.may.wait(30)
            yield answer


def test_what_another_client_has_under_way_is_waited_for_before_a_request_is_refused() -> None:
    slow, quick, purse = Slow(), Fake(), Purse(Budget(tokens=200))  # 155 are put aside for each, and 15 spent
    other = threading.Thread(target=outcomes, args=(Metered(slow, purse, FREE), [ask("x")]), daemon=True)
    other.start()
    assert slow.begun.wait(30)
    threading.Timer(0.2, slow.may.set).start()
    outcomes(Metered(quick, purse, FREE), [ask("x") for _ in range(5)])
    other.join(30)
    assert len(quick.asked) == 3  # after 15 + 3 * 15 there is no room for 155
    assert purse.spent.tokens == 60


def test_who_waits_for_another_client_can_be_woken_and_called_off() -> None:
    slow, purse = Slow(), Purse(Budget(tokens=200))
    other = threading.Thread(target=outcomes, args=(Metered(slow, purse, FREE), [ask("x")]), daemon=True)
    other.start()
    assert slow.begun.wait(30)
    call = Metered(Fake(), purse, FREE).complete([ask("x")])
    assert isinstance(call, Takeable)
    assert call.take(wait=False) == []
    threading.Timer(0.2, call.wake).start()
    assert call.take(wait=True) == []
    slow.may.set()
    other.join(30)
    assert [answer.position for answer in call] == [0]


def test_a_call_that_is_woken_before_it_has_asked_comes_back() -> None:
    call = Metered(Slow(), Purse(Budget()), FREE).complete([ask("x")])
    assert isinstance(call, Takeable)
    call.wake()
    assert call.take(wait=True) == []


def test_what_was_under_way_as_a_call_was_closed_counts_as_spent_and_keeps_nobody_waiting() -> None:
    class Eager(Fake):
        def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
            return super().complete(list(requests))

    purse = Purse(Budget(tokens=400))
    call = Metered(Eager(), purse, FREE).complete([ask("x"), ask("y")])
    next(call)
    assert isinstance(call, Takeable)
    call.close()  # type: ignore[attr-defined] # every iterator of answers of ours has it
    assert purse.spent.tokens == 15 + 155
    found = outcomes(Metered(Fake(), purse, FREE), [ask("x") for _ in range(50)])
    assert len([None for outcome in found.values() if isinstance(outcome, ChatResponse)]) == 6


def test_several_threads_spend_out_of_one_purse() -> None:
    purse = Purse(Budget(requests=500))
    threads = [
        threading.Thread(target=lambda: outcomes(Metered(Fake(), purse, FREE), (ask("x") for _ in range(200))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert purse.spent.requests == 500


@pytest.mark.parametrize("limit", [{"usd": 0.0}, {"requests": 0}, {"tokens": -1}, {"usd": float("nan")}], ids=str)
def test_a_budget_of_nothing_is_refused(limit: dict[str, float]) -> None:
    with pytest.raises(InputError, match="above 0"):
        Budget(**limit)  # type: ignore[arg-type]  # wrong on purpose
