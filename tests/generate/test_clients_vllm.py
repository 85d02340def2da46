"""With vLLM in place of a fake: install it, and run the tests marked slow here with GRISTMILL_VLLM_MODEL=FOLDER."""

import importlib.util
import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import generate.clients.vllm as vllm_client
from generate.clients import VLLM
from generate.clients.vllm import sampling_of
from schemas import Answer, ChatRequest, ChatResponse, InputError, LLMError, Message, MissingExtraError

SCHEMA = (
    '{"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": false}'
)


def ask(text: str = "Hello", **more: Any) -> ChatRequest:
    return ChatRequest(messages=(Message("user", text),), max_tokens=more.pop("max_tokens", 8), **more)


@dataclass
class FakeParams:
    """`vllm.SamplingParams`, and `StructuredOutputsParams`, which hold what they are given."""

    max_tokens: int = 16
    temperature: float = 1.0
    top_p: float = 1.0
    seed: int | None = None
    stop: list[str] = field(default_factory=list)
    structured_outputs: Any = None
    json: Any = None


class FakeLLM:
    """Echoes what it is asked, the shortest first, one a step; a text with `!` in it is refused."""

    def __init__(self, **settings: Any) -> None:
        self.settings = settings
        self.queue: dict[str, str] = {}
        self.count = self.most = 0
        self.order: list[str] = []
        self.llm_engine = self
        self.engine_core = SimpleNamespace(shutdown=lambda: None)
        self.broken: str | None = None
        self.reason = "stop"

    def enqueue_chat(self, messages: list[dict[str, str]], params: Any, *, use_tqdm: bool) -> list[str]:
        text = messages[0]["content"]
        if "!" in text:
            raise ValueError("the prompt is longer than 20 tokens.\nMore words")
        if "%" in text:
            raise KeyError("template")
        self.count += 1
        self.order.append(text)
        self.queue[f"{self.count}-a1b2"] = text
        self.most = max(self.most, len(self.queue))
        return [f"{self.count}-a1b2"]

    def step(self) -> list[Any]:
        if self.broken:
            raise RuntimeError(self.broken)
        name = min(self.queue, key=lambda name: len(self.queue[name]))
        text = self.queue.pop(name)
        written = SimpleNamespace(text=f"{text}?", token_ids=[1, 2], finish_reason=self.reason)
        return [
            SimpleNamespace(
                request_id=name.split("-")[0],
                finished=True,
                outputs=[written],
                prompt_token_ids=[1, 2, 3],
                num_cached_tokens=2,
            )
        ]

    def abort_request(self, names: list[str], *, internal: bool) -> None:
        assert internal
        for name in names:
            self.queue.pop(name, None)


@pytest.fixture
def llms(monkeypatch: pytest.MonkeyPatch) -> list[FakeLLM]:
    """Put a fake in the place of vLLM, and list the models that were loaded."""
    loaded: list[FakeLLM] = []

    def load(**settings: Any) -> FakeLLM:
        if settings["model"] == "broken":
            raise RuntimeError("no config.json.\nTraceback")
        loaded.append(FakeLLM(**settings))
        return loaded[-1]

    whole, platforms, params = ModuleType("vllm"), ModuleType("vllm.platforms"), ModuleType("vllm.sampling_params")
    platforms.__dict__["current_platform"] = SimpleNamespace(is_cpu=lambda: True)
    whole.__dict__.update(LLM=load, SamplingParams=FakeParams)
    params.__dict__["StructuredOutputsParams"] = FakeParams
    for module in (whole, platforms, params):
        module.__spec__ = importlib.util.spec_from_loader(module.__name__, loader=None)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    for name in ("VLLM_NO_USAGE_STATS", "DO_NOT_TRACK", "VLLM_LOGGING_LEVEL", "VLLM_ENABLE_V1_MULTIPROCESSING"):
        monkeypatch.setenv(name, "")
    return loaded


def outcomes(answers: Iterator[Answer]) -> dict[int, ChatResponse | LLMError]:
    found: dict[int, ChatResponse | LLMError] = {}
    for position, outcome in answers:
        assert position not in found
        found[position] = outcome
    return found


def texts(answers: Iterator[Answer]) -> dict[int, str]:
    return {
        position: outcome.text if isinstance(outcome, ChatResponse) else f"({outcome})"
        for position, outcome in outcomes(answers).items()
    }


def test_an_answer_is_read_whole(llms: list[FakeLLM]) -> None:
    [(position, response)] = VLLM("models/small").complete([ask("Hi")])
    assert position == 0
    assert response == ChatResponse(
        text="Hi?", finish_reason="stop", prompt_tokens=3, completion_tokens=2, cached_tokens=2, model="small"
    )


