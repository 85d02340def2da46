import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from generate import (
    Budget,
    GenerateConfig,
    GenerationReport,
    OpenAICompatible,
    Question,
    Resources,
    Template,
    generate,
)
from generate.corpus import read_corpus
from generate.report import REJECTED_SCHEMA, Rejected
from schemas import (
    EXAMPLE_SCHEMA,
    Answer,
    ChatRequest,
    ChatResponse,
    Client,
    Document,
    Example,
    InputError,
    LLMError,
    OutputError,
)
from schemas.document import HEADING_SEPARATOR
from schemas.parquet import recipe_of
from schemas.progress import SilentBar
from tests.generate.chat_server import ChatServer, Reaction

KEY = "sk-verysecret0123456789abcdef"
NAMES = ("Basket", "Copper", "Lantern", "Meadow", "Pepper", "Quarry", "Saddle", "Timber", "Velvet", "Walnut")


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """Ten documents of three sections, each about something of its own."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in NAMES:
        parts = [
            f"## {topic}\n\nThe {topic.lower()} of every {name.lower()} is written on the label at its back, "
            f"and the office keeps a list of them that is renewed each Monday.\n"
            for topic in ("Price", "Storage", "Repair")
        ]
        (folder / f"{name.lower()}.md").write_text("\n".join([f"# {name} guide\n", *parts]))
    return folder


class Scripted:
    """Asks about what the prompt shows last; answers come last request first."""

    route, model = "http://here/v1", "scripted"

    def __init__(self, *, bad: str = "", broken: str = "") -> None:
        self.bad, self.broken = bad, broken
        self.asked: list[str] = []

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        requests = list(requests)
        for position in reversed(range(len(requests))):
            where = whereabouts(requests[position].messages[-1].content)
            self.asked.append(where)
            if self.broken and self.broken in where:
                yield Answer(position, LLMError("the server failed", retryable=True))
            else:
                text = "Tell me more." if self.bad and self.bad in where else wording(where)
                yield Answer(
                    position, ChatResponse(text=text, finish_reason="stop", prompt_tokens=100, completion_tokens=9)
                )


def whereabouts(prompt: str) -> str:
    """The title and heading that a prompt names: `Basket guide > Price`."""
    found = re.search(r"\w+ guide > \w+", prompt)
    assert found
    return found.group()


def wording(where: str) -> str:
    name, topic = where.split(" guide > ")
    return f"Where is the {topic.lower()} of a {name.lower()} written?"


def rows(path: Path) -> list[dict[str, Any]]:
    return pq.read_table(path).to_pylist()


def make(docs: Path, out: Path, client: Client | None, **settings: Any) -> GenerationReport:
    return generate([docs], out / "pairs.parquet", config=GenerateConfig(**settings), client=client)


def conserved(report: GenerationReport) -> None:
    assert report.files == report.documents + len(report.skipped)
    assert report.sections == report.candidates + sum(report.unfit.values())
    assert report.accepted == sum(each.accepted for each in report.strategies)
    assert sum(report.rejected.values()) == sum(sum(each.rejected.values()) for each in report.strategies)
    for each in report.strategies:
        assert each.tasks == each.asked + each.not_asked
        assert each.asked == each.accepted + sum(each.rejected.values()) + each.failed  # one draft a unit


def test_every_answer_points_at_its_source(docs: Path, tmp_path: Path) -> None:
    report = make(docs, tmp_path / "out", Scripted())
    table = pq.read_table(tmp_path / "out/pairs.parquet")
    assert table.schema.remove_metadata() == EXAMPLE_SCHEMA
    assert recipe_of(tmp_path / "out/pairs.parquet") == report.recipe
    texts = {item.id: item.text for item in read_corpus([docs], max_bytes=10**6) if isinstance(item, Document)}
    examples = table.to_pylist()
    assert len(examples) == report.accepted == 30
    for row in examples:
        source = row["source"]
        assert texts[source["document"]][source["start"] : source["end"]] == source["quote"] == source["quote"].strip()
        assert row["messages"][1]["content"] == row["context"]
        assert row["context"] in source["quote"]
        assert row["origin"] == {
            "strategy": "question",
            "model": "scripted",
            "prompt": report.strategies[0].prompt,
            "seed": 0,
        }
        assert Example.from_row(row).id == row["id"]
    order = [(row["source"]["document"], row["source"]["start"]) for row in examples]
    assert order == sorted(order)
    conserved(report)


def test_a_few_examples_are_spread_over_all_documents(docs: Path, tmp_path: Path) -> None:
    client = Scripted()
    report = make(docs, tmp_path, client, examples=10)
    assert len({row["source"]["document"] for row in rows(tmp_path / "pairs.parquet")}) == 10
    assert len(client.asked) == report.spent.sent == 10
    assert (report.accepted, report.covered, report.shortfall) == (10, 10, "")


def test_rejected_ones_are_replaced_until_there_are_enough(docs: Path, tmp_path: Path) -> None:
    report = make(docs, tmp_path, Scripted(bad="Price"), examples=15)
    assert report.accepted == 15
    assert report.rejected["not_a_question"] + report.rejected.get("surplus", 0) == report.spent.sent - 15
    assert all("Price" not in row["source"]["section"] for row in rows(tmp_path / "pairs.parquet"))
    conserved(report)


def test_too_few_are_explained(docs: Path, tmp_path: Path) -> None:
    report = make(docs, tmp_path, Scripted(bad="Price", broken="Basket guide > Repair"), examples=25, samples=1)
    assert report.accepted == 19
    assert report.shortfall == (
        "question made 19 of 25 examples: all 30 units were asked about (10 not_a_question, 1 request_failed)"
    )
    assert [(failed.document, failed.section) for failed in report.failed] == [
        ("basket.md", f"Basket guide{HEADING_SEPARATOR}Repair")
    ]
    assert "19 of 25 examples" in report.text()
    conserved(report)


def test_what_is_rejected_is_kept_with_its_reason(docs: Path, tmp_path: Path) -> None:
    (docs / "stub.md").write_text("# Stub\n\nComing soon.\n\n## Short\n\nSee there.\n")
    report = make(docs, tmp_path, Scripted(bad="Price"))
    table = pq.read_table(tmp_path / "rejected.parquet")
    assert table.schema.remove_metadata() == REJECTED_SCHEMA
    found = table.to_pylist()
    assert len(found) == sum(report.rejected.values()) + sum(report.unfit.values())
    bad = next(row for row in found if row["document"] == "basket.md" and row["reason"] == "not_a_question")
    assert bad["response"] == "Tell me more."
    assert bad["section"] == f"Basket guide{HEADING_SEPARATOR}Price"
    assert bad["answer"].startswith("The price of every basket")
    assert [row["reason"] for row in found if row["document"] == "stub.md"] == ["stub", "answer_too_short"]


def test_the_report_names_every_skipped_file_and_holds_the_numbers(docs: Path, tmp_path: Path) -> None:
    (docs / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99))
    report = make(docs, tmp_path, Scripted(), examples=5)
    written = json.loads((tmp_path / "generation.json").read_text())
    assert written == json.loads(json.dumps(report.summary()))
    assert [Path(skip["path"]).name for skip in written["skipped"]] == ["picture.png"]
    spent = written["spent"]
    assert (spent["sent"], spent["replayed"], spent["prompt_tokens"], spent["completion_tokens"]) == (5, 0, 500, 45)
    assert (written["model"], written["route"]) == ("scripted", "http://here/v1")
    conserved(report)


def test_the_fields_of_a_rejected_row_are_the_columns() -> None:
    assert list(Rejected._fields) == REJECTED_SCHEMA.names


def test_a_second_run_asks_nothing_and_writes_the_same_bytes(docs: Path, tmp_path: Path) -> None:
    make(docs, tmp_path, Scripted(bad="Price"), examples=12)
    first = [(tmp_path / name).read_bytes() for name in ("pairs.parquet", "rejected.parquet")]
    client = Scripted(bad="Price")
    report = make(docs, tmp_path, client, examples=12)
    assert client.asked == []
    assert report.spent.sent == 0
    assert report.spent.replayed > 12
    assert [(tmp_path / name).read_bytes() for name in ("pairs.parquet", "rejected.parquet")] == first


def test_an_edited_document_asks_only_for_its_changed_section(docs: Path, tmp_path: Path) -> None:
    make(docs, tmp_path, Scripted())
    edited = docs / "copper.md"
    edited.write_text(edited.read_text().replace("The repair of every copper", "Since May the repair of every copper"))
    client = Scripted()
    make(docs, tmp_path, client)
    assert client.asked == ["Copper guide > Repair"]


def test_the_order_of_arrival_does_not_matter(docs: Path, tmp_path: Path) -> None:
    class Forward(Scripted):
        def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
            return iter(sorted(super().complete(requests), key=lambda answer: answer.position))

    make(docs, tmp_path / "a", Scripted(bad="Price"), examples=14)
    make(docs, tmp_path / "b", Forward(bad="Price"), examples=14)
    for name in ("pairs.parquet", "rejected.parquet"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_another_seed_takes_other_sections(docs: Path, tmp_path: Path) -> None:
    make(docs, tmp_path / "a", Scripted(), examples=10, seed=1)
    make(docs, tmp_path / "b", Scripted(), examples=10, seed=2)
    first, second = ([row["source"]["section"] for row in rows(tmp_path / name / "pairs.parquet")] for name in "ab")
    assert first != second


def test_templates_need_nobody_and_leave_no_journal(docs: Path, tmp_path: Path) -> None:
    report = make(docs, tmp_path, None, strategies=(Template(),), examples=12)
    assert report.accepted == 12
    assert not (tmp_path / "journal.sqlite").exists()
    origins = [row["origin"] for row in rows(tmp_path / "pairs.parquet")]
    assert origins == [{"strategy": "template", "model": "", "prompt": "", "seed": 0}] * 12
    conserved(report)


def test_strategies_divide_the_examples_by_their_shares(docs: Path, tmp_path: Path) -> None:
    report = make(docs, tmp_path, Scripted(), strategies=(Question(share=2), Template()), examples=10)
    assert [(each.strategy, each.wanted, each.accepted) for each in report.strategies] == [
        ("question", 7, 7),
        ("template", 3, 3),
    ]
    origins = [row["origin"]["strategy"] for row in rows(tmp_path / "pairs.parquet")]
    assert sorted(origins) == ["question"] * 7 + ["template"] * 3


def test_a_section_is_asked_about_again_when_all_gave_too_few(docs: Path, tmp_path: Path) -> None:
    class Fresh(Scripted):
        def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
            asked = list(requests)
            for position, outcome in super().complete(asked):
                assert isinstance(outcome, ChatResponse)
                words = outcome.text.replace("Where", ("Where", "Why", "When")[asked[position].sample])
                yield Answer(position, replace(outcome, text=words))

    report = make(docs, tmp_path, Fresh(), examples=70)
    assert (report.accepted, report.strategies[0].asked, report.shortfall) == (70, 70, "")
    assert make(docs, tmp_path, Fresh(), examples=100).shortfall.startswith(
        "question made 90 of 100 examples: all 30 units were asked about 3 times each"
    )


def test_no_document_gives_more_than_its_quota(docs: Path, tmp_path: Path) -> None:
    report = make(docs, tmp_path, Scripted(), examples=15, per_document=1)
    documents = [row["source"]["document"] for row in rows(tmp_path / "pairs.parquet")]
    assert (len(documents), len(set(documents))) == (10, 10)
    assert "10 of 15 examples" in report.shortfall


def test_more_than_were_asked_for_are_put_aside(docs: Path, tmp_path: Path) -> None:
    report = make(docs, tmp_path, Scripted(bad="Price"), examples=16)
    kept = rows(tmp_path / "pairs.parquet")
    aside = [row for row in rows(tmp_path / "rejected.parquet") if row["reason"] == "surplus"]
    assert len(kept) == 16
    assert len(aside) == report.rejected.get("surplus", 0)


def test_copies_of_a_passage_are_asked_about_once(docs: Path, tmp_path: Path) -> None:
    (docs / "zcopy.md").write_text((docs / "basket.md").read_text())
    report = make(docs, tmp_path, Scripted())
    assert report.unfit["repeated_passage"] == 3
    assert "basket.md" in next(
        row["detail"] for row in rows(tmp_path / "rejected.parquet") if row["reason"] == "repeated_passage"
    )


def test_a_wrong_key_stops_the_run_and_leaves_the_old_files(
    docs: Path, tmp_path: Path, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    make(docs, tmp_path / "out", Scripted())
    before = (tmp_path / "out/pairs.parquet").read_bytes()
    server.react = lambda body, number: Reaction(status=401, body={"error": {"message": f"bad key {KEY}"}})
    with pytest.raises(LLMError, match="OPENAI_API_KEY"):
        make(docs, tmp_path / "out", OpenAICompatible("small", base_url=server.url))
    assert (tmp_path / "out/pairs.parquet").read_bytes() == before


def test_nothing_answered_at_all_is_an_error(docs: Path, tmp_path: Path) -> None:
    with pytest.raises(LLMError, match="the server failed"):
        make(docs, tmp_path, Scripted(broken="guide"))


def test_the_key_is_found_in_no_file(
    docs: Path, tmp_path: Path, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    def react(body: dict[str, Any], number: int) -> Reaction:
        where = whereabouts(body["messages"][-1]["content"])
        if "Basket" in where:
            return Reaction(status=400, body={"error": {"message": f"the key {KEY} may not do that"}})
        return Reaction(text=wording(where))

    server.react = react
    report = make(docs, tmp_path / "out", OpenAICompatible("small", base_url=server.url, concurrency=4))
    assert (report.accepted, len(report.failed)) == (27, 3)
    assert KEY not in report.text() + str(report.summary())
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert len(files) >= 4
    for path in files:
        assert KEY.encode() not in path.read_bytes()
    assert server.headers[0]["authorization"].endswith(KEY)


def test_a_corrupted_row_of_the_journal_is_asked_again(docs: Path, tmp_path: Path) -> None:
    make(docs, tmp_path, Scripted())
    before = (tmp_path / "pairs.parquet").read_bytes()
    with sqlite3.connect(tmp_path / "journal.sqlite") as journal:
        journal.execute("UPDATE answers SET response = replace(response, 'lantern', 'lXntern') WHERE rowid % 3 = 0")
        changed = journal.execute("SELECT count(*) FROM answers WHERE response LIKE '%lXntern%'").fetchone()[0]
    journal.close()
    client = Scripted()
    report = make(docs, tmp_path, client)
    assert report.spent.damaged == len(client.asked) == changed > 0
    assert (tmp_path / "pairs.parquet").read_bytes() == before


_RUN = """
import sys
from pathlib import Path
from generate import GenerateConfig, OpenAICompatible, generate
client = OpenAICompatible("small", base_url=sys.argv[3], concurrency=4)
report = generate([Path(sys.argv[1])], Path(sys.argv[2]), config=GenerateConfig(), client=client)
print(report.spent.sent, report.spent.replayed)
"""


def test_a_killed_run_asks_again_only_what_was_in_flight(docs: Path, tmp_path: Path, server: ChatServer) -> None:
    server.react = lambda body, number: Reaction(text=wording(whereabouts(body["messages"][-1]["content"])), delay=0.05)
    command = [sys.executable, "-c", _RUN, str(docs), str(tmp_path / "out/pairs.parquet"), server.url]
    first = subprocess.Popen(command)
    while server.answered < 14:
        assert first.poll() is None
        time.sleep(0.005)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert not (tmp_path / "out/pairs.parquet").exists()
    time.sleep(0.2)
    asked_before = len(server.asked)
    second = subprocess.run(command, capture_output=True, text=True, check=True)
    sent, replayed = (int(number) for number in second.stdout.split())
    assert len(server.asked) - asked_before == sent
    assert sent + replayed == 30
    assert asked_before + sent - 30 <= 4  # asked twice: at most what was in flight
    make(docs, tmp_path / "undisturbed", OpenAICompatible("small", base_url=server.url))
    for name in ("pairs.parquet", "rejected.parquet"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "undisturbed" / name).read_bytes()


def test_an_interrupted_run_goes_on_from_its_journal(docs: Path, tmp_path: Path) -> None:
    class Interrupted(Scripted):
        def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
            for count, answer in enumerate(super().complete(requests)):
                if count == 11:
                    raise KeyboardInterrupt
                yield answer

    with pytest.raises(KeyboardInterrupt):
        make(docs, tmp_path, Interrupted())
    client = Scripted()
    assert make(docs, tmp_path, client).accepted == 30
    assert len(client.asked) == 19


@pytest.mark.parametrize("name", ["rejected.parquet", "generation.json", "journal.sqlite"])
def test_the_output_may_not_bear_the_name_of_another_file(docs: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="Choose another"):
        generate([docs], tmp_path / name, config=GenerateConfig(), client=Scripted())


def test_a_folder_in_the_way_is_found_before_anything_is_asked(docs: Path, tmp_path: Path) -> None:
    (tmp_path / "pairs.parquet").mkdir()
    client = Scripted()
    with pytest.raises(OutputError, match="a folder of this name"):
        make(docs, tmp_path, client)
    assert client.asked == []


def test_no_document_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError):
        make(tmp_path / "empty", tmp_path / "out", Scripted())
    (tmp_path / "empty/picture.png").write_bytes(b"\x89PNG")
    with pytest.raises(InputError, match=r"picture\.png"):
        make(tmp_path / "empty", tmp_path / "out", Scripted())


def test_nobody_to_ask_is_an_input_error(docs: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Name a client"):
        make(docs, tmp_path, None)


def test_a_lone_surrogate_in_an_answer_harms_nothing(docs: Path, tmp_path: Path) -> None:
    class Odd(Scripted):
        def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
            for position, outcome in super().complete(requests):
                assert isinstance(outcome, ChatResponse)
                yield Answer(position, replace(outcome, text="\ud800" + outcome.text))

    report = make(docs, tmp_path, Odd())
    conserved(report)
    assert report.rejected == {"broken_text": 30}
    assert make(docs, tmp_path, Odd()).spent.sent == 0


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x7f", "\udfff"])
def test_signs_that_no_text_has_make_no_example(docs: Path, tmp_path: Path, sign: str) -> None:
    class Odd(Scripted):
        def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
            for position, outcome in super().complete(requests):
                assert isinstance(outcome, ChatResponse)
                odd = outcome.text.replace("written", f"writ{sign}ten")
                yield Answer(position, replace(outcome, text=odd if "basket" in odd else outcome.text))

    report = make(docs, tmp_path, Odd())
    assert (report.accepted, report.rejected) == (27, {"broken_text": 3})
    kept = [row for row in rows(tmp_path / "rejected.parquet") if row["reason"] == "broken_text"]
    assert all(row["detail"].startswith(f"U+{ord(sign):04X} in ") for row in kept)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name is UTF-8")
def test_a_name_that_cannot_be_written_is_refused_before_anything_is_asked(docs: Path, tmp_path: Path) -> None:
    client = Scripted()
    with pytest.raises(OutputError, match="its name is not UTF-8"):
        generate([docs], tmp_path / os.fsdecode(b"caf\xe9.parquet"), config=GenerateConfig(), client=client)
    with pytest.raises(OutputError, match="its name is not UTF-8"):
        make(docs, tmp_path / os.fsdecode(b"caf\xe9"), client)
    assert client.asked == []


class Judge(Scripted):
    """Finds fault with what rests on the sections whose headings hold a word."""

    model = "judge"

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        for position, request in enumerate(requests):
            shown = request.messages[-1].content
            self.asked.append(shown)
            verdict = '{"reason": "made up", "supported": %s, "answers_question": true}' % (
                "false" if self.bad and self.bad in shown.splitlines()[0] else "true"
            )
            text = "hm" if self.broken and self.broken in shown.splitlines()[0] else verdict
            yield Answer(
                position, ChatResponse(text=text, finish_reason="stop", prompt_tokens=50, completion_tokens=20)
            )


def test_a_judge_sees_the_passage_and_has_the_last_word(docs: Path, tmp_path: Path) -> None:
    judge = Judge(bad="Repair", broken="Storage")
    report = generate(
        [docs],
        tmp_path / "pairs.parquet",
        config=GenerateConfig(),
        client=Scripted(bad="Basket"),
        resources=Resources(judge=judge),
    )
    assert len(judge.asked) == 27  # what has a fault already is not shown
    assert all("is written on the label at its back" in shown for shown in judge.asked)
    assert report.rejected == {"judged_unsupported": 9, "judgement_unreadable": 9, "not_a_question": 3}
    assert (report.accepted, report.judge, report.spent.sent) == (9, "judge", 57)
    again = Judge(bad="Repair", broken="Storage")
    generate(
        [docs],
        tmp_path / "pairs.parquet",
        config=GenerateConfig(),
        client=Scripted(bad="Basket"),
        resources=Resources(judge=again),
    )
    assert again.asked == []


class Notes(SilentBar):
    """A bar that keeps what it shows, with the units that were through by then."""

    def __init__(self) -> None:
        self.units = 0
        self.shown: list[tuple[int, str]] = []

    def advance(self, count: int = 1, /) -> None:
        self.units += count

    def note(self, text: str, /) -> None:
        self.shown.append((self.units, text))


def test_answers_show_before_the_first_unit_is_through(
    docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generate.standing._PAUSE", 0.0)
    bars = {"asking": Notes()}
    generate(
        [docs],
        tmp_path / "pairs.parquet",
        config=GenerateConfig(),
        client=Scripted(),
        resources=Resources(judge=Judge(bad="Repair")),
        progress=lambda label, total, unit: bars.get(label, SilentBar()),
    )
    shown = bars["asking"].shown
    assert [text.partition(",")[0] for units, text in shown if not units][:30] == [f"{n} answers" for n in range(1, 31)]
    assert shown[-1][1].startswith("60 answers, 20 good, 10 rejected (10 judged_unsupported), 60 requests sent")


class AwayJudge(Judge):
    """Is away for what rests on the sections whose headings hold a word."""

    def __init__(self, *, away: str) -> None:
        super().__init__()
        self.away = away

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        for position, request in enumerate(requests):
            if self.away in request.messages[-1].content.splitlines()[0]:
                yield Answer(position, LLMError("the judge is away", retryable=True))
            else:
                yield from (Answer(position, outcome) for _, outcome in super().complete([request]))


def test_what_the_judge_could_not_be_asked_about_is_kept_and_only_the_judge_is_asked_again(
    docs: Path, tmp_path: Path
) -> None:
    def run(client: Scripted, judge: Judge) -> GenerationReport:
        resources = Resources(judge=judge)
        return generate([docs], tmp_path / "pairs.parquet", config=GenerateConfig(), client=client, resources=resources)

    report = run(Scripted(), AwayJudge(away="Repair"))
    assert (report.accepted, report.rejected) == (20, {"not_judged": 10})
    assert [(failed.error, failed.retryable) for failed in report.failed] == [("the judge is away", True)] * 10
    kept = rows(tmp_path / "rejected.parquet")
    assert {row["answer"] is None or row["question"] is None for row in kept if row["reason"] == "not_judged"} == {
        False
    }
    client, judge = Scripted(), Judge()
    report = run(client, judge)
    assert (len(client.asked), len(judge.asked)) == (0, 10)
    assert (report.accepted, report.rejected, report.failed) == (30, {}, ())


@pytest.mark.parametrize("name", ["judge", "repair"])
def test_a_prompt_that_is_no_good_is_told_before_anything_is_asked(docs: Path, tmp_path: Path, name: str) -> None:
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    (prompts / f"{name}.jinja").write_text("{% call user() %}{{ misspelt }}{% endcall %}")
    client = Scripted()
    with pytest.raises(InputError, match="'misspelt' is undefined"):
        generate(
            [docs],
            tmp_path / "out" / "pairs.parquet",
            config=GenerateConfig(prompts=prompts),
            client=client,
            resources=Resources(judge=Judge()),
        )
    assert client.asked == []


def test_a_judge_that_answers_nothing_ends_the_run(docs: Path, tmp_path: Path) -> None:
    with pytest.raises(LLMError, match="the judge is away"):
        generate(
            [docs],
            tmp_path / "pairs.parquet",
            config=GenerateConfig(),
            client=Scripted(),
            resources=Resources(judge=AwayJudge(away="")),
        )
    assert not (tmp_path / "pairs.parquet").exists()
    assert make(docs, tmp_path, Scripted()).spent.sent == 0  # what was written is in the journal


def test_a_budget_pays_for_the_judging_of_most_that_it_pays_the_writing_of(
    docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class OneByOne(Scripted):
        def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
            for position, request in enumerate(requests):
                for _, outcome in super().complete([request]):
                    yield Answer(position, outcome)

    monkeypatch.setattr("generate.run._UNJUDGED", 4)
    report = generate(
        [docs],
        tmp_path / "pairs.parquet",
        config=GenerateConfig(),
        client=OneByOne(),
        resources=Resources(judge=Judge(), budget=Budget(requests=16)),
    )
    assert (report.accepted, report.spent.sent) == (8, 16)
    conserved(report)


def test_a_spent_budget_ends_the_run_with_what_there_is(docs: Path, tmp_path: Path) -> None:
    client = Scripted()
    report = generate(
        [docs],
        tmp_path / "pairs.parquet",
        config=GenerateConfig(),
        client=client,
        resources=Resources(budget=Budget(requests=7)),
    )
    assert len(client.asked) == report.spent.sent == report.accepted == 7
    assert report.shortfall == "the budget of 7 requests is spent"
    assert report.strategies[0].not_asked == 23
    conserved(report)
    report = make(docs, tmp_path, client)
    assert (report.accepted, report.spent.sent, report.spent.replayed) == (30, 23, 7)
