from pathlib import Path

import pytest

from generate.spending.prices import FREE, Price, price_of
from schemas import ChatResponse, InputError
from tests.generate.makers import Fake


def test_a_dated_version_costs_what_its_model_costs() -> None:
    price = price_of(Fake(model="gpt-4o-mini-2024-07-18", route="https://api.openai.com/v1"))
    assert price == price_of(Fake(model="gpt-4o-mini", route="https://api.openai.com/v1"))
    assert price is not None
    assert price.of(1_000_000, 1_000_000) == pytest.approx(0.75)


def test_cached_tokens_have_a_price_of_their_own() -> None:
    price = Price(input=2.0, cached=0.5, output=8.0)
    response = ChatResponse(
        text="", finish_reason="stop", prompt_tokens=1_000_000, completion_tokens=500_000, cached_tokens=400_000
    )
    assert price.of_response(response) == pytest.approx(0.6 * 2 + 0.4 * 0.5 + 0.5 * 8)


@pytest.mark.parametrize(
    ("route", "price"),
    [
        ("local", FREE),
        ("vllm", FREE),
        ("http://localhost:8000/v1", FREE),
        ("http://127.0.0.1:8000/v1", FREE),
        ("http://10.1.2.3/v1", FREE),
        ("http://[::1]:8000/v1", FREE),
        ("http://gpu-box:8000/v1", FREE),
        ("http://llm.internal/v1", FREE),
        ("https://api.example.com/v1", None),
        ("https://8.8.8.8/v1", None),
    ],
)
def test_what_is_near_costs_nothing_and_what_is_far_has_no_known_price(route: str, price: Price | None) -> None:
    assert price_of(Fake(model="house-model", route=route)) == price


def test_the_user_s_table_goes_before_ours(tmp_path: Path) -> None:
    table = tmp_path / "prices.yaml"
    table.write_text("gpt-4o: {input: 1, output: 2}\nhouse-model: {input: 3, cached: 1.5, output: 4}\n")
    assert price_of(Fake(model="gpt-4o"), table) == Price(input=1.0, cached=1.0, output=2.0)
    assert price_of(Fake(model="house-model"), table) == Price(input=3.0, cached=1.5, output=4.0)
    assert price_of(Fake(model="gpt-4.1"), table) == price_of(Fake(model="gpt-4.1"))


@pytest.mark.parametrize(
    "text",
    [
        "- a",
        "a: 3",
        "a: {input: 1}",
        "a: {input: x, output: 1}",
        "a: {input: -1, output: 1}",
        "a: {",
        "a: {input: 1, output: 1, in: 2}",
    ],
    ids=["list", "number", "missing", "text", "negative", "no YAML", "unknown"],
)
def test_a_broken_table_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "prices.yaml").write_text(text)
    with pytest.raises(InputError, match=r"prices\.yaml"):
        price_of(Fake(model="a"), tmp_path / "prices.yaml")
    with pytest.raises(InputError, match="cannot be read"):
        price_of(Fake(model="a"), tmp_path / "none.yaml")


def test_a_discount_takes_its_share_of_all_three() -> None:
    client = Fake(model="gpt-4o", route="https://api.openai.com/v1")
    client.price_factor = 0.5
    assert price_of(client) == Price(input=1.25, cached=0.625, output=5.0)
