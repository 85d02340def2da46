import queue
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from generate.clients import OpenAICompatible
from generate.journal import Journal, journalled
from generate.journal_file import _checksum
from generate.spending.budget import Budget, Purse
from generate.spending.metered import Metered
from generate.spending.prices import FREE, FullPrice
from schemas import Answer, ChatRequest, ChatResponse, Client, InputError, LLMError, Message, OutputError
from tests.generate.chat_server import ChatServer, Reaction


def ask(text: str, sample: int = 0) -> ChatRequest:
    return ChatRequest(messages=(Message("user", text),), max_tokens=10, sample=sample)


def say(text: str) -> ChatResponse:
    return ChatResponse(text=text, finish_reason="stop", prompt_tokens=3, completion_tokens=2)


class Echo:
    """Answers with the question, last request first, and fails on "bad"."""

    route, model = "http://here/v1", "echo"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.closed = False

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        requests = list(requests)
        try:
            for position in reversed(range(len(requests))):
                text = requests[position].messages[-1].content
                self.asked.append(text)
                yield Answer(position, LLMError("no", retryable=True) if text == "bad" else say(text))
        finally:
            self.closed = True


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


def outcomes(client: object, *texts: str) -> dict[int, str]:
    answers = client.complete([ask(text) for text in texts])  # type: ignore[attr-defined] # any client
    return {position: outcome.text if isinstance(outcome, ChatResponse) else "failed" for position, outcome in answers}


def test_what_was_answered_is_not_asked_again(path: Path) -> None:
    echo = Echo()
    with Journal(path) as journal:
        assert outcomes(journalled(echo, journal), "a", "b") == {0: "a", 1: "b"}
    with Journal(path) as journal:
        client = journalled(echo, journal)
        assert outcomes(client, "b", "c", "a") == {0: "b", 1: "c", 2: "a"}
        assert (client.replayed, client.sent, client.failed) == (2, 1, 0)
    assert sorted(echo.asked) == ["a", "b", "c"]


def test_equal_requests_in_one_call_are_sent_once(path: Path) -> None:
    echo = Echo()
    with Journal(path) as journal:
        assert outcomes(journalled(echo, journal), "a", "b", "a") == {0: "a", 1: "b", 2: "a"}
    assert echo.asked == ["b", "a"]


def test_another_model_route_or_sample_is_another_request(path: Path) -> None:
    first, other = Echo(), Echo()
    other.model = "other"
    with Journal(path) as journal:
        list(journalled(first, journal).complete([ask("a"), ask("a", sample=1)]))
        list(journalled(other, journal).complete([ask("a")]))
        assert len(journal) == 3
    assert (len(first.asked), len(other.asked)) == (2, 1)


def test_errors_are_passed_on_and_not_stored(path: Path) -> None:
    echo = Echo()
    with Journal(path) as journal:
        client = journalled(echo, journal)
        assert outcomes(client, "bad", "a", "bad") == {0: "failed", 1: "a", 2: "failed"}
        assert (len(journal), client.failed) == (1, 1)
        outcomes(client, "bad")
    assert echo.asked == ["a", "bad", "bad"]


def test_a_response_is_on_disk_before_the_caller_sees_it(path: Path) -> None:
    with Journal(path) as journal:
        for number, _ in enumerate(journalled(Echo(), journal).complete([ask("a"), ask("b"), ask("c")]), start=1):
            with sqlite3.connect(path) as other:
                assert other.execute("SELECT count(*) FROM answers").fetchone() == (number,)
            other.close()