def test_the_model_is_loaded_once_and_not_for_nothing(llms: list[FakeLLM]) -> None:
    client = VLLM("models/small", "small@1", max_model_len=512, tensor_parallel=2)
    assert list(client.complete([])) == []
    assert llms == []
    for text in ("one", "two"):
        assert texts(client.complete([ask(text)])) == {0: f"{text}?"}
    [llm] = llms
    assert llm.settings == {
        "model": "models/small",
        "dtype": "float32",
        "max_model_len": 512,
        "gpu_memory_utilization": 0.9,
        "kv_cache_memory_bytes": 2 << 30,
        "tensor_parallel_size": 2,
        "enable_prefix_caching": True,
        "enable_chunked_prefill": False,
        "enforce_eager": True,
        "load_format": "safetensors",
        "trust_remote_code": False,
    }
    assert client.model == "small@1"
    assert client.route == "vllm"


def test_nothing_is_reported_to_anybody(llms: list[FakeLLM]) -> None:
    list(VLLM("m").complete([ask()]))
    assert os.environ["VLLM_NO_USAGE_STATS"] == os.environ["DO_NOT_TRACK"] == "1"


def test_answers_come_as_they_are_finished(llms: list[FakeLLM]) -> None:
    requests = [ask("a" * length) for length in (5, 3, 4)]
    assert [position for position, _ in VLLM("m").complete(requests)] == [1, 2, 0]


def test_the_engine_never_has_more_than_it_has_room_for(llms: list[FakeLLM]) -> None:
    found = texts(VLLM("m").complete(ask(str(number)) for number in range(100)))
    assert found == {number: f"{number}?" for number in range(100)}
    assert llms[0].most == 32


def test_requests_that_begin_alike_are_handed_over_together(llms: list[FakeLLM]) -> None:
    requests = [ask(f"{letter * 50} {task}") for task in range(2) for letter in "ba"]
    list(VLLM("m").complete(requests))
    assert [text[0] for text in llms[0].order] == list("aabb")


def test_requests_are_read_when_there_is_room(llms: list[FakeLLM], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vllm_client, "_READ_AHEAD", 2)
    wanted = ["one", "two"]

    def growing() -> Iterator[ChatRequest]:
        for text in wanted:
            yield ask(text)

    found = []
    for _, outcome in VLLM("m").complete(growing()):
        assert isinstance(outcome, ChatResponse)
        found.append(outcome.text)
        if outcome.text == "one?":
            wanted.append("because of one")
    assert sorted(found) == ["because of one?", "one?", "two?"]


@pytest.mark.parametrize(
    ("text", "says"),
    [("too long!", "the prompt is longer than 20 tokens"), ("%", "'template'")],
    ids=["refused", "template"],
)
def test_a_request_that_is_not_taken_fails_alone(llms: list[FakeLLM], text: str, says: str) -> None:
    found = outcomes(VLLM("m").complete([ask("one"), ask(text), ask("two")]))
    error = found[1]
    assert isinstance(error, LLMError)
    assert says in str(error)
    assert not error.retryable
    assert [isinstance(found[place], ChatResponse) for place in (0, 2)] == [True, True]


def test_a_schema_that_is_no_json_fails_alone(llms: list[FakeLLM]) -> None:
    assert isinstance(outcomes(VLLM("m").complete([ask(schema='{"type":')]))[0], LLMError)


def test_an_answer_that_was_broken_off_is_an_error(llms: list[FakeLLM]) -> None:
    client = VLLM("m")
    list(client.complete([ask()]))
    llms[0].reason = "abort"
    [(_, error)] = client.complete([ask()])
    assert isinstance(error, LLMError)
    assert error.retryable


def test_closing_stops_what_is_in_hand(llms: list[FakeLLM]) -> None:
    client = VLLM("m")
    answers = client.complete([ask(str(number)) for number in range(10)])
    next(answers)
    assert llms[0].queue
    answers.close()  # type: ignore[attr-defined]  # it is a generator
    assert llms[0].queue == {}
    assert texts(client.complete([ask("after")])) == {0: "after?"}


def test_two_callers_in_turn_get_their_own(llms: list[FakeLLM]) -> None:
    client = VLLM("m")
    one = client.complete([ask("a"), ask("bbbb")])
    assert next(one).position == 0
    assert texts(client.complete([ask("ccccc")])) == {0: "ccccc?"}  # the fake finishes bbbb before it
    assert texts(one) == {1: "bbbb?"}


