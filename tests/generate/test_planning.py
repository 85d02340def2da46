from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from generate import Assumptions, GenerateConfig, Question, Resources, Template, generate, plan
from generate.planning import Plan
from schemas import Answer, ChatRequest, InputError
from tests.generate.makers import Fake

FAR = "https://api.example.com/v1"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """Two documents of five sections each, a file that nobody reads and a section that says nothing."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in ("Basket", "Copper"):
        parts = [
            f"## {topic}\n\nThe {topic.lower()} of every {name.lower()} is written on the label at its back.\n"
            for topic in ("Price", "Storage", "Repair", "Weight", "Colour")
        ]
        (folder / f"{name.lower()}.md").write_text("\n".join(parts))
    (folder / "note.md").write_text("# Note\n\nComing soon.\n")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    return folder


class Silent(Fake):
    """A client that must not be asked."""

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        raise AssertionError("a plan asks nobody")


def made(docs: Path, client: Fake | None = None, **more: object) -> Plan:
    config = GenerateConfig(**more)  # type: ignore[arg-type]  # settings of all types
    return plan([docs], config=config, client=client or Silent(model="m", route=FAR))


def test_documents_sections_and_requests_are_counted_and_nobody_is_asked(docs: Path) -> None:
    found = made(docs)
    assert (found.files, found.documents, len(found.skipped)) == (4, 3, 1)
    assert found.sections == found.candidates + sum(found.unfit.values())
    [part] = found.strategies
    assert (part.units, part.asked, part.requests, part.examples) == (10, 10, 10, 7)
    assert (found.requests, part.most_tokens, part.completion_tokens) == (10, 600, 240)
    assert found.prompt_tokens > 10 * 100
    assert "Nothing was asked." in found.text()


def test_no_more_is_asked_than_the_examples_are_expected_to_take(docs: Path) -> None:
    [part] = made(docs, examples=6).strategies
    assert (part.examples, part.asked, part.requests, part.enough) == (6, 9, 9, True)


def test_too_few_sections_are_told_before(docs: Path) -> None:
    found = made(docs, examples=100)
    [part] = found.strategies
    assert (part.asked, part.examples, part.enough) == (30, 21, False)
    assert "fewer than wanted" in found.text()


def test_a_template_costs_nothing(docs: Path) -> None:
    found = plan([docs], config=GenerateConfig(strategies=(Template(),), examples=5), client=None)
    assert (found.requests, found.prompt_tokens, found.dollars, found.strategies[0].asked) == (0, 0, 0.0, 5)


def test_shares_are_planned_one_by_one(docs: Path) -> None:
    found = made(docs, strategies=(Question(), Template()), examples=8)
    assert [(part.strategy, part.examples, part.requests) for part in found.strategies] == [
        ("question", 4, 6),
        ("template", 4, 0),
    ]


def test_dollars_come_from_the_table_and_are_unknown_without_one(docs: Path, tmp_path: Path) -> None:
    assert made(docs).dollars is None
    assert "--prices" in made(docs).text()
    table = tmp_path / "prices.yaml"
    table.write_text("m: {input: 10, output: 100}\n")
    found = plan(
        [docs], config=GenerateConfig(), client=Silent(model="m", route=FAR), resources=Resources(prices=table)
    )
    assert found.dollars == pytest.approx((found.prompt_tokens * 10 + 240 * 100) / 1e6)
    assert found.most_dollars == pytest.approx((found.prompt_tokens * 10 + 600 * 100) / 1e6)


def test_what_the_journal_holds_is_not_counted_again(docs: Path, tmp_path: Path) -> None:
    client = Fake(model="m", route=FAR)
    generate([docs], tmp_path / "out/pairs.parquet", config=GenerateConfig(), client=client)
    journal = tmp_path / "out/journal.sqlite"
    found = plan(
        [docs], config=GenerateConfig(), client=Silent(model="m", route=FAR), resources=Resources(journal=journal)
    )
    assert (found.strategies[0].kept, found.requests, found.prompt_tokens) == (10, 0, 0)
    assert "10 of them answered already" in found.text()


def test_the_count_of_a_tokenizer_is_taken_where_there_is_one(docs: Path) -> None:
    assumed = Assumptions(count=lambda text: 1, counts="by ones", accepted=1.0, written=1.0, tokens_per_second=10.0)
    found = plan([docs], config=GenerateConfig(), client=Silent(), assumed=assumed)
    messages = 7
    assert found.prompt_tokens == 10 * messages * 9  # one a message, and eight around it
    assert found.minutes == pytest.approx(600 / 10 / 60)
    assert "by ones" in found.text()


def test_many_requests_are_counted_by_a_part_of_them(docs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = made(docs)
    monkeypatch.setattr("generate.planning._COUNTED", 3)
    assert made(docs).prompt_tokens == pytest.approx(whole.prompt_tokens, rel=0.05)
    assert made(docs).requests == 10


def test_no_documents_are_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        made(tmp_path / "none")
