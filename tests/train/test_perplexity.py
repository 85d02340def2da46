"""The scorer on the tiny model."""

from pathlib import Path

import numpy as np
import pytest

from schemas import Message
from train.model import LocalModel
from train.perplexity import PerplexityScorer
from train.rendered import Rendered

PROMPTS = [
    [Message("user", "what is it")],
    [Message("user", "why"), Message("assistant", "so"), Message("user", "and")],
]
ANSWERS = ["it is the thing", "then " * 20]


@pytest.fixture(scope="module")
def scorer(tiny_folder: Path) -> PerplexityScorer:
    return PerplexityScorer.load(tiny_folder)


def test_losses_are_those_of_the_model_token_by_token(scorer: PerplexityScorer) -> None:
    import torch

    after, alone, tokens = scorer(PROMPTS[:1], ANSWERS[:1])
    renderer = scorer.model.renderer
    front = renderer.prompts(PROMPTS[:1])[0]
    whole = next(iter(renderer.render([(1, "", [*PROMPTS[0], Message("assistant", ANSWERS[0])])])))
    assert isinstance(front, list)
    assert isinstance(whole, Rendered)
    answer = whole.ids[len(front) :].tolist()
    assert tokens.tolist() == [len(answer)]
    for start, found in ((front, after), ([scorer._start], alone)):
        ids = torch.tensor([[*start, *answer]])
        with torch.inference_mode():
            logits = scorer.model.network(input_ids=ids).logits[0].float().log_softmax(-1)
        loss = -sum(float(logits[len(start) + place - 1, token]) for place, token in enumerate(answer))
        assert found[0] == pytest.approx(loss, rel=1e-3)


def test_batching_changes_nothing(scorer: PerplexityScorer) -> None:
    prompts, answers = PROMPTS * 4, ANSWERS * 4
    together = np.array(scorer(prompts, answers))
    apart = np.concatenate([np.array(scorer([p], [a])) for p, a in zip(prompts, answers, strict=True)], axis=1)
    np.testing.assert_allclose(together, apart, rtol=1e-4)


def test_what_cannot_be_scored_is_nan(scorer: PerplexityScorer) -> None:
    after, alone, tokens = scorer([PROMPTS[0]] * 3, ["", "long " * 2_000, "fine"])
    assert np.isnan(after).tolist() == np.isnan(alone).tolist() == [True, True, False]
    assert tokens.tolist()[:2] == [0, 0]


def test_no_rows_are_no_error(scorer: PerplexityScorer) -> None:
    assert [len(each) for each in scorer([], [])] == [0, 0, 0]


def test_the_fingerprint_names_the_weights(scorer: PerplexityScorer, tiny_folder: Path) -> None:
    assert scorer.fingerprint == PerplexityScorer(LocalModel.load(tiny_folder)).fingerprint
    assert scorer.model.model in scorer.fingerprint