def test_closing_the_iterator_closes_the_client_s(path: Path) -> None:
    echo = Echo()
    with Journal(path) as journal:
        answers = journalled(echo, journal).complete([ask("a"), ask("b")])
        next(answers)
        answers.close()  # type: ignore[attr-defined] # a generator
    assert echo.closed
    assert echo.asked == ["b"]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE answers SET response = replace(response, 'alpha', 'alpXa')",
        "UPDATE answers SET response = CAST(x'ff' || response AS TEXT)",
        "UPDATE answers SET request = '{}'",
        "UPDATE answers SET checksum = ''",
    ],
    ids=["flipped bit", "no UTF-8", "other request", "no checksum"],
)
def test_a_damaged_row_is_counted_and_asked_again(path: Path, damage: str) -> None:
    echo = Echo()
    with Journal(path) as journal:
        outcomes(journalled(echo, journal), "alpha")
    with sqlite3.connect(path) as other:
        other.execute(damage)
    other.close()
    with Journal(path) as journal:
        assert outcomes(journalled(echo, journal), "alpha") == {0: "alpha"}
        assert journal.damaged == 1
        assert outcomes(journalled(echo, journal), "alpha") == {0: "alpha"}  # mended by the new answer
        assert journal.damaged == 1
    assert echo.asked == ["alpha", "alpha"]


@pytest.mark.parametrize(
    "text", ["", "Größe\n\0 日本 🙂", "\ud800 alone", "x" * 1_000_000], ids=["empty", "unicode", "surrogate", "long"]
)
def test_any_text_comes_back_as_it_was(path: Path, text: str) -> None:
    with Journal(path) as journal:
        outcomes(journalled(Echo(), journal), text)
        assert outcomes(journalled(Echo(), journal), text) == {0: text}


def test_a_thousand_requests_are_looked_up_at_once(path: Path) -> None:
    texts = [str(number) for number in range(1200)]
    with Journal(path) as journal:
        fill(journal, texts)
        client = journalled(Echo(), journal)
        outcomes(client, *texts)
        assert (client.replayed, client.sent) == (1200, 0)


@pytest.mark.parametrize(
    "content",
    [b"not a database, but long enough to look at" * 9, b"SQLite format 3\0" + b"\7" * 4080],
    ids=["text", "broken header"],
)
def test_a_file_that_is_no_journal_is_left_alone_and_named(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"journal\.sqlite: not a readable journal .*sqlite3 '.*' \.recover"):
        Journal(path)
    assert path.read_bytes() == content


def test_a_journal_with_broken_pages_is_named_when_they_are_met(path: Path) -> None:
    with Journal(path) as journal:
        outcomes(journalled(Echo(), journal), *(f"{number}" * 500 for number in range(99)))
    raw = bytearray(path.read_bytes())
    raw[4096:-4096] = b"\x5a" * (len(raw) - 8192)
    path.write_bytes(raw)
    with pytest.raises(InputError, match="not a readable journal"), Journal(path) as journal:
        outcomes(journalled(Echo(), journal), *(f"{number}" * 500 for number in range(99)))
    assert path.read_bytes() == bytes(raw)


def test_another_program_s_database_is_refused(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE songs (name TEXT)")
    other.close()
    with pytest.raises(InputError, match="a database of another program"):
        Journal(path)


def test_a_journal_of_a_later_format_is_refused(path: Path) -> None:
    Journal(path).close()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 9")
    other.close()
    with pytest.raises(InputError, match=r"format 9.*Update Gristmill"):
        Journal(path)


def test_a_folder_in_the_way_is_named(path: Path) -> None:
    path.mkdir()
    with pytest.raises(OutputError, match=r"journal\.sqlite.*cannot be opened"):
        Journal(path)


def test_a_second_writer_waits_for_the_first(path: Path) -> None:
    with Journal(path) as journal:
        other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(0.2, other.execute, ["COMMIT"]).start()
        assert outcomes(journalled(Echo(), journal), "a") == {0: "a"}
        other.close()


def test_a_writer_that_holds_on_is_named(path: Path) -> None:
    with Journal(path, patience=0.05) as journal:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OutputError, match="another process is writing to this journal"):
            outcomes(journalled(Echo(), journal), "a")
        other.close()