class Between:
    """A lock that has something else happen the first time that it is let go of."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self.lock = threading.Lock()
        self.waiting = [happens]

    def __enter__(self) -> None:
        self.lock.acquire()

    def __exit__(self, *_: object) -> None:
        self.lock.release()
        if self.waiting:
            self.waiting.pop()()


def test_what_another_caller_finishes_before_we_look_is_ours_all_the_same(llms: list[FakeLLM]) -> None:
    engine = VLLM("m")._engine()
    theirs = engine.add(ask("bbbb"))
    engine._lock = Between(lambda: engine.finished([theirs]))  # type: ignore[assignment]  # the fake finishes "a" first
    ours = engine.add(ask("a"))
    assert engine.finished([ours]) == [ours]
    assert engine.take(ours).outputs[0].text == "a?"


def test_an_engine_that_ends_is_told_and_loaded_anew(llms: list[FakeLLM]) -> None:
    client = VLLM("m")
    list(client.complete([ask()]))
    llms[0].broken = "CUDA error: out of memory.\nTraceback"
    with pytest.raises(LLMError, match=r"came to its end \(CUDA error: out of memory\)") as caught:
        list(client.complete([ask()]))
    assert caught.value.retryable
    assert texts(client.complete([ask("again")])) == {0: "again?"}
    assert len(llms) == 2


def test_a_model_that_cannot_be_loaded_is_the_users_to_mend(llms: list[FakeLLM]) -> None:
    with pytest.raises(InputError, match=r"broken: vLLM cannot load the model \(no config.json\)"):
        list(VLLM("broken").complete([ask()]))


def test_the_request_says_how_it_is_answered(llms: list[FakeLLM]) -> None:
    request = ask(max_tokens=7, temperature=0.5, top_p=0.9, seed=3, sample=2, stop=("\n",), schema=SCHEMA)
    params = FakeParams(max_tokens=7, temperature=0.5, top_p=0.9, seed=5, stop=["\n"])
    params.structured_outputs = FakeParams(json=SCHEMA)
    assert sampling_of(request) == params


def test_greedy_decoding_needs_no_seed(llms: list[FakeLLM]) -> None:
    assert sampling_of(ask(seed=3)) == FakeParams(max_tokens=8, temperature=0.0)


@pytest.mark.parametrize("setting", [{"gpu_memory_utilization": 1.5}, {"tensor_parallel": 0}], ids=str)
def test_a_setting_out_of_its_range_is_refused(llms: list[FakeLLM], setting: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=next(iter(setting))):
        VLLM("m", **setting)


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"vllm is not installed.*gristmill\[vllm\]"):
        VLLM("m")


@pytest.fixture(scope="module")
def real() -> VLLM:
    """The real vLLM and a real model."""
    pytest.importorskip("vllm")
    folder = os.environ.get("GRISTMILL_VLLM_MODEL")
    if not folder:
        pytest.skip("GRISTMILL_VLLM_MODEL names no model folder")
    return VLLM(folder, max_model_len=1024)


@pytest.mark.slow
def test_the_real_one_answers_a_mixed_lot(real: VLLM) -> None:
    count = "Count from one to ten, in words."
    requests = [
        ask(count, max_tokens=30),
        ask("word " * 3000),
        ask("How many legs has a spider?", schema=SCHEMA, max_tokens=40),
        ask(schema='{"type": "nonsense"}'),
        ask(count, max_tokens=30, stop=("2",)),
        ask("Name a colour.", temperature=1.0, seed=4, max_tokens=12),
        ask("Name a colour.", temperature=1.0, seed=4, max_tokens=12),
        ask("Name a colour.", temperature=1.0, seed=4, sample=1, max_tokens=12),
        ask("\ud800"),
    ]
    found = outcomes(real.complete(requests))
    assert {place for place, outcome in found.items() if isinstance(outcome, LLMError)} == {1, 3, 8}
    assert "maximum context length" in str(found[1])
    said = {place: outcome for place, outcome in found.items() if isinstance(outcome, ChatResponse)}
    assert said[0].completion_tokens <= 30
    assert said[2].text.strip().startswith("{")
    assert "2" not in said[4].text
    assert said[4].text == said[0].text.split("2")[0]
    assert said[5].text == said[6].text
    assert said[5].text != said[7].text


@pytest.mark.slow
def test_the_real_one_draws_answers_to_more_than_it_reads_at_once(real: VLLM) -> None:
    requests = [ask(f"{number} " + "Clean the pump. " * 200, temperature=0.7, sample=number) for number in range(30)]
    assert all(isinstance(outcome, ChatResponse) for outcome in outcomes(real.complete(requests)).values())


@pytest.mark.slow
def test_the_real_one_reuses_a_documents_beginning(real: VLLM) -> None:
    document = "The gateway in the cellar has a red button and a blue one. " * 40
    list(real.complete([ask(f"{document}Ask.", max_tokens=2)]))
    [(_, response)] = real.complete([ask(f"{document}Sum it up.", max_tokens=2)])
    assert isinstance(response, ChatResponse)
    assert response.cached_tokens > response.prompt_tokens / 2


@pytest.mark.slow
def test_the_real_one_stops_when_nobody_listens_any_more(real: VLLM) -> None:
    answers = real.complete([ask(f"Tell story {number}.", max_tokens=1 + 400 * bool(number)) for number in range(5)])
    assert next(answers).position == 0
    answers.close()  # type: ignore[attr-defined]  # it is a generator
    [(_, response)] = real.complete([ask("Hello", max_tokens=2)])
    assert isinstance(response, ChatResponse)
