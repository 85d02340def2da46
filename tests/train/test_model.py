"""A local model answers each request as if it had been asked alone, and scores answers the same in any company."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from schemas import Answer, ChatRequest, ChatResponse, Client, LLMError, Message
from train import LocalModel, Rendered
from train.decode import Job, batches
from train.model import Score
from train.prefill import Prefilled, prefill, shared_prefix

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

QUESTIONS = ["Why?", "What is the third number of all?", "x", "Tell me more about the the the the the", "And now?"]


def ask(question: str, **settings: object) -> ChatRequest:
    return ChatRequest(messages=(Message("user", question),), **{"max_tokens": 12, **settings})  # type: ignore[arg-type] # each test passes its own


def texts(model: LocalModel, requests: Sequence[ChatRequest]) -> list[str]:
    found: dict[int, str] = {}
    for position, outcome in model.complete(requests):
        assert isinstance(outcome, ChatResponse), outcome
        found[position] = outcome.text
    return [found[position] for position in range(len(requests))]


@pytest.fixture(scope="module")
def model(tiny_folder: Path) -> LocalModel:
    return LocalModel.load(tiny_folder)


def test_it_is_a_client(model: LocalModel) -> None:
    client: Client = model
    assert client.route == "local"
    assert client.model.startswith("model@")


def test_greedy_answers_do_not_depend_on_the_batch(model: LocalModel) -> None:
    together = texts(model, [ask(question) for question in QUESTIONS])
    assert together == [texts(model, [ask(question)])[0] for question in QUESTIONS]
    assert together == texts(model, [ask(question) for question in QUESTIONS[::-1]])[::-1]


def test_it_decodes_as_transformers_does(model: LocalModel) -> None:
    import torch

    [prompt] = model.renderer.prompts([[Message("user", QUESTIONS[1])]])
    assert isinstance(prompt, list)
    theirs = model.network.generate(torch.tensor([prompt]), max_new_tokens=12, do_sample=False)  # type: ignore[operator] # a mixin's method
    assert texts(model, [ask(QUESTIONS[1])]) == [model.renderer.decode_answer(theirs[0, len(prompt) :].tolist())]


def test_samples_depend_on_their_seed_alone(model: LocalModel) -> None:
    requests = [ask("Why?", temperature=1.0, seed=seed) for seed in (1, 2, 1)]
    first, second, third = texts(model, requests)
    assert first == third
    assert first != second
    assert texts(model, [requests[1], ask(QUESTIONS[3])])[0] == second
    assert texts(model, [ask("Why?", temperature=1.0, seed=1, sample=1)]) != [first]


def test_a_tiny_nucleus_is_greedy(model: LocalModel) -> None:
    assert texts(model, [ask("Why?", temperature=1.0, top_p=1e-9)]) == texts(model, [ask("Why?")])


def test_an_answer_ends_at_its_limit_and_says_so(model: LocalModel) -> None:
    [(_, outcome)] = model.complete([ask("Why?", max_tokens=3)])
    assert isinstance(outcome, ChatResponse)
    assert (outcome.finish_reason, outcome.completion_tokens) == ("length", 3)


def test_a_stop_string_ends_the_answer_before_it(model: LocalModel) -> None:
    [whole] = texts(model, [ask("Why?", max_tokens=30)])
    stop = whole[4:6]
    [(_, outcome)] = model.complete([ask("Why?", max_tokens=30, stop=(stop,))])
    assert isinstance(outcome, ChatResponse)
    assert outcome.finish_reason == "stop"
    assert outcome.text == whole.partition(stop)[0]


def test_a_prompt_longer_than_the_context_fails_alone(model: LocalModel) -> None:
    found = dict(model.complete([ask("x" * 600), ask("Why?")]))
    assert isinstance(found[0], LLMError)
    assert not found[0].retryable
    assert "and the model reads 512" in str(found[0])
    assert isinstance(found[1], ChatResponse)


def test_the_context_bounds_the_answer(model: LocalModel) -> None:
    [(_, outcome)] = model.complete([ask("x" * 460, max_tokens=100)])
    assert isinstance(outcome, ChatResponse)
    assert outcome.prompt_tokens + outcome.completion_tokens <= 512


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(ask("a\ud800"), id="lone surrogate"),
        pytest.param(ask("a", max_tokens=0), id="no tokens"),
        pytest.param(ChatRequest(messages=(Message("assistant", " "),), max_tokens=3), id="blank answer"),
    ],
)
def test_a_broken_request_fails_alone(model: LocalModel, broken: ChatRequest) -> None:
    found: dict[int, Answer] = {answer.position: answer for answer in model.complete([broken, ask("Why?")])}
    assert isinstance(found[0].outcome, LLMError)
    assert isinstance(found[1].outcome, ChatResponse)


def test_no_requests_no_answers(model: LocalModel) -> None:
    assert list(model.complete([])) == []


def rows(model: LocalModel, answers: Sequence[str], question: str = "q") -> list[Rendered]:
    chats = [[Message("user", question), Message("assistant", answer)] for answer in answers]
    found = model.renderer.render((number, "a", chat) for number, chat in enumerate(chats, start=1))
    return [row for row in found if isinstance(row, Rendered)]


def test_a_score_is_the_sum_over_the_answer_by_hand(model: LocalModel) -> None:
    import torch

    [row] = rows(model, ["yes"])
    logits = model.network(input_ids=torch.from_numpy(row.ids[None].astype(np.int64))).logits[0].double()
    logs = torch.log_softmax(logits, -1).detach()
    # y, e, s and the end of the turn: each predicted from the place before it
    by_hand = -sum(float(logs[place - 1, row.ids[place]]) for place in range(len(row.ids) - 4, len(row.ids)))
    [score] = model.score([row])
    assert score.tokens == 4
    assert score.nll == pytest.approx(by_hand, rel=1e-5)


def test_scores_do_not_depend_on_the_batch(model: LocalModel) -> None:
    many = rows(model, ["a", "the long answer " * 9, "b c d", "x" * 200])
    together = model.score(many)
    alone = [model.score([row])[0] for row in many]
    assert [score.tokens for score in together] == [score.tokens for score in alone]
    assert [score.nll for score in together] == pytest.approx([score.nll for score in alone], rel=1e-5)


@pytest.mark.parametrize(
    "answers",
    [["ab" * 20, "cd" * 19, "x" * 36], ["the same beginning, then a", "the same beginning, then b"], ["a b", "a b"]],
    ids=["other answers", "answers begin alike", "equal"],
)
def test_a_beginning_that_rows_share_changes_no_score(model: LocalModel, answers: list[str]) -> None:
    many = rows(model, answers, "How do I carry my leave over into the next year? " * 3)
    assert shared_prefix([row.ids.tolist() for row in many]) > 100
    together = [score.nll for score in model.score(many)]
    assert together == pytest.approx([model.score([row])[0].nll for row in many], rel=1e-5)
    bare = [row._replace(ids=row.ids[-30:], labels=np.append(-100, row.ids[-29:])) for row in many]
    assert [score.nll for score in model.score(bare)] == pytest.approx(
        [model.score([row])[0].nll for row in bare], rel=1e-5
    )


def test_a_model_that_counts_columns_is_given_no_shared_beginning(
    model: LocalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = list[int]()

    def watched(*args: Any, **settings: Any) -> Prefilled:
        found = prefill(*args, **settings)
        shared.append(found.shared)
        return found

    monkeypatch.setattr("train.decode.prefill", watched)
    monkeypatch.setattr("train.model.prefill", watched)
    question = "How do I carry my leave over into the next year? " * 3
    for reads in (True, False):
        monkeypatch.setattr("train.model.reads_past_gaps", lambda network, reads=reads: reads)
        fresh = LocalModel(model.network, model.renderer, name="fresh")
        texts(fresh, [ask(f"{question}{end}", max_tokens=2) for end in "ab"])
        fresh.score(rows(fresh, ["a", "b"], question))
    assert min(shared[:2]) > 100
    assert shared[2:] == [0, 0]


def test_a_large_vocabulary_makes_batches_small(model: LocalModel, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [Rendered(n, "", ids := np.arange(5, 15 + n, dtype=np.int32), ids.copy()) for n in range(6)]
    whole, score, sizes = model.score(rows), LocalModel._score, list[int]()

    def counted(self: LocalModel, batch: Sequence[Rendered]) -> list[Score]:
        sizes.append(len(batch))
        return score(self, batch)

    monkeypatch.setattr(LocalModel, "_score", counted)
    monkeypatch.setattr("train.budget._LOGITS", 30 * model.network.config.get_text_config().vocab_size)
    few = model.score(rows)
    assert sizes == [2, 2, 2]  # of 15, 13 and 11 tokens
    assert [each.nll for each in few] == pytest.approx([each.nll for each in whole], rel=1e-5)


def test_where_memory_runs_out_fewer_rows_are_scored_at_once(
    model: LocalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    many = rows(model, ["aa", "bb", "cc", "dd", "ee"])
    whole, score, sizes = model.score(many), LocalModel._score, list[int]()

    def short(self: LocalModel, batch: Sequence[Rendered]) -> list[Score]:
        sizes.append(len(batch))
        if len(batch) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return score(self, batch)

    monkeypatch.setattr(LocalModel, "_score", short)
    found = model.score(many)
    assert sizes == [5, 2, 2, 1]
    assert [each.nll for each in found] == pytest.approx([each.nll for each in whole], rel=1e-5)


def test_a_request_that_memory_does_not_hold_fails_alone(model: LocalModel, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    forward = type(model.network).forward

    def short(self: object, *args: object, **inputs: object) -> object:
        mask: Any = inputs.get("attention_mask")  # Any: a tensor
        if mask is not None and mask.numel() > 100:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return forward(self, *args, **inputs)

    alone = texts(model, [ask("Why?")])
    monkeypatch.setattr(type(model.network), "forward", short)
    found = dict(model.complete([ask("x" * 200), ask("Why?")]))
    assert isinstance(found[0], LLMError)
    assert "the memory of cpu does not hold one text of" in str(found[0])
    assert isinstance(found[1], ChatResponse)
    assert found[1].text == alone[0]


def test_a_row_without_labels_scores_nothing(model: LocalModel) -> None:
    [row] = rows(model, ["a"])
    assert model.score([row._replace(labels=np.full_like(row.labels, -100))]) == [(0.0, 0)]
    assert model.score([]) == []


def job(position: int, prompt: int, limit: int) -> Job:
    random = np.random.default_rng(0)
    return Job(position=position, prompt=[1] * prompt, limit=limit, temperature=0, top_p=1, random=random, stop=())


def test_batches_hold_no_more_than_their_budget() -> None:
    jobs = [job(number, size, 10) for number, size in enumerate([30, 5, 90, 10, 5])]
    found = batches(jobs, tokens=60, rows=2)
    # widths 15, 15 | 20 | 40 | 100: the third would fill a batch of two rows, 20 and 40 are 80 tokens together
    assert [[each.position for each in batch] for batch in found] == [[1, 4], [3], [0], [2]]


def test_other_weights_are_another_model(
    tiny_folder: Path, tmp_path: Path, model_in: Callable[..., Path], tokenizer: "PreTrainedTokenizerBase"
) -> None:
    import torch
    from transformers import LlamaForCausalLM

    changed = LlamaForCausalLM.from_pretrained(str(tiny_folder))
    with torch.no_grad():
        changed.model.layers[1].mlp.up_proj.weight.mul_(1.5)
    changed.save_pretrained(str(tmp_path / "model"))
    tokenizer.save_pretrained(str(tmp_path / "model"))
    assert LocalModel.load(tmp_path / "model").model != LocalModel.load(tiny_folder).model


@pytest.mark.model
@pytest.mark.slow
def test_the_embedded_model_answers_a_question(embedded_folder: Path) -> None:
    model = LocalModel.load(embedded_folder)
    [answer] = texts(model, [ask("What is the capital of France? Answer with one word.", max_tokens=16)])
    assert "Paris" in answer