_FILL = """
import resource, sys
from pathlib import Path
from generate.journal import Journal
from schemas import ChatRequest, ChatResponse, Message, OutputError
with Journal(Path(sys.argv[1])) as journal:
    limit = 200_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        for number in range(1000):
            request = ChatRequest(messages=(Message("user", str(number)),), max_tokens=1)
            response = ChatResponse(text="x" * 5000, finish_reason="stop", prompt_tokens=1, completion_tokens=1)
            journal.store([(str(number), request, response)])
    except OutputError as error:
        print(number, error)
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="the system cannot limit a file's size")
def test_a_disk_that_is_full_is_an_output_error_and_keeps_what_was_stored(path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _FILL, str(path)], capture_output=True, text=True, check=False)
    number, _, message = done.stdout.partition(" ")
    assert str(path) in message, done.stderr
    with Journal(path) as journal:
        assert len(journal) == int(number) > 5


_SHARE = """
import sys
from pathlib import Path
from generate.journal import Journal
from schemas import ChatRequest, ChatResponse, Message
with Journal(Path(sys.argv[1])) as journal:
    for number in range(50):
        request = ChatRequest(messages=(Message("user", str(number)),), max_tokens=1)
        response = ChatResponse(text=sys.argv[2], finish_reason="stop", prompt_tokens=1, completion_tokens=1)
        journal.store([(f"{sys.argv[2]}{number}", request, response)])
"""


def test_two_processes_begin_and_fill_one_journal(path: Path) -> None:
    both = [subprocess.Popen([sys.executable, "-c", _SHARE, str(path), name]) for name in "ab"]
    assert [process.wait() for process in both] == [0, 0]
    with Journal(path) as journal:
        assert len(journal) == 100


def fill(journal: Journal, texts: Iterable[str], client: Client | None = None) -> None:
    """Store the answers of an echo, as if `client` had given them."""
    who = client or Echo()
    journal.store([(ask(text).key(route=who.route, model=who.model), ask(text), say(text)) for text in texts])


class Never:
    """A client that must not be asked."""

    route, model = Echo.route, Echo.model

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        raise AssertionError("asked")


class OneByOne(Echo):
    """Answers each request before it reads the next."""

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        for position, request in enumerate(requests):
            self.asked.append(request.messages[-1].content)
            yield Answer(position, say(self.asked[-1]))


def fed(first: str, *others: str) -> "tuple[Iterator[ChatRequest], Callable[[], None]]":
    """Give an iterator that waits, and what lets the next request, or at last the end, come."""
    feed: queue.SimpleQueue[ChatRequest | None] = queue.SimpleQueue()
    feed.put(ask(first))
    waiting = iter(others)

    def more() -> None:
        text = next(waiting, None)
        feed.put(None if text is None else ask(text))

    return iter(feed.get, None), more


def test_where_the_journal_answers_all_nobody_is_asked(path: Path) -> None:
    texts = [str(number) for number in range(700)]
    with Journal(path) as journal:
        fill(journal, texts)
        assert outcomes(journalled(Never(), journal), *texts) == dict(enumerate(texts))


def test_requests_are_read_one_by_one_where_the_journal_answers(path: Path) -> None:
    with Journal(path) as journal:
        outcomes(journalled(Echo(), journal), *"abcdef")
        requests, more = fed(*"abcdef")
        texts = []
        for _, outcome in journalled(Never(), journal).complete(requests):
            assert isinstance(outcome, ChatResponse)
            texts.append(outcome.text)
            more()
        assert texts == list("abcdef")


@pytest.mark.parametrize("places", [1, 8])
def test_requests_called_for_by_answers_come_from_journal_and_server_alike(
    path: Path, server: ChatServer, places: int
) -> None:
    asker = OpenAICompatible("small", base_url=server.url, concurrency=places)
    texts = [str(number) for number in range(40)]
    with Journal(path) as journal:
        fill(journal, texts[::3], asker)
        client = journalled(asker, journal)
        requests, more = fed(*texts)
        found = []
        for position, outcome in client.complete(requests):
            assert isinstance(outcome, ChatResponse)
            found.append(position)
            more()
        assert found == list(range(40))
        assert (client.replayed, client.sent, len(journal)) == (14, 26, 40)
    assert len(server.asked) == 26


def test_a_thousand_replays_beside_one_slow_answer_wait_for_the_caller(path: Path, server: ChatServer) -> None:
    read = []

    def requests() -> Iterator[ChatRequest]:
        for number in range(700):
            read.append(number)
            yield ask("slow" if number == 0 else str(number))

    server.react = lambda body, number: Reaction(delay=0.5)
    route = OpenAICompatible("small", base_url=server.url)
    with Journal(path) as journal:
        fill(journal, (str(number) for number in range(700)), route)
        client = journalled(route, journal)
        answers = client.complete(requests())
        first = next(answers)
        time.sleep(0.3)
        assert len(read) < 400
        positions = [first.position, *(position for position, _ in answers)]
        assert sorted(positions) == list(range(700))
        assert positions.index(0) > 0  # nobody waited for the slow one
        assert (client.replayed, client.sent) == (699, 1)


@pytest.mark.parametrize("metered", [False, True], ids=["bare", "metered"])
@pytest.mark.parametrize("every", [2, 30, 60])
def test_a_client_in_the_caller_s_thread_gets_what_the_journal_lacks(
    path: Path, monkeypatch: pytest.MonkeyPatch, every: int, metered: bool
) -> None:
    monkeypatch.setattr("generate.journal._AHEAD", 20)
    texts = [str(number) for number in range(100)]
    known = [text for number, text in enumerate(texts) if number % every]
    for asker in (Echo(), OneByOne()):
        with Journal(path.with_name(type(asker).__name__)) as journal:
            fill(journal, known)
            client = journalled(Metered(asker, Purse(Budget()), FREE) if metered else asker, journal)
            assert outcomes(client, *texts) == dict(enumerate(texts))
            assert (client.replayed, client.sent) == (len(known), 100 - len(known))
            assert sorted(asker.asked) == sorted(set(texts) - set(known))


@pytest.mark.parametrize("metered", [False, True], ids=["bare", "metered"])
def test_a_client_that_reads_everything_first_is_asked_once_however_much_the_journal_answers(
    path: Path, metered: bool
) -> None:
    calls = []

    class Whole(Echo):
        def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
            calls.append(list(requests))
            return super().complete(calls[-1])

    texts = [str(number) for number in range(2000)]
    with Journal(path) as journal:
        fill(journal, [text for number, text in enumerate(texts) if number % 100])
        asker = Metered(Whole(), Purse(Budget()), FREE) if metered else Whole()
        assert outcomes(journalled(asker, journal), *texts) == dict(enumerate(texts))
    assert [len(requests) for requests in calls] == [20]  # a batch may take a day


@pytest.mark.parametrize("metered", [False, True], ids=["bare", "metered"])
def test_a_client_with_a_thread_that_reads_need_not_be_one_of_ours(path: Path, metered: bool) -> None:
    class Threaded(Echo):
        def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
            arrived: queue.Queue[Answer | None] = queue.Queue()

            def read() -> None:
                for position, request in enumerate(requests):
                    arrived.put(Answer(position, say(request.messages[-1].content)))
                arrived.put(None)

            threading.Thread(target=read, daemon=True).start()
            return iter(arrived.get, None)

    texts = [str(number) for number in range(1500)]
    with Journal(path) as journal:
        fill(journal, [text for number, text in enumerate(texts) if number % 500])
        asker = Metered(Threaded(), Purse(Budget()), FREE) if metered else Threaded()
        client = journalled(asker, journal)
        found: dict[int, str] = {}
        caller = threading.Thread(target=lambda: found.update(outcomes(client, *texts)), daemon=True)
        caller.start()
        caller.join(60)
        assert found == dict(enumerate(texts))
        assert (client.replayed, client.sent) == (1497, 3)


def test_equal_requests_under_way_are_sent_once_and_answered_everywhere(path: Path, server: ChatServer) -> None:
    server.react = lambda body, number: Reaction(text=body["messages"][0]["content"], delay=0.3)
    with Journal(path) as journal:
        client = journalled(OpenAICompatible("small", base_url=server.url, concurrency=8), journal)
        assert outcomes(client, *"abaabcab") == dict(enumerate("abaabcab"))
        assert client.sent == len(server.asked) == len(journal) == 3


def test_what_has_arrived_is_stored_in_one_go(path: Path, server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    store = Journal.store

    def counting(journal: Journal, answers: Sequence[tuple[str, ChatRequest, ChatResponse]]) -> None:
        sizes.append(len(answers))
        store(journal, answers)

    monkeypatch.setattr(Journal, "store", counting)
    with Journal(path) as journal:
        for _ in journalled(OpenAICompatible("small", base_url=server.url), journal).complete(
            [ask(str(number)) for number in range(60)]
        ):
            time.sleep(0.01)
    assert sum(sizes) == 60
    assert len(sizes) < 60


def test_an_answer_at_the_full_price_is_stored_whole(path: Path) -> None:
    full = FullPrice(text="paid", finish_reason="stop", prompt_tokens=3, completion_tokens=2)
    with Journal(path) as journal:
        journal.store([("a", ask("a"), full)])
        plain = ChatResponse(text="paid", finish_reason="stop", prompt_tokens=3, completion_tokens=2)
        assert journal.find(["a"]) == {"a": plain}


def test_nothing_of_a_group_is_stored_where_one_cannot_be(path: Path) -> None:
    with Journal(path) as journal:
        broken = ChatResponse(text=b"bytes", finish_reason="stop", prompt_tokens=1, completion_tokens=1)  # type: ignore[arg-type] # on purpose
        with pytest.raises(TypeError):
            journal.store([("a", ask("a"), say("a")), ("b", ask("b"), broken)])
        assert len(journal) == 0
        journal.store([("a", ask("a"), say("a"))])
        assert len(journal) == 1


def test_the_error_that_ends_a_run_comes_after_the_answers_before_it(path: Path, server: ChatServer) -> None:
    server.react = lambda body, number: Reaction() if number <= 5 else Reaction(status=401, delay=0.2)
    with Journal(path) as journal:
        client = journalled(OpenAICompatible("small", base_url=server.url, concurrency=5), journal)
        got: list[Answer] = []
        with pytest.raises(LLMError, match="refused the key"):
            got.extend(client.complete([ask(str(number)) for number in range(30)]))
        assert len(journal) == 5


def test_an_answer_of_an_older_version_is_read(path: Path) -> None:
    request = ask("old")
    with Journal(path) as journal:
        outcomes(journalled(Echo(), journal), "old")
    key = request.key(route=Echo.route, model=Echo.model)
    with sqlite3.connect(path) as other:
        (asked,) = other.execute("SELECT request FROM answers").fetchone()
        short = '{"completion_tokens": 2, "finish_reason": "stop", "prompt_tokens": 3, "text": "old"}'
        other.execute("UPDATE answers SET response = ?, checksum = ?", (short, _checksum(key, asked, short)))
    other.close()
    with Journal(path) as journal:
        assert list(journalled(Never(), journal).complete([request])) == [Answer(0, say("old"))]


def _torn(path: Path, draw: random.Random) -> None:
    """Cut off or garble the end of a file."""
    raw = bytearray(path.read_bytes())
    place = draw.randrange(len(raw) // 2, len(raw))
    if draw.random() < 0.5:
        raw[place:] = draw.randbytes(len(raw) - place)
    else:
        del raw[place:]
    path.write_bytes(raw)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("which", ["journal.sqlite-wal", "journal.sqlite"])
def test_a_torn_tail_costs_its_own_rows_or_is_told(tmp_path: Path, which: str, seed: int) -> None:
    draw = random.Random(f"{which} {seed}")
    texts = [f"{number} " + "x" * draw.randrange(2000) for number in range(30)]
    there = tmp_path / "torn"
    there.mkdir()
    with Journal(tmp_path / "journal.sqlite") as journal:
        client = journalled(Echo(), journal)
        outcomes(client, *texts[:15])
        if which.endswith("-wal"):
            outcomes(client, *texts[15:])  # copied while it is open: what was written last lies in the log
        else:
            journal.close()
        for file in tmp_path.glob("journal.sqlite*"):
            if not file.name.endswith("-shm"):  # as after a power cut
                shutil.copy(file, there)
    _torn(there / which, draw)
    echo = Echo()
    try:
        with Journal(there / "journal.sqlite") as journal:
            client = journalled(echo, journal)
            assert outcomes(client, *texts) == dict(enumerate(texts))
            assert client.replayed + len(echo.asked) == len(texts)
    except InputError as error:
        told = str(error)
        assert (which, ".recover" in told) == ("journal.sqlite", True)
        return
    with Journal(there / "journal.sqlite") as journal:
        assert outcomes(journalled(Never(), journal), *texts) == dict(enumerate(texts))
